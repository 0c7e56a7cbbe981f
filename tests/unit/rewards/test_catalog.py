"""Who may take a reward, and what it becomes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.rewards import RewardItem
from saleor_loyalty_app.rewards.catalog import HAND_OVER_TIME, Taker, deal_for, why_not
from saleor_loyalty_app.rewards.errors import (
    BelowMinimumOrder,
    RewardByCode,
    RewardNeedsCart,
    RewardNotHere,
    RewardWorthNothing,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.gift_told import gives_words, takes_off
from saleor_loyalty_app.rewards.instruments.voucher_kinds import (
    voucher_input,
    voucher_minimum,
    voucher_value,
)
from saleor_loyalty_app.rewards.quote import CartForSpending
from tests.claim_stage import item_of

NOW = datetime(2027, 5, 5, 12, tzinfo=UTC)
TODAY = date(2027, 5, 5)
WEB = ("default-channel", "USD")


def reward(gift: str | dict[str, Any] = "amount", **values: Any) -> RewardItem:
    if gift == "amount":
        values.setdefault("amount", "10")
    return RewardItem.model_validate(item_of(gift, **values))


def taker(**values: Any) -> Taker:
    known: dict[str, Any] = {
        "tier": "gold",
        "joined_at": NOW - timedelta(days=100),
        "available": 500,
        "taken": 0,
    }
    return Taker(**(known | values))


@pytest.mark.parametrize(
    ("item", "who", "drawn", "code"),
    [
        ({}, {}, 0, None),
        ({"enabled": False}, {}, 0, "reward_unknown"),
        ({"active_from": "2027-05-06"}, {}, 0, "reward_unknown"),
        ({"active_until": "2027-05-04"}, {}, 0, "reward_unknown"),
        ({"active_from": "2027-05-05", "active_until": "2027-05-05"}, {}, 0, None),
        ({"stock": 3}, {}, 2, None),
        ({"stock": 3}, {}, 3, "reward_gone"),
        ({"limit": {"times": 2, "period": "day"}}, {"taken": 1}, 0, None),
        ({"limit": {"times": 2, "period": "day"}}, {"taken": 2}, 0, "reward_limit"),
        ({"who": {"tiers": ["gold", "silver"]}}, {}, 0, None),
        ({"who": {"tiers": ["silver"]}}, {}, 0, "reward_for_tier"),
        ({"who": {"segments": ["vip"]}}, {}, 0, "reward_for_segment"),
        ({"who": {"segments": ["vip"]}}, {"segments": frozenset({"vip"})}, 0, None),
        ({"who": {"member_days": 100}}, {}, 0, None),
        ({"who": {"member_days": 101}}, {}, 0, "reward_for_older"),
        ({"who": {"member_days": 1}}, {"joined_at": None}, 0, "reward_for_older"),
        ({}, {"available": 499}, 0, "not_enough_points"),
    ],
)
def test_the_first_reason_that_holds_is_told(
    item: dict[str, Any], who: dict[str, Any], drawn: int, code: str | None
) -> None:
    refused = why_not(reward(**item), taker(**who), drawn=drawn, today=TODAY, now=NOW)
    assert (None if refused is None else refused.code) == code


@given(
    subtotal=st.decimals("0.01", "100000", places=2),
    percent=st.integers(1, 100),
    cap=st.decimals("0.01", "500", places=2),
    smaller=st.decimals("0", "1", places=3),
)
def test_a_share_of_a_cart_is_never_above_the_share_nor_its_cap_also_of_a_smaller_cart(
    subtotal: Decimal, percent: int, cap: Decimal, smaller: Decimal
) -> None:
    item = reward({"type": "percent", "percent": percent}, cap=str(cap))
    try:
        deal = deal_for(item, *WEB, CartForSpending(subtotal))
    except RewardWorthNothing:
        assert Fraction(subtotal) * percent / 100 < Fraction(1, 100)
        return
    least = voucher_minimum(deal.terms)
    assert 0 < deal.amount <= cap
    assert least <= subtotal
    for later in (subtotal, least, max(least, subtotal * smaller)):
        assert Fraction(deal.amount) <= Fraction(later) * percent / 100
    assert voucher_input(deal.terms)["discountValueType"] == "FIXED"
    assert Decimal(voucher_value(deal.terms, deal.amount)) == deal.amount


def test_an_amount_is_not_put_on_a_cart_that_it_would_pay_for() -> None:
    with pytest.raises(BelowMinimumOrder) as refused:
        deal_for(reward(amount="10"), *WEB, CartForSpending(Decimal("9.99")))
    assert refused.value.detail == {"minimum": "10", "missing": "0.01", "currency": "USD"}
    assert deal_for(reward(amount="10"), *WEB, CartForSpending(Decimal(10))).amount == 10


@pytest.mark.parametrize(
    ("gift", "amounts", "made_of", "value"),
    [
        (
            "amount",
            {"amount": "7.50"},
            {"type": "ENTIRE_ORDER", "discountValueType": "FIXED"},
            "7.5",
        ),
        (
            {"type": "percent", "percent": 15},
            {},
            {"type": "ENTIRE_ORDER", "discountValueType": "PERCENTAGE"},
            "15",
        ),
        (
            {"type": "free_product", "variant": "MUG"},
            {"worth": "9"},
            {
                "type": "SPECIFIC_PRODUCT",
                "discountValueType": "PERCENTAGE",
                "variants": ["MUG"],
                "applyOncePerOrder": True,
            },
            "100",
        ),
        (
            "shipping",
            {"worth": "5"},
            {"type": "SHIPPING", "discountValueType": "PERCENTAGE"},
            "100",
        ),
        ("shipping", {"amount": "3"}, {"type": "SHIPPING", "discountValueType": "FIXED"}, "3"),
    ],
)
def test_each_kind_is_a_voucher_of_its_own(
    gift: Any, amounts: dict[str, str], made_of: dict[str, Any], value: str
) -> None:
    deal = deal_for(reward(gift, minimum="20", **amounts), *WEB, None)
    assert voucher_input(deal.terms) == made_of
    assert voucher_value(deal.terms, deal.amount) == value
    assert voucher_minimum(deal.terms) == 20
    assert deal.valid_for == timedelta(days=30)


def test_points_for_what_they_are_worth_are_the_voucher_that_they_always_were() -> None:
    assert voucher_input(None) == {"type": "ENTIRE_ORDER", "discountValueType": "FIXED"}
    assert voucher_value(None, Decimal("5.00")) == "5"


@pytest.mark.parametrize(
    ("gift", "amounts", "off", "en", "tr"),
    [
        ("amount", {"amount": "10"}, "10", None, None),
        (
            {"type": "percent", "percent": 20},
            {"worth": "7"},
            "0",
            "20% off the goods",
            "ürünlerde %20 indirim",
        ),
        (
            {"type": "free_product", "variant": "CUP"},
            {"worth": "7"},
            "0",
            "a product for free",
            "bir ürün ücretsiz",
        ),
        ("shipping", {}, "0", "free shipping", "ücretsiz kargo"),
        ("shipping", {"amount": "2"}, "2", "$2.00 off shipping", "kargoda $2,00 indirim"),
        (
            "custom",
            {"worth": "7"},
            "0",
            "handed over by the store",
            "mağaza tarafından teslim edilir",
        ),
    ],
)
def test_what_is_no_amount_off_is_told_by_what_it_gives_and_never_by_its_cost(
    gift: str | dict[str, Any], amounts: dict[str, str], off: str, en: str | None, tr: str | None
) -> None:
    deal = deal_for(reward(gift, **amounts), *WEB, None)
    assert takes_off(deal.terms, deal.amount) == Decimal(off)
    told = [gives_words(deal.terms, deal.amount, "USD", language) for language in ("en", "tr")]
    assert told == [en, tr]


def test_points_for_what_they_are_worth_take_off_exactly_that() -> None:
    assert takes_off(None, Decimal(5)) == Decimal(5)
    assert gives_words(None, Decimal(5), "USD", "en") is None


def test_what_staff_hand_over_waits_for_them() -> None:
    assert deal_for(reward("custom"), *WEB, None).valid_for == HAND_OVER_TIME


@pytest.mark.parametrize(
    ("item", "channel", "cart", "refusal"),
    [
        (reward(), ("elsewhere", "USD"), None, RewardNotHere),
        (reward(), ("default-channel", "TRY"), None, RewardNotHere),
        (reward({"type": "percent", "percent": 5}, cap="1"), WEB, None, RewardNeedsCart),
        (reward("custom"), WEB, CartForSpending(Decimal(50)), RewardByCode),
        (reward("shipping"), WEB, CartForSpending(Decimal(50)), RewardByCode),
    ],
)
def test_a_wrong_place_is_refused(
    item: RewardItem,
    channel: tuple[str, str],
    cart: CartForSpending | None,
    refusal: type[SpendingRefused],
) -> None:
    with pytest.raises(refusal):
        deal_for(item, *channel, cart)
