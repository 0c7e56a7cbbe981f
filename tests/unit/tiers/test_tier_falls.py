"""Which levels fall with what reached them, and give back what they gave: not by time or staff."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from saleor_loyalty_app.programs.tier_deeds import deed_key, tier_of
from saleor_loyalty_app.programs.tier_falls import levels_returned
from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.programs.tiers import Tiers
from tests.unit.tiers.test_tier_rules import tiers_of

TODAY = date(2026, 5, 1)
DAY = timedelta(days=1)
HELD = State(TODAY, earned="t2", period_until=TODAY + 30 * DAY, grace_until=TODAY + 60 * DAY)


def returning(*kept: str) -> Tiers:
    """Tiers t0, t1, t2, of which those that are named keep what they gave."""
    made = tiers_of(grace_days=30).model_dump(mode="json", exclude_none=True)
    made["levels"] = [one | {"keep": one["id"] in kept} for one in made["levels"]]
    return Tiers.model_validate(made)


def lost(
    after: State, *before: tuple[str, State], tiers: Tiers | None = None, **how: Any
) -> list[str]:
    how = {"changed": False, "by_hand": False} | how
    return levels_returned(tiers or returning(), before or [("t2", HELD)], after, TODAY, **how)


def test_all_levels_above_what_is_left_fall_but_for_those_that_keep() -> None:
    assert lost(replace(HELD, earned="t0")) == ["t1", "t2"]
    assert lost(replace(HELD, earned="")) == ["t0", "t1", "t2"]
    assert lost(replace(HELD, earned="t0"), tiers=returning("t1")) == ["t2"]
    assert lost(HELD) == []


@pytest.mark.parametrize("changed", [False, True])
def test_time_takes_nothing_back(changed: bool) -> None:
    over = replace(HELD, period_until=TODAY - 30 * DAY, grace_until=TODAY)
    assert lost(replace(HELD, earned="t0"), ("t2", over), changed=changed) == []
    shorter = replace(HELD, period_until=TODAY - 30 * DAY, grace_until=TODAY + 30 * DAY)
    expected = [] if changed else ["t1", "t2"]
    assert lost(replace(HELD, earned="t0"), ("t2", shorter), changed=changed) == expected


def test_a_tier_by_staff_that_ends_takes_nothing_but_what_was_earned_and_fell_with_it() -> None:
    by_hand = replace(HELD, earned="t0", manual="t2", manual_until=TODAY)
    after = replace(by_hand, manual="", manual_until=None)
    assert lost(after, ("t2", by_hand)) == []
    assert lost(after, ("t2", after), by_hand=True) == []
    assert lost(replace(after, earned=""), ("t2", by_hand)) == ["t0"]


def test_a_tier_of_a_rule_that_is_taken_back_falls() -> None:
    left = replace(HELD, earned="t0")
    assert lost(left, ("t2", left)) == ["t1", "t2"]


def test_of_two_who_became_one_the_higher_falls() -> None:
    low = replace(HELD, earned="t0")
    assert lost(low, ("t0", low), ("t2", HELD)) == ["t1", "t2"]


def test_a_level_is_reached_again_under_a_name_of_its_own() -> None:
    keys = [deed_key("gold")]
    keys.append(deed_key("gold", keys))
    keys.append(deed_key("gold", keys))
    assert keys == ["tier:gold", "tier:gold:2", "tier:gold:3"]
    assert {tier_of(key) for key in keys} == {"gold"}
