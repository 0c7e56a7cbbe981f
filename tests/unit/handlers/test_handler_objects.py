"""A handler says all that the manifest, the routes and the inbox need, or it is refused."""

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from saleor_loyalty_app import metrics
from saleor_loyalty_app.flows.event_handler import EventContext, Handler, InvalidHandler
from saleor_loyalty_app.flows.plugin_handler import (
    API_VERSION,
    Plugin,
    PluginEvent,
    PluginHandler,
    as_handler,
)
from saleor_loyalty_app.handlers import CORE_HANDLERS, plugin_troubles
from saleor_loyalty_app.handlers.registry import load_registry
from saleor_loyalty_app.plugins import Broken, Discovery, Found, discover
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import UnknownEvent
from tests.plugin_samples import condition, effect, enough, for_each

DOCUMENT = "subscription { event { ...EventEnvelope ... on OrderCreated { order { id } } } }"


def nothing(context: EventContext) -> None:
    """A handler's function."""


def nothing_either(event: PluginEvent) -> None:
    """A plugin's function."""


def plugin_handler(name: str = "thanks", document: str = DOCUMENT) -> PluginHandler:
    return PluginHandler(name, ("ORDER_CREATED",), document, nothing_either)


@pytest.mark.parametrize("name", ["", "Orders", "a b", "orders/", "-x", "x-", "ö", "a" * 61])
def test_a_name_must_fit_into_an_address(name: str) -> None:
    with pytest.raises(InvalidHandler):
        Handler(name, ("ORDER_CREATED",), "orders", nothing)


def test_events_must_exist_once() -> None:
    with pytest.raises(UnknownEvent, match="ORDER_CREATED"):
        Handler("x", ("ORDER_CRAETED",), "orders", nothing)
    with pytest.raises(InvalidHandler, match="twice"):
        Handler("x", ("ORDER_CREATED", "ORDER_CREATED"), "orders", nothing)
    with pytest.raises(InvalidHandler, match="at least one"):
        Handler("x", (), "orders", nothing)


def test_only_a_handler_without_an_inbox_may_choose_its_events() -> None:
    def no_news(_context: EventContext) -> bool:
        return False

    choosy = Handler("x", ("ORDER_CREATED",), "orders", nothing, inbox=False, concerns=no_news)
    assert choosy.concerns is no_news
    with pytest.raises(InvalidHandler, match="without an inbox"):
        Handler("x", ("ORDER_CREATED",), "orders", nothing, concerns=no_news)


def test_a_handler_knows_its_address_permissions_and_types() -> None:
    handler = Handler("x", ("ORDER_CREATED",), "orders", nothing, understands=("ORDER_PAID",))
    assert handler.path == "/api/webhooks/x"
    assert handler.permissions == {"MANAGE_ORDERS"}
    assert handler.typenames == {"OrderCreated", "OrderPaid"}
    assert "fragment OrderSnapshot on Order" in handler.query
    assert handler.needs == SchemaVersion(3, 22)


def test_the_core_asks_for_no_more_permissions_than_it_uses() -> None:
    assert {handler.name: set(handler.permissions) for handler in CORE_HANDLERS} == {
        "orders": {"MANAGE_ORDERS"},
        "orders-bulk": {"MANAGE_ORDERS"},
        "checkouts": {"MANAGE_CHECKOUTS"},
        "customers": {"MANAGE_USERS"},
        "accounts-deleted": {"MANAGE_USERS"},
        "customers-deleted": {"MANAGE_USERS"},
        "app-lifecycle": set(),
    }


def test_each_core_document_selects_the_envelope_and_all_types_that_are_understood() -> None:
    for handler in CORE_HANDLERS:
        assert "...EventEnvelope" in handler.query
        for typename in handler.typenames:
            assert f"...on {typename}{{" in handler.query, (handler.name, typename)


def test_what_saleor_cannot_resolve_or_hides_is_never_asked_for() -> None:
    for handler in CORE_HANDLERS:
        # Of orders alone: a customer who is deleted or staff would come as null with it.
        assert "privateMetadata" not in handler.query or handler.permissions == {"MANAGE_ORDERS"}
        assert "token" not in handler.query


def test_deleted_customers_need_a_newer_saleor() -> None:
    needs = {handler.name: handler.needs for handler in CORE_HANDLERS}
    assert needs.pop("customers-deleted") == SchemaVersion(3, 23)
    assert set(needs.values()) == {SchemaVersion(3, 22)}


