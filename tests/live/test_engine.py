"""Tiers, rewards, campaigns and early access in a real Saleor, each through to the order.

One point takes off a cent and can be spent as soon as its order is paid.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

import pytest

from saleor_loyalty_app.campaigns.vouchers import ENDED
from saleor_loyalty_app.clock import system_clock
from tests.live import flyers
from tests.live.cart import Cart
from tests.live.patience import until
from tests.live.programs import (
    CAP,
    ENGINE,
    GOLD,
    GOLD_FACTOR,
    GOLD_PRICE,
    GOLD_SPEND,
    METHOD,
    METHOD_PRICE,
    PERCENT,
    REWARD_POINTS,
    STOCK,
)
from tests.live.props import built_in_method, discounts_told_on_lines, metadata, reduced
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base, money
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = ENGINE
CENT = Decimal("0.01")
#: Until the app has looked again whether Saleor still has the codes, in seconds.
NEXT_LOOK = 700.0
#: How Saleor refuses a cart whose delivery may not be had (any more).
NO_DELIVERY = r"SHIPPING_METHOD_NOT_SET|INVALID_SHIPPING_METHOD|DELIVERY_METHOD_NOT_APPLICABLE"


@dataclass
class Gold:
    """Somebody who has reached the tier, with the orders that hold it."""

    shopper: Shopper
    orders: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", autouse=True)
def method(scene: Scene) -> Iterator[None]:
    """The store ships for a price that the tier's goes below."""
    with built_in_method(scene.shop, METHOD, METHOD_PRICE):
        yield


@pytest.fixture(scope="module")
def gold(scene: Scene) -> Gold:
    """A member who bought enough for the tier."""
    shopper, thing = Shopper(scene), scene.priced()
    quantity = ceil(GOLD_SPEND / thing.price)
    order = scene.order({thing.id: quantity}, email=shopper.email, token=shopper.token())
    until(shopper.tier, lambda tier: tier == "gold")
    return Gold(shopper, [order])


def cart_of(shopper: Shopper, items: dict[str, int]) -> Cart:
    """A checkout of the shopper without a delivery."""
    return Cart.filled(shopper.scene.shop, items, email=shopper.email, token=shopper.token())


@dataclass(frozen=True)
class Flyer:
    """A campaign whose code staff deleted in Saleor while it goes on."""

    campaign: str
    code: str
    reader: Shopper


@pytest.fixture(scope="module")
def deleted(scene: Scene) -> Flyer:
    """The app looks every ten minutes whether codes are still there: other chapters go on."""
    code, reader = flyers.fresh_code(), Shopper(scene)
    running = flyers.begin(scene, code, minimum=Decimal(1), budget=Decimal(100))
    assert code in flyers.codes_shown(reader)
    scene.shop.delete_voucher(flyers.voucher_of(scene, running["id"]))
    return Flyer(running["id"], code, reader)


def test_a_code_that_staff_delete_is_worth_nothing_from_then_on(
    scene: Scene, deleted: Flyer
) -> None:
    with pytest.raises(StoreRefused, match="INVALID"):
        cart_of(deleted.reader, {scene.priced().id: 1}).put_code(deleted.code)


def test_a_tier_multiplies_the_points_and_its_delivery_is_what_the_order_pays(
    scene: Scene, gold: Gold
) -> None:
    thing = scene.priced()
    assert GOLD not in dict(cart_of(Shopper(scene), {thing.id: 1}).methods())
    before = gold.shopper.points()["available"]
    cart = cart_of(gold.shopper, {thing.id: 1})
    assert dict(cart.methods())[GOLD] == GOLD_PRICE
    cart.choose(GOLD)
    foreseen = gold.shopper.read(f"checkouts/{cart.id}")["earning"]["points"]
    assert foreseen == int(thing.price * scene.rate * GOLD_FACTOR)
    order = cart.buy()
    gold.orders.append(order)
    look = scene.shop.look(order)
    assert look["shippingMethodName"] == GOLD
    assert money(look["shippingPrice"]) == GOLD_PRICE
    assert money(look["total"]) == thing.price + GOLD_PRICE
    gold.shopper.wait_for(lambda points: points["available"] == before + foreseen)


def test_a_share_off_is_right_to_the_cent_and_comes_back_in_cuts_with_the_refunds(
    scene: Scene,
) -> None:
    shopper = Shopper(scene)
    before = shopper.earn(REWARD_POINTS)
    cart = cart_of(shopper, {scene.priced().id: 1, scene.another().id: 3})
    cart.choose(METHOD)
    goods = cart.subtotal()
    off = (goods * PERCENT / 100).quantize(CENT, ROUND_HALF_UP)
    taken = shopper.claimed("share", channel=scene.shop.channel)
    cart.put_code(taken["code"])
    assert cart.subtotal() == goods - off
    assert cart.total() == goods - off + METHOD_PRICE
    assert shopper.left_of("share") == STOCK - 1

    order = cart.buy()
    shopper.wait_for_claim(taken["id"], "used")
    look = scene.shop.look(order)
    total = money(look["total"])
    assert (base(look), total) == (goods - off, goods - off + METHOD_PRICE)
    earned = int(base(look) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == before - REWARD_POINTS + earned)

    half = (total / 2).quantize(CENT)
    scene.shop.refund(order, half)
    until(
        lambda: shopper.read(f"me/claims/{taken['id']}")["restored"],
        lambda restored: 0 < restored < REWARD_POINTS,
    )
    assert shopper.left_of("share") == STOCK - 1, "the piece comes back with the last point"
    scene.shop.refund(order, total - half)
    shopper.wait_for(lambda points: points["available"] == before)
    assert shopper.wait_for_claim(taken["id"], "restored")["restored"] == REWARD_POINTS
    assert shopper.left_of("share") == STOCK


