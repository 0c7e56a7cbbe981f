"""Saleor's event names, and which of them are asked synchronously."""

from functools import cache

from graphql import EnumTypeDefinitionNode

from sandbox.schema.sources import full_document


@cache
def enum_values(enum: str) -> frozenset[str]:
    """The values of an enum of the schema, those of newer versions too."""
    for node in full_document().definitions:
        if isinstance(node, EnumTypeDefinitionNode) and node.name.value == enum:
            return frozenset(value.name.value for value in node.values or ())
    raise TypeError(f"{enum} is no enum")


def async_events() -> frozenset[str]:
    return enum_values("WebhookEventTypeAsyncEnum")


def sync_events() -> frozenset[str]:
    return enum_values("WebhookEventTypeSyncEnum")


def is_sync(event: str) -> bool:
    return event in sync_events()
