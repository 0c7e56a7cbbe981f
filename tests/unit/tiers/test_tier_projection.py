"""What is told of a tier's future comes true, day after day, where nothing more is bought."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.perks import TierPromise, best_of
from saleor_loyalty_app.programs.tier_calendar import counting_from
from saleor_loyalty_app.programs.tier_measures import Counted, History, Missing
from saleor_loyalty_app.programs.tier_projection import projection
from saleor_loyalty_app.programs.tier_rules import (
    Law,
    State,
    due_on,
    kept_through_changes,
    next_state,
)
from saleor_loyalty_app.programs.tiers import Tiers
from tests.unit.tiers.test_tier_rules import DAY, JOINED, spent, tiers_of, walk

#: Longer than anything of these tests can still change.
FAR = 3 * 366
WINDOWS: list[dict[str, Any]] = [
    {"type": "lifetime"},
    {"type": "calendar_year"},
    {"type": "membership_year"},
    {"type": "rolling", "months": 1},
    {"type": "rolling", "months": 6},
    {"type": "rolling", "months": 12},
]

days = st.dates(date(2025, 3, 15), date(2027, 12, 31))
facts = st.lists(st.builds(spent, days, st.integers(1, 1200)), max_size=6)


def mixed(window: dict[str, Any], downgrade: str, grace: int, tenure: int, match: str) -> Tiers:
    """Three tiers by spend, of which the middle one also asks for time with the store."""
    made = tiers_of(window=window, downgrade=downgrade, grace_days=grace).model_dump(
        mode="json", exclude_none=True
    )
    made["levels"][1]["requirements"] |= {"match": match, "tenure_days": {"min": tenure}}
    return Tiers.model_validate(made)


any_tiers = st.builds(
    mixed,
    st.sampled_from(WINDOWS),
    st.sampled_from(["none", "one_step", "by_merit"]),
    st.sampled_from([0, 30, 365]),
    st.integers(1, 900),
    st.sampled_from(["all", "any"]),
)
falling_tiers = st.builds(
    mixed,
    st.sampled_from(WINDOWS[1:]),
    st.sampled_from(["one_step", "by_merit"]),
    st.sampled_from([0, 30, 365]),
    st.integers(1, 60),
    st.just("all"),
)
levels = st.sampled_from(["t0", "t1", "t2"])
promises = st.lists(st.builds(TierPromise, levels, days), max_size=2)
manuals = st.none() | st.builds(TierPromise, levels, days | st.just(date.max))


def swept(
    tiers: Tiers, state: State, history: History, day: date, promised: list[TierPromise]
) -> State:
    """What the task of a day comes to."""
    if state.manual and state.manual_until is not None and state.manual_until <= day:
        best = best_of(tiers, promised, day)
        if best is not None:
            state = replace(state, manual=best.tier, manual_until=best.until)
    return next_state(tiers, state, history, day)


@given(any_tiers, facts, days, st.integers(0, 800), manuals, promises)
def test_what_is_told_is_what_the_tasks_do_day_after_day(
    tiers: Tiers,
    found: list[Counted],
    first: date,
    later: int,
    manual: TierPromise | None,
    promised: list[TierPromise],
) -> None:
    today = first + later * DAY
    history = History(JOINED, tuple(one for one in found if one.on <= today))
    state = walk(tiers, history, [first, today])
    if manual is not None and manual.until > today:
        until = None if manual.until == date.max else manual.until
        state = replace(state, manual=manual.tier, manual_until=until)
    ahead = projection(tiers, state, history, today, promised)
    rank = tiers.rank_of(ahead.tier)
    last = today + FAR * DAY if ahead.drops_on is None else ahead.drops_on
    day = today
    while day < last:
        assert tiers.rank_of(state.tier(tiers)) >= rank, day
        day += DAY
        state = swept(tiers, state, history, day, promised)
    fell = tiers.rank_of(state.tier(tiers)) < rank
    assert fell == (ahead.drops_on is not None)
    if ahead.drops_on is not None:
        assert state.tier(tiers) == ahead.drops_to
        assert ahead.held_through == ahead.drops_on - DAY


@given(any_tiers, facts, days, st.integers(0, 800))
def test_looking_every_day_or_only_when_it_is_due_comes_to_the_same(
    tiers: Tiers, found: list[Counted], first: date, later: int
) -> None:
    known = History(JOINED, tuple(one for one in found if one.on <= first))
    daily = begun = next_state(tiers, None, known, first)
    last = first + later * DAY
    for number in range(later):
        daily = next_state(tiers, daily, known, first + (number + 1) * DAY)
    state, day = begun, first
    while (due := due_on(tiers, state, known, day)) is not None and due <= last:
        state, day = next_state(tiers, state, known, due), due
    seldom = next_state(tiers, state, known, last)
    assert replace(seldom, period_from=daily.period_from) == daily


@given(falling_tiers, facts, days, st.integers(0, 800), manuals, st.data())
def test_whoever_buys_what_is_missing_when_it_is_told_keeps_the_tier(
    tiers: Tiers,
    found: list[Counted],
    first: date,
    later: int,
    manual: TierPromise | None,
    data: st.DataObject,
) -> None:
    today = first + later * DAY
    known = (one for one in found if one.on <= today)
    history = History(JOINED, (spent(first, 350), *known))
    state = walk(tiers, history, [first, today])
    if manual is not None and today < manual.until < date.max:
        state = replace(state, manual=manual.tier, manual_until=manual.until)
    ahead = projection(tiers, state, history, today)
    assume(ahead.to_keep)
    assert ahead.keep_from is not None
    assert ahead.keep_by is not None
    assert ahead.drops_on is not None
    assert today <= ahead.keep_from <= ahead.keep_by < ahead.drops_on
    [missing] = ahead.to_keep
    day = data.draw(st.dates(ahead.keep_from, ahead.keep_by))
    bought = Counted(day, {missing.currency: missing.amount}, 1)
    more = History(JOINED, (*history.counted, bought))
    while day <= ahead.drops_on:
        state, day = next_state(tiers, state, more, day), day + DAY
    assert tiers.rank_of(state.tier(tiers)) >= tiers.rank_of(ahead.tier)


def test_the_fall_after_the_next_period_is_told_where_this_one_is_earned_again() -> None:
    tiers = tiers_of(window={"type": "rolling", "months": 12})
    history = History(JOINED, (spent(date(2026, 1, 10), 300), spent(date(2026, 7, 1), 300)))
    today = date(2026, 7, 1)
    state = walk(tiers, history, [date(2026, 1, 10), today])
    assert state.period_until == date(2027, 1, 11), "in which enough was bought again"
    ahead = projection(tiers, state, history, today)
    assert (ahead.drops_on, ahead.drops_to) == (date(2028, 2, 11), "t0")
    assert ahead.held_through == date(2028, 2, 10)
    assert ahead.to_keep == (Missing("spend", 300_000, "TRY"),)
    assert (ahead.keep_from, ahead.keep_by) == (date(2027, 1, 12), date(2028, 1, 11))


def test_a_year_counts_from_its_first_day() -> None:
    tiers = tiers_of(window={"type": "calendar_year"}, grace_days=0)
    history = History(JOINED, (spent(date(2026, 5, 1), 350),))
    state = walk(tiers, history, [date(2026, 5, 1)])
    ahead = projection(tiers, state, history, date(2026, 5, 1))
    assert (ahead.held_through, ahead.drops_to) == (date(2027, 12, 31), "t0")
    assert (ahead.keep_from, ahead.keep_by) == (date(2027, 1, 1), date(2027, 12, 31))


def test_what_comes_into_force_after_a_tier_of_the_staff_is_known() -> None:
    tiers, today = tiers_of(), date(2026, 5, 1)
    state = State(today, manual="t2", manual_until=date(2026, 6, 1))
    history = History(JOINED)
    ahead = projection(tiers, state, history, today)
    assert (ahead.held_through, ahead.drops_to) == (date(2026, 5, 31), "")
    given_too = [TierPromise("t2", date(2026, 8, 1)), TierPromise("t1", date(2026, 9, 1))]
    ahead = projection(tiers, state, history, today, given_too)
    assert (ahead.held_through, ahead.drops_to) == (date(2026, 7, 31), "t1")


def test_no_fall_is_told_where_nobody_falls() -> None:
    today = date(2026, 5, 1)
    history = History(JOINED, (spent(today, 350),))
    for tiers in (tiers_of(downgrade="none"), tiers_of(window={"type": "lifetime"})):
        state = walk(tiers, history, [today])
        ahead = projection(tiers, state, history, today)
        assert (ahead.tier, ahead.held_through, ahead.drops_on) == ("t1", None, None)
        assert ahead.to_keep == ()


def test_time_with_the_store_cannot_be_bought() -> None:
    tiers = mixed({"type": "rolling", "months": 12}, "one_step", 0, 5000, "all")
    today = date(2026, 5, 1)
    history = History(JOINED, (spent(today, 350),))
    state = State(today, earned="t1", floor="t1", floor_until=date(2026, 6, 1))
    state = next_state(tiers, state, history, today)
    ahead = projection(tiers, state, history, today)
    assert (ahead.drops_on, ahead.drops_to) == (date(2026, 6, 1), "t0")
    assert (ahead.to_keep, ahead.keep_from, ahead.keep_by) == ((), None, None)


@pytest.mark.parametrize("window", WINDOWS)
def test_changed_tiers_are_followed_past_the_day_until_which_the_old_ones_hold(
    window: dict[str, Any],
) -> None:
    today = date(2026, 5, 1)
    history = History(JOINED, (spent(today, 350),))
    lenient = tiers_of(window={"type": "rolling", "months": 24})
    strict = tiers_of(5000, 6000, 7000, window=window, grace_days=10)
    state = walk(lenient, history, [today])
    state = kept_through_changes(Law(1, lenient), strict, state, JOINED, today + DAY)
    state = next_state(strict, state, history, today + DAY)
    ahead = projection(strict, state, history, today + DAY)
    assert state.period_until == date(2028, 5, 2)
    assert (ahead.drops_on, ahead.drops_to) == (date(2028, 5, 12), "t0")
    since = counting_from(strict.window, date(2028, 5, 1), JOINED)
    assert ahead.keep_from == max(today + DAY, since or today)
