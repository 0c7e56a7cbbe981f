"""The store's time zone and language, and the origins of its storefront, as staff change them."""

from typing import Any

import httpx

from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from tests.api_edge import ApiEdge

GENERAL = "/api/dashboard/v1/general"
ORIGINS = "/api/dashboard/v1/storefront-origins"


def changed(edge: ApiEdge, store: StoreRef, was: dict[str, str], **locale: str) -> httpx.Response:
    body = {"was": was, "locale": {**was, **locale}}
    return edge.send("PUT", f"{GENERAL}/locale", edge.staff(store), body)


def noted(edge: ApiEdge, store: StoreRef) -> list[tuple[str, Any, Any]]:
    found = edge.database.read(lambda conn: staff_actions.page(conn, store.id, 10, None))
    return [(one.kind, one.before, one.after) for one in found]


def test_zone_and_language_are_shown_with_what_there_is_to_choose_from(
    edge: ApiEdge, store: StoreRef
) -> None:
    told = edge.get(GENERAL, edge.staff(store)).json()
    assert told["saleor_api_url"] == store.api_url
    assert told["locale"] == {"timezone": store.timezone, "language": store.language}
    assert {"Europe/Istanbul", "UTC", "America/New_York"} < {*told["timezones"]}
    assert told["languages"] == ["en", "tr"]
    assert told["app_url"].startswith("http")


def test_a_changed_zone_holds_and_is_noted(edge: ApiEdge, store: StoreRef) -> None:
    was = {"timezone": store.timezone, "language": store.language}
    told = changed(edge, store, was, timezone="Asia/Tokyo", language="tr").json()
    assert told["locale"] == {"timezone": "Asia/Tokyo", "language": "tr"}
    held = edge.database.read(lambda conn: store_by_id(conn, store.id))
    assert held is not None
    assert (held.timezone, held.language) == ("Asia/Tokyo", "tr")
    assert noted(edge, store) == [("store_locale_changed", was, told["locale"])]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    edge: ApiEdge, store: StoreRef
) -> None:
    was = {"timezone": store.timezone, "language": store.language}
    changed(edge, store, was, timezone="Asia/Tokyo")
    late = changed(edge, store, was, timezone="Europe/Berlin")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "store_locale_changed")
    assert late.json()["error"]["detail"] == {"timezone": "Asia/Tokyo", "language": store.language}


def test_unknown_zones_and_languages_are_refused_and_change_nothing(
    edge: ApiEdge, store: StoreRef
) -> None:
    was = {"timezone": store.timezone, "language": store.language}
    for locale, code in (
        ({"timezone": "Europe/Ankara"}, "unknown_timezone"),
        ({"timezone": "../../etc/passwd"}, "request_invalid"),
        ({"language": "de"}, "unknown_language"),
    ):
        assert changed(edge, store, was, **locale).json()["error"]["code"] == code
    assert noted(edge, store) == []


def test_only_who_may_manage_apps_sees_and_changes_them(edge: ApiEdge, store: StoreRef) -> None:
    headers = edge.staff(
        store, user_permissions=["MANAGE_DISCOUNTS", "MANAGE_USERS", "MANAGE_ORDERS"]
    )
    was = {"timezone": store.timezone, "language": store.language}
    assert edge.get(GENERAL, headers).status_code == 403
    body = {"was": was, "locale": was}
    assert edge.send("PUT", f"{GENERAL}/locale", headers, body).status_code == 403


def test_named_origins_are_noted_once_they_differ(edge: ApiEdge, store: StoreRef) -> None:
    for _ in range(2):
        named = edge.send(
            "PUT", ORIGINS, edge.staff(store), {"origins": ["https://Shop.example.com/"]}
        )
        assert named.json() == {"origins": ["https://shop.example.com"]}
    assert noted(edge, store) == [
        (
            "storefront_origins_changed",
            {"origins": None},
            {"origins": ["https://shop.example.com"]},
        )
    ]
