"""Points spent in a real Saleor: on checkouts and drafts, undone, used, given back, raced.

One point takes off a cent and can be spent as soon as its order is paid.
"""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.live.cart import Cart
from tests.live.patience import refusal, until
from tests.live.programs import METHOD, SPENDING
from tests.live.props import built_in_method, coupon, order_promotion
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = SPENDING
POINTS = 500
MONEY = Decimal(5)


@pytest.fixture(scope="module")
def shopper(scene: Scene) -> Shopper:
    """A customer with points for some chapters."""
    shopper = Shopper(scene)
    shopper.earn(6 * POINTS)
    return shopper


def cart_of(shopper: Shopper, quantity: int = 2, delivery: str = "") -> Cart:
    """A checkout of the shopper with its delivery chosen."""
    cart = Cart.filled(
        shopper.scene.shop,
        {shopper.scene.priced().id: quantity},
        email=shopper.email,
        token=shopper.token(),
    )
    cart.choose(delivery)
    return cart


def movements(shopper: Shopper, kind: str) -> list[int]:
    """Amounts of the shopper's entries of a kind, newest first."""
    return [entry["amount"] for entry in shopper.history() if entry["kind"] == kind]


def test_points_take_money_off_the_checkout_and_undone_they_are_back(shopper: Shopper) -> None:
    before = shopper.points()["available"]
    cart = cart_of(shopper)
    full = cart.total()
    seen = shopper.read(f"checkouts/{cart.id}")
    assert seen["spending"]["available"] == before
    assert seen["spending"]["most_points"] >= POINTS
    assert seen["earning"]["points"] == int(cart.subtotal() * shopper.scene.rate)
    redemption = shopper.redeemed(cart.id, POINTS)
    seen = shopper.read(f"checkouts/{cart.id}")
    assert seen["spending"]["redemption"]["id"] == redemption["id"]
    assert redemption["points"] == POINTS
    assert redemption["discount"] == {"amount": "5.00", "currency": "USD"}
    assert cart.code() == redemption["code"]
    assert cart.total() == full - MONEY
    assert cart.problems() == set(), "the delivery is as good as before"
    points = shopper.points()
    assert (points["available"], points["held"]) == (before - POINTS, POINTS)

    shopper.undone(redemption["id"])
    assert cart.code() is None
    assert cart.total() == full
    points = shopper.points()
    assert (points["available"], points["held"]) == (before, 0)
    with pytest.raises(StoreRefused):
        cart_of(shopper).put_code(redemption["code"])
    cart.buy()


def test_the_same_request_again_is_the_same_redemption(shopper: Shopper) -> None:
    cart, key = cart_of(shopper), uuid.uuid4().hex
    first = shopper.redeem(cart.id, POINTS, key=key)
    second = shopper.redeem(cart.id, POINTS, key=key)
    assert first.json()["id"] == second.json()["id"]
    assert refusal(shopper.redeem(cart.id, POINTS + 1, key=key)) == "idempotency_conflict"
    shopper.undone(first.json()["id"])


def test_a_code_that_the_shopper_takes_off_brings_the_points_back(shopper: Shopper) -> None:
    before = shopper.points()["available"]
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    cart.take_code_off(redemption["code"])
    shopper.wait_for_state(redemption["id"], "released")
    assert shopper.points()["available"] == before


def test_the_order_spends_the_points_and_earns_on_what_was_paid(scene: Scene) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    order = cart.buy()
    shopper.wait_for_state(redemption["id"], "consumed")
    earned = int(base(scene.shop.look(order)) * scene.rate)
    points = shopper.wait_for(
        lambda points: points["available"] == before - POINTS + earned and points["held"] == 0
    )
    assert points["pending"] == 0
    assert movements(shopper, "redeem") == [-POINTS]
    assert scene.shop.look(order)["voucherCode"] == redemption["code"]
    answer = shopper.call("DELETE", f"redemptions/{redemption['id']}")
    assert refusal(answer) == "redemption_consumed"

    scene.shop.cancel(order)
    points = shopper.wait_for(lambda points: points["available"] == before)
    assert (points["held"], points["pending"]) == (0, 0)
    shopper.wait_for_state(redemption["id"], "restored")
    assert sum(movements(shopper, "restore")) == POINTS


