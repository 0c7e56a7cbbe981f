"""What a campaign may cost: on past orders, by what each would have been given."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.errors import CampaignInvalid
from saleor_loyalty_app.campaigns.marks import money_off, named_in, public_id_in, voucher_name
from saleor_loyalty_app.campaigns.spending import Spent, overshot, share_used
from saleor_loyalty_app.campaigns.terms import Budget
from saleor_loyalty_app.flows.campaign_forecast import on_orders
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.saleor.order_snapshot import Money, OrderDiscount
from tests.program_samples import line_of, order_of, program_of

USD = {"channel": "default-channel", "currency": "USD"}


def terms_of(kind: str, **values: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": "Autumn",
        "texts": {"en": {"title": "Autumn"}},
        "starts_at": "2027-03-01T00:00:00+03:00",
        "ends_at": "2027-03-08T00:00:00+03:00",
    } | values


def sampled(*prices: str, **values: Any) -> list[SampledOrder]:
    return [
        SampledOrder(Decimal(price), True, True, order_of(line_of(price), **values))
        for price in prices
    ]


@pytest.mark.parametrize(
    ("terms", "points", "money", "eligible"),
    [
        (terms_of("points", times="2"), 180, 0, 3),
        (
            terms_of(
                "percent",
                channels=[USD | {"value": "10", "minimum": "50"}],
                codes={"sharing": "personal"},
            ),
            0,
            15,
            2,
        ),
        (
            terms_of("amount", channels=[USD | {"value": "40"}], codes={"sharing": "personal"}),
            0,
            110,
            3,
        ),
        (
            terms_of("free_shipping", channels=[USD], codes={"sharing": "personal"}),
            0,
            15,
            3,
        ),
    ],
)
def test_past_orders_are_given_what_the_campaign_gives(
    terms: dict[str, Any], points: int, money: int, eligible: int
) -> None:
    orders = sampled("30", "50", "100", shipping=Decimal(5))
    [found] = on_orders(orders, check.read(terms), program_of(), "UTC")

    assert (found.orders, found.eligible) == (3, eligible)
    assert found.points == points
    assert found.money == money
    assert found.scaled_money(Fraction(1, 2)) == Decimal(money) / 2


def test_a_coupon_takes_off_as_many_orders_as_bring_one() -> None:
    codes = {"sharing": "after_order", "after_order": {"minimum": {"USD": "100"}}}
    terms = check.read(terms_of("amount", channels=[USD | {"value": "15"}], codes=codes))
    [found] = on_orders(sampled("30", "100", "200"), terms, program_of(), "UTC")

    assert found.bringing == 2
    assert found.money == 30


LEVELS = [
    {"id": "bronze", "names": {"en": "Bronze"}},
    {
        "id": "silver",
        "names": {"en": "Silver"},
        "requirements": {"orders": {"min": 2}},
        "multiplier": "1.5",
    },
    {
        "id": "gold",
        "names": {"en": "Gold"},
        "requirements": {"orders": {"min": 9}},
        "multiplier": "2",
    },
]
TIERS = {"enabled": True, "levels": LEVELS}


@pytest.mark.parametrize(
    ("audience", "points", "eligible", "top"),
    [
        ({}, 150 + 200 + 100 + 100, 4, 800),
        ({"tiers": ["silver"]}, 150 + 100, 2, 600),
        ({"tiers": ["bronze"]}, 100 + 100, 2, 400),
    ],
)
def test_what_tiers_multiply_costs_more(
    audience: dict[str, Any], points: int, eligible: int, top: int
) -> None:
    """Of three orders it is known who bought; the fourth counts as nobody's, and as the most."""
    orders = [*sampled("100", order_id="O1"), *sampled("100", order_id="O2")]
    orders += [*sampled("100", order_id="O3"), *sampled("100", order_id="O4")]
    tiers = {"O1": "silver", "O2": "gold", "O3": "bronze"}
    terms = check.read(terms_of("points", times="2", audience=audience))
    [found] = on_orders(orders, terms, program_of(tiers=TIERS), "UTC", tiers)

    assert found.points == points
    assert found.top_points == top
    assert (found.eligible, found.tier_known, found.orders) == (eligible, 3, 4)
    assert found.scaled_top(Fraction(1, 2)) == top // 2


@pytest.mark.parametrize(
    ("limit", "points", "eligible", "of_strangers"),
    [
        (None, 100 + 100 + 100 + 100 + 50, 5, 450),
        # The first two of three, those of others, and one of nobody known.
        ({"times": 2}, 100 + 100 + 100 + 50, 4, 450),
        ({"times": 1}, 100 + 100 + 50, 3, 450),
        ({"points": 150}, 100 + 50 + 100 + 50, 4, 450),
        ({"points": 60, "times": 2}, 60 + 60 + 50, 3, 4 * 60 + 50),
    ],
)
def test_of_a_known_buyer_no_more_counts_than_the_limit_per_member(
    limit: dict[str, int] | None, points: int, eligible: int, of_strangers: int
) -> None:
    placed = ["2026-11-03", "2026-11-01", "2026-11-02", "2026-11-01", "2026-11-05"]
    orders = [
        one
        for number, day in enumerate(placed)
        for one in sampled(
            "50" if number == 4 else "100",
            order_id=f"O{number}",
            created_at=datetime.fromisoformat(f"{day}T12:00:00Z"),
        )
    ]
    buyers = {"O0": 1, "O1": 1, "O2": 1, "O3": 2}
    terms = check.read(terms_of("points", times="2", per_member=limit))
    [found] = on_orders(orders, terms, program_of(tiers=TIERS), "UTC", buyers=buyers)
    assert found.points == points
    assert (found.eligible, found.orders) == (eligible, 5)
    [anybody] = on_orders(orders, terms, program_of(tiers=TIERS), "UTC")
    assert anybody.points == of_strangers
    assert anybody.eligible == 5


