"""Where goods stand in a real Saleor, deliveries paid by points, and codes that follow an order.

One point takes off a cent and can be spent as soon as its order is paid.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from saleor_loyalty_app.clock import system_clock
from tests.live.cart import Cart
from tests.live.patience import until
from tests.live.programs import (
    AISLE,
    GOODS,
    MEMBERS,
    METHOD,
    METHOD_PRICE,
    PICKED,
    POST_OFF,
    POST_POINTS,
    SHARE,
    SHELF,
    SORRY,
)
from tests.live.props import built_in_method, picked, shelved
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base, money
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = GOODS
COUPON = Decimal(4)
NOTHING = Decimal(0)


@pytest.fixture(scope="module", autouse=True)
def method(scene: Scene) -> Iterator[None]:
    """The store ships for a price that the offer goes below."""
    with built_in_method(scene.shop, METHOD, METHOD_PRICE):
        yield


def cart_of(shopper: Shopper, items: dict[str, int], delivery: str = METHOD) -> Cart:
    """A checkout of the shopper; without a delivery if that is empty."""
    cart = Cart.filled(shopper.scene.shop, items, email=shopper.email, token=shopper.token())
    if delivery:
        cart.choose(delivery)
    return cart


def scheduled(scene: Scene, kind: str, channel: Mapping[str, str], **codes: object) -> str:
    """A campaign that runs; gives its path."""
    now = system_clock()
    terms = {
        "kind": kind,
        "name": f"Live {kind}",
        "texts": {"en": {"title": "For you"}, "tr": {"title": "Size özel"}},
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=1)).isoformat(),
        "channels": [{"channel": scene.shop.channel, "currency": "USD", **channel}],
        "codes": codes,
    }
    drawn = scene.told("POST", "campaigns", {"terms": terms})
    path = f"campaigns/{drawn['id']}"
    scene.told("POST", f"{path}/schedule", {"version": drawn["version"]})
    return path


def codes(shopper: Shopper) -> list[str]:
    """The codes of the shopper's own that campaigns gave and that can be used."""
    running = shopper.read("me/campaigns")["campaigns"]
    return [one["code"] for one in running if one["own"]]


def own_code(shopper: Shopper) -> str:
    """The one code of the shopper's own; waits for it."""
    return until(lambda: codes(shopper), lambda seen: len(seen) == 1)[0]


def takes(cart: Cart, code: str) -> bool:
    """Whether the store takes a code on a cart."""
    try:
        cart.put_code(code)
    except StoreRefused:
        return False
    cart.take_code_off(code)
    return True


def test_what_is_below_a_category_in_a_hidden_collection_or_of_a_type_earns_by_its_rule(
    scene: Scene,
) -> None:
    shopper, shelf, kind = Shopper(scene), scene.priced(), scene.unlike()
    both = {shelf.id: 2, kind.id: 1}
    expected = int((2 * shelf.price * 2 + kind.price * (1 + SHARE + SHARE)) * scene.rate)
    plain = int((2 * shelf.price + kind.price * (1 + SHARE)) * scene.rate)
    assert shopper.read(f"checkouts/{cart_of(shopper, both).id}")["earning"]["points"] == plain
    with (
        shelved(scene.shop, shelf.product, AISLE, SHELF),
        picked(scene.shop, PICKED, kind.product),
    ):
        cart = cart_of(shopper, both)
        assert shopper.read(f"checkouts/{cart.id}")["earning"]["points"] == expected
        order = cart.buy()
        shopper.wait_for(lambda points: points["available"] == expected)
    look = scene.shop.look(order)
    half = (money(look["total"]) / 2).quantize(Decimal("0.01"))
    scene.shop.refund(order, half)
    shopper.wait_for(lambda points: 0 < points["available"] < expected)
    scene.shop.refund(order, money(look["total"]) - half)
    shopper.wait_for(lambda points: points["available"] == 0)


@pytest.mark.parametrize("delivery", [METHOD, MEMBERS])
def test_free_shipping_pays_for_any_delivery_and_comes_back_with_the_order(
    scene: Scene, delivery: str
) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    before = shopper.earn(POST_POINTS)
    taken = shopper.claimed("post", channel=scene.shop.channel)
    cart = cart_of(shopper, {thing.id: 1}, delivery="")
    with pytest.raises(StoreRefused):
        cart.put_code(taken["code"])
    cart.choose(delivery)
    cart.put_code(taken["code"])
    assert (cart.subtotal(), cart.shipping(), cart.total()) == (thing.price, NOTHING, thing.price)
    cart.set_quantity(thing.id, 2)
    cart.choose(METHOD if delivery == MEMBERS else MEMBERS)
    assert (cart.code(), cart.shipping()) == (taken["code"], NOTHING), (
        "another delivery is free, too"
    )
    cart.choose(delivery)

    order = cart.buy()
    shopper.wait_for_claim(taken["id"], "used")
    look = scene.shop.look(order)
    assert (money(look["shippingPrice"]), money(look["total"])) == (NOTHING, 2 * thing.price)
    assert look["shippingMethodName"] == delivery
    earned = int(2 * thing.price * scene.rate)
    shopper.wait_for(lambda points: points["available"] == before - POST_POINTS + earned)
    scene.shop.refund(order, money(look["total"]))
    shopper.wait_for(lambda points: points["available"] == before)
    assert shopper.wait_for_claim(taken["id"], "restored")["restored"] == POST_POINTS


