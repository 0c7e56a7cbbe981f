"""The questions on shipping, as every Saleor is given them, ask for nothing that breaks them."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    parse,
    validate,
    visit,
)

from saleor_loyalty_app.flows.sync_handler import SyncHandler
from saleor_loyalty_app.handlers import SYNC_HANDLERS
from saleor_loyalty_app.handlers.shipping import SHIPPING_FILTER, SHIPPING_METHODS
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import SYNC_EVENTS

#: Seen on a real Saleor 3.23: these raise CircularSubscriptionSyncEvent, and as they are non-null
#: the whole checkout becomes null.
FORBIDDEN = {
    "Checkout": {
        "totalPrice",
        "subtotalPrice",
        "shippingPrice",
        "shippingMethods",
        "availableShippingMethods",
        "availablePaymentGateways",
        "totalBalance",
        "authorizeStatus",
        "chargeStatus",
        "delivery",
        "deliveryMethod",
        "shippingMethod",
        "problems",
    },
    "CheckoutLine": {"unitPrice", "totalPrice", "requiresShipping", "problems"},
}


@pytest.fixture(scope="module", params=["3.22", "3.23", "3.24-alpha"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def schema(version: str, shared: Path) -> GraphQLSchema:
    text = (shared / "schemas" / f"{version}.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid_sdl=True)


def query_of(handler: SyncHandler, version: str) -> str:
    found = handler.query_for(SchemaVersion.parse(version))
    assert found is not None
    return found


class _Asked(Visitor):
    """Gathers the fields of each type that a document asks for."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.fields: dict[str, set[str]] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.info.get_parent_type()
        if parent is not None:
            self.fields.setdefault(get_named_type(parent).name, set()).add(node.name.value)


def asked(schema: GraphQLSchema, query: str) -> dict[str, set[str]]:
    info = TypeInfo(schema)
    found = _Asked(info)
    visit(parse(query), TypeInfoVisitor(info, found))
    return found.fields


@pytest.mark.parametrize("handler", SYNC_HANDLERS, ids=lambda handler: handler.name)
def test_each_is_valid_in_every_saleor(
    schema: GraphQLSchema, version: str, handler: SyncHandler
) -> None:
    assert validate(schema, parse(query_of(handler, version))) == []


@pytest.mark.parametrize("handler", SYNC_HANDLERS, ids=lambda handler: handler.name)
def test_none_asks_for_a_price_that_saleor_would_have_to_calculate(
    schema: GraphQLSchema, version: str, handler: SyncHandler
) -> None:
    fields = asked(schema, query_of(handler, version))
    for name, forbidden in FORBIDDEN.items():
        assert not fields.get(name, set()) & forbidden
    assert {"id", "user", "channel", "shippingAddress"} <= fields["Checkout"]


@pytest.mark.parametrize("handler", SYNC_HANDLERS, ids=lambda handler: handler.name)
def test_each_says_who_it_is_for_and_asks_for_no_person(
    schema: GraphQLSchema, version: str, handler: SyncHandler
) -> None:
    fields = asked(schema, query_of(handler, version))
    assert {"__typename", "issuedAt", "version", "recipient"} <= fields["Event"]
    assert fields["User"] == {"id"}
    assert fields["Address"] == {"country"}


def test_the_reason_of_an_override_is_asked_for_where_saleor_knows_it(version: str) -> None:
    query = query_of(SHIPPING_METHODS, version)
    assert ("priceOverrideReason" in query) is (version != "3.22")


def test_every_question_exists_with_its_permission(schema: GraphQLSchema) -> None:
    sync: Any = schema.type_map["WebhookEventTypeSyncEnum"]
    permissions: Any = schema.type_map["PermissionEnum"]
    for event, permission in SYNC_EVENTS.items():
        assert event in sync.values
        assert permission in permissions.values


def test_no_two_handlers_ask_the_same() -> None:
    questions = [handler.event for handler in SYNC_HANDLERS]
    assert sorted(questions) == sorted(SYNC_EVENTS)
    assert SHIPPING_METHODS.permissions == {"MANAGE_SHIPPING"}
    assert SHIPPING_FILTER.permissions == {"MANAGE_CHECKOUTS"}


def test_what_saleor_told_a_test_app_fits_the_shape(shared: Path) -> None:
    for event in SYNC_EVENTS:
        body = json.loads(
            json.loads((shared / "recordings/events" / f"{event}.json").read_text())["body"]
        )
        assert body["checkout"]["id"]
        assert body["checkout"]["channel"].keys() >= {"slug", "currencyCode"}
        for method in body["shippingMethods"]:
            assert method.keys() >= {"id", "name", "price", "minimumDeliveryDays"}
