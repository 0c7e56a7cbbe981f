"""Shipping offers in a real Saleor: from the threshold through the completion, and for members."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.live.cart import Cart
from tests.live.patience import until
from tests.live.programs import (
    FREE,
    MEMBERS,
    MEMBERS_PRICE,
    METHOD,
    METHOD_PRICE,
    SHIPPING,
    THRESHOLD,
)
from tests.live.props import built_in_method
from tests.live.scene import Scene
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = SHIPPING
POINTS = 500


@pytest.fixture(scope="module", autouse=True)
def method(scene: Scene) -> Iterator[None]:
    """The store ships for a price that the offers go below."""
    with built_in_method(scene.shop, METHOD, METHOD_PRICE):
        yield


@pytest.fixture(scope="module")
def shopper(scene: Scene) -> Shopper:
    """A member with points."""
    shopper = Shopper(scene)
    shopper.earn(2 * POINTS)
    return shopper


def enough(scene: Scene) -> int:
    """How many of the thing for sale reach the threshold."""
    return int(-(-THRESHOLD // scene.priced().price))


def offers(cart: Cart) -> dict[Decimal, str]:
    """The names of the methods that stand for the store's own, by price."""
    return {price: name for name, price in cart.methods() if name in (METHOD, FREE, MEMBERS)}


def free_of(cart: Cart) -> str:
    """The name of the free method.

    A checkout that was never priced tells the app no promotion yet, so the app asks the store for
    its subtotal first, and then has it ask for the methods again.
    """
    return until(lambda: offers(cart), lambda seen: Decimal(0) in seen)[Decimal(0)]


def test_one_item_below_the_threshold_nothing_is_free_and_the_missing_amount_is_told(
    scene: Scene,
) -> None:
    below = enough(scene) - 1
    assert below >= 1, "the suite needs something cheaper than its threshold"
    shopper = Shopper(scene)
    cart = Cart.filled(
        scene.shop, {scene.priced().id: below}, email=shopper.email, token=shopper.token()
    )
    assert Decimal(0) not in offers(cart)
    assert METHOD_PRICE in offers(cart)
    missing = f"{THRESHOLD - below * scene.priced().price:.2f}"
    (free,) = [
        one for one in shopper.read(f"checkouts/{cart.id}")["shipping"] if one["id"] == "free"
    ]
    assert free["missing"] == {"amount": missing, "currency": "USD"}
    cart.add({scene.priced().id: 1})
    cart.calculate()
    assert free_of(cart) == FREE


def test_free_shipping_is_offered_at_the_threshold_and_is_what_the_order_pays(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    cart = Cart.filled(
        scene.shop,
        {scene.priced().id: enough(scene)},
        email=shopper.email,
        token=shopper.token(),
        addressed=False,
    )
    time.sleep(2)
    cart.ship()
    assert offers(cart)[Decimal(0)] == FREE, "at the first look, as the cart was priced before"
    assert METHOD_PRICE not in offers(cart), "the paid original is hidden"
    cart.choose(FREE)
    assert cart.shipping() == 0
    look = scene.shop.look(cart.buy())
    assert look["shippingMethodName"] == FREE
    assert look["shippingPrice"]["gross"]["amount"] == 0


def test_an_offer_survives_points_that_go_below_the_threshold_and_the_switch(
    scene: Scene, shopper: Shopper
) -> None:
    cart = Cart.filled(
        scene.shop, {scene.priced().id: enough(scene)}, email=shopper.email, token=shopper.token()
    )
    cart.choose(free_of(cart))
    redemption = shopper.redeemed(cart.id, POINTS)
    assert cart.subtotal() == enough(scene) * scene.priced().price - 5
    assert cart.shipping() == 0
    assert cart.problems() == set()
    cart.pay()
    scene.command("switch", "shipping", "off")
    try:
        cart.calculate()
        assert cart.shipping() == 0
        assert cart.problems() == set()
        look = scene.shop.look(cart.complete())
    finally:
        scene.command("switch", "shipping", "on")
    assert look["shippingPrice"]["gross"]["amount"] == 0
    shopper.wait_for_state(redemption["id"], "consumed")


def test_a_stale_delivery_is_found_again_at_the_completion(scene: Scene) -> None:
    shopper = Shopper(scene)
    cart = Cart.filled(
        scene.shop, {scene.priced().id: enough(scene)}, email=shopper.email, token=shopper.token()
    )
    cart.choose(free_of(cart))
    cart.add({scene.priced().id: 1})
    assert cart.problems() == {"CheckoutProblemDeliveryMethodStale"}
    look = scene.shop.look(cart.buy())
    assert look["shippingPrice"]["gross"]["amount"] == 0


def test_a_guest_who_signs_in_after_choosing_sees_the_members_offer_and_keeps_the_choice(
    scene: Scene, shopper: Shopper
) -> None:
    cart = Cart.filled(scene.shop, {scene.priced().id: 1}, email="guest@example.com")
    assert MEMBERS_PRICE not in offers(cart)
    cart.choose(METHOD)
    cart.sign_in(shopper.token())
    until(lambda: offers(cart), lambda seen: MEMBERS_PRICE in seen)
    assert cart.shipping() == METHOD_PRICE
    assert cart.problems() == set()
    cart.choose(offers(cart)[MEMBERS_PRICE])
    look = scene.shop.look(cart.buy())
    assert Decimal(str(look["shippingPrice"]["gross"]["amount"])) == MEMBERS_PRICE


def test_the_doctor_finds_nothing_wrong_with_the_offers(scene: Scene) -> None:
    scene.command("doctor")