def test_a_refund_in_cuts_brings_the_points_back_in_cuts(scene: Scene) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    total = cart.total()
    order = cart.buy()
    shopper.wait_for_state(redemption["id"], "consumed")
    half = (total / 2).quantize(Decimal("0.01"))
    scene.shop.refund(order, half)
    until(lambda: sum(movements(shopper, "restore")), lambda back: 0 < back < POINTS)
    scene.shop.refund(order, total - half)
    until(lambda: sum(movements(shopper, "restore")), lambda back: back == POINTS)
    shopper.wait_for(lambda points: points["available"] == before)


def test_a_coupon_that_is_there_already_is_not_replaced(scene: Scene, shopper: Shopper) -> None:
    before = shopper.points()
    cart = cart_of(shopper)
    with coupon(scene.shop, Decimal(3)) as code:
        cart.put_code(code)
        total = cart.total()
        assert shopper.not_redeemed(cart.id, POINTS) == "other_code"
        assert cart.code() == code
        assert cart.total() == total
    assert shopper.points() == before


def test_a_coupon_put_over_the_points_brings_them_back(scene: Scene, shopper: Shopper) -> None:
    before = shopper.points()["available"]
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    with coupon(scene.shop, Decimal(3)) as code:
        cart.put_code(code)
        shopper.wait_for_state(redemption["id"], "released")
        assert cart.code() == code, "the shopper's coupon stays"
    assert shopper.points()["available"] == before


