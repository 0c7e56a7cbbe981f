"""The owner sees what the store's catalog keeps back, for whom, and what is wrong with it."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.rewards import RewardItem
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.stores.models import Store
from sandbox.box import id_of
from tests.api_edge import openapi_of
from tests.factories import make_revision
from tests.integration.api.spending_scene import SpendingScene, told
from tests.program_samples import document_of
from tests.redemption_rows import make_redemption
from tests.redemption_stage import RATES, SHOPPER
from tests.signing import SigningKey

PATH = "/api/dashboard/v1/kept-goods"
VIP = {"id": "vip", "names": {"en": "VIP", "tr": "Özel"}, "rule": {"type": "orders", "min": 9}}
GOLD = {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 5}}}
DROP = {
    "id": "drop",
    "names": {"en": "First night"},
    "gift": {"type": "early_access"},
    "points": 300,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}
PROGRAM = document_of(currencies=RATES, segments=[VIP], tiers={"enabled": True, "levels": [GOLD]})


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop whose program has a tier and a segment."""
    made = SpendingScene(database, key, limits={})
    publish(made, PROGRAM)
    yield made
    made.close()


def publish(scene: SpendingScene, document: dict[str, Any]) -> None:
    def write(conn: sa.Connection) -> None:
        make_revision(conn, scene.stage.store.id, document, effective_from=scene.edge.clock())

    scene.edge.database.write(write)


def asked(scene: SpendingScene, query: str = "", **headers: str) -> httpx.Response:
    return scene.edge.get(f"{PATH}{query}", scene.edge.staff(scene.stage.store) | headers)


def items(scene: SpendingScene, **headers: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(scene, **headers).json()["items"]
    return found


def keep(thing: Any, access: str, until: str = "") -> None:
    thing.metadata |= {"loyalty_access": access}
    if until:
        thing.metadata |= {"loyalty_access_until": until}


def test_types_collections_and_products_are_told_with_for_whom(scene: SpendingScene) -> None:
    assert asked(scene).json() == {"items": [], "next": None, "holding": "on"}
    store = scene.stage.box.store
    kind = next(iter(store.product_types.values()))
    group = next(iter(store.collections.values()))
    product, free = [*store.products.values()][:2]
    keep(kind, "tier:gold", "2099-12-01")
    keep(group, "inciders, vip", "soon")
    keep(product, "tier:platin")
    keep(free, "open")
    answer = asked(scene)
    schema = schemathesis.openapi.from_dict(openapi_of(scene.edge.app))
    assert schema[PATH]["GET"].is_valid_response(answer)
    of_type, of_group, *of_products = answer.json()["items"]
    assert (of_type["kind"], of_type["id"], of_type["name"]) == (
        "product_type",
        id_of(kind),
        kind.name,
    )
    assert of_type["told"] == "Kept for Gold and above until Dec 1, 2099."
    assert (of_type["state"], of_type["problems"]) == ("kept", [])
    assert of_type["opens_at"].startswith("2099-12-01T00:00:00")
    assert (of_group["kind"], of_group["told"]) == ("collection", "Kept for VIP.")
    assert [one["code"] for one in of_group["problems"]] == ["unknown_name", "unreadable_date"]
    assert of_group["problems"][0]["message"].startswith("“inciders” lets nobody in: no tier")
    by_id = {one["id"]: one for one in of_products}
    assert {one["kind"] for one in of_products} == {"product"}
    wrong = by_id[id_of(product)]
    assert (wrong["state"], wrong["told"]) == ("nobody", "Nobody can buy it.")
    assert by_id[id_of(free)]["state"] == "open"
    turkish = items(scene, **{"Accept-Language": "tr"})
    assert turkish[1]["told"] == "Özel için ayrıldı."
    assert turkish[1]["problems"][0]["message"].startswith("“inciders” kimseye izin vermiyor")


@pytest.mark.parametrize("first", [1, 2, 3, 5])
def test_pages_go_on_from_kind_to_kind_and_none_is_empty(scene: SpendingScene, first: int) -> None:
    store = scene.stage.box.store
    things = [
        *[*store.product_types.values()][:1],
        *[*store.collections.values()][:2],
        *[*store.products.values()][:3],
    ]
    for thing in things:
        keep(thing, "vip")
    seen: list[str] = []
    after = ""
    while True:
        page = asked(scene, f"?first={first}{after}").json()
        assert page["items"]
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        assert len(page["items"]) == first
        after = f"&after={page['next']}"
    assert len(seen) == len(things)
    assert set(seen) == {id_of(one) for one in things}


def test_a_cursor_of_another_list_is_refused(scene: SpendingScene) -> None:
    for text in ("x", "after:1", "kept:variant:", "kept:product:no cursor"):
        made = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        assert told(asked(scene, f"?after={made}")) == (400, "invalid_cursor")
    # It has our form, and Saleor does not know what is in it.
    strange = base64.urlsafe_b64encode(b"kept:product:!").rstrip(b"=").decode()
    assert told(asked(scene, f"?after={strange}")) == (400, "invalid_cursor")
    assert told(asked(scene, "?first=0")) == (422, "request_invalid")


def test_a_reward_that_left_the_program_lets_in_who_took_it(scene: SpendingScene) -> None:
    stage = scene.stage
    keep(next(iter(stage.box.store.products.values())), "reward:drop")
    assert items(scene)[0]["state"] == "nobody"
    publish(scene, {**PROGRAM, "rewards": {"items": [DROP]}})
    assert items(scene)[0]["told"] == "Kept for who took the reward “First night”."
    member = stage.members[SHOPPER]

    def take(conn: sa.Connection) -> None:
        made = make_redemption(
            conn,
            stage.store,
            member,
            checkout_id=None,
            state="consumed",
            instrument="hand_over",
            deadline=scene.edge.clock() + timedelta(days=3),
            terms={"reward": "drop", "kind": "early_access"},
        )
        claims.add(
            conn,
            stage.store.id,
            made.id,
            member,
            RewardItem.model_validate(DROP),
            state="handed_over",
            now=scene.edge.clock(),
        )

    scene.edge.database.write(take)
    publish(scene, PROGRAM)
    assert items(scene)[0]["told"] == "Kept for who took the reward “drop”."
    stage.box.clock.advance(timedelta(days=4))
    assert items(scene)[0]["state"] == "nobody"


def test_that_nothing_is_held_is_told(scene: SpendingScene) -> None:
    stores = table(Store)
    scene.edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == scene.stage.store.id).values(shipping_on=False)
        )
    )
    assert asked(scene).json()["holding"] == "off"