def test_a_plugins_handler_gets_an_address_under_the_plugins_name() -> None:
    plugin = Plugin("gifts", API_VERSION, (plugin_handler(),))
    handler = as_handler(plugin, plugin.handlers[0])
    assert handler.path == "/api/webhooks/gifts-thanks"
    assert "fragment EventEnvelope on Event" in handler.query


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        (Plugin("gifts", API_VERSION + 1, (plugin_handler(),)), "version 2 of the extension API"),
        (Plugin("gifts", 0, (plugin_handler(),)), "this app has version 1"),
        (Plugin("Gifts!", API_VERSION, (plugin_handler(),)), "lower-case words"),
        (Plugin("gifts", API_VERSION, (plugin_handler(document="{"),)), "must select"),
        (
            Plugin("gifts", API_VERSION, (plugin_handler(document="{ ...EventEnvelope"),)),
            "Syntax Error",
        ),
        (
            Plugin("gifts", API_VERSION, (plugin_handler(document=DOCUMENT + " {...Gone}"),)),
            "Gone",
        ),
    ],
)
def test_a_plugin_that_cannot_work_is_refused_with_the_reason(plugin: Plugin, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        as_handler(plugin, plugin.handlers[0])


def test_one_broken_plugin_leaves_the_others_and_the_core_in_peace() -> None:
    good = Plugin("good", API_VERSION, (plugin_handler(),))
    old = Plugin("old", API_VERSION - 1, (plugin_handler(),))
    twin = Plugin("good", API_VERSION, (plugin_handler(),))
    listed = [Found(one.name, one.name, "1", one) for one in (good, old)]
    listed.append(Found("twin", "twin", "1", twin))
    registry = load_registry(Discovery(tuple(listed), (Broken("gone", "gone", "ImportError"),)))
    assert registry.handlers[: len(CORE_HANDLERS)] == CORE_HANDLERS
    assert [handler.name for handler in registry.handlers[len(CORE_HANDLERS) :]] == ["good-thanks"]
    assert set(registry.plugin_handlers) == {"good-thanks"}
    assert [broken.name for broken in registry.broken] == ["gone", "old", "twin"]


def test_a_plugin_of_rules_alone_is_in_use_and_a_bad_kind_leaves_it_out_as_a_whole() -> None:
    def plugin(name: str, version: int = API_VERSION, **values: Any) -> Found[Plugin]:
        return Found(name, name, "1", Plugin(name, version, **values))

    good = plugin("acme", conditions=(condition("enough", enough),))
    listed = (
        good,
        plugin("bad", 0, conditions=(condition("enough", enough),)),
        plugin(
            "half", handlers=(plugin_handler(),), effects=(effect("each", for_each, levels=set()),)
        ),
        plugin("odd", conditions=None),
        plugin("Loud", effects=(effect("each", for_each),)),
    )
    registry = load_registry(Discovery(listed, ()))
    assert registry.plugins == (good,)
    assert set(registry.kinds.conditions) == {"acme.enough"}
    assert registry.kinds.effects == {}
    assert registry.handlers == CORE_HANDLERS
    reasons = {one.name: one.reason for one in registry.broken}
    assert set(reasons) == {"bad", "half", "odd", "Loud"}
    assert "version 0" in reasons["bad"]
    assert "levels" in reasons["half"]
    assert "TypeError" in reasons["odd"]


def test_troubles_of_kinds_are_counted_and_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[tuple[str, str]] = []
    monkeypatch.setattr(plugin_troubles, "_logged", {})
    monkeypatch.setattr(
        plugin_troubles._log,
        "warning",
        lambda _event, **told: logged.append((told["plugin"], told["reason"])),
        raising=False,
    )
    failed = metrics.plugin_troubles.labels("acme.enough", "failed")
    missing = metrics.plugin_troubles.labels("", "missing")
    before = failed._value.get(), missing._value.get()
    for _ in range(3):
        plugin_troubles.told("acme.enough", "failed", "RuntimeError")
        plugin_troubles.told("gone.away", "missing", "missing")
    assert (failed._value.get(), missing._value.get()) == (before[0] + 3, before[1] + 3)
    assert logged == [("acme.enough", "RuntimeError"), ("gone.away", "missing")]


def test_entry_points_are_loaded_and_those_that_fail_are_told() -> None:
    points = [
        EntryPoint("missing", "no_such_module_at_all:PLUGIN", "g"),
        EntryPoint("other", "json:loads", "g"),
        EntryPoint("self", f"{__name__}:GOOD", "g"),
        EntryPoint("self", f"{__name__}:GOOD", "g"),
        EntryPoint("unnamed", f"{__name__}:ABSENT", "g"),
    ]
    found = discover(Plugin, points=points)
    assert [(one.name, one.plugin) for one in found.found] == [("self", GOOD)]
    reasons = {one.name: one.reason for one in found.broken}
    assert set(reasons) == {"missing", "other", "self", "unnamed"}
    assert "ModuleNotFoundError" in reasons["missing"]
    assert "not a Plugin" in reasons["other"]
    assert "same name" in reasons["self"]


GOOD = Plugin("good", API_VERSION)
