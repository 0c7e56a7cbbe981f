from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Program
from tests.program_samples import line_of, order_of, program_of, rule_of

MONEY = {"type": "points_per_money"}
DOUBLE = {"type": "multiplier", "factor": "2"}
ON_SALE = {"type": "on_sale"}


def decide(program: Program, *lines: Any, **values: Any) -> Decision:
    return decide_order(program, order_of(*lines, **values), "Europe/Istanbul")


def points(decision: Decision) -> int:
    return decision.totals().get(("points", "points"), 0)


def per_order(amount: int) -> dict[str, Any]:
    return {"type": "points_per_order", "points": amount}


def per_unit(amount: int) -> dict[str, Any]:
    return {"type": "points_per_unit", "points": amount}


def test_every_unit_of_money_earns_at_the_rate_of_the_channel() -> None:
    decision = decide(program_of(), line_of("30.30", "a"), line_of("29.60", "b"))

    assert [award.points for award in decision.awards()] == [
        Fraction(303, 10),
        Fraction(296, 10),
    ]
    assert points(decision) == 59


def test_liras_earn_at_their_own_rate() -> None:
    decision = decide(program_of(), line_of("812.50"), channel="channel-tr", currency="TRY")

    assert decision.line_awards["line-1"][0].points == Fraction(325, 4)
    assert points(decision) == 81


def test_an_award_tells_how_it_came_about() -> None:
    program = program_of(
        rule_of({"type": "points_per_money", "factor": "1.50"}, "base"),
        rule_of(DOUBLE, "weekend", scope="order"),
    )

    (award,) = decide(program, line_of("12.30", quantity=3)).awards()

    assert award.rule_ids == ("base", "weekend")
    assert award.reason == {
        "code": "points_per_money",
        "of": "line",
        "base": "12.3",
        "currency": "USD",
        "rate": {"points": 1, "money": "1"},
        "factor": "1.5",
        "multipliers": [{"rule_id": "weekend", "factor": "2"}],
    }
    assert award.points == Fraction(369, 10)


@pytest.mark.parametrize(
    ("channel", "currency"), [("default-channel", "EUR"), ("elsewhere", "USD")]
)
def test_without_a_confirmed_rate_nothing_earns_at_all(channel: str, currency: str) -> None:
    program = program_of(rule_of(per_order(100), scope="order"))

    decision = decide(program, channel=channel, currency=currency)

    assert list(decision.awards()) == []
    assert decision.misses[0].reason == {
        "code": "no_rate",
        "channel": channel,
        "currency": currency,
    }


def test_a_channel_that_only_spends_earns_nothing() -> None:
    rates = {"channel": "default-channel", "currency": "USD", "spend_rate": {"money": "0.02"}}

    assert points(decide(program_of(currencies=[rates]))) == 0


def test_points_per_order_are_given_once() -> None:
    program = program_of(rule_of(per_order(50), scope="order"))

    decision = decide(program, line_of(line_id="a"), line_of(line_id="b"))

    assert [award.points for award in decision.order_awards] == [50]
    assert decision.line_awards == {}


def test_points_per_unit_count_the_units_of_matching_lines() -> None:
    program = program_of(rule_of(per_unit(5), when=ON_SALE))

    decision = decide(
        program, line_of(line_id="a", quantity=3, on_sale=True), line_of(line_id="b", quantity=9)
    )

    assert {line: awards[0].points for line, awards in decision.line_awards.items()} == {"a": 15}


def test_points_on_the_whole_order_use_its_value() -> None:
    program = program_of(rule_of(MONEY, scope="order"))

    (award,) = decide(program, line_of("3.50", "a"), line_of("4", "b")).order_awards

    assert award.points == Fraction(15, 2)


def test_base_rules_add_up() -> None:
    program = program_of(
        rule_of(MONEY, "base"),
        rule_of({"type": "points_per_money", "factor": "0.5"}, "extra"),
        rule_of(per_order(7), "bonus", scope="order"),
    )

    assert points(decide(program, line_of("10"))) == 22


def test_of_base_rules_only_the_best_counts_when_the_program_says_so() -> None:
    program = program_of(
        rule_of(MONEY, "base"),
        rule_of({"type": "points_per_money", "factor": "3"}, "sale", when=ON_SALE),
        rule_of({"type": "points_per_money", "factor": "0.5"}, "never-best"),
        stacking="best",
    )

    decision = decide(program, line_of("10", "a"), line_of("10", "b", on_sale=True))

    assert [award.rule_id for award in decision.line_awards["a"]] == ["base"]
    assert [award.rule_id for award in decision.line_awards["b"]] == ["sale"]
    assert points(decision) == 40
    assert [(miss.rule_id, miss.reason) for miss in decision.misses] == [
        ("never-best", {"code": "outdone"})
    ]


def test_on_a_tie_the_rule_with_the_higher_priority_is_best() -> None:
    program = program_of(
        rule_of(MONEY, "first"), rule_of(MONEY, "second", priority=200), stacking="best"
    )

    (award,) = decide(program).awards()

    assert award.rule_id == "second"


def test_multipliers_multiply() -> None:
    program = program_of(
        rule_of(MONEY, "base"),
        rule_of(DOUBLE, "double", scope="order"),
        rule_of({"type": "multiplier", "factor": "1.5"}, "half-more"),
    )

    assert points(decide(program, line_of("10"))) == 30


