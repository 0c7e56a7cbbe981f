"""Who rises, who stays and who falls. Pure; days of the store's time zone.

A tier is reached at once, and lost at once only where what it was reached by went back. Otherwise
it is held until its period ends; whoever did not earn it again in that period has the days of grace
to do so, and falls then. What a period began with (its floor) is held in any case until it ends: so
a program that asks for more than before takes nothing away that was promised.

Everything follows from what counts now and from the floor; so facts may come late, twice and in any
order. A period that began lately is not settled: facts of the time before it may still come, so it
is worked out from the one before it until `SETTLING` is over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from saleor_loyalty_app.programs.tier_calendar import DAY, counting_from, period_after
from saleor_loyalty_app.programs.tier_measures import (
    History,
    Missing,
    measured,
    measures_on,
    missing_to,
    rank_by_merit,
)
from saleor_loyalty_app.programs.tiers import Tiers

#: So late may facts come and still count as if they had come at once.
SETTLING = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class State:
    """The tier of a member and what it rests on; levels by id, "" = none.

    Attributes:
        period_from: since when what counts may raise the tier above `floor`: the beginning of the
            last period that is settled.
        floor: held until `floor_until`, None = for ever.
        earned: the tier without a manual one, held until `period_until`, None = no end.
        grace_until: the first day after the grace.
        manual: the least that staff said the member has, before the day `manual_until`.
    """

    period_from: date
    floor: str = ""
    floor_until: date | None = None
    earned: str = ""
    period_until: date | None = None
    grace_until: date | None = None
    manual: str = ""
    manual_until: date | None = None

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
    first = counting_from(tiers.window, min(days), joined_on)
    return None if tiers.window.type == "lifetime" else first


def next_state(tiers: Tiers, state: State | None, history: History, today: date) -> State:
    """The state today, from that at the last look (None = the first) and what counts now."""
    state = state or State(today)
    if state.manual and state.manual_until is not None and today >= state.manual_until:
        state = replace(state, manual="", manual_until=None)
    floor = tiers.rank_of(state.floor)
    begun = min(state.period_from, today)
    settled = period = _Period(begun, floor, state.floor_until if floor >= 0 else None)
    while True:
        rank, until = _raised(tiers, history, period, today)
        held = _State(tiers, period, rank, until)
        if until is None or today < until:
            break
        following = _following(tiers, history, rank, until, today)
        if following is None:
            break
        period = following
        if period.begun <= today - SETTLING:
            settled = period
    if held.rank < 0 and settled is period:
        settled = replace(settled, begun=max(settled.begun, today - SETTLING))
    return replace(
        state,
        period_from=settled.begun,
        floor=tiers.at(settled.rank),
        floor_until=settled.until,
        earned=tiers.at(held.rank),
        period_until=held.until,
        grace_until=held.grace_until,
    )


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


def _raised(
    tiers: Tiers, history: History, period: _Period, today: date
) -> tuple[int, date | None]:
    """The rank reached within a period, and until when it is held."""
    rank, until = period.rank, period.until
    for day, measures in measured(tiers, history, _days(history, period.begun, today)):
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
    for day, measures in measured(tiers, history, _days(history, until, min(today, fall - DAY))):
        if (again := rank_by_merit(tiers, measures)) >= rank:
            return period(day, again)
    if today < fall:
        return None
    merit = max(merit, rank_by_merit(tiers, measures_on(tiers, history, fall)))
    return period(fall, merit if tiers.downgrade == "by_merit" else max(rank - 1, merit))


def _days(history: History, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a sum may be higher than before."""
    if last < first:
        return []
    between = {one.on for one in history.counted if first < one.on < last}
    return sorted({first, *between, last})


def kept_through_changes(tiers: Tiers, state: State, joined_on: date, today: date) -> State:
    """The state under tiers that were changed today: nobody falls before the period ends."""
    until = state.period_until
    if state.earned and until is None:
        until = period_after(tiers.window, today, joined_on)
    return replace(
        state,
        period_from=today,
        floor=state.earned,
        floor_until=until,
        manual=state.manual if tiers.rank_of(state.manual) >= 0 else "",
    )


