"""Codes on checkouts: who wins, what is refused, and what stays shown."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from sandbox.model.ids import global_id
from tests.unit.sandbox.discount_shop import PLIMSOLLS, SHIRT, SHOPPER, DiscountShop

FIVE, TENTH = Decimal(5), Decimal(10)
PERCENT: dict[str, Any] = {"discount_value_type": "PERCENTAGE"}


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def test_a_voucher_replaces_an_order_promotion_and_its_removal_brings_it_back(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=TENTH)
    shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    assert shop.entered(cart) == Decimal("67.5")
    shop.add(cart, "FIVE")
    assert shop.entered(cart) == Decimal(70)
    shop.remove(cart, "FIVE")
    assert shop.entered(cart) == Decimal("67.5")
    assert shop.see(cart)["discount"]["amount"] == 7.5


def test_a_voucher_removes_the_gift_and_its_removal_brings_it_back(shop: DiscountShop) -> None:
    shop.box.discounts.gift_promotion(shop.variant(SHIRT))
    shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    assert [line["isGift"] for line in shop.see(cart)["lines"]] == [False, True]
    shop.add(cart, "FIVE")
    assert [line["isGift"] for line in shop.see(cart)["lines"]] == [False]
    shop.remove(cart, "FIVE")
    assert [line["isGift"] for line in shop.see(cart)["lines"]] == [False, True]


def test_a_second_voucher_silently_replaces_the_first(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "FIVE", name="Five")
    shop.box.discounts.voucher(TENTH, "TEN", name="Ten")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    shop.add(cart, "TEN")
    seen = shop.see(cart)
    assert (seen["voucherCode"], seen["discountName"], seen["discount"]["amount"]) == (
        "TEN",
        "Ten",
        10.0,
    )
    assert shop.entered(cart) == Decimal(65)


def test_a_refused_code_leaves_the_present_one(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    assert shop.refused_code(cart, "NOBODYS") == "INVALID"
    assert shop.see(cart)["voucherCode"] == "FIVE"


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("lower", {}),
        ("OVER", {"over": True}),
        ("SOON", {"soon": True}),
        ("ELSEWHERE", {"channels": ("channel-pln",)}),
        ("UNLISTED", {"channels": ()}),
    ],
)
def test_codes_that_are_good_nowhere_here_are_invalid(
    shop: DiscountShop, code: str, data: dict[str, Any]
) -> None:
    now, day = shop.box.now(), timedelta(days=1)
    fields: dict[str, Any] = {k: v for k, v in data.items() if k == "channels"}
    if "over" in data:
        fields |= {"start_date": now - 2 * day, "end_date": now - day}
    if "soon" in data:
        fields |= {"start_date": now + day}
    shop.box.discounts.voucher(FIVE, code.upper(), **fields)
    assert shop.refused_code(shop.cart(), code) == "INVALID"


@pytest.mark.parametrize(
    "fields",
    [
        {"min_spent": Decimal(76)},
        {"only_for_staff": True},
        {"min_checkout_items_quantity": 2},
        {"type": "SHIPPING", "countries": ["PL"]},
        {"type": "SPECIFIC_PRODUCT", "of": SHIRT},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_good_codes_that_do_not_fit_the_cart_are_not_applicable(
    shop: DiscountShop, fields: dict[str, Any]
) -> None:
    if "of" in fields:
        fields = {**fields, "variants": [shop.box.node(shop.variant(fields.pop("of")))]}
    shop.box.discounts.voucher(FIVE, "FIVE", **fields)
    assert shop.refused_code(shop.cart(), "FIVE") == "VOUCHER_NOT_APPLICABLE"


def test_a_shipping_voucher_needs_a_chosen_delivery(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "SHIP", type="SHIPPING")
    bare = shop.bare_cart()["id"]
    assert shop.refused_code(bare, "SHIP") == "VOUCHER_NOT_APPLICABLE"
    chosen = shop.cart(shipping="UPS")
    shop.add(chosen, "SHIP")
    assert shop.see(chosen)["shippingPrice"]["net"]["amount"] == 54.59


def test_a_change_of_lines_drops_a_voucher_whose_minimum_is_missed(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "FIVE", min_spent=Decimal(100))
    cart = shop.cart((PLIMSOLLS, 2))
    shop.add(cart, "FIVE")
    (line,) = shop.see(cart)["lines"]
    shop.teller.ask(
        "checkoutLinesUpdate",
        "id: ID!, lines: [CheckoutLineUpdateInput!]!",
        "checkout { id }",
        None,
        id=cart,
        lines=[{"lineId": line["id"], "quantity": 1}],
    )
    seen = shop.see(cart)
    assert (seen["voucherCode"], seen["discount"]["amount"]) == (None, 0.0)


def test_a_voucher_follows_a_change_of_lines(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(TENTH, "TEN", **PERCENT)
    cart = shop.cart((PLIMSOLLS, 1))
    shop.add(cart, "TEN")
    shop.teller.ask(
        "checkoutLinesAdd",
        "id: ID!, lines: [CheckoutLineInput!]!",
        "checkout { id }",
        None,
        id=cart,
        lines=[{"variantId": shop.variant(SHIRT), "quantity": 1}],
    )
    assert shop.see(cart)["discount"]["amount"] == 12.0
    assert shop.entered(cart) == Decimal(108)


def test_an_ended_code_is_shown_on_until_it_is_removed(shop: DiscountShop) -> None:
    voucher = shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    shop.pay(cart)
    voucher.end_date = shop.box.now() - timedelta(seconds=1)
    assert shop.entered(cart) == Decimal(70)
    error = shop.completion_refusal(cart)
    assert (error["field"], error["code"]) == ("voucherCode", "VOUCHER_NOT_APPLICABLE")
    assert shop.see(cart)["voucherCode"] == "FIVE"
    shop.remove(cart, "FIVE")
    assert shop.entered(cart) == Decimal(75)


def test_a_deleted_code_can_be_removed_and_until_then_stops_the_completion(
    shop: DiscountShop,
) -> None:
    voucher = shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    shop.pay(cart)
    (code,) = voucher.codes
    deleted = shop.box.execute(
        "mutation ($ids: [ID!]!) { voucherCodeBulkDelete(ids: $ids) { count errors { code } } }",
        {"ids": [global_id("VoucherCode", code.pk)]},
        shop.staff,
    )["data"]["voucherCodeBulkDelete"]
    assert deleted == {"count": 1, "errors": []}
    assert shop.completion_refusal(cart)["code"] == "VOUCHER_NOT_APPLICABLE"
    shop.remove(cart, "FIVE")
    assert shop.see(cart)["voucherCode"] is None


def test_an_hour_later_a_dead_voucher_is_shown_but_worth_nothing(shop: DiscountShop) -> None:
    voucher = shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    voucher.end_date = shop.box.now()
    shop.box.clock.advance(timedelta(hours=1, seconds=1))
    assert shop.entered(cart) == Decimal(75)
    seen = shop.see(cart)
    assert (seen["voucherCode"], seen["discount"]["amount"]) == ("FIVE", 5.0)


def test_only_the_code_that_is_there_can_be_removed(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "FIVE")
    shop.box.discounts.voucher(TENTH, "TEN")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    wanted = "id: ID!, promoCode: String!"
    other = shop.refusal("checkoutRemovePromoCode", wanted, id=cart, promoCode="TEN")
    nobodys = shop.refusal("checkoutRemovePromoCode", wanted, id=cart, promoCode="NOBODYS")
    assert (other["code"], nobodys["code"]) == ("INVALID", "NOT_FOUND")
    assert shop.see(cart)["voucherCode"] == "FIVE"


def test_any_code_of_the_voucher_removes_it_and_so_does_its_id(shop: DiscountShop) -> None:
    voucher = shop.box.discounts.voucher(FIVE, "ONE", "TWO")
    cart = shop.cart()
    shop.add(cart, "ONE")
    shop.remove(cart, "TWO")
    assert shop.see(cart)["voucherCode"] is None
    shop.add(cart, "ONE")
    shop.teller.ask(
        "checkoutRemovePromoCode",
        "id: ID!, promoCodeId: ID!",
        "checkout { id }",
        None,
        id=cart,
        promoCodeId=id_of(voucher),
    )
    assert shop.see(cart)["voucherCode"] is None


def test_the_stored_discount_of_a_new_cart_is_stale_beside_its_right_subtotal(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=TENTH)
    made = shop.bare_cart((PLIMSOLLS, 1), (SHIRT, 2))
    assert made["subtotalPrice"]["net"]["amount"] == 148.5
    assert (made["discount"]["amount"], made["discountName"]) == (0.0, None)
    assert shop.see(made["id"])["discount"]["amount"] == 16.5


def test_an_event_of_a_new_cart_shows_no_discount_beside_its_right_subtotal(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=TENTH)
    shop.teller.ask(
        "checkoutCreate",
        "input: CheckoutCreateInput!",
        "checkout { id }",
        None,
        input={
            "channel": "default-channel",
            "email": SHOPPER,
            "lines": [shop.stage.line(PLIMSOLLS, 1)],
        },
    )
    created = next(e for e in reversed(shop.box.emitted) if e.event == "CHECKOUT_CREATED")
    query = """subscription { event { ... on CheckoutCreated {
      checkout { subtotalPrice { net { amount } } discount { amount } } } } }"""
    payload = shop.box.render(created, query, shop.stage.app)
    assert payload is not None
    assert payload["checkout"]["subtotalPrice"]["net"]["amount"] == 67.5
    assert payload["checkout"]["discount"]["amount"] == 0.0


def test_after_a_change_that_asks_no_price_the_stored_discount_is_right(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=TENTH)
    made = shop.bare_cart((SHIRT, 2))
    shop.teller.ask(
        "checkoutLinesAdd",
        "id: ID!, lines: [CheckoutLineInput!]!",
        "checkout { id }",
        None,
        id=made["id"],
        lines=[{"variantId": shop.variant(SHIRT), "quantity": 2}],
    )
    assert shop.see(made["id"], "discount { amount }")["discount"]["amount"] == 18.0


def test_two_changes_in_one_document_answer_with_the_prices_of_the_first(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=TENTH)
    shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    price = "checkout { totalPrice { gross { amount } } }"
    both = shop.box.execute(
        f"""mutation ($id: ID!) {{
          checkoutAddPromoCode(id: $id, promoCode: "FIVE") {{ {price} }}
          checkoutRemovePromoCode(id: $id, promoCode: "FIVE") {{ {price} }}
        }}""",
        {"id": cart},
    )["data"]
    totals = [each["checkout"]["totalPrice"]["gross"]["amount"] for each in both.values()]
    assert totals == [70.0, 70.0]
    assert shop.see(cart)["totalPrice"]["gross"]["amount"] == 67.5


def test_each_change_of_codes_tells_of_the_checkout_once(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(FIVE, "FIVE")
    cart = shop.cart()
    shop.box.take_emitted()
    shop.add(cart, "FIVE")
    shop.remove(cart, "FIVE")
    shop.refused_code(cart, "NOBODYS")
    assert [each.event for each in shop.box.take_emitted()] == ["CHECKOUT_UPDATED"] * 2


def test_a_code_for_nothing_needs_one_argument(shop: DiscountShop) -> None:
    error = shop.refusal("checkoutRemovePromoCode", "id: ID!", id=shop.cart())
    assert error["code"] == "GRAPHQL_ERROR"


def test_the_voucher_of_a_checkout_is_for_those_who_manage_discounts(shop: DiscountShop) -> None:
    voucher = shop.box.discounts.voucher(FIVE, "FIVE", type="ENTIRE_ORDER")
    cart = shop.cart()
    shop.add(cart, "FIVE")
    query = "query ($id: ID!) { checkout(id: $id) { voucher { id type discountValue } } }"
    refused = shop.box.execute(query, {"id": cart})
    assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    seen = shop.box.execute(query, {"id": cart}, shop.staff)["data"]["checkout"]["voucher"]
    assert seen == {"id": id_of(voucher), "type": "ENTIRE_ORDER", "discountValue": 5.0}
