"""Compares our SDL with a real schema, element by element."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    is_required_argument,
    is_required_input_field,
    specified_scalar_types,
)

Fielded = GraphQLObjectType | GraphQLInterfaceType


def differences(ours: GraphQLSchema, real: GraphQLSchema) -> list[str]:
    """What our schema says that the real one does not; nothing for a true subset.

    Outputs must be the same type. Inputs must be the same, or stricter: what Saleor relaxed in a
    later version stays required here, so that a document is right for all of them.
    """
    return [
        problem
        for name, kind in ours.type_map.items()
        if not name.startswith("__") and name not in specified_scalar_types
        for problem in _of_type(name, kind, real)
    ]


def _of_type(name: str, kind: GraphQLNamedType, real: GraphQLSchema) -> Iterator[str]:
    known = real.type_map.get(name)
    if known is None:
        yield f"{name} is unknown"
    elif isinstance(kind, Fielded) and isinstance(known, Fielded):
        yield from _of_fields(kind, known)
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(known, GraphQLInputObjectType):
        yield from _of_inputs(kind, known)
    elif isinstance(kind, GraphQLEnumType) and isinstance(known, GraphQLEnumType):
        yield from (f"{name}.{value} is unknown" for value in kind.values.keys() - known.values)
    elif isinstance(kind, GraphQLUnionType) and isinstance(known, GraphQLUnionType):
        members = {member.name for member in known.types}
        yield from (f"{name} has no {m.name}" for m in kind.types if m.name not in members)
    elif not (isinstance(kind, GraphQLScalarType) and isinstance(known, GraphQLScalarType)):
        yield f"{name} is of another kind"


def _of_fields(kind: Fielded, known: Fielded) -> Iterator[str]:
    implemented = {interface.name for interface in known.interfaces}
    for interface in kind.interfaces:
        if interface.name not in implemented:
            yield f"{kind.name} does not implement {interface.name}"
    for name, field in kind.fields.items():
        real_field = known.fields.get(name)
        path = f"{kind.name}.{name}"
        if real_field is None:
            yield f"{path} is unknown"
            continue
        if str(field.type) != str(real_field.type):
            yield f"{path} is {real_field.type}, not {field.type}"
        yield from _of_arguments(path, field.args, real_field.args)


def _of_arguments(
    path: str, ours: dict[str, GraphQLArgument], real: dict[str, GraphQLArgument]
) -> Iterator[str]:
    for name, argument in ours.items():
        if name not in real:
            yield f"{path}({name}) is unknown"
        else:
            yield from _of_input(f"{path}({name})", argument, real[name])
    for name, argument in real.items():
        if name not in ours and is_required_argument(argument):
            yield f"{path}({name}) is required but missing"


def _of_inputs(kind: GraphQLInputObjectType, known: GraphQLInputObjectType) -> Iterator[str]:
    for name, field in kind.fields.items():
        if name not in known.fields:
            yield f"{kind.name}.{name} is unknown"
        else:
            yield from _of_input(f"{kind.name}.{name}", field, known.fields[name])
    for name, field in known.fields.items():
        if name not in kind.fields and is_required_input_field(field):
            yield f"{kind.name}.{name} is required but missing"


def _of_input(path: str, ours: Any, real: Any) -> Iterator[str]:
    if str(ours.type) not in {str(real.type), f"{real.type}!"}:
        yield f"{path} is {real.type}, not {ours.type}"
    if ours.default_value is not Undefined and ours.default_value != real.default_value:
        yield f"{path} has the default {real.default_value!r}"
