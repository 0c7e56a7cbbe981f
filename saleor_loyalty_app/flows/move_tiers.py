"""Members rise, stay and fall: a page of them is looked at in one transaction.

What a look finds follows from the books as they are (`programs.tier_rules`), so it may be repeated,
and it does not matter what it was asked for. Rewards of new tiers are given afterwards
(`reward_tiers`), so that a page holds no lock on anybody's points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.flows.tier_news import news_of_rise, news_of_risk
from saleor_loyalty_app.flows.tier_promises import following, promised_after
from saleor_loyalty_app.members.eligibility import may_hold_tier
from saleor_loyalty_app.messages import mirror_rows
from saleor_loyalty_app.messages.outbox import News, tell_each
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.decide_deed import awaits
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import TierPromise
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED
from saleor_loyalty_app.programs.tier_falls import levels_returned
from saleor_loyalty_app.programs.tier_measures import Counted, History, measures_on
from saleor_loyalty_app.programs.tier_rules import (
    Law,
    State,
    due_on,
    history_from,
    kept_through_changes,
    next_state,
    united,
)
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.segments.looks import look_again as look_at_segments
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import books, entry_rewards, repository
from saleor_loyalty_app.tiers.repository import Held, Move, Person
from saleor_loyalty_app.tiers.sweeps import Sweep, sweep_of

#: So long before a member falls they are told of it.
RISK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a member found: what is held now, what was, and what counted.

    Attributes:
        due: when time alone may change something.
        changed: the tiers were others at the last look.
    """

    person: Person
    before: Held
    after: Held
    history: History
    due: date | None
    changed: bool


def look_at(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    members: Sequence[int],
    *,
    now: datetime,
    silent: frozenset[int] = frozenset(),
    actor: str = "app",
    why: str = "",
) -> list[Move]:
    """Brings the tiers of some members to what the books and the program say; gives the moves.

    Nothing happens while tiers are off. Who was merged, erased or left has no tier of their own.
    Nobody falls because the tiers were changed (see `kept_through_changes`).

    Args:
        silent: members of whom only history is new: they are told nothing and get no reward.
        actor, why: of moves that staff make; by default the app finds out why.
    """
    program, tiers = revision.program, revision.program.tiers
    if tiers is None or not tiers.enabled or not members:
        return []
    zone = zone_of(store)
    today = now.astimezone(zone).date()
    ids = repository.survivors(conn, store.id, members)
    absorbed = repository.merged_into(conn, store.id, ids)
    people = repository.people(conn, store.id, ids)
    known = repository.with_rows(conn, store.id, ids)
    fresh = [one.id for one in people if one.id not in known and in_program(one, program)]
    repository.begin(conn, store.id, fresh, State(today), now)
    held = repository.held(conn, store.id, [*ids, *absorbed], lock=True)
    found = found_of(conn, store, revision, people, held, absorbed, now=now)
    _write(conn, store, found, held, zone, now)
    moves = [
        Move(
            one.person.id,
            one.before.tier,
            one.after.tier,
            why or _why(tiers, one, program, today=today),
            measures_on(tiers, one.history, today).to_json(),
            actor,
        )
        for one in found
        if one.before.tier != one.after.tier
    ]
    repository.note_moves(conn, store.id, moves, now)
    look_at_segments(conn, store.id, (move.member_id for move in moves))
    if moves and setup_of(conn, store.id).setup.mirror != "off":
        mirror_rows.mark(conn, store.id, [move.member_id for move in moves], now)
    _fall(conn, store, program, tiers, found, held, absorbed, today, by_hand=why == "manual")
    _reach(conn, store, program, tiers, found, absorbed, silent, now)
    told = [one for one in found if one.person.id not in silent]
    risky = {one.person.id: one.after.state for one in told if _at_risk(one.after, today)}
    promised = promised_after(conn, store.id, risky, absorbed, today)
    news = [
        item
        for one in told
        for item in _news(tiers, one, promised.get(one.person.id, ()), today=today, now=now)
    ]
    tell_each(conn, store.id, news, now=now)
    repository.forget(conn, store.id, [one for one in absorbed if one in held])
    gone = [one.id for one in people if one.state == "erased" and one.id in held]
    repository.forget(conn, store.id, gone)
    return moves


