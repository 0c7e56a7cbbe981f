"""Handlers of questions say what a store has to know of them, or refuse to be made."""

from dataclasses import replace

import pytest

from saleor_loyalty_app.flows.app_manifest import webhook_entries
from saleor_loyalty_app.flows.event_handler import InvalidHandler
from saleor_loyalty_app.handlers import CORE_HANDLERS, SYNC_HANDLERS
from saleor_loyalty_app.handlers.registry import load_registry
from saleor_loyalty_app.handlers.shipping import SHIPPING_FILTER, SHIPPING_METHODS
from saleor_loyalty_app.plugins import Discovery
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import UnknownEvent, permission_for


def test_a_question_is_registered_as_a_synchronous_event() -> None:
    entries = webhook_entries(SYNC_HANDLERS, "https://app.example", SchemaVersion(3, 23))
    assert [(one.name, one.sync_events, one.async_events) for one in entries] == [
        ("shipping-methods", ("SHIPPING_LIST_METHODS_FOR_CHECKOUT",), ()),
        ("shipping-filter", ("CHECKOUT_FILTER_SHIPPING_METHODS",), ()),
    ]
    assert entries[0].target_url == "https://app.example/api/webhooks/shipping-methods"


def test_an_older_saleor_is_given_the_older_document() -> None:
    older = SHIPPING_METHODS.query_for(SchemaVersion(3, 22))
    newer = SHIPPING_METHODS.query_for(SchemaVersion(3, 24))
    assert older is not None
    assert newer is not None
    assert older != newer
    assert SHIPPING_METHODS.query_for(SchemaVersion(3, 21)) is None
    assert replace(SHIPPING_METHODS, older_document="").query_for(SchemaVersion(3, 22)) is None


def test_events_of_the_other_kind_are_refused() -> None:
    with pytest.raises(UnknownEvent):
        replace(SHIPPING_METHODS, event="ORDER_CREATED")
    with pytest.raises(UnknownEvent):
        permission_for("SHIPPING_LIST_METHODS_FOR_CHECKOUT")


@pytest.mark.parametrize("name", ["", "Shipping", "a_b", "x" * 61])
def test_names_that_make_no_address_are_refused(name: str) -> None:
    with pytest.raises(InvalidHandler):
        replace(SHIPPING_METHODS, name=name)


def test_all_webhooks_of_an_installation_have_names_of_their_own() -> None:
    registry = load_registry(Discovery((), ()))
    assert registry.webhooks == (*CORE_HANDLERS, *SYNC_HANDLERS)
    names = [one.name for one in registry.webhooks]
    assert len(set(names)) == len(names)
    assert SHIPPING_FILTER in registry.webhooks
