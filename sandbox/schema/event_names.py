"""Saleor's event names, and which of them are asked synchronously."""

from functools import cache

from graphql import GraphQLEnumType

from sandbox.schema.sources import full_schema


@cache
def enum_values(enum: str) -> frozenset[str]:
    """The values of an enum of the schema, those of newer versions too."""
    kind = full_schema().type_map[enum]
    if not isinstance(kind, GraphQLEnumType):
        raise TypeError(f"{enum} is no enum")
    return frozenset(kind.values)


def async_events() -> frozenset[str]:
    return enum_values("WebhookEventTypeAsyncEnum")


def sync_events() -> frozenset[str]:
    return enum_values("WebhookEventTypeSyncEnum")


def is_sync(event: str) -> bool:
    return event in sync_events()
