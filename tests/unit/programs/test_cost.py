from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.cost import monthly_cost
from saleor_loyalty_app.programs.stats import OrderStats, OrderTotal, stats_of
from tests.program_samples import MOMENT, PURCHASES, program_of, rule_of

#: 30 orders of 20 on average in 30 days.
STATS = OrderStats("default-channel", "USD", 30, Decimal(15), Decimal(600), days=30)
VALUE = {"type": "order_value", "limits": [{"currency": "USD", "min": "50"}]}


def cost(*rules: dict[str, Any], stats: OrderStats = STATS) -> Decimal:
    return monthly_cost(program_of(*rules), stats, now=MOMENT, timezone="UTC")


def test_the_cost_is_what_the_points_of_a_month_are_worth() -> None:
    assert cost() == Decimal("12.00")


def test_the_cost_follows_multipliers_and_fixed_points() -> None:
    double = rule_of({"type": "multiplier", "factor": "2"}, "double", scope="order")
    bonus = rule_of({"type": "points_per_order", "points": 10}, "bonus", scope="order")

    assert cost(PURCHASES, double, bonus) == Decimal("30.00")


def test_rules_that_the_average_order_does_not_meet_cost_nothing() -> None:
    bonus = rule_of({"type": "points_per_order", "points": 10}, "bonus", scope="order", when=VALUE)

    assert cost(PURCHASES, bonus) == Decimal("12.00")


def test_other_days_are_brought_to_a_month() -> None:
    ninety = OrderStats("default-channel", "USD", 90, Decimal(15), Decimal(1800), days=90)

    assert cost(stats=ninety) == Decimal("12.00")


@pytest.mark.parametrize(
    "stats",
    [
        OrderStats("default-channel", "USD", 0, Decimal(0), Decimal(0)),
        OrderStats("elsewhere", "USD", 30, Decimal(15), Decimal(600)),
    ],
)
def test_without_orders_or_rates_there_is_no_cost(stats: OrderStats) -> None:
    assert cost(stats=stats) == 0


def test_yen_have_no_minor_unit() -> None:
    rates = {
        "channel": "jp",
        "currency": "JPY",
        "earn_rate": {"money": "100"},
        "spend_rate": {"money": "3"},
    }
    stats = OrderStats("jp", "JPY", 1, Decimal(1990), Decimal(1990), days=30)

    found = monthly_cost(program_of(currencies=[rates]), stats, now=MOMENT, timezone="UTC")

    assert str(found) == "60"


def test_stats_are_kept_apart_by_channel_and_currency() -> None:
    orders = [
        OrderTotal("b", "USD", Decimal(10)),
        OrderTotal("a", "USD", Decimal(1)),
        OrderTotal("b", "USD", Decimal(40)),
        OrderTotal("b", "USD", Decimal(0)),
        OrderTotal("b", "EUR", Decimal(7)),
        OrderTotal("b", "USD", Decimal(20)),
    ]

    assert stats_of(orders) == [
        OrderStats("a", "USD", 1, Decimal(1), Decimal(1)),
        OrderStats("b", "EUR", 1, Decimal(7), Decimal(7)),
        OrderStats("b", "USD", 3, Decimal(20), Decimal(70)),
    ]


def test_the_median_of_an_even_number_lies_between() -> None:
    orders = [OrderTotal("a", "USD", Decimal(value)) for value in ("10.01", "10.02")]

    assert stats_of(orders)[0].median == Decimal("10.015")


def test_stats_survive_the_way_to_json_and_back() -> None:
    assert OrderStats.from_json(STATS.as_json()) == STATS
