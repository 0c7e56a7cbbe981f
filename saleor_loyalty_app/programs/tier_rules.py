"""Who rises, who stays and who falls. Pure; days of the store's time zone.

A tier is reached at once, and lost at once only where what it was reached by went back. Otherwise
it is held until its period ends; whoever did not earn it again in that period has the days of grace
to do so, and falls then. What a period began with (its floor) is held in any case until it ends.

Everything follows from what counts now and from the floor; so facts may come late, twice and in any
order. A period that began lately is not settled: facts of the time before it may still come, so it
is worked out from the one before it until `SETTLING` is over.

Other tiers take nothing away that was held on the day of the change, until its period ends. But
what was held may rest on what goes back later. So such a change is kept with the tiers before it,
and the time until then is worked out anew under these, until the period is settled that follows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from saleor_loyalty_app.programs.tier_calendar import DAY, counting_from, period_after
from saleor_loyalty_app.programs.tier_measures import (
    History,
    measured,
    measures_on,
    rank_by_merit,
)
from saleor_loyalty_app.programs.tiers import Level, Tiers

#: So late may facts come and still count as if they had come at once.
SETTLING = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Law:
    """Tiers that were in force, by the revision that holds them for ever."""

    revision_id: int
    tiers: Tiers

    def decides_like(self, tiers: Tiers) -> bool:
        """Whether everybody would be in the same tier under both."""
        return self.tiers.digest == tiers.digest


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which other tiers met a member: through it `law` decides, and gives up to `tier`.

    Attributes:
        tier: what the member had earned then; a change gives nothing that was not held.
    """

    on: date
    law: Law
    tier: str


@dataclass(frozen=True, slots=True)
class State:
    """The tier of a member and what it rests on; levels by id, "" = none.

    Attributes:
        period_from: since when what counts may raise the tier above `floor`: the beginning of the
            last period that is settled.
        floor: held until `floor_until`, None = for ever; a level of the first law of `changes`.
        earned: the tier without a manual one, held until `period_until`, None = no end.
        grace_until: the first day after the grace.
        manual: the least that staff said the member has, before the day `manual_until`.
        changes: of the tiers since `period_from`, in their order.
    """

    period_from: date
    floor: str = ""
    floor_until: date | None = None
    earned: str = ""
    period_until: date | None = None
    grace_until: date | None = None
    manual: str = ""
    manual_until: date | None = None
    changes: tuple[Change, ...] = ()

    def tier(self, tiers: Tiers) -> str:
        """The level in force: the earned or the manual one, whichever is higher."""
        return tiers.at(max(tiers.rank_of(self.earned), tiers.rank_of(self.manual)))


@dataclass(frozen=True, slots=True)
class _Period:
    """A running period: the rank it began with, and until when that is held."""

    begun: date
    rank: int
    until: date | None


def history_from(tiers: Tiers, state: State | None, today: date, joined_on: date) -> date | None:
    """The first day of which `next_state` has to know what counts; None = all of them."""
    days = [today]
    if state is not None:
        ends = (state.period_until, state.floor_until)
        days += [state.period_from, *(day - DAY for day in ends if day is not None)]
    laws = [tiers] if state is None else _laws(tiers, state)
    firsts = [counting_from(law.window, min(days), joined_on) for law in laws]
    return None if None in firsts else min(day for day in firsts if day is not None)


def next_state(tiers: Tiers, state: State | None, history: History, today: date) -> State:
    """The state today, from that at the last look (None = the first) and what counts now."""
    state = state or State(today)
    if state.manual and state.manual_until is not None and today >= state.manual_until:
        state = replace(state, manual="", manual_until=None)
    changes, laws = state.changes, _laws(tiers, state)
    floor, at = laws[0].rank_of(state.floor), 0
    until = state.floor_until if floor >= 0 else None
    settled = period = lately = _Period(min(state.period_from, today), floor, until)
    held = _State(laws[0], period, floor, until)
    for number, law in enumerate(laws):
        change = changes[number] if number < len(changes) else None
        last = today if change is None else change.on
        held, lately = _walked(law, history, period, last, today)
        if lately is not period:
            settled, at = lately, number
        if change is not None:
            period = _carried(change, held, laws[number + 1], history.joined_on)
    if held.rank < 0 and lately is held.period:
        since = max(lately.begun, today - SETTLING)
        if not changes or since > changes[-1].on:
            settled, at = replace(lately, begun=since), len(changes)
    return replace(
        state,
        period_from=settled.begun,
        floor=laws[at].at(settled.rank),
        floor_until=settled.until,
        earned=tiers.at(held.rank),
        period_until=held.until,
        grace_until=held.grace_until,
        changes=changes[at:],
    )


def _laws(tiers: Tiers, state: State) -> list[Tiers]:
    """The tiers that decide one after the other, from the beginning of the state on."""
    return [*(change.law.tiers for change in state.changes), tiers]


@dataclass(frozen=True, slots=True)
class _State:
    tiers: Tiers
    period: _Period
    rank: int
    until: date | None

    @property
    def grace_until(self) -> date | None:
        if self.until is None or self.tiers.downgrade == "none":
            return None
        return self.until + timedelta(days=self.tiers.grace_days)


