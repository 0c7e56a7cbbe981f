"""The executable schema of a version."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

from sandbox.schema.mutations_account import ACCOUNT_MUTATIONS
from sandbox.schema.mutations_app import APP_MUTATIONS
from sandbox.schema.mutations_checkout import CHECKOUT_MUTATIONS
from sandbox.schema.mutations_discount import DISCOUNT_MUTATIONS
from sandbox.schema.mutations_order import ORDER_MUTATIONS
from sandbox.schema.mutations_payment import PAYMENT_MUTATIONS
from sandbox.schema.names import argument as keyword
from sandbox.schema.names import snake
from sandbox.schema.queries import QUERIES
from sandbox.schema.queries_catalog import CATALOG_QUERIES
from sandbox.schema.queries_discount import DISCOUNT_QUERIES
from sandbox.schema.request import Info, Resolver, Resolvers
from sandbox.schema.scalars import bind_scalars
from sandbox.schema.shared import METADATA, identity
from sandbox.schema.sources import document_for, schema_of
from sandbox.schema.types_catalog import CATALOG_TYPES
from sandbox.schema.types_checkout import CHECKOUT_TYPES
from sandbox.schema.types_discount import DISCOUNT_TYPES
from sandbox.schema.types_event import EVENT_TYPES, EventView
from sandbox.schema.types_order import ORDER_TYPES
from sandbox.schema.types_payment import PAYMENT_TYPES
from sandbox.schema.types_people import PEOPLE_TYPES
from sandbox.schema.types_shipping import SHIPPING_TYPES


def _or(name: str, value: Any) -> Resolver:
    """A required payload field, with what it is when the mutation refused."""

    def resolve(payload: dict[str, Any], _info: Info) -> Any:
        return payload.get(name, value)

    return resolve


_PAYLOADS: Resolvers = {
    "CheckoutComplete": {"confirmationNeeded": _or("confirmation_needed", False)},
    "VerifyToken": {"isValid": _or("is_valid", False)},
    "VoucherCodeBulkDelete": {"count": _or("count", 0)},
    "OrderBulkCreate": {"count": _or("count", 0), "results": _or("results", [])},
    "DeliveryOptionsCalculate": {"deliveries": _or("deliveries", [])},
    "User": {"id": lambda user, info: identity("User")(user, info) if user.pk else ""},
}


def _all_resolvers() -> dict[str, dict[str, Resolver]]:
    merged: dict[str, dict[str, Resolver]] = {}
    for group in (
        QUERIES,
        CATALOG_QUERIES,
        DISCOUNT_QUERIES,
        ACCOUNT_MUTATIONS,
        CHECKOUT_MUTATIONS,
        DISCOUNT_MUTATIONS,
        ORDER_MUTATIONS,
        PAYMENT_MUTATIONS,
        APP_MUTATIONS,
        ORDER_TYPES,
        PAYMENT_TYPES,
        CHECKOUT_TYPES,
        DISCOUNT_TYPES,
        SHIPPING_TYPES,
        CATALOG_TYPES,
        PEOPLE_TYPES,
        EVENT_TYPES,
        _PAYLOADS,
    ):
        for type_name, fields in group.items():
            merged.setdefault(type_name, {}).update(fields)
    return merged


def _read(name: str) -> Resolver:
    """The resolver of a field that needs none: an attribute, or a key of a payload."""

    def resolve(source: Any, _info: Info, **_: Any) -> Any:
        if isinstance(source, Mapping):
            return source.get(name)
        return getattr(source, name, None)

    return resolve


def _type_of(source: Any, _info: Info, _type: GraphQLAbstractType) -> str:
    return type_name_of(source)


def type_name_of(source: Any) -> str:
    """The GraphQL type of a model object, where the schema leaves it open."""
    if isinstance(source, EventView):
        return source.type_name
    name = type(source).__name__
    return "ShippingMethod" if name == "MethodOffer" else name


@cache
def schema_for(version: str) -> GraphQLSchema:
    """The schema that a Saleor of that version would have, bound to the model."""
    schema = schema_of(document_for(version))
    bind_scalars(schema)
    resolvers = _all_resolvers()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType):
            _bind(kind, resolvers.get(name, {}))
        elif isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = _type_of
        elif isinstance(kind, GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                field.out_name = snake(field_name)
    return schema


def _bind(kind: GraphQLObjectType, resolvers: dict[str, Resolver]) -> None:
    for name, field in kind.fields.items():
        shared = METADATA.get(name)
        if name == "id":
            shared = identity(kind.name)
        field.resolve = resolvers.get(name) or shared or _read(snake(name))
        for argument_name, argument in field.args.items():
            argument.out_name = keyword(argument_name)
