"""Before and after: whether a discount saves what it promised."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.rewards.comparison import before_of, why_not
from saleor_loyalty_app.saleor.checkout_snapshot import Cart

FIVE = Decimal(5)


def cart(goods: str, shipping: str = "10", **values: Any) -> Cart:
    plain = Cart(
        id="C",
        user_id="U",
        channel_id="CH",
        channel="default-channel",
        currency="USD",
        code=None,
        subtotal=Decimal(goods),
        goods=Decimal(goods),
        shipping=Decimal(shipping),
        lines=(("a", 1), ("b", 2)),
        gifts=0,
        delivery="D",
        delivery_valid=True,
        money=False,
    )
    return replace(plain, **values)


def verdict(before: Cart, after: Cart, amount: Decimal = FIVE) -> str:
    refused = why_not(before_of(before), after, amount)
    return "" if refused is None else refused.code


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (cart("95"), ""),
        (cart("94.60"), ""),
        (cart("95.02"), ""),
        (cart("95.03"), "worse_off"),
        (cart("100"), "worse_off"),
        (cart("95", "10.03"), "worse_off"),
        (cart("97", "8"), ""),
        (cart("95", lines=(("a", 2), ("b", 2))), "cart_changing"),
        (cart("95", delivery="E"), "cart_changing"),
        (cart("95", "0", delivery=None), "delivery_lost"),
        (cart("95", delivery_valid=False), "delivery_lost"),
        (cart("95", gifts=1), ""),
    ],
)
def test_the_cart_after_is_what_was_promised(after: Cart, code: str) -> None:
    assert verdict(cart("100"), after) == code


def test_a_gift_is_not_taken_away() -> None:
    assert verdict(cart("100", gifts=1), cart("95")) == "gift_lost"


def test_a_delivery_that_was_not_offered_before_is_not_our_doing() -> None:
    assert verdict(cart("100", delivery_valid=False), cart("95", delivery_valid=False)) == ""


def test_a_delivery_that_is_chosen_meanwhile_is_a_change() -> None:
    assert verdict(cart("100", "0", delivery=None), cart("95")) == "cart_changing"


def test_coins_are_those_of_the_currency() -> None:
    yen = {"currency": "JPY"}
    assert verdict(cart("1000", **yen), cart("997", **yen)) == ""
    assert verdict(cart("1000", **yen), cart("998", **yen)) == "worse_off"