def found_of(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    people: Sequence[Person],
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    *,
    now: datetime,
) -> list[Looked]:
    """What a look at people finds, of those who have a row; nothing is written.

    Args:
        held: what they hold, and what those held who were merged into them.
        absorbed: who was merged into one of them, with whom that is.
    """
    program, tiers = revision.program, revision.program.tiers
    if tiers is None:
        return []
    law, zone = Law(revision.id, tiers), zone_of(store)
    today = now.astimezone(zone).date()
    states = _states(law, people, held, absorbed, sweep_of(conn, store.id), zone, today)
    known = {member_id: met.state for member_id, met in states.items()}
    others = following(conn, store.id, tiers, known, held, absorbed, today)
    states |= {one: replace(states[one], state=state) for one, state in others.items()}
    return [
        _looked(law, program, one, held[one.id], states[one.id], counted, zone, now)
        for one, counted in _with_books(conn, store, tiers, people, states, zone, today)
    ]


def _news(
    tiers: Tiers, one: Looked, promised: Sequence[TierPromise], *, today: date, now: datetime
) -> Iterator[News]:
    """What a member is told of what a look found."""
    yield from news_of_rise(tiers, one.before, one.after, now=now)
    if _at_risk(one.after, today):
        yield from news_of_risk(tiers, one.after, one.history, today=today, promised=promised)


def zone_of(store: StoreRef) -> ZoneInfo:
    """The zone in which the days of a store's tiers are told."""
    return ZoneInfo(usable_timezone(store.timezone))


def in_program(person: Person, program: Program) -> bool:
    """Whether somebody has a tier at all: members, and guests where they are taken in."""
    automatic = program.settings.enrollment == "automatic"
    return may_hold_tier(person.state, hold_out=person.hold_out, automatic=automatic)


def history_of(person: Person, counted: tuple[Counted, ...], zone: ZoneInfo) -> History:
    """What counts of a member, with the day of joining in the store's time zone."""
    return History(person.since.astimezone(zone).date(), counted)


@dataclass(frozen=True, slots=True)
class _Met:
    """A state as the tiers have to look at it, and whether they are others than it was found by."""

    state: State
    changed: bool


def _states(
    law: Law,
    people: Sequence[Person],
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    sweep: Sweep | None,
    zone: ZoneInfo,
    today: date,
) -> dict[int, _Met]:
    """By member what today's look begins with, that of those who were merged into them included."""
    found: dict[int, _Met] = {}
    for one in people:
        joined_on = one.since.astimezone(zone).date()
        merged = [loser for loser, winner in absorbed.items() if winner == one.id]
        for member_id in (one.id, *merged):
            if one.id not in held or member_id not in held:
                continue
            known, state = held[member_id], held[member_id].state
            if known.law is None:
                changed = sweep is None or sweep.changed_for(member_id, law.tiers.digest)
            else:
                changed = not known.law.decides_like(law.tiers)
            if changed:
                state = kept_through_changes(known.law, law.tiers, state, joined_on, today)
            if one.id in found:
                state = united(law.tiers, found[one.id].state, state)
                changed = found[one.id].changed
            found[one.id] = _Met(state, changed)
    return found


def _with_books(
    conn: Connection,
    store: StoreRef,
    tiers: Tiers,
    people: Sequence[Person],
    states: Mapping[int, _Met],
    zone: ZoneInfo,
    today: date,
) -> list[tuple[Person, tuple[Counted, ...]]]:
    """The people with what counts of them, read for all in two queries."""
    with_tier = [one for one in people if one.id in states]
    firsts = [
        history_from(tiers, states[one.id].state, today, one.since.astimezone(zone).date())
        for one in with_tier
    ]
    since = min((day for day in firsts if day is not None), default=None)
    if None in firsts:
        since = None
    counted = books.counted_of(
        conn, store.id, [one.id for one in with_tier], since=since, zone=zone
    )
    return [(one, counted.get(one.id, ())) for one in with_tier]