def test_a_share_with_a_limit_goes_by_itself_when_the_cart_gets_too_small(scene: Scene) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    before = shopper.earn(REWARD_POINTS)
    enough = ceil(CAP * 100 / PERCENT / thing.price)
    assert enough > 1, "the suite needs something cheaper than what its limit is the share of"
    cart = cart_of(shopper, {thing.id: enough + 1})
    cart.choose(METHOD)
    taken = shopper.claimed("capped", checkout_id=cart.id)
    assert cart.subtotal() == (enough + 1) * thing.price - CAP
    cart.set_quantity(thing.id, enough)
    assert cart.subtotal() == enough * thing.price - CAP
    cart.set_quantity(thing.id, enough - 1)
    shopper.wait_for_claim(taken["id"], "canceled")
    assert cart.code() is None
    assert cart.subtotal() == (enough - 1) * thing.price
    shopper.wait_for(lambda points: (points["available"], points["held"]) == (before, 0))


@pytest.mark.parametrize("told_on", ["order", "line"])
def test_a_free_product_is_one_piece_however_many_are_bought_and_comes_back_with_the_order(
    scene: Scene, told_on: str
) -> None:
    shopper, thing, other = Shopper(scene), scene.priced(), scene.another()
    before = shopper.earn(REWARD_POINTS)
    taken = shopper.claimed("piece", channel=scene.shop.channel)
    cart = cart_of(shopper, {other.id: 1})
    cart.choose(METHOD)
    with pytest.raises(StoreRefused):
        cart.put_code(taken["code"])
    cart.add({thing.id: 1})
    cart.put_code(taken["code"])
    assert cart.subtotal() == other.price, "the piece costs nothing"
    cart.set_quantity(thing.id, 3)
    assert cart.subtotal() == other.price + 2 * thing.price, "one of them costs nothing"
    assert cart.code() == taken["code"]

    place = discounts_told_on_lines(scene.shop) if told_on == "line" else nullcontext()
    with place:
        order = cart.buy()
        shopper.wait_for_claim(taken["id"], "used")
        look = scene.shop.look(order)
    assert ("VOUCHER" in {one["type"] for one in look["discounts"]}) == (told_on == "order")
    assert money(look["total"]) == other.price + 2 * thing.price + METHOD_PRICE
    assert base(look) == other.price + 2 * thing.price
    earned = int(base(look) * scene.rate)
    shopper.wait_for(lambda points: points["available"] == before - REWARD_POINTS + earned)
    scene.shop.cancel(order)
    shopper.wait_for(lambda points: points["available"] == before)
    shopper.wait_for_claim(taken["id"], "restored")
    assert shopper.left_of("piece") == STOCK


def test_a_free_piece_of_something_reduced_takes_off_what_it_costs_and_not_what_it_did(
    scene: Scene,
) -> None:
    shopper, thing, other = Shopper(scene), scene.priced(), scene.another()
    shopper.earn(REWARD_POINTS)
    with reduced(scene.shop, thing.id, 20) as price:
        assert price == (thing.price * 4 / 5).quantize(CENT, ROUND_HALF_UP)
        taken = shopper.claimed("piece", channel=scene.shop.channel)
        cart = cart_of(shopper, {other.id: 1, thing.id: 1})
        cart.choose(METHOD)
        cart.put_code(taken["code"])
        assert cart.subtotal() == other.price, "the piece costs nothing, and takes no more off"
        cart.set_quantity(thing.id, 3)
        assert cart.subtotal() == other.price + 2 * price
        order = cart.buy()
        shopper.wait_for_claim(taken["id"], "used")
        look = scene.shop.look(order)
        assert money(look["total"]) == other.price + 2 * price + METHOD_PRICE
        assert base(look) == other.price + 2 * price
        scene.shop.cancel(order)
        shopper.wait_for_claim(taken["id"], "restored")


