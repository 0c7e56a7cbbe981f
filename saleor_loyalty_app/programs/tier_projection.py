"""What becomes of a member's tier if nothing more is bought. Pure; days of the store's time zone.

Time is followed from one evaluation to the next by the rules that the tasks go by (`tier_rules`),
until nothing can change any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from saleor_loyalty_app.programs.perks import TierPromise, best_of
from saleor_loyalty_app.programs.tier_calendar import DAY, counting_from, period_after
from saleor_loyalty_app.programs.tier_measures import History, Missing, measures_on, missing_to
from saleor_loyalty_app.programs.tier_rules import State, due_on, next_state
from saleor_loyalty_app.programs.tiers import Requirements, Tiers


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a member stands between the tiers.

    Attributes:
        tier, next_tier: "" = none, or the highest is reached.
        missing: to the next tier; where several would do, each.
        reach_by: the last day on which all that counts now still counts; None = always.
        held_through: the last day of the tier, if nothing more is bought; None = it has no end.
        to_keep: what is missing to keep the tier beyond; empty where buying does not keep it.
        keep_from, keep_by: the first and the last day of buying that.
        drops_to, drops_on: where the member is then and from when, if nothing more is bought.
    """

    tier: str
    next_tier: str
    missing: tuple[Missing, ...] = ()
    reach_by: date | None = None
    held_through: date | None = None
    to_keep: tuple[Missing, ...] = ()
    keep_from: date | None = None
    keep_by: date | None = None
    drops_to: str = ""
    drops_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """A day on which a tier is looked at: the state until then, and that from then on."""

    on: date
    before: State
    after: State


def projection(
    tiers: Tiers,
    state: State,
    history: History,
    today: date,
    promised: Sequence[TierPromise] = (),
) -> Projection:
    """What is missing to the next tier and to keep this one, and what happens otherwise.

    Args:
        promised: tiers that come into force when the one that staff set is over.
    """
    rank = tiers.rank_of(state.tier(tiers))
    found = Projection(tiers.at(rank), "")
    if rank + 1 < len(tiers.levels):
        following = tiers.levels[rank + 1]
        missing = missing_to(following.requirements, measures_on(tiers, history, today))
        waits = all(one.kind == "tenure_days" for one in missing)
        found = replace(
            found,
            next_tier=following.id,
            missing=missing,
            reach_by=None if waits else _reach_by(tiers, history, today),
        )
    for one in _evaluations(tiers, state, history, today, promised):
        if tiers.rank_of(one.after.tier(tiers)) < rank:
            return _with_fall(tiers, one, history, today, rank, found)
    return found


def _evaluations(
    tiers: Tiers, state: State, history: History, today: date, promised: Sequence[TierPromise]
) -> Iterator[_Evaluation]:
    """The evaluations to come, that of today included, as long as they may change anything."""
    quiet = _quiet_from(tiers, state, history, today, promised)
    day: date | None = today
    while day is not None:
        after = next_state(tiers, _with_promise(tiers, state, day, promised), history, day)
        yield _Evaluation(day, state, after)
        if _stays(tiers, state, after, quiet):
            return
        state, day = after, due_on(tiers, after, history, day)


def _with_promise(tiers: Tiers, state: State, day: date, promised: Sequence[TierPromise]) -> State:
    """A state whose tier by staff or by a rule is over, with what comes into force after it."""
    if not state.manual or state.manual_until is None or state.manual_until > day:
        return state
    best = best_of(tiers, promised, day)
    return state if best is None else replace(state, manual=best.tier, manual_until=best.until)


def _quiet_from(
    tiers: Tiers, state: State, history: History, today: date, promised: Sequence[TierPromise]
) -> date:
    """The day from which nothing counts of what was bought, and no tier was said to be held."""
    last = max((today, *(one.on for one in history.counted)))
    said = [one.until for one in promised]
    if state.manual_until is not None:
        said.append(state.manual_until)
    return max(period_after(tiers.window, last, history.joined_on) or today, *said, today)


def _stays(tiers: Tiers, before: State, after: State, quiet: date) -> bool:
    """Whether a tier was earned again where time alone counted: it will be for ever."""
    decided = before.period_until is not None and quiet < before.period_until
    renewed = before.period_until != after.period_until
    return decided and renewed and tiers.rank_of(before.earned) <= tiers.rank_of(after.earned)


def _with_fall(
    tiers: Tiers, one: _Evaluation, history: History, today: date, rank: int, found: Projection
) -> Projection:
    fallen = replace(
        found,
        held_through=one.on - DAY,
        drops_to=one.after.tier(tiers),
        drops_on=one.on,
    )
    keep_by = _counted_until(one, today) - DAY
    requirements = tiers.levels[rank].requirements
    to_keep = _to_buy(requirements, missing_to(requirements, measures_on(tiers, history, keep_by)))
    if not to_keep or keep_by < today:
        return fallen
    since = counting_from(tiers.window, keep_by, history.joined_on)
    keep_from = today if since is None else max(today, since)
    return replace(fallen, to_keep=to_keep, keep_from=keep_from, keep_by=keep_by)


def _counted_until(one: _Evaluation, today: date) -> date:
    """The first day of which what is bought comes too late to prevent a fall.

    A period is weighed on its last day; in grace, and under a tier that staff set, any day will do.
    """
    before = one.before
    if one.on != before.grace_until or before.period_until is None:
        return one.on
    return before.period_until if today < before.period_until else one.on


def _to_buy(requirements: Requirements, missing: tuple[Missing, ...]) -> tuple[Missing, ...]:
    """What of that which is missing can be bought; none where time is missing in any case."""
    bought = tuple(one for one in missing if one.kind != "tenure_days")
    return bought if requirements.match == "any" or bought == missing else ()


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
