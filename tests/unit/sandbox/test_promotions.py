"""Promotions by mutation, and which of them acts."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from tests.unit.sandbox.discount_shop import PLIMSOLLS, SHIRT, DiscountShop
from tests.unit.sandbox.shipping_app import Counter

CREATE = "input: PromotionCreateInput!"
TEN_PERCENT = {
    "rewardType": "SUBTOTAL_DISCOUNT",
    "rewardValueType": "PERCENTAGE",
    "rewardValue": "10",
}


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _channel(shop: DiscountShop, slug: str = "default-channel") -> str:
    return id_of(shop.box.store.channel_by_slug(slug))


def _promote(shop: DiscountShop, kind: str, **rule: Any) -> str:
    wanted = {"name": "rule", "channels": [_channel(shop)], **rule}
    made = shop.teller.ask(
        "promotionCreate",
        CREATE,
        "promotion { id }",
        shop.staff,
        input={"name": "Promo", "type": kind, "rules": [wanted]},
    )
    return str(made["promotion"]["id"])


def _over(price: str) -> dict[str, Any]:
    at_least = {"baseSubtotalPrice": {"range": {"gte": price}}}
    return {"orderPredicate": {"discountedObjectPredicate": at_least}}


def test_an_order_promotion_acts_from_its_minimum_on(shop: DiscountShop) -> None:
    promotion = _promote(shop, "ORDER", **TEN_PERCENT, **_over("100"))
    assert shop.entered(shop.cart((PLIMSOLLS, 1))) == Decimal(75)
    cart = shop.cart((PLIMSOLLS, 2))
    assert shop.entered(cart) == Decimal(135)
    assert shop.see(cart)["discountName"] == "Promo: rule"
    shop.pay(cart)
    told = shop.order(
        shop.complete(cart),
        "voucherCode discounts { type valueType value reason amount { amount } }",
    )
    assert told == {
        "voucherCode": None,
        "discounts": [
            {
                "type": "ORDER_PROMOTION",
                "valueType": "PERCENTAGE",
                "value": 10.0,
                "reason": f"Promotion: {promotion}",
                "amount": {"amount": 15.0},
            }
        ],
    }


def test_the_best_of_several_acts_alone_and_a_gift_counts_by_its_price(
    shop: DiscountShop,
) -> None:
    _promote(shop, "ORDER", **TEN_PERCENT)
    _promote(shop, "ORDER", rewardType="GIFT", gifts=[shop.variant(SHIRT)])
    cheap, dear = shop.cart((PLIMSOLLS, 1)), shop.cart((PLIMSOLLS, 7))
    assert [line["isGift"] for line in shop.see(cheap)["lines"]] == [False, True]
    assert shop.entered(cheap) == Decimal(75)
    assert [line["isGift"] for line in shop.see(dear)["lines"]] == [False]
    assert shop.entered(dear) == Decimal("472.5")


def test_a_gift_becomes_a_free_line_of_the_order(shop: DiscountShop) -> None:
    promotion = _promote(shop, "ORDER", rewardType="GIFT", gifts=[shop.variant(SHIRT)])
    cart = shop.cart()
    shop.pay(cart)
    told = shop.order(
        shop.complete(cart),
        """lines { isGift totalPrice { gross { amount } } unitDiscountReason
        discounts { type value total { amount } } }""",
    )
    assert told["lines"][1] == {
        "isGift": True,
        "totalPrice": {"gross": {"amount": 0.0}},
        "unitDiscountReason": f"Promotion: {promotion}",
        "discounts": [{"type": "ORDER_PROMOTION", "value": 45.0, "total": {"amount": 45.0}}],
    }


def test_a_gift_cannot_be_changed_by_the_shopper(shop: DiscountShop) -> None:
    _promote(shop, "ORDER", rewardType="GIFT", gifts=[shop.variant(SHIRT)])
    cart = shop.cart()
    gift = shop.see(cart)["lines"][1]
    error = shop.refusal(
        "checkoutLinesUpdate",
        "id: ID!, lines: [CheckoutLineUpdateInput!]!",
        id=cart,
        lines=[{"lineId": gift["id"], "quantity": 3}],
    )
    assert error["code"] == "NON_EDITABLE_GIFT_LINE"


def test_a_catalogue_promotion_stacks_with_a_voucher(shop: DiscountShop) -> None:
    _promote(
        shop,
        "CATALOGUE",
        rewardValueType="PERCENTAGE",
        rewardValue="20",
        cataloguePredicate={"variantPredicate": {"ids": [shop.variant(PLIMSOLLS)]}},
    )
    shop.box.discounts.voucher(Decimal(10), "TEN")
    cart = shop.cart((PLIMSOLLS, 1), (SHIRT, 1))
    assert shop.entered(cart) == Decimal(105)
    shop.add(cart, "TEN")
    assert shop.entered(cart) == Decimal(95)


def test_the_first_list_of_a_new_cart_shows_no_discount_and_the_second_does() -> None:
    till = Counter.open()
    till.box.discounts.order_promotion(percentage=Decimal(10))
    till.fill(1)
    shown = []
    for _ in range(2):
        till.calculate()
        told = [json.loads(each.body) for each in till.app.requests if b"discount" in each.body]
        shown.append(told[-1]["checkout"]["discount"]["amount"])
    assert shown == [0.0, 7.5]


def test_a_promotion_that_ended_or_was_deleted_acts_no_more(shop: DiscountShop) -> None:
    promotion = _promote(shop, "ORDER", **TEN_PERCENT)
    assert shop.entered(shop.cart()) == Decimal("67.5")
    shop.teller.ask("promotionDelete", "id: ID!", "promotion { id }", shop.staff, id=promotion)
    assert shop.entered(shop.cart()) == Decimal(75)
    made = shop.box.discounts.order_promotion(percentage=Decimal(10))
    made.end_date = shop.box.now() - timedelta(seconds=1)
    assert shop.entered(shop.cart()) == Decimal(75)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"rewardValue": "10", "rewardValueType": "FIXED"}, "REQUIRED"),
        ({"rewardType": "GIFT"}, "REQUIRED"),
        ({"rewardType": "SUBTOTAL_DISCOUNT"}, "REQUIRED"),
    ],
)
def test_rules_without_a_whole_reward_are_refused(
    shop: DiscountShop, rule: dict[str, Any], code: str
) -> None:
    wanted = {"name": "Promo", "type": "ORDER", "rules": [{"channels": [_channel(shop)], **rule}]}
    assert shop.refusal("promotionCreate", CREATE, shop.staff, input=wanted)["code"] == code
    assert not shop.box.store.promotions


def test_an_order_rule_has_channels_of_one_currency(shop: DiscountShop) -> None:
    channels = [_channel(shop), _channel(shop, "channel-pln")]
    wanted = {
        "name": "Promo",
        "type": "ORDER",
        "rules": [{"channels": channels, **TEN_PERCENT, **_over("1")}],
    }
    error = shop.refusal("promotionCreate", CREATE, shop.staff, input=wanted)
    assert error["code"] == "MULTIPLE_CURRENCIES_NOT_ALLOWED"