def test_a_campaigns_code_is_in_the_store_costs_its_budget_and_ends_when_it_is_stopped(
    scene: Scene,
) -> None:
    shop, thing = scene.shop, scene.priced()
    shopper, late = Shopper(scene), Shopper(scene)
    goods = 2 * thing.price
    off = (goods / 10).quantize(CENT, ROUND_HALF_UP)
    code = flyers.fresh_code()
    running = flyers.begin(scene, code, minimum=goods, budget=4 * off)
    assert (running["state"], running["trouble"]) == ("running", "")
    path, voucher = f"campaigns/{running['id']}", flyers.voucher_of(scene, running["id"])
    assert code in flyers.codes_shown(shopper)

    cart = cart_of(shopper, {thing.id: 1})
    cart.choose(METHOD)
    with pytest.raises(StoreRefused):
        cart.put_code(code)
    cart.set_quantity(thing.id, 2)
    cart.put_code(code)
    assert cart.total() == goods - off + METHOD_PRICE
    order = cart.buy()
    assert money(shop.look(order)["total"]) == goods - off + METHOD_PRICE
    spent = until(lambda: scene.told("GET", path), lambda seen: bool(seen["orders"] == 1))
    assert [Decimal(one["amount"]) for one in spent["spent"]] == [off]
    assert spent["budget_used"] == 25
    again = cart_of(shopper, {thing.id: 2})
    with pytest.raises(StoreRefused, match="VOUCHER_NOT_APPLICABLE"):
        again.put_code(code)

    open_cart = cart_of(late, {thing.id: 2})
    open_cart.choose(METHOD)
    open_cart.put_code(code)
    stopped = scene.told("POST", f"{path}/stop")
    assert (stopped["state"], stopped["ended_why"]) == ("ended", "hand")
    until(
        lambda: shop.look_at_voucher(voucher)["endDate"],
        lambda end: end is not None and datetime.fromisoformat(end) < system_clock(),
    )
    with pytest.raises(StoreRefused, match="INVALID"):
        cart_of(late, {thing.id: 2}).put_code(code)
    assert code not in flyers.codes_shown(shopper)
    open_cart.pay(goods + METHOD_PRICE)
    with pytest.raises(StoreRefused, match="VOUCHER_NOT_APPLICABLE"):
        open_cart.complete()
    open_cart.take_code_off(code)
    assert money(shop.look(open_cart.complete())["total"]) == goods + METHOD_PRICE

    shop.cancel(order)
    until(
        lambda: scene.told("GET", path),
        lambda seen: bool(seen["orders"] == 0 and seen["budget_used"] == 0),
    )


def test_what_is_kept_for_a_tier_only_the_tier_can_order(scene: Scene, gold: Gold) -> None:
    thing, kept = scene.priced(), scene.another()
    plain = Shopper(scene)
    with metadata(scene.shop, kept.product, loyalty_access="tier:gold"):
        asked = f"me/access?products={kept.product}"
        assert [one["entitled"] for one in gold.shopper.read(asked)["items"]] == [True]
        (closed,) = plain.read(asked)["items"]
        assert (closed["entitled"], closed["code"]) == (False, "closed")

        cart = cart_of(plain, {kept.id: 1})
        assert cart.methods() == []
        assert cart.refusals() == {"The cart holds something that is kept for Gold and above."}
        cart.pay()
        with pytest.raises(StoreRefused, match=NO_DELIVERY):
            cart.complete()

        later = cart_of(plain, {thing.id: 1})
        later.choose(METHOD)
        later.pay(thing.price + kept.price + METHOD_PRICE)
        later.add({kept.id: 1})
        until(later.problems, lambda seen: "CheckoutProblemDeliveryMethodInvalid" in seen)
        with pytest.raises(StoreRefused, match=NO_DELIVERY):
            later.complete()
        later.set_quantity(kept.id, 0)
        later.calculate()
        later.choose(METHOD)
        assert money(scene.shop.look(later.complete())["total"]) == thing.price + METHOD_PRICE

        guest = Cart.filled(scene.shop, {kept.id: 1}, email=gold.shopper.email)
        assert guest.methods() == []
        guest.sign_in(gold.shopper.token())
        until(guest.methods, lambda seen: METHOD in dict(seen))
        guest.choose(METHOD)
        gold.orders.append(guest.buy())


def test_who_was_let_in_and_offered_a_price_gets_the_order_though_the_tier_is_lost(
    scene: Scene, gold: Gold
) -> None:
    kept = scene.another()
    with metadata(scene.shop, kept.product, loyalty_access="tier:gold"):
        cart = cart_of(gold.shopper, {kept.id: 1})
        cart.choose(GOLD)
        cart.pay()
        for order in gold.orders:
            scene.shop.refund(order, money(scene.shop.look(order)["total"]))
        until(gold.shopper.tier, lambda tier: tier is None)
        cart.calculate()
        assert cart.problems() == set()
        look = scene.shop.look(cart.complete())
        assert money(look["shippingPrice"]) == GOLD_PRICE
        after = cart_of(gold.shopper, {kept.id: 1})
        assert after.methods() == []


def test_the_owner_is_told_of_a_code_that_staff_deleted_and_shoppers_are_shown_it_no_more(
    scene: Scene, deleted: Flyer
) -> None:
    until(
        lambda: scene.told("GET", f"campaigns/{deleted.campaign}"),
        lambda seen: bool(seen["trouble"] == ENDED),
        seconds=NEXT_LOOK,
    )
    assert deleted.code not in flyers.codes_shown(deleted.reader)


def test_the_books_add_up_and_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("audit")
    scene.command("doctor")