def _looked(
    law: Law,
    program: Program,
    person: Person,
    before: Held,
    met: _Met,
    counted: tuple[Counted, ...],
    zone: ZoneInfo,
    now: datetime,
) -> Looked:
    tiers, state = law.tiers, met.state
    today = now.astimezone(zone).date()
    history = history_of(person, counted, zone)
    if in_program(person, program):
        state = next_state(tiers, state, history, today)
        due = due_on(tiers, state, history, today)
    else:
        state, due = State(today), None
    tier = state.tier(tiers)
    since = before.since if tier == before.tier else now
    after = Held(person.id, tier, since, state, law)
    return Looked(person, before, after, history, _sooner(state, due, today), met.changed)


def _sooner(state: State, due: date | None, today: date) -> date | None:
    """The day on which to look again, that of the warning before a fall included."""
    warned = None if state.grace_until is None else state.grace_until - timedelta(days=RISK_DAYS)
    if warned is not None and warned > today:
        return warned if due is None else min(due, warned)
    return due


def _at_risk(held: Held, today: date) -> bool:
    ends = held.state.grace_until
    return bool(held.tier) and ends is not None and today >= ends - timedelta(days=RISK_DAYS)


def _write(
    conn: Connection,
    store: StoreRef,
    found: Sequence[Looked],
    held: Mapping[int, Held],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    rows = []
    for one in found:
        due_at = None if one.due is None else datetime.combine(one.due, time(), tzinfo=zone)
        rows.append((one.after, due_at))
    repository.keep(conn, store.id, rows, now)


def _fall(
    conn: Connection,
    store: StoreRef,
    program: Program,
    tiers: Tiers,
    found: Sequence[Looked],
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    today: date,
    *,
    by_hand: bool,
) -> None:
    """Asks that what levels gave goes back where what they were reached by did."""
    if all(level.keep for level in tiers.levels):
        return
    for one in found:
        person = _person(one.person.id, absorbed)
        before = [(held[each].tier, held[each].state) for each in person if each in held]
        state, changed = one.after.state, one.changed
        lost = levels_returned(tiers, before, state, today, changed=changed, by_hand=by_hand)
        if lost and in_program(one.person, program):
            entry_rewards.fall(conn, store.id, person, lost)


def _person(member_id: int, absorbed: Mapping[int, int]) -> list[int]:
    """A member, and who was merged into them."""
    return [member_id, *(loser for loser, winner in absorbed.items() if winner == member_id)]


def _reach(
    conn: Connection,
    store: StoreRef,
    program: Program,
    tiers: Tiers,
    found: Sequence[Looked],
    absorbed: Mapping[int, int],
    silent: frozenset[int],
    now: datetime,
) -> None:
    """Notes levels that were reached for the first time, those passed on the way included."""
    risen = [one for one in found if tiers.rank_of(one.after.tier) >= 0]
    if not risen:
        return
    mine = {one.person.id: _person(one.person.id, absorbed) for one in risen}
    known = repository.rewarded(conn, store.id, [one for ids in mine.values() for one in ids])
    reached = [
        (one.person.id, level.id)
        for one in risen
        for level in tiers.levels[: tiers.rank_of(one.after.tier) + 1]
        if not any(level.id in known.get(member_id, ()) for member_id in mine[one.person.id])
    ]
    if not awaits(program, TIER_REACHED):
        silent = frozenset(one.person.id for one in risen)
    repository.note_reached(conn, store.id, reached, silent=silent, now=now)


def _why(tiers: Tiers, one: Looked, program: Program, *, today: date) -> str:
    """Why a member moved, as a stable word."""
    rises = tiers.rank_of(one.after.tier) > tiers.rank_of(one.before.tier)
    if not in_program(one.person, program):
        return "left"
    if one.changed:
        return "changed"
    if rises:
        return "earned"
    if one.before.state.manual and one.after.state.manual != one.before.state.manual:
        return "manual_over"
    ends = one.before.state.grace_until
    return "period_over" if ends is not None and today >= ends else "reduced"
