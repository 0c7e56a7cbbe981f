"""Members rise, stay and fall: a page of them is looked at in one transaction.

What a look finds follows from the books as they are (`programs.tier_rules`), so it may be repeated,
and it does not matter what it was asked for. Rewards of new tiers are given afterwards, each in a
transaction of its own, so that a page holds no lock on anybody's points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.tier_news import tell_of_rise, tell_of_risk
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.messages import mirror_rows
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.decide_deed import awaits
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.tier_measures import Counted, History, measures_on
from saleor_loyalty_app.programs.tier_rules import (
    State,
    due_on,
    history_from,
    kept_through_changes,
    next_state,
    united,
)
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import books, repository
from saleor_loyalty_app.tiers.repository import Held, Move, Person
from saleor_loyalty_app.tiers.sweeps import Sweep, sweep_of

#: So long before a member falls they are told of it.
RISK_DAYS = 30
#: States in which a tier stays, though it gives nothing now.
_RESTING = ("paused", "blocked")


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
    program: Program,
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
    tiers = program.tiers
    if tiers is None or not tiers.enabled or not members:
        return []
    zone = zone_of(store)
    today = now.astimezone(zone).date()
    ids = repository.survivors(conn, store.id, members)
    absorbed = repository.merged_into(conn, store.id, ids)
    people = repository.people(conn, store.id, ids)
    known = repository.held(conn, store.id, ids)
    fresh = [one.id for one in people if one.id not in known and in_program(one, program)]
    repository.begin(conn, store.id, fresh, State(today), now)
    held = repository.held(conn, store.id, [*ids, *absorbed], lock=True)
    sweep = sweep_of(conn, store.id)
    found = [
        _looked(tiers, program, one, held, absorbed, counted, zone, now, sweep)
        for one, counted in _with_books(conn, store, tiers, people, held, absorbed, zone, today)
    ]
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
    if moves and setup_of(conn, store.id).setup.mirror != "off":
        mirror_rows.mark(conn, store.id, [move.member_id for move in moves], now)
    _reach(conn, store, program, tiers, found, absorbed, silent, now)
    for one in found:
        if one.person.id not in silent:
            tell_of_rise(conn, store, tiers, one.before, one.after, now=now)
            if one.after.tier and _at_risk(one.after.state, today):
                tell_of_risk(conn, store, tiers, one.after, one.history, today=today, now=now)
    repository.forget(conn, store.id, [one for one in absorbed if one in held])
    gone = [one.id for one in people if one.state == "erased" and one.id in held]
    repository.forget(conn, store.id, gone)
    return moves


def zone_of(store: StoreRef) -> ZoneInfo:
    """The zone in which the days of a store's tiers are told."""
    return ZoneInfo(usable_timezone(store.timezone))


def in_program(person: Person, program: Program) -> bool:
    """Whether somebody has a tier at all: members, and guests where they are taken in."""
    automatic = program.settings.enrollment == "automatic"
    taking = takes_part(person.state, hold_out=person.hold_out, automatic=automatic)
    return taking or (person.state in _RESTING and not person.hold_out)


def history_of(person: Person, counted: tuple[Counted, ...], zone: ZoneInfo) -> History:
    """What counts of a member, with the day of joining in the store's time zone."""
    return History(person.since.astimezone(zone).date(), counted)


def give_rewards(conn: Connection, store: StoreRef, *, limit: int, now: datetime) -> int:
    """Gives the rewards of levels that were reached; gives the number of those looked at.

    What is withheld while earning is switched off waits until it is on again.
    """
    rows = repository.rewards_waiting(conn, store.id, limit=limit) if store.earning_on else []
    for row in rows:
        deed = DeedFacts("tier_reached", row.tier, row.at, f"tier:{row.tier}")
        awarded = award_deed(conn, store, row.member_id, deed, now=now)
        repository.reward_given(conn, store.id, row.member_id, row.tier, awarded.total())
    return len(rows)


def _with_books(
    conn: Connection,
    store: StoreRef,
    tiers: Tiers,
    people: Sequence[Person],
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    zone: ZoneInfo,
    today: date,
) -> list[tuple[Person, tuple[Counted, ...]]]:
    """The people with what counts of them, read for all in two queries."""
    with_tier = [one for one in people if one.id in held]
    states = [(held[one.id].state, one) for one in with_tier]
    states += [
        (held[loser].state, one)
        for loser, winner in absorbed.items()
        for one in with_tier
        if winner == one.id and loser in held
    ]
    firsts = [
        history_from(tiers, state, today, one.since.astimezone(zone).date())
        for state, one in states
    ]
    since = min((day for day in firsts if day is not None), default=None)
    if None in firsts:
        since = None
    counted = books.counted_of(
        conn, store.id, [one.id for one in with_tier], since=since, zone=zone
    )
    return [(one, counted.get(one.id, ())) for one in with_tier]


def _looked(
    tiers: Tiers,
    program: Program,
    person: Person,
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    counted: tuple[Counted, ...],
    zone: ZoneInfo,
    now: datetime,
    sweep: Sweep | None,
) -> Looked:
    today = now.astimezone(zone).date()
    before = held[person.id]
    changed = sweep is None or sweep.changed_for(person.id, tiers.digest)
    history = history_of(person, counted, zone)
    state = before.state
    for loser, winner in absorbed.items():
        if winner == person.id and loser in held:
            state = united(tiers, state, held[loser].state)
    if changed:
        state = kept_through_changes(tiers, state, history.joined_on, today)
    if in_program(person, program):
        state = next_state(tiers, state, history, today)
        due = due_on(tiers, state, history, today)
    else:
        state, due = State(today), None
    tier = state.tier(tiers)
    since = before.since if tier == before.tier else now
    after = Held(person.id, tier, since, state)
    return Looked(person, before, after, history, _sooner(state, due, today), changed)


def _sooner(state: State, due: date | None, today: date) -> date | None:
    """The day on which to look again, that of the warning before a fall included."""
    warned = None if state.grace_until is None else state.grace_until - timedelta(days=RISK_DAYS)
    if warned is not None and warned > today:
        return warned if due is None else min(due, warned)
    return due


def _at_risk(state: State, today: date) -> bool:
    return state.grace_until is not None and today >= state.grace_until - timedelta(days=RISK_DAYS)


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
    mine = {one.person.id: [one.person.id] for one in risen}
    for loser, winner in absorbed.items():
        if winner in mine:
            mine[winner].append(loser)
    known = repository.rewarded(conn, store.id, [one for ids in mine.values() for one in ids])
    reached = [
        (one.person.id, level.id)
        for one in risen
        for level in tiers.levels[: tiers.rank_of(one.after.tier) + 1]
        if not any(level.id in known.get(member_id, ()) for member_id in mine[one.person.id])
    ]
    if not awaits(program, "tier_reached"):
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
    if one.before.state.manual and not one.after.state.manual:
        return "manual_over"
    ends = one.before.state.grace_until
    return "period_over" if ends is not None and today >= ends else "reduced"