def test_whoever_may_open_the_app_may_look_and_a_stranger_may_not(scene: SpendingScene) -> None:
    agent = scene.edge.staff(scene.stage.store, user_permissions=["MANAGE_ORDERS"])
    assert scene.edge.get(PATH, agent).status_code == 200
    cook = scene.edge.staff(scene.stage.store, user_permissions=["MANAGE_PAGES"])
    assert scene.edge.get(PATH, cook).status_code == 403
    assert scene.edge.get(PATH, {}).status_code == 401


def test_a_saleor_that_is_away_is_told(scene: SpendingScene) -> None:
    origin = httpx.URL(scene.stage.store.api_url).netloc.decode()
    scene.stage.network.broken[origin] = lambda _request: httpx.Response(502)
    assert told(asked(scene)) == (503, "saleor_unavailable")
    scene.stage.network.broken[origin] = lambda _request: httpx.Response(429)
    scene.stage.box.clock.advance(timedelta(minutes=5))
    assert told(asked(scene)) == (503, "saleor_unavailable")
    del scene.stage.network.broken[origin]
    scene.stage.box.clock.advance(timedelta(minutes=5))
    assert asked(scene).json()["items"] == []


@pytest.mark.parametrize("kind", ["product_type", "collection", "product"])
def test_what_a_stranger_would_see_is_not_taken_for_the_list(
    scene: SpendingScene, kind: str
) -> None:
    """Saleor takes who bears a dead token for a stranger, and shows strangers what is on sale."""
    store = scene.stage.box.store
    for channel in [*store.channels.values()][1:]:
        channel.is_active = False
    keep(next(iter(store.products.values())), "vip")
    for app in store.apps.values():
        app.is_active = False
    place = base64.urlsafe_b64encode(f"kept:{kind}:".encode()).rstrip(b"=").decode()
    assert told(asked(scene, f"?after={place}")) == (502, "saleor_permission_denied")


def test_what_is_on_sale_nowhere_is_told_and_what_went_meanwhile_is_not(
    scene: SpendingScene,
) -> None:
    products = scene.stage.box.store.products
    kept = sorted(products.values(), key=lambda one: one.slug)[:3]
    for product in kept:
        keep(product, "vip")
    for variant in kept[0].variants:
        variant.prices.clear()
    page = asked(scene, "?first=1").json()
    assert [one["id"] for one in page["items"]] == [id_of(kept[0])]
    del products[kept[0].pk], products[kept[1].pk]
    rest = asked(scene, f"?first=1&after={page['next']}").json()
    assert [one["id"] for one in rest["items"]] == [id_of(kept[2])]
    assert rest["next"] is None
