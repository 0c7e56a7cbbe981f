"""A customer misses the points of an order: staff have it read from Saleor by its number."""

from collections.abc import Iterator

import httpx
import pytest

from saleor_loyalty_app.db.database import Database
from tests.integration.api.spending_scene import SpendingScene, told
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop whose orders the app has not heard of."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(10)
    made.stage.give(10, OTHER)
    yield made
    made.close()


def claim(scene: SpendingScene, number: object, email: str = SHOPPER) -> httpx.Response:
    member = scene.stage.members[email]
    path = f"/api/dashboard/v1/members/{member}/orders"
    staff = scene.edge.staff(scene.stage.store)
    return scene.edge.send("POST", path, staff, {"number": number})


def test_a_paid_order_that_was_missed_is_booked_by_the_rules_once(scene: SpendingScene) -> None:
    order = scene.stage.pay_and_complete(scene.stage.cart())
    number = int(scene.stage.box.node(order).number)
    first, again = (claim(scene, number).json() for _ in range(2))
    assert (first["outcome"], again["outcome"]) == ("booked", "known")
    assert first["points"] == again["points"] > 0
    assert first["member"] == str(scene.stage.members[SHOPPER])
    assert scene.stage.balance().pending == first["points"]
    foreign = claim(scene, number, OTHER)
    assert told(foreign) == (409, "order_of_another")
    assert SHOPPER not in foreign.text


def test_an_order_that_is_not_paid_is_told_so_and_earns_once_it_is(scene: SpendingScene) -> None:
    stage = scene.stage
    cart = stage.cart()
    price = str(stage.price(cart))
    stage.teller.transact(cart, "Card", "USD", by=stage.teller.cast.app, amountAuthorized=price)
    order = stage.complete(cart)
    number = int(stage.box.node(order).number)
    waits = claim(scene, number).json()
    assert (waits["outcome"], waits["points"]) == ("unpaid", 0)
    assert "not paid in full" in waits["message"]
    stage.teller.transact(order, "Cash", "USD", by=stage.teller.cast.app, amountCharged=price)
    assert claim(scene, number).json()["outcome"] == "booked"


def test_what_no_store_has_is_unknown(scene: SpendingScene) -> None:
    assert told(claim(scene, 999_999)) == (404, "order_unknown")
    for number in (0, -1, 2**31, "18", 1.5):
        assert told(claim(scene, number)) == (422, "request_invalid")
    path = "/api/dashboard/v1/members/999999/orders"
    staff = scene.edge.staff(scene.stage.store)
    assert told(scene.edge.send("POST", path, staff, {"number": 1})) == (404, "member_not_found")
