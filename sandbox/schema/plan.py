"""Documents compiled to plain functions: the quick way for payloads in which nothing fails.

A plan gives the data of a document, or gives up; what went wrong is then told by graphql-core,
which stays the one judge of errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    is_abstract_type,
)

from sandbox.schema.build import schema_for, type_name_of
from sandbox.schema.request import Request
from sandbox.schema.subscription_query import subscription

Writer = Callable[[Any, "PlanInfo"], Any]
Plan = Callable[[Any, Request], dict[str, Any]]
_Groups = dict[str, list[FieldNode]]


class GaveUp(Exception):
    """The quick way does not lead there; nothing is wrong yet."""


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """The part of graphql-core's info that the store's resolvers read."""

    context: Request


@lru_cache(maxsize=512)
def plan_for(query: str, version: str) -> Plan | None:
    """The plan of a subscription; None when it uses what plans do not know.

    Raises:
        SubscriptionError: it is no valid subscription.
    """
    document = subscription(query, version)
    try:
        return _Planner(schema_for(version), document).plan()
    except GaveUp:
        return None


class _Planner:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.operation = next(
            node for node in document.definitions if isinstance(node, OperationDefinitionNode)
        )
        self.fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def plan(self) -> Plan:
        root = self.schema.subscription_type
        if root is None or self.operation.variable_definitions:
            raise GaveUp
        write = self._object(root, [self.operation.selection_set])

        def run(source: Any, request: Request) -> dict[str, Any]:
            data: dict[str, Any] = write(source, PlanInfo(request))
            return data

        return run

    def _object(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> Writer:
        groups: _Groups = {}
        for selections in sets:
            self._collect(kind, selections, groups)
        steps = [(key, self._field(kind, nodes)) for key, nodes in groups.items()]

        def write(source: Any, info: PlanInfo) -> dict[str, Any]:
            return {key: step(source, info) for key, step in steps}

        return write

    def _collect(
        self, kind: GraphQLObjectType, selections: SelectionSetNode, groups: _Groups
    ) -> None:
        for node in selections.selections:
            if node.directives:
                raise GaveUp
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                groups.setdefault(key, []).append(node)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, kind):
                    self._collect(kind, fragment.selection_set, groups)
            elif isinstance(node, InlineFragmentNode) and (
                node.type_condition is None or self._applies(node.type_condition.name.value, kind)
            ):
                self._collect(kind, node.selection_set, groups)

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        wanted = self.schema.type_map[condition]
        if wanted is kind:
            return True
        return is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)

    def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Writer:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda _source, _info: kind.name
        field = kind.fields[name]
        resolve: Any = field.resolve
        arguments = get_argument_values(field, nodes[0])
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        write = self._value(field.type, sets)

        def step(source: Any, info: PlanInfo) -> Any:
            return write(resolve(source, info, **arguments), info)

        return step

    def _value(self, kind: Any, sets: list[SelectionSetNode]) -> Writer:
        if isinstance(kind, GraphQLNonNull):
            return _required(self._value(kind.of_type, sets))
        if isinstance(kind, GraphQLList):
            return _listed(self._value(kind.of_type, sets))
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return _leaf(kind)
        if isinstance(kind, GraphQLObjectType):
            return _nullable(self._object(kind, sets))
        return self._abstract(kind, sets)

    def _abstract(self, kind: GraphQLAbstractType, sets: list[SelectionSetNode]) -> Writer:
        possible = {each.name: each for each in self.schema.get_possible_types(kind)}
        writers: dict[str, Writer] = {}

        def write(value: Any, info: PlanInfo) -> Any:
            if value is None:
                return None
            name = type_name_of(value)
            if name not in writers:
                writers[name] = self._object(possible[name], sets)
            return writers[name](value, info)

        return write


def _required(write: Writer) -> Writer:
    def required(value: Any, info: PlanInfo) -> Any:
        if value is None:
            raise GaveUp
        return write(value, info)

    return required


def _nullable(write: Writer) -> Writer:
    def nullable(value: Any, info: PlanInfo) -> Any:
        return None if value is None else write(value, info)

    return nullable


def _listed(write: Writer) -> Writer:
    def listed(value: Any, info: PlanInfo) -> Any:
        return None if value is None else [write(item, info) for item in value]

    return listed


def _leaf(kind: GraphQLScalarType | GraphQLEnumType) -> Writer:
    coerce: Callable[[Any], Any] = kind.coerce_output_value

    def leaf(value: Any, _info: PlanInfo) -> Any:
        return None if value is None else coerce(value)

    return leaf