def test_points_that_would_cost_an_order_promotion_are_not_spent(
    scene: Scene, shopper: Shopper
) -> None:
    before = shopper.points()["available"]
    quantity = -(-60 // int(scene.priced().price))
    with order_promotion(scene.shop, 10, above=Decimal(40)):
        cart = until(
            lambda: cart_of(shopper, quantity),
            lambda cart: cart.subtotal() < quantity * scene.priced().price,
        )
        promoted = cart.total()
        assert shopper.not_redeemed(cart.id, POINTS) == "worse_off"
        shopper.wait_for(lambda points: points["held"] == 0)
        assert cart.code() is None
        assert cart.total() == promoted
        assert cart.problems() == set()
        assert shopper.points()["available"] == before
        cart.buy()


def test_points_that_would_cost_the_chosen_delivery_are_not_spent(
    scene: Scene, shopper: Shopper
) -> None:
    before = shopper.points()["available"]
    subtotal = 2 * scene.priced().price
    with built_in_method(scene.shop, METHOD, Decimal(1), minimum=subtotal - 1):
        cart = cart_of(shopper, delivery=METHOD)
        total = cart.total()
        assert shopper.not_redeemed(cart.id, POINTS) == "delivery_lost"
        shopper.wait_for(lambda points: points["held"] == 0)
        assert cart.total() == total
        assert cart.problems() == set()
        cart.buy()
    assert shopper.points()["available"] >= before


def test_a_strangers_checkout_does_not_keep_the_code(scene: Scene, shopper: Shopper) -> None:
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    stranger = Shopper(scene)
    other = cart_of(stranger)
    other.put_code(redemption["code"])
    until(other.code, lambda code: code is None)
    assert cart.code() == redemption["code"]
    cart.buy()
    shopper.wait_for_state(redemption["id"], "consumed")


def test_staff_spend_points_on_a_draft_order(scene: Scene) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    draft = scene.shop.write_draft({scene.priced().id: 2}, user=shopper.user)
    full = Decimal(str(scene.shop.look_at_draft(draft)["total"]["gross"]["amount"]))
    answer = scene.staff(
        "POST", "redemptions", {"user_id": shopper.user, "order_id": draft, "points": POINTS}
    )
    assert answer.status_code in (201, 202), answer.text
    redemption = shopper.wait_for_state(answer.json()["id"], "attached")
    seen = scene.shop.look_at_draft(draft)
    assert seen["voucherCode"] == redemption["code"]
    assert Decimal(str(seen["total"]["gross"]["amount"])) == full - MONEY
    scene.shop.complete_draft(draft)
    shopper.wait_for_state(redemption["id"], "consumed")
    assert shopper.points()["available"] == before - POINTS


def test_staff_make_a_code_that_the_customer_uses_later(scene: Scene) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    answer = scene.staff(
        "POST",
        "redemptions",
        {"user_id": shopper.user, "channel": scene.shop.channel, "points": POINTS},
    )
    assert answer.status_code in (201, 202), answer.text
    redemption = shopper.wait_for_state(answer.json()["id"], "issued")
    cart = cart_of(shopper)
    full = cart.total()
    cart.put_code(redemption["code"])
    assert cart.total() == full - MONEY
    order = cart.buy()
    shopper.wait_for_state(redemption["id"], "consumed")
    earned = int(base(scene.shop.look(order)) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == before - POINTS + earned)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call gives, all let go at one instant; a store's refusal is given, not raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> object:
        gate.wait()
        try:
            return call()
        except StoreRefused as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_sixteen_racing_redemptions_on_a_balance_for_one_exactly_one_succeeds(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    balance = shopper.earn(POINTS)
    spent = balance - balance // 3
    carts = [cart_of(shopper, quantity=spent // 100 // 20 + 2) for _ in range(4)]
    shopper.token()
    answers = at_once([partial(shopper.redeem, cart.id, spent) for cart in carts * 4])
    made = [answer.json() for answer in answers if answer.status_code in (201, 202)]
    codes = [refusal(answer) for answer in answers if answer.status_code not in (201, 202)]
    assert len(made) == 1, codes
    assert set(codes) <= {"not_enough_points", "redemption_live"}
    redemption = shopper.wait_for_state(made[0]["id"], "attached")
    assert shopper.points()["held"] == spent
    assert shopper.points()["available"] == balance - spent
    assert [cart.code() for cart in carts].count(redemption["code"]) == 1
    assert [cart.code() for cart in carts].count(None) == len(carts) - 1
    shopper.undone(redemption["id"])
    assert shopper.points()["available"] == balance


def test_one_code_raced_on_two_paid_checkouts_is_spent_once_and_the_second_use_is_a_case(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    first, second = cart_of(shopper), cart_of(shopper)
    redemption = shopper.redeemed(first.id, POINTS)
    second.pay(second.total() - MONEY)
    second.put_code(redemption["code"])
    first.pay()
    assert second.code() == redemption["code"], "money is on it: the code stays"
    orders = [done for done in at_once([first.complete, second.complete]) if type(done) is str]
    if len(orders) < 2:
        pytest.skip("this store did not let both checkouts through")
    looks = [scene.shop.look(order) for order in orders]
    shopper.wait_for_state(redemption["id"], "consumed")
    earned = sum(int(base(look) * scene.rate) for look in looks)
    shopper.wait_for(
        lambda points: points["available"] == before - POINTS + earned and points["held"] == 0
    )
    assert movements(shopper, "redeem") == [-POINTS]

    def cases() -> list[dict[str, Any]]:
        answer = scene.staff("GET", "cases")
        assert answer.status_code == 200, answer.text
        numbers = {look["number"] for look in looks}
        return [case for case in answer.json()["cases"] if case["order_number"] in numbers]

    (case,) = until(cases, lambda found: len(found) == 1)
    assert case["kind"] == "second"
    decided = scene.staff("POST", f"cases/{case['id']}", {"decision": "charge"})
    assert decided.status_code == 200, decided.text
    shopper.wait_for(lambda points: points["available"] == before - 2 * POINTS + earned)
    assert cases() == []


def test_a_code_taken_off_while_its_checkout_completes_costs_points_only_with_the_discount(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(POINTS)
    cart = cart_of(shopper)
    redemption = shopper.redeemed(cart.id, POINTS)
    cart.pay()
    done, _ = at_once([cart.complete, partial(cart.take_code_off, redemption["code"])])
    look = scene.shop.look(done) if isinstance(done, str) else None
    discounted = look is not None and any(one["type"] == "VOUCHER" for one in look["discounts"])
    shopper.wait_for_state(redemption["id"], "consumed" if discounted else "released")
    paid = look is not None and look["chargeStatus"] == "FULL"
    earned = int(base(look) * scene.rate) if look is not None and paid else 0
    spent = POINTS if discounted else 0
    shopper.wait_for(
        lambda points: points["available"] == before - spent + earned and points["held"] == 0
    )


def test_the_books_add_up_after_all_of_it(scene: Scene) -> None:
    scene.command("audit")
