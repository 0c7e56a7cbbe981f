"""A back-test counts what tiers multiply: by the tier of who bought, and by the highest of all."""

from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs.backtest import BackTest, ChannelResult, top_tier
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.sampled import SampledOrder
from tests.program_samples import PURCHASES, line_of, order_of, program_of

TIERS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {
            "id": "silver",
            "names": {"en": "Silver"},
            "requirements": {"orders": {"min": 2}},
            "multiplier": "0.5",
        },
        {
            "id": "gold",
            "names": {"en": "Gold"},
            "requirements": {"orders": {"min": 9}},
            "multiplier": "5",
        },
    ],
}


def bought(order_id: str) -> SampledOrder:
    facts = order_of(line_of("100"), order_id=order_id)
    return SampledOrder(Decimal(100), paid=True, shows_gross=True, gross=facts)


def found_by(program: Program, tiers: dict[str, str] | None = None) -> ChannelResult:
    test = BackTest(program, "UTC", tiers)
    test.add([bought("one"), bought("two"), bought("three")])
    [found] = test.results()
    return found


def test_without_known_buyers_the_highest_tier_tells_what_orders_could_earn() -> None:
    found = found_by(program_of(PURCHASES, tiers=TIERS))

    assert (found.points, found.tier_known, found.top_points) == (300, 0, 1500)
    assert found.top().points == 1500
    program = program_of(PURCHASES, tiers=TIERS)
    assert (found.monthly(program, 30), found.top().monthly(program, 30)) == (
        Decimal(6),
        Decimal(30),
    )


def test_orders_of_known_buyers_count_with_their_tiers() -> None:
    tiers = {"one": "gold", "two": "silver", "other": "gold"}

    found = found_by(program_of(PURCHASES, tiers=TIERS), tiers)

    assert (found.points, found.tier_known, found.top_points) == (500 + 50 + 100, 2, 1500)
    assert found_by(program_of(PURCHASES, tiers=TIERS), {"one": ""}).tier_known == 1


def test_orders_of_buyers_without_a_tier_count_with_the_one_that_everybody_has() -> None:
    bronze = {"id": "bronze", "names": {"en": "Bronze"}, "multiplier": "1.5"}
    program = program_of(PURCHASES, tiers={**TIERS, "levels": [bronze, *TIERS["levels"]]})

    found = found_by(program, {"one": "", "two": "silver"})

    assert (found.points, found.tier_known, found.top_points) == (150 + 50 + 150, 2, 1500)


def test_a_rule_on_tiers_is_judged_only_where_the_tier_is_known() -> None:
    rule = {
        "id": "gold-only",
        "scope": "order",
        "when": {"type": "tier", "tiers": ["gold"]},
        "then": {"type": "points_per_order", "points": 7},
    }
    program = program_of(PURCHASES, rule, tiers=TIERS)

    assert found_by(program).unjudged == {"gold-only"}
    everybody = found_by(program, {"one": "gold", "two": "silver", "three": ""})
    assert (everybody.unjudged, everybody.points) == (set(), 500 + 7 + 50 + 100)


def test_no_tier_multiplies_where_none_gives_more_or_tiers_are_off() -> None:
    gold = TIERS["levels"][1]
    less = program_of(PURCHASES, tiers={"enabled": True, "levels": [TIERS["levels"][0]]})
    off = program_of(PURCHASES, tiers={"enabled": False, "levels": [gold]})

    assert (top_tier(less), top_tier(off), top_tier(program_of(PURCHASES, tiers=TIERS))) == (
        "",
        "",
        "gold",
    )
    assert found_by(less).top_points == found_by(less).points == 300
