"""Browsers call the storefront API from the origins that a store takes."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.stores.origins import set_origins
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.spending_scene import STOREFRONT, SpendingScene, told
from tests.signing import SigningKey

SHOP, STRANGE = "https://shop.example.com", "https://elsewhere.example"
ALLOW, EXPOSE = "access-control-allow-origin", "access-control-expose-headers"


def name_origins(edge: ApiEdge, store: StoreRef, *origins: str) -> None:
    edge.database.write(lambda conn: set_origins(conn, store.id, origins))


def preflight(edge: ApiEdge, origin: str, method: str = "POST") -> httpx.Response:
    return edge.send(
        "OPTIONS",
        f"{STOREFRONT}/redemptions",
        {
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization, idempotency-key",
        },
    )


def test_a_store_takes_any_origin_unless_it_named_some(edge: ApiEdge, published: StoreRef) -> None:
    headers = edge.shopper(published) | {"Origin": STRANGE}
    answer = edge.me(headers)
    assert answer.headers[ALLOW] == "*"
    exposed = {name.strip() for name in answer.headers[EXPOSE].split(",")}
    assert {"ETag", "Location", "Retry-After"} <= exposed
    assert "access-control-allow-credentials" not in answer.headers


def test_an_answer_is_readable_from_the_named_origins_only(
    edge: ApiEdge, published: StoreRef
) -> None:
    name_origins(edge, published, SHOP)
    token = edge.shopper(published)
    own = edge.me(token | {"Origin": SHOP})
    assert own.headers[ALLOW] == SHOP
    strange = edge.me(token | {"Origin": STRANGE})
    assert (strange.status_code, ALLOW in strange.headers) == (200, False)
    server = edge.me(token)
    assert (server.status_code, ALLOW in server.headers) == (200, False)
    for answer in (own, strange, server):
        assert "Origin" in answer.headers["vary"]
        assert "Authorization" in answer.headers["vary"]


def test_the_public_page_follows_the_store_that_is_named(
    edge: ApiEdge, published: StoreRef
) -> None:
    query = f"?store={published.api_url}"
    assert edge.program(query, {"Origin": STRANGE}).headers[ALLOW] == "*"
    name_origins(edge, published, SHOP)
    edge.clock.advance(timedelta(seconds=6))
    assert ALLOW not in edge.program(query, {"Origin": STRANGE}).headers
    known = edge.program(query, {"Origin": SHOP})
    assert known.headers[ALLOW] == SHOP
    again = edge.program(query, {"Origin": SHOP, "If-None-Match": known.headers["etag"]})
    assert (again.status_code, again.headers[ALLOW]) == (304, SHOP)


def test_a_preflight_is_allowed_for_an_origin_that_any_store_takes(
    edge: ApiEdge, published: StoreRef
) -> None:
    name_origins(edge, published, SHOP, "https://*.preview.example")
    for origin in (SHOP, "https://a.preview.example", "https://a.b.preview.example"):
        answer = preflight(edge, origin)
        assert (answer.status_code, answer.headers[ALLOW]) == (204, origin)
        assert "DELETE" in answer.headers["access-control-allow-methods"]
        assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
        assert "Origin" in answer.headers["vary"]
    for origin in (
        STRANGE,
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://preview.example",
        "https://evilpreview.example",
        "http://a.preview.example",
        "null",
        "",
    ):
        answer = preflight(edge, origin)
        assert (answer.status_code, ALLOW in answer.headers) == (403, False), origin
        assert answer.json()["error"]["code"] == "origin_not_allowed"


def test_a_store_that_is_open_makes_every_preflight_pass(
    edge: ApiEdge, published: StoreRef, store: StoreRef
) -> None:
    edge.store()
    name_origins(edge, published, SHOP)
    assert preflight(edge, STRANGE).status_code == 204


def test_failures_before_the_store_is_known_can_be_read_by_pages_of_any_store(
    edge: ApiEdge, published: StoreRef
) -> None:
    name_origins(edge, published, SHOP)
    answer = edge.me({"Origin": SHOP, "Authorization": "Bearer nothing"})
    assert (answer.status_code, answer.headers[ALLOW]) == (401, SHOP)
    assert ALLOW not in edge.me({"Origin": STRANGE}).headers


def test_nothing_but_the_storefront_api_is_open_to_other_origins(
    edge: ApiEdge, published: StoreRef
) -> None:
    headers = edge.staff(published) | {"Origin": SHOP}
    answer = edge.get("/api/dashboard/v1/start", headers)
    assert (answer.status_code, ALLOW in answer.headers) == (200, False)


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    yield made
    made.close()


def test_pages_of_other_origins_change_nothing(scene: SpendingScene) -> None:
    name_origins(scene.edge, scene.stage.store, SHOP)
    checkout = scene.stage.cart()
    answer = scene.spend(checkout, headers=scene.headers(Origin=STRANGE))
    assert told(answer) == (403, "origin_not_allowed")
    assert ALLOW not in answer.headers
    assert scene.stage.points() == (1000, 0)
    own = scene.spend(checkout, headers=scene.headers(Origin=SHOP))
    assert (own.status_code, own.headers[ALLOW]) == (201, SHOP)
    gone = scene.give_up(own.json()["id"], scene.headers(Origin=STRANGE))
    assert told(gone) == (403, "origin_not_allowed")
    assert scene.spend(scene.stage.cart()).status_code == 201


def test_no_origin_at_all_keeps_browsers_out_and_lets_servers_in(scene: SpendingScene) -> None:
    name_origins(scene.edge, scene.stage.store)
    answer = scene.spend(scene.stage.cart(), headers=scene.headers(Origin=SHOP))
    assert told(answer) == (403, "origin_not_allowed")
    assert scene.spend(scene.stage.cart()).status_code == 201


# The setting


ORIGINS = "/api/dashboard/v1/storefront-origins"


def test_staff_name_the_origins_and_they_act_within_seconds(
    edge: ApiEdge, published: StoreRef
) -> None:
    staff = edge.staff(published)
    assert edge.get(ORIGINS, staff).json() == {"origins": None}
    assert edge.me(edge.shopper(published) | {"Origin": STRANGE}).headers[ALLOW] == "*"
    answer = edge.send("PUT", ORIGINS, staff, {"origins": ["HTTPS://Shop.Example.com:443/", SHOP]})
    assert answer.json() == {"origins": [SHOP]}
    edge.clock.advance(timedelta(seconds=6))
    assert ALLOW not in edge.me(edge.shopper(published) | {"Origin": STRANGE}).headers
    assert edge.send("PUT", ORIGINS, staff, {"origins": None}).json() == {"origins": None}


@pytest.mark.parametrize(
    ("origins", "status", "code"),
    [
        (["shop.example.com"], 400, "invalid_origin"),
        (["https://shop.example.com/path"], 400, "invalid_origin"),
        (["https://*.com"], 400, "invalid_origin"),
        (["https://user@shop.example.com"], 400, "invalid_origin"),
        (["null"], 400, "invalid_origin"),
        (["*"], 400, "invalid_origin"),
        (["https://shop.example.com:0"], 400, "invalid_origin"),
        (["https://[::1"], 400, "invalid_origin"),
        (["https://" + "a" * 400], 400, "invalid_origin"),
        (["https://shöp.example.com"], 400, "invalid_origin"),
        (["https://shop.example.com"] * 51, 422, "request_invalid"),
        ("https://shop.example.com", 422, "request_invalid"),
        ([1], 422, "request_invalid"),
    ],
)
def test_what_is_no_origin_is_refused(
    edge: ApiEdge, published: StoreRef, origins: object, status: int, code: str
) -> None:
    answer = edge.send("PUT", ORIGINS, edge.staff(published), {"origins": origins})
    assert told(answer) == (status, code)
    assert edge.get(ORIGINS, edge.staff(published)).json() == {"origins": None}


def test_who_may_not_manage_apps_does_not_name_origins(edge: ApiEdge, published: StoreRef) -> None:
    little = {"user_permissions": ["MANAGE_ORDERS", "MANAGE_DISCOUNTS"]}
    answer = edge.send("PUT", ORIGINS, edge.staff(published, **little), {"origins": []})
    assert told(answer) == (403, "missing_user_permission")
