"""Gift cards used as codes: money off the total, and never twice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from tests.unit.sandbox.discount_shop import SHIRT, SHOPPER, DiscountShop

THIRTY = Decimal(30)


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _total(shop: DiscountShop, cart: str) -> Decimal:
    return Decimal(str(shop.see(cart)["totalPrice"]["gross"]["amount"]))


def _create(shop: DiscountShop, **given: Any) -> dict[str, Any]:
    balance = {"currency": "USD", "amount": "30"}
    made: dict[str, Any] = shop.teller.ask(
        "giftCardCreate",
        "input: GiftCardCreateInput!",
        "giftCard { id code last4CodeChars currentBalance { amount } isActive }",
        shop.staff,
        input={"balance": balance, "isActive": True, **given},
    )["giftCard"]
    return made


def test_a_card_lowers_the_total_and_not_the_subtotal(shop: DiscountShop) -> None:
    card = _create(shop)
    cart = shop.cart(shipping="UPS")
    shop.add(cart, card["code"])
    assert shop.entered(cart) == Decimal(75)
    assert _total(shop, cart) == Decimal("104.59")
    cards = shop.see(cart, "giftCards { last4CodeChars currentBalance { amount } }")["giftCards"]
    assert cards == [{"last4CodeChars": card["last4CodeChars"], "currentBalance": {"amount": 30.0}}]


def test_several_cards_with_a_voucher_cover_shipping_too(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    cart = shop.cart((SHIRT, 1), shipping="UPS")
    shop.add(cart, "FIVE")
    first, second = (shop.box.discounts.gift_card(Decimal(50)) for _ in range(2))
    for card in (first, second, second):
        shop.add(cart, card.code)
    assert _total(shop, cart) == Decimal(0)
    order = shop.complete(cart)
    told = shop.order(
        order,
        """total { gross { amount } } subtotal { gross { amount } } chargeStatus isPaid
        giftCards { currentBalance { amount } events { type orderNumber } }""",
    )
    assert (told["chargeStatus"], told["isPaid"]) == ("FULL", True)
    assert told["total"]["gross"]["amount"] == 0.0
    assert told["subtotal"]["gross"]["amount"] == 40.0
    assert [each["currentBalance"]["amount"] for each in told["giftCards"]] == [0.0, 0.41]
    types = [[event["type"] for event in each["events"]] for each in told["giftCards"]]
    assert types == [["ISSUED", "USED_IN_ORDER"]] * 2


def test_a_card_switched_off_drops_out_and_a_part_paid_cart_is_refused(shop: DiscountShop) -> None:
    card = _create(shop)
    cart = shop.cart((SHIRT, 1))
    shop.add(cart, card["code"])
    shop.pay(cart)
    shop.teller.ask("giftCardDeactivate", "id: ID!", "giftCard { id }", shop.staff, id=card["id"])
    assert _total(shop, cart) == Decimal(45)
    assert shop.completion_refusal(cart)["code"] == "CHECKOUT_NOT_FULLY_PAID"
    shop.teller.ask("giftCardActivate", "id: ID!", "giftCard { id }", shop.staff, id=card["id"])
    assert _total(shop, cart) == Decimal(15)
    shop.complete(cart)


def test_a_card_spent_elsewhere_drops_out(shop: DiscountShop) -> None:
    card = shop.box.discounts.gift_card(THIRTY)
    carts = [shop.cart((SHIRT, 1)) for _ in range(2)]
    for cart in carts:
        shop.add(cart, card.code)
        shop.pay(cart)
    shop.complete(carts[0])
    assert _total(shop, carts[1]) == Decimal(45)
    assert shop.completion_refusal(carts[1])["code"] == "CHECKOUT_NOT_FULLY_PAID"


def test_two_completions_at_one_instant_spend_a_card_once(shop: DiscountShop) -> None:
    card = shop.box.discounts.gift_card(THIRTY)
    carts = [shop.cart((SHIRT, 1)) for _ in range(2)]
    for cart in carts:
        shop.add(cart, card.code)
        shop.pay(cart)
    done = shop.box.discounts.race(*carts)
    assert [each.refusal for each in done] == [None, "OperationalError"]
    assert card.current_balance == 0
    assert len(shop.box.store.orders) == 1


def test_cards_of_another_currency_customer_or_past_day_are_just_invalid(
    shop: DiscountShop,
) -> None:
    somebody = shop.box.user("john@example.com")
    cards = [
        shop.box.discounts.gift_card(THIRTY, "PLN"),
        shop.box.discounts.gift_card(THIRTY, assigned_to=somebody),
        shop.box.discounts.gift_card(THIRTY),
    ]
    cards[2].expiry_date = (shop.box.now() - timedelta(days=1)).date()
    cart = shop.cart()
    assert [shop.refused_code(cart, card.code) for card in cards] == ["INVALID"] * 3


def test_an_assigned_card_is_good_for_its_owner_who_sees_its_code(shop: DiscountShop) -> None:
    owner = shop.box.user(SHOPPER)
    card = _create(shop, assignedTo=id_of(owner))
    cart = shop.cart()
    shop.add(cart, card["code"])
    query = "query ($id: ID!) { checkout(id: $id) { giftCards { code } } }"
    seen = shop.box.execute(query, {"id": cart}, shop.teller.cast.shopper)["data"]["checkout"]
    assert seen == {"giftCards": [{"code": card["code"]}]}
    stranger = shop.box.execute(query, {"id": cart})
    assert stranger["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_a_channel_may_refuse_cards_as_codes(shop: DiscountShop) -> None:
    card = shop.box.discounts.gift_card(THIRTY)
    cart = shop.cart()
    shop.box.node(cart).channel.allow_legacy_gift_card_use = False
    assert shop.refused_code(cart, card.code) == "GIFT_CARD_NOT_APPLICABLE"


def test_a_card_is_taken_off_by_its_code_or_id(shop: DiscountShop) -> None:
    card = shop.box.discounts.gift_card(THIRTY)
    cart = shop.cart()
    shop.add(cart, card.code)
    shop.remove(cart, card.code)
    assert _total(shop, cart) == Decimal(75)
    wanted = "id: ID!, promoCode: String!"
    error = shop.refusal("checkoutRemovePromoCode", wanted, id=cart, promoCode=card.code)
    assert error["code"] == "INVALID"
    shop.add(cart, card.code)
    shop.teller.ask(
        "checkoutRemovePromoCode",
        "id: ID!, promoCodeId: ID!",
        "checkout { id }",
        None,
        id=cart,
        promoCodeId=id_of(card),
    )
    assert _total(shop, cart) == Decimal(75)


@pytest.mark.parametrize(("amount", "balance", "initial"), [("-50", 0, 30), ("20", 50, 50)])
def test_a_balance_never_falls_below_nothing_and_raises_the_initial_one(
    shop: DiscountShop, amount: str, balance: int, initial: int
) -> None:
    card = _create(shop)
    made = shop.teller.ask(
        "giftCardBalanceAdjust",
        "id: ID!, amount: Decimal!",
        "giftCard { currentBalance { amount } initialBalance { amount } }",
        shop.staff,
        id=card["id"],
        amount=amount,
    )["giftCard"]
    assert made == {"currentBalance": {"amount": balance}, "initialBalance": {"amount": initial}}


def test_cancelling_an_order_leaves_its_card_spent(shop: DiscountShop) -> None:
    card = shop.box.discounts.gift_card(THIRTY)
    cart = shop.cart((SHIRT, 1))
    shop.add(cart, card.code)
    shop.pay(cart)
    shop.teller.cancel(shop.complete(cart))
    assert card.current_balance == 0


@pytest.mark.parametrize(
    "given",
    [
        {"balance": {"currency": "USD", "amount": "0"}},
        {"balance": {"currency": "USD", "amount": "1.001"}},
        {"expiryDate": "2020-01-01"},
    ],
)
def test_bad_cards_are_refused(shop: DiscountShop, given: dict[str, Any]) -> None:
    good = {"balance": {"currency": "USD", "amount": "30"}, "isActive": True}
    error = shop.refusal(
        "giftCardCreate", "input: GiftCardCreateInput!", shop.staff, input={**good, **given}
    )
    assert error["code"] == "INVALID"
    assert not shop.box.store.gift_cards
