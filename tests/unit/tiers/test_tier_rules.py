"""Who rises, who stays, who falls: the rules alone, without a database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.tier_calendar import counting_from, period_after, plus_months
from saleor_loyalty_app.programs.tier_measures import Counted, History, Missing
from saleor_loyalty_app.programs.tier_projection import projection
from saleor_loyalty_app.programs.tier_rules import (
    SETTLING,
    Law,
    State,
    due_on,
    kept_through_changes,
    next_state,
    united,
)
from saleor_loyalty_app.programs.tiers import Tiers, Window

JOINED = date(2025, 3, 15)
DAY = timedelta(days=1)
WINDOWS: list[dict[str, Any]] = [
    {"type": "lifetime"},
    {"type": "calendar_year"},
    {"type": "rolling", "months": 12},
    {"type": "membership_year"},
]


def tiers_of(*limits: int, **values: Any) -> Tiers:
    """Enabled tiers t0, t1, … by spend in TRY."""
    levels = [
        {
            "id": f"t{rank}",
            "names": {"en": f"T{rank}"},
            "requirements": {"spend": {"limits": [{"currency": "TRY", "min": str(limit)}]}},
        }
        for rank, limit in enumerate(limits or (100, 300, 1000))
    ]
    return Tiers.model_validate({"enabled": True, "levels": levels, **values})


def spent(on: date, lira: int) -> Counted:
    return Counted(on, {"TRY": lira * 1000}, 1)


def walk(tiers: Tiers, history: History, days: list[date], state: State | None = None) -> State:
    """The state after a look on each of the days."""
    for day in days:
        state = next_state(tiers, state, history, day)
    assert state is not None
    return state


def test_a_member_rises_at_once_over_several_levels() -> None:
    today = date(2026, 5, 1)
    state = next_state(tiers_of(), None, History(JOINED, (spent(today, 350),)), today)
    assert state.tier(tiers_of()) == "t1"
    assert state.period_until == date(2027, 5, 2)
    assert state.grace_until == date(2027, 6, 1)


def test_a_rolling_tier_is_held_for_its_period_then_in_grace_then_falls_one_step() -> None:
    tiers, reached = tiers_of(), date(2026, 5, 1)
    history = History(JOINED, (spent(reached, 1500),))
    state = next_state(tiers, None, history, reached)
    assert walk(tiers, history, [date(2027, 5, 1)], state).tier(tiers) == "t2"
    in_grace = walk(tiers, history, [date(2027, 5, 20)], state)
    assert in_grace.tier(tiers) == "t2"
    fallen = walk(tiers, history, [date(2027, 6, 1)], in_grace)
    assert fallen.tier(tiers) == "t1"
    assert fallen.period_until == date(2028, 6, 2)
    assert walk(tiers, history, [date(2028, 7, 2)], fallen).tier(tiers) == "t0"


def test_downgrade_by_merit_goes_all_the_way_and_none_stays() -> None:
    reached, after = date(2026, 5, 1), date(2027, 6, 1)
    history = History(JOINED, (spent(reached, 1500), spent(date(2026, 12, 1), 120)))
    fallen = walk(tiers_of(downgrade="by_merit"), history, [reached, after])
    assert fallen.earned == "t0"
    kept = walk(tiers_of(downgrade="none"), history, [reached, after, date(2035, 1, 1)])
    assert kept.earned == "t2"


def test_buying_in_the_grace_keeps_the_tier_and_begins_a_new_period() -> None:
    tiers, reached = tiers_of(), date(2026, 5, 1)
    bought = date(2027, 5, 20)
    history = History(JOINED, (spent(reached, 350), spent(bought, 300)))
    state = walk(tiers, history, [reached, bought])
    assert (state.earned, state.period_until) == ("t1", date(2028, 5, 21))


def test_a_tier_earned_in_a_calendar_year_holds_until_the_end_of_the_next() -> None:
    tiers = tiers_of(window={"type": "calendar_year"})
    history = History(JOINED, (spent(date(2026, 11, 1), 350),))
    state = walk(tiers, history, [date(2026, 11, 1), date(2027, 1, 1)])
    assert (state.earned, state.period_until) == ("t1", date(2028, 1, 1))
    assert walk(tiers, history, [date(2028, 1, 30)], state).earned == "t1"
    assert walk(tiers, history, [date(2028, 1, 31)], state).earned == "t0"


def test_what_goes_back_takes_the_tier_it_gave_but_not_what_a_settled_period_began_with() -> None:
    tiers, day = tiers_of(), date(2026, 5, 1)
    reached = next_state(tiers, None, History(JOINED, (spent(day, 350),)), day)
    assert next_state(tiers, reached, History(JOINED), day + 9 * DAY).earned == ""
    again = History(JOINED, (spent(day, 350), spent(date(2027, 1, 1), 350)))
    begun = date(2027, 5, 2)
    early = walk(tiers, again, [begun, begun + SETTLING - DAY], reached)
    assert (early.earned, early.floor) == ("t1", "")
    assert next_state(tiers, early, History(JOINED), begun + SETTLING - DAY).earned == ""
    kept = walk(tiers, again, [begun + SETTLING], early)
    assert kept.floor == "t1"
    assert next_state(tiers, kept, History(JOINED), begun + SETTLING).earned == "t1"


def test_what_was_bought_at_the_end_of_a_period_counts_though_it_is_seen_after_it_in_parts() -> (
    None
):
    """Orders of New Year's Eve that are looked at one by one on New Year's Day."""
    tiers = tiers_of(window={"type": "calendar_year"}, downgrade="none")
    eve, day = date(2026, 12, 31), date(2027, 1, 1)
    first, second = spent(eve, 60), spent(eve, 60)
    state = walk(tiers, History(JOINED), [date(2026, 11, 1)])
    state = next_state(tiers, state, History(JOINED, (first,)), day)
    assert state.earned == ""
    state = next_state(tiers, state, History(JOINED, (first, second)), day)
    assert (state.earned, state.period_until) == ("t0", date(2028, 1, 1))


def test_stricter_tiers_take_nothing_before_the_running_period_ends() -> None:
    day = date(2026, 5, 1)
    history = History(JOINED, (spent(day, 350),))
    before = next_state(tiers_of(), None, history, day)
    strict = tiers_of(500, 2000, 5000)
    changed = date(2026, 8, 1)
    kept = kept_through_changes(Law(1, tiers_of()), strict, before, JOINED, changed)
    state = next_state(strict, kept, history, changed)
    assert (state.earned, state.period_until) == ("t1", before.period_until)
    assert next_state(strict, state, history, date(2027, 6, 1)).earned == "t0"


def test_a_tier_that_is_gone_from_the_program_gives_way_to_what_was_earned() -> None:
    day = date(2026, 5, 1)
    history = History(JOINED, (spent(day, 350),))
    before = next_state(tiers_of(), None, history, day)
    left = tiers_of(300)
    kept = kept_through_changes(Law(1, tiers_of()), left, before, JOINED, day)
    assert next_state(left, kept, history, day).earned == "t0"


@pytest.mark.parametrize("window", WINDOWS)
def test_what_goes_back_after_the_tiers_were_changed_takes_the_tier_it_gave(
    window: dict[str, Any],
) -> None:
    tiers, day = tiers_of(window=window), date(2026, 5, 1)
    bought = History(JOINED, (spent(day, 150), spent(day + DAY, 200)))
    state = next_state(tiers, None, bought, day + DAY)
    other, third = tiers_of(150, 400, 1000, window=window), tiers_of(200, 900, 1000, window=window)
    changed = day + 3 * DAY
    state = kept_through_changes(Law(1, tiers), other, state, JOINED, changed)
    state = next_state(other, state, bought, changed)
    state = kept_through_changes(Law(2, other), third, state, JOINED, changed + DAY)
    state = next_state(third, state, bought, changed + DAY)
    assert state.earned == "t1"
    late = changed + SETTLING + 30 * DAY
    assert next_state(third, state, bought, late).earned == "t1"
    assert next_state(third, state, History(JOINED, bought.counted[:1]), late).earned == "t0"
    assert next_state(third, state, History(JOINED), late).earned == ""
    assert next_state(third, state, bought, late).earned == "t1", "and comes back with it"


def test_a_change_gives_nobody_what_the_tiers_before_would_have_given_that_day() -> None:
    """Tiers with a slip of the pen are mended at once; who buys in the evening had no use of it."""
    slip, mended, day = tiers_of(1, 2, 3), tiers_of(), date(2026, 5, 1)
    bought = History(JOINED, (spent(day - DAY, 120),))
    state = next_state(mended, None, bought, day - DAY)
    state = kept_through_changes(Law(1, mended), slip, state, JOINED, day)
    state = replace(state, earned="t0")
    state = kept_through_changes(Law(2, slip), mended, state, JOINED, day)
    evening = History(JOINED, (*bought.counted, spent(day, 30)))
    assert next_state(mended, state, evening, day).earned == "t0"


def test_changes_are_forgotten_with_the_period_that_they_fell_into() -> None:
    tiers, strict, day = tiers_of(), tiers_of(500, 2000, 5000), date(2026, 5, 1)
    bought = History(JOINED, (spent(day, 350),))
    state = next_state(tiers, None, bought, day)
    state = kept_through_changes(Law(1, tiers), strict, state, JOINED, day + DAY)
    ends = state.period_until
    assert ends is not None
    fallen = ends + 30 * DAY
    assert next_state(strict, state, bought, fallen + SETTLING - DAY).changes != ()
    settled = next_state(strict, state, bought, fallen + SETTLING)
    assert (settled.changes, settled.floor, settled.earned) == ((), "t0", "t0")


def test_tiers_that_are_not_known_any_more_keep_what_they_gave() -> None:
    tiers, strict, day = tiers_of(), tiers_of(500, 2000, 5000), date(2026, 5, 1)
    before = next_state(tiers, None, History(JOINED, (spent(day, 350),)), day)
    kept = kept_through_changes(None, strict, before, JOINED, day)
    assert (kept.floor, kept.floor_until, kept.changes) == ("t1", before.period_until, ())


def test_a_manual_tier_is_the_least_until_its_end() -> None:
    tiers, day = tiers_of(), date(2026, 5, 1)
    state = State(day, manual="t1", manual_until=date(2026, 6, 1))
    none = History(JOINED)
    held = next_state(tiers, state, none, day)
    assert held.tier(tiers) == "t1"
    assert due_on(tiers, held, none, day) == date(2026, 6, 1)
    assert next_state(tiers, held, History(JOINED, (spent(day, 1000),)), day).tier(tiers) == "t2"
    assert next_state(tiers, held, none, date(2026, 6, 1)).tier(tiers) == ""


def test_a_look_is_due_when_membership_alone_reaches_a_level() -> None:
    tiers = Tiers.model_validate(
        {
            "enabled": True,
            "levels": [
                {"id": "friend", "names": {}, "requirements": {"tenure_days": {"min": 100}}}
            ],
        }
    )
    history = History(date(2026, 1, 1))
    state = next_state(tiers, None, history, date(2026, 1, 2))
    due = due_on(tiers, state, history, date(2026, 1, 2))
    assert due == date(2026, 1, 1) + 100 * DAY
    assert next_state(tiers, state, history, due).earned == "friend"


def test_two_who_become_one_keep_the_higher_promise() -> None:
    tiers, day = tiers_of(), date(2026, 5, 1)
    low = next_state(tiers, None, History(JOINED, (spent(day, 100),)), day)
    high = next_state(tiers, None, History(JOINED, (spent(day, 1000),)), day)
    high = kept_through_changes(None, tiers, high, JOINED, day)
    both = united(tiers, low, high)
    assert next_state(tiers, both, History(JOINED), day).earned == "t2"


def test_of_two_equal_promises_the_longer_holds() -> None:
    tiers, day = tiers_of(), date(2026, 5, 1)
    long = State(day, "t1", date(2027, 5, 1), "t1", manual="t2", manual_until=date(2026, 12, 1))
    short = State(
        day, "t1", date(2026, 9, 1), "t1", date(2027, 9, 1), manual="t2", manual_until=day + DAY
    )
    for both in (united(tiers, long, short), united(tiers, short, long)):
        assert (both.floor, both.floor_until) == ("t1", date(2027, 5, 1))
        assert (both.manual, both.manual_until) == ("t2", date(2026, 12, 1))
    for_ever = replace(short, floor_until=None)
    assert united(tiers, long, for_ever).floor_until is None
    higher = replace(short, earned="t2", floor="t0")
    assert united(tiers, higher, long).floor == "t1", "though the other has earned more"


def test_two_who_become_one_have_met_the_same_change_once() -> None:
    tiers, strict, day = tiers_of(), tiers_of(5000, 6000, 7000), date(2026, 5, 1)
    low, high = History(JOINED, (spent(day, 100),)), History(JOINED, (spent(day, 1000),))
    states = [
        kept_through_changes(Law(number, tiers), strict, state, JOINED, day + number * DAY)
        for number, state in enumerate(next_state(tiers, None, one, day) for one in (low, high))
    ]
    both = united(strict, *states)
    assert [(one.on, one.tier) for one in both.changes] == [(day + DAY, "t2")]
    bought = History(JOINED, (*low.counted, *high.counted))
    assert next_state(strict, both, bought, day + 9 * DAY).earned == "t2"
    assert next_state(strict, both, low, day + 9 * DAY).earned == "t0"


def test_the_projection_tells_what_is_missing_and_when_one_falls() -> None:
    tiers, day = tiers_of(window={"type": "calendar_year"}), date(2026, 5, 1)
    history = History(JOINED, (spent(day, 350),))
    state = walk(tiers, history, [day, date(2027, 2, 1)])
    ahead = projection(tiers, state, history, date(2027, 2, 1))
    assert (ahead.tier, ahead.next_tier) == ("t1", "t2")
    assert ahead.missing == (Missing("spend", 1_000_000, "TRY"),)
    assert ahead.reach_by == date(2027, 12, 31)
    assert (ahead.drops_to, ahead.drops_on) == ("t0", date(2028, 1, 31))
    assert ahead.to_keep == (Missing("spend", 300_000, "TRY"),)


def test_a_tier_that_time_with_the_store_brought_does_not_depend_on_when_one_looks() -> None:
    levels = tiers_of(300).model_dump(mode="json", exclude_none=True)["levels"]
    levels[0]["requirements"]["tenure_days"] = {"min": 100}
    tiers = Tiers.model_validate({"enabled": True, "levels": levels})
    history, reached = History(JOINED, (spent(JOINED, 300),)), JOINED + 100 * DAY
    at_once = walk(tiers, history, [JOINED, reached])
    later = walk(tiers, history, [JOINED, reached, reached + 50 * DAY])
    assert (at_once.earned, at_once.period_until) == (
        "t0",
        period_after(tiers.window, reached, JOINED),
    )
    assert (later.earned, later.period_until) == ("t0", at_once.period_until)


def test_any_requirement_is_enough_where_the_level_says_so() -> None:
    tiers = Tiers.model_validate(
        {
            "enabled": True,
            "levels": [
                {
                    "id": "any",
                    "names": {},
                    "requirements": {
                        "match": "any",
                        "orders": {"min": 3},
                        "status_points": {"min": 50},
                    },
                }
            ],
        }
    )
    day = date(2026, 5, 1)
    assert next_state(tiers, None, History(JOINED, (Counted(day, {}, 2, 50),)), day).earned == "any"
    assert next_state(tiers, None, History(JOINED, (Counted(day, {}, 2, 49),)), day).earned == ""


def test_currencies_do_not_add_up() -> None:
    levels = [
        {
            "id": "one",
            "names": {},
            "requirements": {
                "spend": {
                    "limits": [
                        {"currency": "TRY", "min": "100"},
                        {"currency": "USD", "min": "10"},
                    ]
                }
            },
        }
    ]
    tiers = Tiers.model_validate({"enabled": True, "levels": levels})
    day = date(2026, 5, 1)
    mixed = Counted(day, {"TRY": 99_000, "USD": 9_990}, 2)
    assert next_state(tiers, None, History(JOINED, (mixed,)), day).earned == ""
    enough = Counted(day, {"TRY": 1, "USD": 10_000}, 2)
    assert next_state(tiers, None, History(JOINED, (enough,)), day).earned == "one"


def test_a_year_of_membership_begins_on_its_day_also_on_29_february() -> None:
    window = Window(type="membership_year")
    joined = date(2024, 2, 29)
    assert counting_from(window, date(2027, 2, 28), joined) == date(2027, 2, 28)
    assert counting_from(window, date(2027, 2, 27), joined) == date(2026, 2, 28)
    assert period_after(window, date(2027, 12, 1), joined) == date(2028, 2, 29)
    assert plus_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


@given(st.dates(date(2023, 1, 1), date(2028, 12, 31)), st.integers(1, 24))
def test_a_purchase_is_held_for_one_rolling_period(bought: date, months: int) -> None:
    tiers = tiers_of(window={"type": "rolling", "months": months}, grace_days=0)
    history = History(JOINED, (spent(bought, 100),))
    state = next_state(tiers, None, history, bought)
    ends = state.period_until
    assert ends is not None
    assert ends <= plus_months(bought, months) + 2 * DAY
    assert next_state(tiers, state, history, ends - DAY).earned == "t0"
    assert next_state(tiers, state, history, ends).earned == ""
    by = projection(tiers, state, history, bought).reach_by
    assert by is not None
    windows = [counting_from(tiers.window, day, JOINED) for day in (by, by + DAY)]
    assert [first is not None and first <= bought for first in windows] == [True, False]
