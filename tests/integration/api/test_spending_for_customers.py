"""Staff spend points for customers: on checkouts, on draft orders, and as codes."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.db.database import Database
from tests.integration.api.spending_scene import SpendingScene, told
from tests.redemption_stage import SHOPPER
from tests.signing import SigningKey

API = "/api/dashboard/v1/redemptions"


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shopper with 1000 points, 100 of which are worth a dollar."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    yield made
    made.close()


def staff(scene: SpendingScene, **changes: object) -> dict[str, str]:
    return scene.edge.staff(scene.stage.store, **changes)


def spend(
    scene: SpendingScene,
    where: Mapping[str, Any],
    *,
    points: object = 500,
    key: str = "wish",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    return scene.edge.send(
        "POST",
        API,
        {"Idempotency-Key": key} | dict(staff(scene) if headers is None else headers),
        {"user_id": scene.stage.users[SHOPPER], "points": points, **where},
    )


def listed(scene: SpendingScene, query: str = "") -> dict[str, Any]:
    user = scene.stage.users[SHOPPER]
    answer = scene.edge.get(f"{API}?user_id={user}{query}", staff(scene))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def test_points_are_spent_on_a_customers_checkout(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    answer = spend(scene, {"checkout_id": checkout})
    assert (answer.status_code, answer.json()["state"]) == (201, "attached")
    assert scene.stage.code_on(checkout) == answer.json()["code"]
    where = answer.headers["location"]
    assert where == f"{API}/{answer.json()['id']}"
    assert scene.edge.get(where, staff(scene)).json() == answer.json()


def test_points_are_spent_on_a_draft_order(scene: SpendingScene) -> None:
    draft = scene.stage.draft()
    answer = spend(scene, {"order_id": draft})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["order_id"]) == ("attached", draft)


def test_a_code_is_made_for_later(scene: SpendingScene) -> None:
    answer = spend(scene, {"channel": "default-channel"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["checkout_id"]) == ("issued", None)
    assert scene.stage.box.store.voucher_codes[answer.json()["code"]] is not None
    assert scene.stage.points() == (500, 500)


def test_giving_up_gives_the_points_back(scene: SpendingScene) -> None:
    found = spend(scene, {"checkout_id": scene.stage.cart()}).json()
    answer = scene.edge.send("DELETE", f"{API}/{found['id']}", staff(scene))
    assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert scene.stage.points() == (1000, 0)


def test_a_customers_redemptions_are_listed_page_by_page(scene: SpendingScene) -> None:
    made = [
        spend(scene, {"channel": "default-channel"}, points=100, key=f"wish-{n}").json()["id"]
        for n in range(3)
    ]
    page = listed(scene, "&first=2")
    assert [one["id"] for one in page["redemptions"]] == [made[2], made[1]]
    rest = listed(scene, f"&first=2&after={page['page_info']['end_cursor']}")
    assert [one["id"] for one in rest["redemptions"]] == [made[0]]
    assert rest["page_info"] == {"has_next_page": False, "end_cursor": None}


def test_of_who_is_not_in_the_books_nothing_is_listed(scene: SpendingScene) -> None:
    answer = scene.edge.get(f"{API}?user_id=VXNlcjo5OTk=", staff(scene))
    assert (answer.status_code, answer.json()["redemptions"]) == (200, [])
    broken = scene.edge.get(f"{API}?user_id=x&after=y", staff(scene))
    assert told(broken) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "where",
    [{}, {"checkout_id": "Q2g6MQ", "channel": "default-channel"}, {"checkout_id": None}],
)
def test_exactly_one_place_is_needed(scene: SpendingScene, where: dict[str, Any]) -> None:
    answer = spend(scene, where)
    assert told(answer) == (422, "request_invalid")
    assert "exactly one of" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "where", [{"checkout_id": "Q2g6MQ"}, {"order_id": "T3JkZXI6MQ=="}, {"channel": "no-such"}]
)
def test_a_place_that_is_none_is_told(scene: SpendingScene, where: dict[str, Any]) -> None:
    assert told(spend(scene, where)) == (404, "cart_unknown")


def test_who_may_not_manage_orders_only_looks(scene: SpendingScene) -> None:
    rights = ["MANAGE_USERS", "MANAGE_DISCOUNTS"]
    headers = staff(scene, permissions=rights, user_permissions=rights)
    answer = spend(scene, {"channel": "default-channel"}, headers=headers)
    assert told(answer) == (403, "missing_user_permission")
    found = spend(scene, {"channel": "default-channel"}).json()
    gone = scene.edge.send("DELETE", f"{API}/{found['id']}", headers)
    assert told(gone) == (403, "missing_user_permission")
    assert scene.edge.get(f"{API}/{found['id']}", headers).status_code == 200


def test_staff_of_another_store_see_nothing(scene: SpendingScene) -> None:
    found = spend(scene, {"channel": "default-channel"}).json()
    foreign = scene.edge.staff(scene.edge.store())
    for method in ("GET", "DELETE"):
        answer = scene.edge.send(method, f"{API}/{found['id']}", foreign)
        assert told(answer) == (404, "redemption_unknown")
    user = scene.stage.users[SHOPPER]
    assert scene.edge.get(f"{API}?user_id={user}", foreign).json()["redemptions"] == []


def test_staff_and_shopper_may_use_the_same_key(scene: SpendingScene) -> None:
    code = spend(scene, {"channel": "default-channel"}, points=100, key="wish")
    own = scene.spend(scene.stage.cart(), 100, key="wish")
    assert (code.status_code, own.status_code) == (201, 201)
    assert code.json()["id"] != own.json()["id"]
