"""What rules read in a real Saleor's metadata, and what they give beside points.

One point takes off a cent and can be spent as soon as its order is paid.
"""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Any

import pytest

from tests.live.cart import Cart
from tests.live.patience import until
from tests.live.programs import (
    DOUBLE,
    LARGE,
    METHOD,
    METHOD_PRICE,
    PRESENT_MONEY,
    RULES,
    SAID,
    STOCK,
    TILL,
    TILL_POINTS,
)
from tests.live.props import built_in_method, metadata
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base, money
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = RULES


@pytest.fixture(scope="module", autouse=True)
def method(scene: Scene) -> Iterator[None]:
    """The store ships for the same price always."""
    with built_in_method(scene.shop, METHOD, METHOD_PRICE):
        yield


def cart_of(shopper: Shopper, items: dict[str, int]) -> Cart:
    """A checkout of the shopper with its delivery chosen."""
    cart = Cart.filled(shopper.scene.shop, items, email=shopper.email, token=shopper.token())
    cart.choose(METHOD)
    return cart


def large(scene: Scene) -> dict[str, int]:
    """Enough for the rules that give a present and a tier."""
    thing = scene.priced()
    return {thing.id: ceil(LARGE / thing.price)}


def given(shopper: Shopper) -> list[dict[str, Any]]:
    """The presents of the shopper, newest first."""
    claims: list[dict[str, Any]] = shopper.read("me/claims")["claims"]
    return claims


def ready(shopper: Shopper) -> dict[str, Any]:
    """The newest present, once its code works."""
    return until(
        lambda: given(shopper), lambda seen: bool(seen) and bool(seen[0]["state"] == "ready")
    )[0]


def refund_all(scene: Scene, order: str) -> None:
    """All money of an order goes back."""
    scene.shop.refund(order, money(scene.shop.look(order)["total"]))


def test_what_is_said_of_a_product_doubles_its_lines_and_no_others(scene: Scene) -> None:
    shopper, marked, other = Shopper(scene), scene.priced(), scene.another()
    expected = int((2 * marked.price + other.price) * scene.rate)
    with (
        metadata(scene.shop, marked.product, **{SAID: DOUBLE}),
        metadata(scene.shop, other.product, **{SAID: "single"}),
    ):
        cart = cart_of(shopper, {marked.id: 1, other.id: 1})
        assert shopper.read(f"checkouts/{cart.id}")["earning"]["points"] == expected
        order = cart.buy()
        shopper.wait_for(lambda points: points["available"] == expected)
    scene.shop.fulfill(order)
    lines = scene.shop.look(order)["lines"]
    (line,) = [one["id"] for one in lines if one["variant"]["id"] == marked.id]
    scene.shop.return_line(order, line, 1)
    left = int(other.price * scene.rate)
    shopper.wait_for(lambda points: points["available"] == left)
    refund_all(scene, order)
    shopper.wait_for(lambda points: points["available"] == 0)


@pytest.mark.parametrize("where", ["checkout", "draft"])
def test_what_others_write_on_an_order_in_private_counts(scene: Scene, where: str) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    if where == "checkout":
        cart = cart_of(shopper, {thing.id: 1})
        scene.shop.note(cart.id, TILL, "izmir-2")
        foreseen = shopper.read(f"checkouts/{cart.id}")["earning"]["points"]
        assert foreseen == int(thing.price * scene.rate) + TILL_POINTS
        order = cart.buy()
    else:
        order = scene.shop.write_draft({thing.id: 1}, user=shopper.user)
        scene.shop.note(order, TILL, "izmir-2")
        scene.shop.complete_draft(order)
        total = scene.shop.look(order)["total"]["gross"]
        scene.shop.charge(order, Decimal(str(total["amount"])), total["currency"])
    expected = int(base(scene.shop.look(order)) * scene.rate) + TILL_POINTS
    shopper.wait_for(lambda points: points["available"] == expected)


def test_what_shoppers_write_on_their_checkout_counts_for_nothing(scene: Scene) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    cart = cart_of(shopper, {thing.id: 1})
    with pytest.raises(StoreRefused):
        scene.shop.note(cart.id, TILL, "mine", token=shopper.token())
    scene.shop.say(cart.id, {TILL: "mine"}, token=shopper.token())
    order = cart.buy()
    assert TILL in {one["key"] for one in scene.shop.look(order)["metadata"]}
    expected = int(base(scene.shop.look(order)) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == expected)