def united(tiers: Tiers, one: State, other: State) -> State:
    """The state of two members who are one person: of each promise the higher holds."""
    higher, lower = one, other
    if tiers.rank_of(other.earned) > tiers.rank_of(one.earned):
        higher, lower = other, one
    manual = max((one, other), key=lambda state: tiers.rank_of(state.manual))
    floor = higher.floor if tiers.rank_of(higher.floor) >= 0 else lower.floor
    until = higher.floor_until if tiers.rank_of(higher.floor) >= 0 else lower.floor_until
    return replace(
        higher,
        period_from=min(one.period_from, other.period_from),
        floor=floor,
        floor_until=until,
        manual=manual.manual,
        manual_until=manual.manual_until,
    )


def due_on(tiers: Tiers, state: State, history: History, today: date) -> date | None:
    """The next day on which time alone may change the state; None = never."""
    return min((day for day in _due_days(tiers, state, history) if day > today), default=None)


def _due_days(tiers: Tiers, state: State, history: History) -> Iterator[date]:
    for day in (state.period_until, state.grace_until, state.manual_until):
        if day is not None:
            yield day
    for level in tiers.levels[tiers.rank_of(state.earned) + 1 :]:
        if level.requirements.tenure_days is not None:
            yield history.joined_on + timedelta(days=level.requirements.tenure_days.min)


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a member stands between the tiers.

    Attributes:
        tier, next_tier: "" = none, or the highest is reached.
        missing: to the next tier; where several would do, each.
        reach_by: the last day on which all that counts now still counts; None = always.
        to_keep: what is missing to keep the tier after its period, if nothing else is bought.
        keep_by: the last day of the period, or of the grace.
        drops_to, drops_on: where the member will be and from when, if nothing else is bought.
    """

    tier: str
    next_tier: str
    missing: tuple[Missing, ...] = ()
    reach_by: date | None = None
    to_keep: tuple[Missing, ...] = ()
    keep_by: date | None = None
    drops_to: str = ""
    drops_on: date | None = None


def projection(tiers: Tiers, state: State, history: History, today: date) -> Projection:
    """What is missing to the next tier and to keep this one, and what happens otherwise."""
    rank = tiers.rank_of(state.tier(tiers))
    nearer = Projection(tiers.at(rank), "")
    if rank + 1 < len(tiers.levels):
        following = tiers.levels[rank + 1]
        missing = missing_to(following.requirements, measures_on(tiers, history, today))
        waits = all(one.kind == "tenure_days" for one in missing)
        nearer = replace(
            nearer,
            next_tier=following.id,
            missing=missing,
            reach_by=None if waits else _reach_by(tiers, history, today),
        )
    return _with_risk(tiers, state, history, today, rank, nearer)


def _with_risk(
    tiers: Tiers, state: State, history: History, today: date, rank: int, found: Projection
) -> Projection:
    ends = [day for day in (state.grace_until, state.manual_until) if day is not None]
    for end in sorted(day for day in ends if day > today):
        then = next_state(tiers, state, history, end)
        if tiers.rank_of(then.tier(tiers)) >= rank:
            continue
        in_grace = state.period_until is not None and today >= state.period_until
        last = end if end != state.grace_until or in_grace else state.period_until or end
        counted = measures_on(tiers, history, last - DAY)
        return replace(
            found,
            to_keep=missing_to(tiers.levels[rank].requirements, counted),
            keep_by=end - DAY,
            drops_to=then.tier(tiers),
            drops_on=end,
        )
    return found


def _reach_by(tiers: Tiers, history: History, today: date) -> date | None:
    if tiers.window.type == "lifetime":
        return None
    if tiers.window.type != "rolling":
        after = period_after(tiers.window, today, history.joined_on)
        return None if after is None else after - DAY
    since = counting_from(tiers.window, today, history.joined_on)
    counting = [one.on for one in history.counted if since is None or since <= one.on <= today]
    leaves = period_after(tiers.window, min(counting), history.joined_on) if counting else None
    return None if leaves is None else leaves - DAY - DAY
