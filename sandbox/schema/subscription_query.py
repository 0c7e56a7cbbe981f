"""Whether a webhook's query is one, and which events it asks for."""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)

from sandbox.schema.event_names import async_events, sync_events
from sandbox.schema.names import event_type_name
from sandbox.schema.sources import plain_schema


class SubscriptionError(ValueError):
    """The query cannot be a webhook's; the text tells why."""


@lru_cache(maxsize=512)
def subscription(query: str, version: str) -> DocumentNode:
    """The parsed query, valid in that version of the schema.

    Raises:
        SubscriptionError: it is no valid subscription.
    """
    try:
        document = parse(query)
    except GraphQLError as error:
        raise SubscriptionError(error.message) from error
    errors = validate(plain_schema(version), document)
    if errors:
        raise SubscriptionError("\n".join(error.message for error in errors))
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.SUBSCRIPTION:
        raise SubscriptionError("Subscription query should have one subscription operation.")
    return document


@lru_cache(maxsize=512)
def subscribed_events(query: str, version: str) -> tuple[str, ...]:
    """The upper-case names of the events that the query has fragments for.

    Raises:
        SubscriptionError: it is no valid subscription.
    """
    document = subscription(query, version)
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    known = {event_type_name(event): event for event in sorted(async_events() | sync_events())}
    found: list[str] = []
    _collect(operation.selection_set, fragments, known, found)
    return tuple(dict.fromkeys(found))


def _collect(
    selections: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, str],
    found: list[str],
) -> None:
    for node in selections.selections:
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            condition, inner = fragment.type_condition.name.value, fragment.selection_set
        elif isinstance(node, InlineFragmentNode) and node.type_condition is not None:
            condition, inner = node.type_condition.name.value, node.selection_set
        elif isinstance(node, FieldNode) and node.name.value == "event" and node.selection_set:
            _collect(node.selection_set, fragments, known, found)
            continue
        else:
            continue
        if condition in known:
            found.append(known[condition])
        else:
            _collect(inner, fragments, known, found)