def test_an_order_brings_a_present_and_a_tier_and_the_used_present_stays_when_it_comes_back(
    scene: Scene,
) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    assert shopper.tier() is None
    first = cart_of(shopper, large(scene)).buy()
    earned = int(base(scene.shop.look(first)) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == earned)
    until(shopper.tier, lambda tier: tier == "gold")
    present = ready(shopper)
    assert (present["reward_id"], present["points"]) == ("present", 0)
    assert not present["can_cancel"]
    assert shopper.left_of("present") == STOCK - 1

    cart = cart_of(shopper, {thing.id: 2})
    goods = cart.subtotal()
    cart.put_code(present["code"])
    assert cart.total() == goods - PRESENT_MONEY + METHOD_PRICE
    second = cart.buy()
    shopper.wait_for_claim(present["id"], "used")
    look = scene.shop.look(second)
    assert base(look) == goods - PRESENT_MONEY
    both = earned + int(base(look) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == both)

    refund_all(scene, first)
    shopper.wait_for(lambda points: points["available"] == both - earned)
    until(shopper.tier, lambda tier: tier is None)
    assert [one["state"] for one in given(shopper)] == ["used"]
    assert shopper.left_of("present") == STOCK - 1
    refund_all(scene, second)
    shopper.wait_for(lambda points: points["available"] == 0)


def test_an_unused_present_goes_with_the_refund_and_its_code_is_worth_nothing(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    before = shopper.left_of("present")
    order = cart_of(shopper, large(scene)).buy()
    present = ready(shopper)
    until(shopper.tier, lambda tier: tier == "gold")
    assert shopper.left_of("present") == before - 1
    total = money(scene.shop.look(order)["total"])
    earned = shopper.points()["available"]
    part = (total / 4).quantize(Decimal("0.01"))
    scene.shop.refund(order, part)
    shopper.wait_for(lambda points: points["available"] < earned)
    assert (ready(shopper)["id"], shopper.tier()) == (present["id"], "gold"), "a part is kept"

    scene.shop.refund(order, total - part)
    shopper.wait_for_claim(present["id"], "canceled")
    until(shopper.tier, lambda tier: tier is None)
    until(lambda: shopper.left_of("present"), lambda left: left == before)
    until(lambda: takes(shopper, present["code"]), lambda taken: not taken)
    assert shopper.points()["available"] == 0


def takes(shopper: Shopper, code: str) -> bool:
    """Whether the store takes a code on a cart of the shopper."""
    cart = cart_of(shopper, {shopper.scene.priced().id: 1})
    try:
        cart.put_code(code)
    except StoreRefused:
        return False
    cart.take_code_off(code)
    return True


def test_a_present_on_a_cart_that_is_paid_is_kept_though_its_order_comes_back(
    scene: Scene,
) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    first = cart_of(shopper, large(scene)).buy()
    present = ready(shopper)
    cart = cart_of(shopper, {thing.id: 1})
    cart.put_code(present["code"])
    shopper.wait_for_claim(present["id"], "in_cart")
    cart.pay()
    refund_all(scene, first)
    until(shopper.tier, lambda tier: tier is None)
    assert cart.code() == present["code"], "money is on it: the code stays"
    look = scene.shop.look(cart.complete())
    assert money(look["total"]) == thing.price - PRESENT_MONEY + METHOD_PRICE
    shopper.wait_for_claim(present["id"], "used")
    earned = int(base(look) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == earned)


def test_a_guest_gets_the_present_and_the_tier_with_the_account(scene: Scene) -> None:
    email = f"guest-{uuid.uuid4().hex[:10]}@example.com"
    guest = Cart.filled(scene.shop, large(scene), email=email)
    guest.choose(METHOD)
    guest.buy()
    shopper = Shopper(scene, email)
    until(shopper.tier, lambda tier: tier == "gold")
    present = ready(shopper)
    cart = cart_of(shopper, {scene.priced().id: 1})
    before = cart.total()
    cart.put_code(present["code"])
    assert cart.total() == before - PRESENT_MONEY


def test_the_books_add_up_and_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("audit")
    scene.command("doctor")
