"""One code in two carts: who gets the discount, and who is refused after paying."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.sandbox.discount_shop import DiscountShop

FIVE = Decimal(5)
HALF_A_SECOND, LONGER = timedelta(milliseconds=300), timedelta(milliseconds=600)
TOLD = "voucherCode voucher { name } total { gross { amount } } discounts { type name reason }"


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _carts(shop: DiscountShop, **data: Any) -> list[str]:
    """Two paid carts with the same code."""
    shop.box.discounts.voucher(FIVE, "LOY", name="Loyalty r1", **data)
    carts = [shop.cart(), shop.cart()]
    for cart in carts:
        shop.add(cart, "LOY")
        shop.pay(cart)
    return carts


def _told(shop: DiscountShop, cart: str) -> dict[str, Any]:
    """The order of a cart, found by the cart's id."""
    answer = shop.box.execute(
        f"""query ($id: ID!) {{ orders(first: 2, where: {{checkoutId: {{eq: $id}}}}) {{
          edges {{ node {{ {TOLD} }} }} }} }}""",
        {"id": cart},
        shop.staff,
    )
    (edge,) = answer["data"]["orders"]["edges"]
    node: dict[str, Any] = edge["node"]
    return node


@pytest.mark.parametrize(
    "data", [{"single_use": True}, {"usage_limit": 1}, {"single_use": True, "usage_limit": 1}]
)
def test_at_one_instant_both_keep_the_discount_and_the_second_loses_the_code(
    shop: DiscountShop, data: dict[str, Any]
) -> None:
    carts = _carts(shop, **data)
    done = shop.box.discounts.race(*carts)
    assert [each.refusal for each in done] == [None, None]
    first, second = (_told(shop, cart) for cart in carts)
    assert first["voucherCode"] == "LOY"
    assert (second["voucherCode"], second["voucher"]) == (None, None)
    for order in (first, second):
        assert order["total"]["gross"]["amount"] == 70.0
        assert order["discounts"] == [{"type": "VOUCHER", "name": "Loyalty r1", "reason": None}]


def test_sometimes_both_keep_the_code_too(shop: DiscountShop) -> None:
    carts = _carts(shop, single_use=True, usage_limit=1)
    shop.box.discounts.race(*carts, keep_code=True)
    assert [_told(shop, cart)["voucherCode"] for cart in carts] == ["LOY", "LOY"]
    code = shop.box.store.voucher_codes["LOY"]
    assert (code.used, code.is_active) == (2, False)


def test_ordinary_completions_within_half_a_second_pass_too(shop: DiscountShop) -> None:
    first, second = _carts(shop, single_use=True)
    shop.complete(first)
    shop.box.clock.advance(HALF_A_SECOND)
    shop.complete(second)
    assert _told(shop, second)["voucherCode"] is None
    assert _told(shop, second)["total"]["gross"]["amount"] == 70.0


def test_later_the_second_is_refused_after_paying_and_shows_the_discount_on(
    shop: DiscountShop,
) -> None:
    first, second = _carts(shop, single_use=True)
    shop.complete(first)
    shop.box.clock.advance(LONGER)
    error = shop.completion_refusal(second)
    assert (error["field"], error["code"], error["message"]) == (
        "voucherCode",
        "VOUCHER_NOT_APPLICABLE",
        "Voucher not applicable",
    )
    assert shop.entered(second) == Decimal(70)
    shop.remove(second, "LOY")
    assert shop.entered(second) == Decimal(75)
    assert shop.completion_refusal(second)["code"] == "CHECKOUT_NOT_FULLY_PAID"


def test_a_used_code_falls_off_the_other_cart_when_its_lines_change(shop: DiscountShop) -> None:
    first, second = _carts(shop, single_use=True)
    shop.complete(first)
    (line,) = shop.see(second)["lines"]
    shop.teller.ask(
        "checkoutLinesUpdate",
        "id: ID!, lines: [CheckoutLineUpdateInput!]!",
        "checkout { id }",
        None,
        id=second,
        lines=[{"lineId": line["id"], "quantity": 2}],
    )
    seen = shop.see(second)
    assert (seen["voucherCode"], seen["subtotalPrice"]["net"]["amount"]) == (None, 150.0)


def test_once_for_each_customer_alone_refuses_the_second(shop: DiscountShop) -> None:
    carts = _carts(shop, apply_once_per_customer=True)
    done = shop.box.discounts.race(*carts)
    assert [each.refusal for each in done] == [None, "VOUCHER_NOT_APPLICABLE"]


def test_once_for_each_customer_with_a_limit_passes_twice(shop: DiscountShop) -> None:
    carts = _carts(shop, apply_once_per_customer=True, single_use=True, usage_limit=1)
    done = shop.box.discounts.race(*carts)
    assert [each.refusal for each in done] == [None, None]


def test_a_code_removed_while_its_cart_completes_is_named_on_an_order_without_discount(
    shop: DiscountShop,
) -> None:
    cart = _carts(shop, single_use=True)[0]
    done = shop.box.discounts.complete_while_removing(cart)
    assert done.order is not None
    told = _told(shop, cart)
    assert (told["voucherCode"], told["discounts"]) == ("LOY", [])
    assert told["total"]["gross"]["amount"] == 75.0
    assert done.order.amounts.charged == Decimal(70)


def test_a_voucher_ended_while_its_cart_completes_leaves_the_discount_without_the_code(
    shop: DiscountShop,
) -> None:
    cart = _carts(shop, single_use=True)[0]
    assert shop.box.discounts.complete_while_ending(cart).refusal is None
    told = _told(shop, cart)
    assert (told["voucherCode"], told["total"]["gross"]["amount"]) == (None, 70.0)
    assert told["discounts"][0]["name"] == "Loyalty r1"


def test_a_completion_that_succeeded_answers_the_same_order_again(shop: DiscountShop) -> None:
    cart = _carts(shop, single_use=True)[0]
    first = shop.complete(cart)
    shop.box.clock.advance(LONGER)
    assert shop.complete(cart) == first
