"""Tiers hold for any history: in any order, twice, late, and under changed tiers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.tier_calendar import period_after
from saleor_loyalty_app.programs.tier_measures import Counted, History
from saleor_loyalty_app.programs.tier_projection import projection
from saleor_loyalty_app.programs.tier_rules import (
    SETTLING,
    Change,
    Law,
    due_on,
    history_from,
    kept_through_changes,
    next_state,
)
from saleor_loyalty_app.programs.tiers import Tiers, Window
from tests.unit.tiers.test_tier_rules import DAY, JOINED, WINDOWS, spent, tiers_of, walk

days = st.dates(date(2025, 3, 15), date(2029, 12, 31))


facts = st.lists(st.builds(spent, days, st.integers(1, 1200)), max_size=8)


any_tiers = st.builds(
    lambda window, downgrade, grace: tiers_of(window=window, downgrade=downgrade, grace_days=grace),
    st.sampled_from(WINDOWS),
    st.sampled_from(["none", "one_step", "by_merit"]),
    st.sampled_from([0, 30]),
)


late_facts = st.lists(
    st.tuples(st.integers(0, SETTLING.days - 1), st.integers(1, 1200)), max_size=6
)


@given(any_tiers, facts, late_facts, st.randoms(use_true_random=False), days)
def test_facts_in_any_order_twice_or_late_end_in_the_same_tier_on_the_same_day(
    tiers: Tiers, early: list[Counted], late: list[tuple[int, int]], random: Any, today: date
) -> None:
    looked = today - 40 * DAY
    begun = next_state(tiers, None, History(JOINED, tuple(early[:2])), looked - 400 * DAY)
    before = next_state(tiers, begun, History(JOINED, tuple(early)), looked)
    shuffled = [spent(today - ago * DAY, amount) for ago, amount in late]
    found = [*early, *shuffled]
    at_once = next_state(tiers, before, History(JOINED, tuple(found)), today)
    random.shuffle(shuffled)
    state, known = before, list(early)
    for fact in shuffled:
        known.append(fact)
        state = next_state(tiers, state, History(JOINED, tuple(known)), today)
        state = next_state(tiers, state, History(JOINED, tuple(known)), today)
    state = next_state(tiers, state, History(JOINED, tuple(known)), today)
    assert state.tier(tiers) == at_once.tier(tiers)


@given(any_tiers, facts, days, st.integers(0, 700))
def test_looking_every_day_or_only_at_the_end_comes_to_the_same(
    tiers: Tiers, found: list[Counted], first: date, later: int
) -> None:
    """Of what was known at the first look; a member without a tier is looked at on each fact."""
    known = History(JOINED, tuple(one for one in found if one.on <= first))
    begun = next_state(tiers, None, known, first)
    last = first + later * DAY
    seldom = next_state(tiers, begun, known, last)
    state, day = begun, first
    while (due := due_on(tiers, state, known, day)) is not None and due <= last:
        state, day = next_state(tiers, state, known, due), due
    assert next_state(tiers, state, known, last) == seldom


@given(any_tiers, facts, days)
def test_the_days_that_are_read_are_all_that_decide(
    tiers: Tiers, found: list[Counted], today: date
) -> None:
    known = [one for one in found if one.on <= today]
    state = next_state(tiers, None, History(JOINED, tuple(known)), today)
    later = today + 200 * DAY
    since = history_from(tiers, state, later, JOINED)
    read = tuple(one for one in found if since is None or one.on >= since)
    assert next_state(tiers, state, History(JOINED, read), later) == next_state(
        tiers, state, History(JOINED, tuple(found)), later
    )


@given(any_tiers, st.sampled_from(WINDOWS), facts, days, st.integers(0, 700))
def test_changed_tiers_take_nothing_before_the_running_period_ends(
    tiers: Tiers, window: dict[str, Any], found: list[Counted], today: date, later: int
) -> None:
    history = History(JOINED, tuple(one for one in found if one.on <= today))
    state = next_state(tiers, None, history, today)
    changed = today + 10 * DAY
    before = state = next_state(tiers, state, history, changed)
    of_new = period_after(Window.model_validate(window), changed, JOINED)
    ends = before.period_until or of_new
    looks = [changed, changed + 5 * DAY, changed + later * DAY]
    law, whole = Law(1, tiers), History(JOINED, tuple(found))
    for number, day in enumerate(looks, start=2):
        strict = tiers_of(*(number * 5000 + more for more in range(3)), window=window)
        if ends is not None and day >= ends:
            break
        state = kept_through_changes(law, strict, state, JOINED, day)
        state = next_state(strict, state, whole, day)
        assert strict.rank_of(state.earned) >= tiers.rank_of(before.earned)
        law = Law(number, strict)


@given(any_tiers, facts, days, st.integers(0, 400), st.integers(0, 700), st.sets(st.integers(0, 8)))
def test_tiers_that_ask_for_the_same_change_nothing_whatever_goes_back(
    tiers: Tiers, more: list[Counted], first: date, later: int, then: int, back: set[int]
) -> None:
    changed, today = first + later * DAY, first + (later + then) * DAY
    found = [spent(first, 150), *more]
    state = walk(tiers, History(JOINED, tuple(found)), [first, changed])
    assume(state.earned)
    kept = replace(state, changes=(Change(changed, Law(1, tiers), state.earned),))
    left = [one for at, one in enumerate(found) if at not in back]
    since = history_from(tiers, kept, today, JOINED)
    known = History(JOINED, tuple(one for one in left if since is None or one.on >= since))
    alone = next_state(tiers, state, History(JOINED, tuple(left)), today)
    both = next_state(tiers, kept, known, today)
    assert (both.earned, both.period_until) == (alone.earned, alone.period_until)
    assert next_state(tiers, both, known, today) == both


@given(st.sampled_from(WINDOWS[1:]), st.sampled_from([0, 30]), facts, days, st.integers(0, 380))
def test_nobody_who_buys_what_is_missing_on_the_day_that_is_told_falls(
    window: dict[str, Any], grace: int, more: list[Counted], first: date, later: int
) -> None:
    tiers = tiers_of(window=window, grace_days=grace)
    before = (one for one in more if one.on <= first)
    history = History(JOINED, (spent(first, 350), *before))
    today = first + later * DAY
    state = walk(tiers, history, [first, today])
    ahead = projection(tiers, state, history, today)
    assume(ahead.drops_on is not None)
    assert ahead.drops_on is not None
    assert ahead.keep_by is not None
    assert today <= ahead.keep_by < ahead.drops_on
    [missing] = ahead.to_keep
    bought = Counted(ahead.keep_by, {missing.currency: missing.amount}, 1)
    kept = next_state(tiers, state, History(JOINED, (*history.counted, bought)), ahead.drops_on)
    assert tiers.rank_of(kept.earned) >= tiers.rank_of(ahead.tier)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_that_slides_gives_back_what_left_it(window: dict[str, Any]) -> None:
    tiers = tiers_of(window=window, downgrade="by_merit", grace_days=0)
    day = date(2026, 5, 1)
    history = History(JOINED, (spent(day, 350),))
    begun = next_state(tiers, None, history, day)
    far = next_state(tiers, begun, history, date(2031, 1, 1))
    assert far.earned == ("t1" if window["type"] == "lifetime" else "")
