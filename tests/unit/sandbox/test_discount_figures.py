"""Figures that a real Saleor 3.23 showed, in net and in gross channels."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.model.discounts import recalculate
from tests.unit.sandbox.discount_shop import PLIMSOLLS, SHIRT, DiscountShop

TENTH, HALF = Decimal(10), Decimal(50)
ENTERED = {"default-channel": "255", "channel-pln": "772"}

#: Kind of voucher, its value, and the subtotal left: in USD (tax on top) and PLN (tax included).
TABLE: list[tuple[str, dict[str, Any], Decimal, str, str]] = [
    ("entire order, fixed", {}, TENTH, "245", "762"),
    ("entire order, share", {"discount_value_type": "PERCENTAGE"}, TENTH, "229.5", "694.8"),
    (
        "product, share",
        {"discount_value_type": "PERCENTAGE", "type": "SPECIFIC_PRODUCT"},
        HALF,
        "187.5",
        "547",
    ),
    (
        "product, once",
        {
            "discount_value_type": "PERCENTAGE",
            "type": "SPECIFIC_PRODUCT",
            "apply_once_per_order": True,
        },
        HALF,
        "232.5",
        "697",
    ),
    (
        "cheapest item",
        {"discount_value_type": "PERCENTAGE", "apply_once_per_order": True},
        HALF,
        "232.5",
        "697",
    ),
]


def _shop() -> DiscountShop:
    """Plimsolls 20 % off in USD and 30 % off in PLN, as when the figures were recorded."""
    shop = DiscountShop.open(us_tax=8, pl_tax=23)
    plimsolls = shop.variant(PLIMSOLLS)
    shop.box.discounts.catalog_promotion(plimsolls, percentage=Decimal(20))
    shop.box.discounts.catalog_promotion(plimsolls, percentage=Decimal(30), channel="channel-pln")
    return shop


def _cart(shop: DiscountShop, channel: str) -> str:
    return shop.cart((PLIMSOLLS, 2), (SHIRT, 3), channel=channel)


@pytest.mark.parametrize("channel", ENTERED)
def test_a_catalogue_promotion_alone(channel: str) -> None:
    shop = _shop()
    assert shop.entered(_cart(shop, channel)) == Decimal(ENTERED[channel])


@pytest.mark.parametrize(("kind", "data", "value", "usd", "pln"), TABLE, ids=[r[0] for r in TABLE])
@pytest.mark.parametrize("channel", ENTERED)
def test_a_voucher_leaves_the_recorded_subtotal(
    kind: str, data: dict[str, Any], value: Decimal, usd: str, pln: str, channel: str
) -> None:
    shop = _shop()
    if data.get("type") == "SPECIFIC_PRODUCT":
        data = {**data, "variants": [shop.box.node(shop.variant(SHIRT))]}
    shop.box.discounts.voucher(value, "CODE", channels=(channel,), name=kind, **data)
    cart = _cart(shop, channel)
    shop.add(cart, "CODE")
    left = shop.entered(cart)
    assert left == Decimal(usd if channel == "default-channel" else pln)
    stored = shop.see(cart)
    assert Decimal(str(stored["discount"]["amount"])) == Decimal(ENTERED[channel]) - left
    assert stored["discountName"] == kind


def test_priced_again_a_discount_on_some_goods_is_told_as_no_more_than_what_is_left() -> None:
    shop = DiscountShop.open()
    shirt = shop.box.node(shop.variant(SHIRT))
    shop.box.discounts.voucher(
        Decimal(100),
        "FREE",
        discount_value_type="PERCENTAGE",
        type="SPECIFIC_PRODUCT",
        apply_once_per_order=True,
        variants=[shirt],
    )
    cart = shop.cart((SHIRT, 1))
    shop.add(cart, "FREE")
    assert shop.entered(cart) == 0
    assert shop.see(cart)["discount"]["amount"] == 45.0
    recalculate(shop.box.store, shop.box.node(cart))
    assert shop.entered(cart) == 0
    assert shop.see(cart)["discount"]["amount"] == 0
    shop.pay(cart)
    told = shop.order(shop.complete(cart), "discounts { type amount { amount } }")
    assert told["discounts"] == [{"type": "VOUCHER", "amount": {"amount": 45.0}}]


def test_tax_on_top_is_added_to_what_the_discount_leaves() -> None:
    shop = _shop()
    shop.box.discounts.voucher(TENTH, "CODE")
    cart = _cart(shop, "default-channel")
    shop.add(cart, "CODE")
    assert shop.see(cart)["subtotalPrice"]["gross"]["amount"] == 264.60


@pytest.mark.parametrize("channel", ENTERED)
def test_a_shipping_voucher_stores_its_discount_and_leaves_the_subtotal(channel: str) -> None:
    shop = _shop()
    shop.box.discounts.voucher(
        HALF, "SHIP", channels=(channel,), type="SHIPPING", discount_value_type="PERCENTAGE"
    )
    cart = shop.cart((PLIMSOLLS, 2), (SHIRT, 3), channel=channel, shipping="EMS")
    shop.add(cart, "SHIP")
    assert shop.entered(cart) == Decimal(ENTERED[channel])
    stored = shop.see(cart)["discount"]["amount"]
    assert stored == {"default-channel": 17.10, "channel-pln": 40.47}[channel]


def test_an_order_promotion_takes_its_share_under_the_name_of_its_rule() -> None:
    shop = _shop()
    shop.box.discounts.order_promotion(percentage=TENTH, name="Ten off")
    seen = shop.see(_cart(shop, "default-channel"))
    assert seen["subtotalPrice"]["net"]["amount"] == 229.5
    assert (seen["discount"]["amount"], seen["voucherCode"]) == (25.5, None)
    assert seen["discountName"] == "Ten off"


@pytest.mark.parametrize(("channel", "left"), [("default-channel", "120"), ("channel-pln", "322")])
def test_a_gift_is_a_line_for_nothing(channel: str, left: str) -> None:
    shop = _shop()
    shop.box.discounts.gift_promotion(shop.variant(SHIRT), channel=channel)
    cart = shop.cart((PLIMSOLLS, 2), channel=channel)
    assert shop.entered(cart) == Decimal(left)
    (gift,) = [line for line in shop.see(cart)["lines"] if line["isGift"]]
    assert (gift["quantity"], gift["totalPrice"]["gross"]["amount"]) == (1, 0.0)


def test_two_plimsolls_and_a_shirt_with_ten_off() -> None:
    """195 becomes 185, spread over the lines; shipping at 59.59 is not touched."""
    shop = DiscountShop.open()
    shop.box.discounts.voucher(TENTH, "TEN")
    cart = shop.cart((PLIMSOLLS, 2), (SHIRT, 1), shipping="UPS")
    assert shop.see(cart)["totalPrice"]["gross"]["amount"] == 254.59
    shop.add(cart, "TEN")
    seen = shop.see(cart)
    assert seen["subtotalPrice"]["gross"]["amount"] == 185.0
    assert seen["shippingPrice"]["net"]["amount"] == 59.59
    assert [line["totalPrice"]["gross"]["amount"] for line in seen["lines"]] == [142.31, 42.69]


def test_a_voucher_worth_more_than_the_cart_stops_at_nothing_and_shipping_stays_due() -> None:
    shop = DiscountShop.open()
    shop.box.discounts.voucher(Decimal(500), "MUCH")
    cart = shop.cart((SHIRT, 1), shipping="UPS")
    shop.add(cart, "MUCH")
    seen = shop.see(cart)
    assert seen["subtotalPrice"]["gross"]["amount"] == 0.0
    assert seen["totalPrice"]["gross"]["amount"] == 59.59
    assert seen["discount"]["amount"] == 45.0


def test_a_fixed_product_voucher_takes_its_value_off_every_unit() -> None:
    shop = DiscountShop.open()
    shirt = shop.box.node(shop.variant(SHIRT))
    shop.box.discounts.voucher(TENTH, "EACH", type="SPECIFIC_PRODUCT", variants=[shirt])
    cart = shop.cart((PLIMSOLLS, 1), (SHIRT, 3))
    shop.add(cart, "EACH")
    assert shop.entered(cart) == Decimal(75 + 3 * 35)


def test_an_override_is_discounted_by_the_promotion_of_the_catalogue_too() -> None:
    """60 by override with 20 % off is 48, and with a 10 % voucher 43.20."""
    shop = DiscountShop.open()
    shop.box.discounts.catalog_promotion(shop.variant(PLIMSOLLS), percentage=Decimal(20))
    line = shop.stage.line(PLIMSOLLS, 1, price="60")
    cast = shop.teller.cast
    cart = shop.teller.checkout("default-channel", [line], "Default", by=cast.app)
    assert shop.entered(cart) == Decimal(48)
    shop.box.discounts.voucher(TENTH, "TEN", discount_value_type="PERCENTAGE")
    shop.add(cart, "TEN")
    assert shop.entered(cart) == Decimal("43.2")