def test_a_multiplier_reaches_the_lines_that_match_only() -> None:
    program = program_of(rule_of(MONEY, "base"), rule_of(DOUBLE, "sale", when=ON_SALE))

    decision = decide(program, line_of("10", "a"), line_of("10", "b", on_sale=True))

    assert [award.points for award in decision.awards()] == [10, 20]


def test_a_multiplier_reaches_rules_that_come_after_it() -> None:
    program = program_of(rule_of(DOUBLE, "double", priority=500), rule_of(MONEY, "base"))

    assert points(decide(program, line_of("10"))) == 20


@pytest.mark.parametrize(("fixed_points", "total"), [(False, 30), (True, 40)])
def test_fixed_points_are_multiplied_on_request_only(fixed_points: bool, total: int) -> None:
    double = {"type": "multiplier", "factor": "2", "fixed_points": fixed_points}
    program = program_of(
        rule_of(MONEY, "base"),
        rule_of(per_order(10), "bonus", scope="order"),
        rule_of(double, "double", scope="order"),
    )

    assert points(decide(program, line_of("10"))) == total


def test_a_multiplier_of_zero_takes_the_points_away_and_says_so() -> None:
    none = {"type": "multiplier", "factor": "0"}
    program = program_of(rule_of(MONEY, "base"), rule_of(none, "none-on-sale", when=ON_SALE))

    (award,) = decide(program, line_of("10", on_sale=True)).awards()

    assert award.points == 0
    assert award.rule_ids == ("base", "none-on-sale")


def test_after_a_rule_that_stops_no_later_rule_touches_its_lines() -> None:
    program = program_of(
        rule_of(per_unit(3), "only-this", when=ON_SALE, priority=300, stop=True),
        rule_of(MONEY, "base"),
        rule_of(DOUBLE, "double", scope="order"),
    )

    decision = decide(program, line_of("10", "a", on_sale=True), line_of("10", "b"))

    assert [award.points for award in decision.line_awards["a"]] == [3]
    assert [award.points for award in decision.line_awards["b"]] == [20]


def test_a_rule_on_the_order_that_stops_ends_the_walk() -> None:
    program = program_of(
        rule_of(per_order(5), "only-this", scope="order", priority=300, stop=True),
        rule_of(MONEY, "base"),
    )

    decision = decide(program)

    assert points(decision) == 5
    assert [(miss.rule_id, miss.reason) for miss in decision.misses] == [
        ("base", {"code": "stopped", "by": "only-this"})
    ]


def test_a_rule_that_does_not_match_does_not_stop() -> None:
    program = program_of(
        rule_of(per_unit(3), "sale", when=ON_SALE, priority=300, stop=True),
        rule_of(MONEY, "base"),
    )

    assert points(decide(program, line_of("10"))) == 10


def test_a_rule_that_is_switched_off_is_not_looked_at() -> None:
    program = program_of(rule_of(MONEY, "base"), rule_of(per_unit(9), "off", enabled=False))

    decision = decide(program, line_of("10"))

    assert (points(decision), decision.misses) == (10, ())


def test_a_rule_that_matches_no_line_says_what_is_nearest() -> None:
    rule = rule_of(per_unit(9), when={"type": "quantity", "min": 3})

    (miss,) = decide(program_of(rule), line_of("1", "a"), line_of("1", "b", quantity=2)).misses

    assert miss.reason == {"code": "quantity_below", "missing": 2, "min": 3}


def test_an_order_of_nothing_that_earns_gives_nothing() -> None:
    decision = decide_order(program_of(), order_of(lines=(), subtotal=Decimal(0)), "UTC")

    assert list(decision.awards()) == []
    assert decision.misses[0].reason == {"code": "no_lines"}


@pytest.mark.parametrize(("on", "total"), [(False, 10), (True, 15)])
def test_shipping_earns_only_if_the_program_says_so(on: bool, total: int) -> None:
    program = program_of(settings={"earn_on_shipping": on})

    assert points(decide(program, line_of("10"), shipping=Decimal(5))) == total


def test_shipping_is_an_award_of_the_order_and_follows_multipliers_of_the_order() -> None:
    program = program_of(
        rule_of(MONEY, "base"),
        rule_of(DOUBLE, "double", scope="order"),
        rule_of(DOUBLE, "sale", when=ON_SALE),
        settings={"earn_on_shipping": True},
    )

    (award,) = decide(program, line_of("10", on_sale=True), shipping=Decimal(5)).order_awards

    assert award.points == 10
    assert award.reason["of"] == "shipping"


def test_shipping_earns_nothing_from_rules_on_products() -> None:
    program = program_of(rule_of(MONEY, when=ON_SALE), settings={"earn_on_shipping": True})

    assert decide(program, line_of(on_sale=True), shipping=Decimal(5)).order_awards == ()


def test_an_unknown_time_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        decide_order(program_of(), order_of(), "Europe/Atlantis")


def test_rules_are_compiled_once_for_equal_programs() -> None:
    assert plan_of(program_of()) is plan_of(program_of())


@pytest.mark.parametrize("base", ["-0.01", "NaN", "Infinity"])
def test_facts_refuse_a_base_that_is_no_amount(base: str) -> None:
    with pytest.raises(ValueError, match="base"):
        line_of(base)


def test_facts_refuse_an_empty_line() -> None:
    with pytest.raises(ValueError, match="quantity"):
        line_of(quantity=0)


def test_facts_refuse_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        order_of(created_at=order_of().created_at.replace(tzinfo=None))


def test_facts_refuse_a_negative_subtotal() -> None:
    with pytest.raises(ValueError, match="amount"):
        order_of(subtotal=Decimal(-1))