def test_a_limit_begins_anew_in_each_stretch_of_the_sample_as_long_as_the_campaign() -> None:
    """A buyer with an order each week has one in a week's campaign, not one in a quarter."""
    first = datetime(2026, 8, 3, 12, tzinfo=UTC)
    orders = [
        one
        for week in range(10)
        for one in sampled("100", order_id=f"O{week}", created_at=first + timedelta(weeks=week))
    ]
    buyers = {f"O{week}": 1 for week in range(10)}
    week = check.read(terms_of("points", times="2", per_member={"times": 1}))
    [found] = on_orders(orders, week, program_of(), "UTC", buyers=buyers)
    assert found.points == 1000
    assert found.eligible == 10
    quarter = check.read(
        terms_of(
            "points",
            times="2",
            per_member={"times": 1},
            ends_at="2027-06-01T00:00:00+03:00",
        )
    )
    [found] = on_orders(orders, quarter, program_of(), "UTC", buyers=buyers)
    assert found.points == 100
    assert found.eligible == 1


def test_the_tier_on_top_reaches_the_limit_sooner() -> None:
    orders = [*sampled("100", order_id="O1"), *sampled("100", order_id="O2")]
    terms = check.read(terms_of("points", times="2", per_member={"points": 250}))
    buyers = {"O1": 1, "O2": 1}
    [found] = on_orders(orders, terms, program_of(tiers=TIERS), "UTC", buyers=buyers)
    assert found.points == 200
    assert found.top_points == 250


def test_tiers_that_are_switched_off_multiply_nothing() -> None:
    off = program_of(tiers=TIERS | {"enabled": False})
    terms = check.read(terms_of("points", times="2"))
    orders = sampled("100", order_id="O1")
    [found] = on_orders(orders, terms, off, "UTC", {"O1": "gold"})
    assert found.points == found.top_points == 100


def test_other_channels_and_orders_never_paid_are_left_out() -> None:
    elsewhere = sampled("50", channel="channel-tr", currency="TRY")
    unpaid = [SampledOrder(Decimal(50), False, True, order_of(line_of("50")))]
    terms = check.read(
        terms_of("percent", channels=[USD | {"value": "10"}], codes={"sharing": "personal"})
    )
    assert on_orders([*elsewhere, *unpaid], terms, program_of(), "UTC") == ()


def test_terms_that_contradict_themselves_are_refused_with_every_place() -> None:
    wrong = terms_of(
        "points",
        times=None,
        codes={"sharing": "personal"},
        channels=[USD, USD],
        budget={"money": {"USD": "5"}},
        ends_at="2027-01-01T00:00:00Z",
    )
    with pytest.raises(CampaignInvalid) as refused:
        check.read(wrong)
    problems = refused.value.detail["problems"]
    assert isinstance(problems, list)
    assert [(one["code"], one["path"]) for one in problems] == [
        ("campaign_period", "ends_at"),
        ("campaign_channel_twice", "channels[1].channel"),
        ("campaign_times", "times"),
        ("campaign_points_only", "codes"),
        ("campaign_budget_points", "budget"),
    ]


@pytest.mark.parametrize("code", ["müsteri10", "MÜŞTERİ10", "A B C", "AB", "X" * 41])
def test_a_code_that_people_cannot_type_exactly_is_refused(code: str) -> None:
    codes = {"sharing": "shared", "code": code}
    with pytest.raises(CampaignInvalid) as refused:
        check.read(terms_of("percent", channels=[USD | {"value": "10"}], codes=codes))
    assert "campaign_code_form" in str(refused.value.detail["problems"])


def test_an_order_tells_its_campaign_by_the_name_of_its_discount() -> None:
    name = voucher_name("Autumn [x]" * 40, "cp_0123456789ab")
    assert len(name) < 255
    discounts = [
        OrderDiscount(type="ORDER_PROMOTION", name=name, amount=Money(amount=Decimal(3))),
        OrderDiscount(type="VOUCHER", name=name, amount=Money(amount=Decimal("4.505"))),
    ]
    assert named_in(discounts) == public_id_in(name) == "cp_0123456789ab"
    assert money_off(discounts) == 4505
    assert money_off([OrderDiscount(type="VOUCHER", name=name)]) is None
    assert public_id_in("Loyalty rd_0123456789abcdef01234567") is None


def test_a_budget_is_as_full_as_its_fullest_currency() -> None:
    budget = Budget(money={"USD": Decimal(100), "TRY": Decimal(1000)})
    spent = Spent(money={"USD": 120_500, "TRY": 10_000, "EUR": 5})
    assert share_used(budget, spent) == Fraction(1205, 1000)
    assert overshot(budget, spent) == {"USD": Decimal("20.5")}
    assert share_used(Budget(points=50), Spent(points=25)) == Fraction(1, 2)