def _walked(
    tiers: Tiers, history: History, period: _Period, last: date, today: date
) -> tuple[_State, _Period]:
    """What is held on a day from a period on, and the last period that is settled today."""
    settled = period
    while True:
        rank, until = _raised(tiers, history, period, last)
        held = _State(tiers, period, rank, until)
        if until is None or last < until:
            return held, settled
        following = _following(tiers, history, rank, until, last)
        if following is None:
            return held, settled
        period = following
        if period.begun <= today - SETTLING:
            settled = period


def _carried(change: Change, held: _State, tiers: Tiers, joined_on: date) -> _Period:
    """What a change leaves of what was held: no less, until the day it was held for."""
    law = change.law.tiers
    rank = tiers.rank_of(law.at(min(held.rank, law.rank_of(change.tier))))
    until = held.until or period_after(tiers.window, change.on, joined_on)
    return _Period(change.on, rank, until if rank >= 0 else None)


def _raised(
    tiers: Tiers, history: History, period: _Period, today: date
) -> tuple[int, date | None]:
    """The rank reached within a period, and until when it is held."""
    rank, until = period.rank, period.until
    for day, measures in measured(tiers, history, _days(tiers, history, period.begun, today)):
        if until is not None and day >= until:
            break
        if (merit := rank_by_merit(tiers, measures)) > rank:
            rank, until = merit, period_after(tiers.window, day, history.joined_on)
    return rank, until


def _following(
    tiers: Tiers, history: History, rank: int, until: date, today: date
) -> _Period | None:
    """What follows a period that is over; None while there is grace."""

    def period(begun: date, then: int) -> _Period:
        ends = period_after(tiers.window, begun, history.joined_on) if then >= 0 else None
        return _Period(begun, then, ends)

    merit = rank_by_merit(tiers, measures_on(tiers, history, until - DAY))
    if merit >= rank or tiers.downgrade == "none":
        return period(until, max(rank, merit))
    fall = until + timedelta(days=tiers.grace_days)
    last = min(today, fall - DAY)
    for day, measures in measured(tiers, history, _days(tiers, history, until, last)):
        if (again := rank_by_merit(tiers, measures)) >= rank:
            return period(day, again)
    if today < fall:
        return None
    merit = max(merit, rank_by_merit(tiers, measures_on(tiers, history, fall)))
    return period(fall, merit if tiers.downgrade == "by_merit" else max(rank - 1, merit))


def _days(tiers: Tiers, history: History, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which more may be met than before."""
    if last < first:
        return []
    risen = (*(one.on for one in history.counted), *_tenure_days(tiers.levels, history))
    return sorted({first, *(day for day in risen if first < day < last), last})


def _tenure_days(levels: Sequence[Level], history: History) -> Iterator[date]:
    """The days on which a member has been with the store for as long as levels ask."""
    for level in levels:
        if level.requirements.tenure_days is not None:
            yield history.joined_on + timedelta(days=level.requirements.tenure_days.min)


def kept_through_changes(
    law: Law | None, tiers: Tiers, state: State, joined_on: date, today: date
) -> State:
    """The state as tiers look at it that meet a member today: nobody falls before the period ends.

    Args:
        law: the tiers under which it was found. Where they decide alike it stays as it is; where
            they are not known (None) it begins anew, with what was earned.
    """
    if law is not None and law.decides_like(tiers):
        return state
    state = replace(state, manual=state.manual if tiers.rank_of(state.manual) >= 0 else "")
    if law is not None and state.earned:
        return replace(state, changes=(*state.changes, Change(today, law, state.earned)))
    until = state.period_until
    if state.earned and until is None:
        until = period_after(tiers.window, today, joined_on)
    return replace(state, period_from=today, floor=state.earned, floor_until=until, changes=())


def united(tiers: Tiers, one: State, other: State) -> State:
    """The state of two members who are one person: of each promise the higher holds, then the
    longer.
    """

    def longest(of: Tiers, tier: str, until: date | None) -> tuple[int, date]:
        return of.rank_of(tier), until or date.max

    both, changes = (one, other), _both(one.changes, other.changes)
    law = changes[0].law.tiers if changes else tiers
    higher = max(both, key=lambda state: longest(tiers, state.earned, state.period_until))
    floor = max(both, key=lambda state: longest(law, state.floor, state.floor_until))
    manual = max(both, key=lambda state: longest(tiers, state.manual, state.manual_until))
    return replace(
        higher,
        period_from=min(one.period_from, other.period_from),
        floor=floor.floor,
        floor_until=floor.floor_until,
        manual=manual.manual,
        manual_until=manual.manual_until,
        changes=changes,
    )


def _both(ones: tuple[Change, ...], others: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes that two members met, those that both met once, with the higher tier."""
    found: list[Change] = []
    for change in sorted((*ones, *others), key=lambda one: (one.on, one.law.revision_id)):
        tiers = change.law.tiers
        if not found or not found[-1].law.decides_like(tiers):
            found.append(change)
            continue
        higher = max((found[-1], change), key=lambda one: tiers.rank_of(one.tier))
        found[-1] = replace(higher, on=change.on)
    return tuple(found)


def due_on(tiers: Tiers, state: State, history: History, today: date) -> date | None:
    """The next day on which time alone may change the state; None = never."""
    return min((day for day in _due_days(tiers, state, history) if day > today), default=None)


def _due_days(tiers: Tiers, state: State, history: History) -> Iterator[date]:
    for day in (state.period_until, state.grace_until, state.manual_until):
        if day is not None:
            yield day
    yield from _tenure_days(tiers.levels[tiers.rank_of(state.earned) + 1 :], history)