def test_a_part_of_the_shipping_is_taken_off_and_never_more_than_it_costs(scene: Scene) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    shopper.earn(POST_POINTS)
    taken = shopper.claimed("stamp", channel=scene.shop.channel)
    cart = cart_of(shopper, {thing.id: 1})
    cart.put_code(taken["code"])
    assert (cart.subtotal(), cart.shipping()) == (thing.price, METHOD_PRICE - POST_OFF)
    cart.choose(MEMBERS)
    assert (cart.subtotal(), cart.shipping()) == (thing.price, NOTHING)
    cart.choose(METHOD)
    look = scene.shop.look(cart.buy())
    assert money(look["total"]) == thing.price + METHOD_PRICE - POST_OFF
    shopper.wait_for_claim(taken["id"], "used")


def test_a_coupon_comes_with_a_paid_order_is_good_once_and_goes_with_the_refund(
    scene: Scene,
) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    comes = {"when": "paid", "minimum": {"USD": str(2 * thing.price)}, "valid_days": 30}
    path = scheduled(
        scene, "amount", {"value": str(COUPON)}, sharing="after_order", after_order=comes
    )
    try:
        small = cart_of(shopper, {thing.id: 1}).buy()
        earned = int(base(scene.shop.look(small)) * scene.rate)
        shopper.wait_for(lambda points: points["available"] == earned)
        assert codes(shopper) == []
        cart_of(shopper, {thing.id: 2}).buy()
        code = own_code(shopper)
        cart = cart_of(shopper, {thing.id: 1})
        cart.put_code(code)
        assert cart.total() == thing.price - COUPON + METHOD_PRICE
        used = cart.buy()
        assert money(scene.shop.look(used)["total"]) == thing.price - COUPON + METHOD_PRICE
        until(lambda: codes(shopper), lambda seen: seen == [])
        assert not takes(cart_of(shopper, {thing.id: 1}), code)

        second = cart_of(shopper, {thing.id: 2}).buy()
        unused = own_code(shopper)
        assert unused != code
        scene.shop.refund(second, money(scene.shop.look(second)["total"]))
        until(lambda: codes(shopper), lambda seen: seen == [])
        cart = cart_of(shopper, {thing.id: 1})
        until(lambda: takes(cart, unused), lambda taken: not taken)
    finally:
        scene.told("POST", f"{path}/stop")


def test_codes_of_members_own_give_free_shipping_and_end_together(scene: Scene) -> None:
    thing = scene.priced()
    shopper, other = Shopper(scene), Shopper(scene)
    for one in (shopper, other):
        until(partial(known, scene, one), lambda number: number == 1)
    path = scheduled(scene, "free_shipping", {}, sharing="personal")
    code, others = own_code(shopper), own_code(other)
    assert code != others
    cart = cart_of(shopper, {thing.id: 1})
    cart.put_code(code)
    assert (cart.shipping(), cart.total()) == (NOTHING, thing.price)
    look = scene.shop.look(cart.buy())
    assert (money(look["shippingPrice"]), money(look["total"])) == (NOTHING, thing.price)
    until(lambda: codes(shopper), lambda seen: seen == [])
    assert not takes(cart_of(shopper, {thing.id: 1}), code)

    left = cart_of(other, {thing.id: 1})
    assert takes(left, others)
    scene.told("POST", f"{path}/stop")
    assert codes(other) == []
    until(lambda: takes(left, others), lambda taken: not taken)


def known(scene: Scene, shopper: Shopper) -> int:
    """How many members an account has."""
    return len(scene.told("GET", f"members?user_id={shopper.user}")["items"])


def test_what_was_never_sent_is_made_up_for_by_a_code(scene: Scene) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    order = cart_of(shopper, {thing.id: 1}).buy()
    shopper.wait_for(lambda points: points["available"] > 0)
    scene.shop.cancel(order)
    shopper.wait_for(lambda points: points["available"] == 0)
    number = scene.shop.look(order)["number"]

    def prompts(decided: str) -> list[dict[str, Any]]:
        seen = scene.told("GET", f"goodwill?decided={decided}")["items"]
        return [one for one in seen if one["order_number"] == number]

    (prompt,) = until(lambda: prompts("false"), lambda seen: len(seen) == 1)
    assert (prompt["signal"], prompt["suggested"]) == ("cancelled_line", "amount")
    assert prompt["amount"] == {"amount": f"{SORRY:.2f}", "currency": "USD"}
    scene.told("POST", f"goodwill/{prompt['id']}", {"choice": "accept"})
    until(lambda: prompts("true"), lambda seen: bool(seen) and bool(seen[0]["code"] == "made"))
    points = shopper.points()
    assert (points["available"], points["held"]) == (0, prompt["points"])
    made = scene.told("GET", f"members/{prompt['member']}/redemptions")["items"][0]
    cart = cart_of(shopper, {thing.id: 1})
    cart.put_code(made["code"])
    assert cart.total() == thing.price - SORRY + METHOD_PRICE
    look = scene.shop.look(cart.buy())
    assert base(look) == thing.price - SORRY
    earned = int(base(look) * scene.rate)
    shopper.wait_for(lambda now: (now["available"], now["held"]) == (earned, 0))


def test_the_books_add_up_and_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("audit")
    scene.command("doctor")
