"""Queries of the tiers. All take a connection and none commits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.programs.tier_rules import Change, Law, State
from saleor_loyalty_app.tiers.models import MemberTier, TierMove, TierReward

_tiers, _moves, _rewards, _members = (
    table(model) for model in (MemberTier, TierMove, TierReward, Member)
)
_T, _M = _tiers.c, _members.c
_STATE = tuple(name for name in State.__dataclass_fields__ if name != "changes")
_WRITTEN = (*_STATE, "changes", "tier", "since", "revision_id", "due_at")
_SET = (
    sa.update(_tiers)
    .where(_T.store_id == sa.bindparam("of_store"), _T.member_id == sa.bindparam("of_member"))
    .values({name: sa.bindparam(name, type_=_T[name].type) for name in _WRITTEN})
    .values(evaluated_at=sa.bindparam("evaluated_at"))
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member as tiers look at them: whether they take part, and since when."""

    id: int
    state: str
    hold_out: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """The tier that a member holds in force, since when, and what it rests on.

    Attributes:
        law: the tiers under which that was found; None = not known.
    """

    member_id: int
    tier: str
    since: datetime
    state: State
    law: Law | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a member from one tier to another; ids of levels, "" = none."""

    member_id: int
    from_tier: str
    to_tier: str
    why: str
    measures: Mapping[str, Any]
    actor: str = "app"


def survivors(conn: Connection, store_id: int, members: Sequence[int]) -> list[int]:
    """Who these members are today: themselves, or whom they were merged into; each once."""
    return sorted({*owners(conn, store_id, members).values()})


def owners(conn: Connection, store_id: int, members: Sequence[int]) -> dict[int, int]:
    """By member who they are today: themselves, or whom they were merged into."""
    rows = conn.execute(
        sa.select(_M.id, sa.func.coalesce(_M.merged_into, _M.id).label("owner")).where(
            _M.store_id == store_id, among(conn, _M.id, members)
        )
    )
    return {row.id: row.owner for row in rows}


def people(conn: Connection, store_id: int, members: Sequence[int]) -> list[Person]:
    """Who of the members is somebody of their own, in the order of their ids."""
    rows = conn.execute(
        sa.select(
            _M.id,
            _M.state,
            _M.hold_out,
            sa.func.coalesce(_M.first_enrolled_at, _M.created_at).label("since"),
        )
        .where(_M.store_id == store_id, among(conn, _M.id, members), _M.merged_into.is_(None))
        .order_by(_M.id)
    )
    return [Person(*row) for row in rows]


def person_of(conn: Connection, store_id: int, member: int | MemberRef) -> Person | None:
    """Who a member is today; None = there is no such member.

    Args:
        member: also whom the books do not know yet.
    """
    if isinstance(member, Newcomer) and not member.is_in_books:
        since = member.first_enrolled_at or member.created_at
        return Person(member.id, member.state, member.hold_out, since)
    number = member.id if isinstance(member, MemberRef) else member
    found = people(conn, store_id, survivors(conn, store_id, [number]))
    return found[0] if found else None


def merged_into(conn: Connection, store_id: int, members: Sequence[int]) -> dict[int, int]:
    """Who was merged into one of these members, with whom that is."""
    rows = conn.execute(
        sa.select(_M.id, _M.merged_into).where(
            _M.store_id == store_id, among(conn, _M.merged_into, members)
        )
    )
    return {row.id: row.merged_into for row in rows}


def members_after(
    conn: Connection, store_id: int, after: int, *, created_before: datetime, limit: int
) -> list[int]:
    """The next members of a store by their ids, whoever they are."""
    return list(
        conn.execute(
            sa.select(_M.id)
            .where(_M.store_id == store_id, _M.id > after, _M.created_at <= created_before)
            .order_by(_M.id)
            .limit(limit)
        ).scalars()
    )


def due(
    conn: Connection, store_id: int, now: datetime, *, limit: int, but: Collection[int] = ()
) -> list[int]:
    """Members of whom time alone may change the tier.

    Args:
        but: members who are left out.
    """
    query = (
        sa.select(_T.member_id)
        .where(_T.store_id == store_id, _T.due_at <= now)
        .order_by(_T.due_at)
        .limit(limit)
    )
    if but:
        query = query.where(sa.not_(among(conn, _T.member_id, but)))
    return list(conn.execute(query).scalars())


def with_rows(conn: Connection, store_id: int, members: Sequence[int]) -> set[int]:
    """Those of the members who were looked at before."""
    rows = conn.execute(
        sa.select(_T.member_id).where(_T.store_id == store_id, among(conn, _T.member_id, members))
    )
    return set(rows.scalars())


def lock(conn: Connection, store_id: int, members: Collection[int]) -> None:
    """Locks what members hold, in one order, whether or not it can be read."""
    conn.execute(
        sa.select(_T.member_id)
        .where(_T.store_id == store_id, among(conn, _T.member_id, members))
        .order_by(_T.member_id)
        .with_for_update()
    )


def held(
    conn: Connection, store_id: int, members: Sequence[int], *, lock: bool = False
) -> dict[int, Held]:
    """What members hold, by their ids; with `lock` for the transaction alone, in one order."""
    query = (
        sa.select(
            *(_T.member_id, _T.tier, _T.since, _T.revision_id, _T.changes),
            *(_T[name] for name in _STATE),
        )
        .where(_T.store_id == store_id, among(conn, _T.member_id, members))
        .order_by(_T.member_id)
    )
    rows = conn.execute(query.with_for_update() if lock else query).all()
    laws = _laws(conn, store_id, rows)
    return {
        row.member_id: Held(
            row.member_id,
            row.tier,
            row.since,
            _state(row, laws),
            laws.get(row.revision_id),
        )
        for row in rows
    }


def _state(row: sa.Row[Any], laws: Mapping[int, Law]) -> State:
    known = {name: getattr(row, name) for name in _STATE}
    changes = [
        Change(date.fromisoformat(told["on"]), laws[told["revision"]], told["tier"])
        for told in row.changes or ()
    ]
    return State(**known, changes=tuple(changes))


def _laws(conn: Connection, store_id: int, rows: Sequence[sa.Row[Any]]) -> dict[int, Law]:
    """The tiers of all revisions that some rows name."""
    wanted = {row.revision_id for row in rows if row.revision_id is not None}
    wanted |= {change["revision"] for row in rows for change in row.changes or ()}
    return {
        revision_id: Law(revision_id, program.tiers)
        for revision_id, program in programs_by_id(conn, store_id, wanted).items()
        if program.tiers is not None
    }


def begin(
    conn: Connection, store_id: int, members: Sequence[int], state: State, now: datetime
) -> None:
    """Makes the rows that are missing, so that they can be locked."""
    if not members:
        return
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = _values(state) | {
        "store_id": store_id,
        "tier": "",
        "since": now,
        "revision_id": None,
        "due_at": None,
        "evaluated_at": now,
    }
    conn.execute(
        insert(_tiers).on_conflict_do_nothing(),
        [values | {"member_id": member_id} for member_id in members],
    )


def keep(
    conn: Connection,
    store_id: int,
    found: Sequence[tuple[Held, datetime | None]],
    now: datetime,
) -> None:
    """Writes what members hold now, each with when time alone may change it."""
    rows = [
        _values(one.state)
        | {
            "of_store": store_id,
            "of_member": one.member_id,
            "tier": one.tier,
            "since": one.since,
            "revision_id": None if one.law is None else one.law.revision_id,
            "due_at": due_at,
            "evaluated_at": now,
        }
        for one, due_at in found
    ]
    if rows:
        conn.execute(_SET, rows)


def note_law(conn: Connection, store_id: int, revision_id: int, *, until: int | None) -> None:
    """Says under which revision those were looked at of whom that was not written down.

    Args:
        until: the last member of whom that is known; None = of all.
    """
    unknown = sa.update(_tiers).where(_T.store_id == store_id, _T.revision_id.is_(None))
    if until is not None:
        unknown = unknown.where(_T.member_id <= until)
    conn.execute(unknown.values(revision_id=revision_id))


def forget(conn: Connection, store_id: int, members: Sequence[int]) -> None:
    """Takes away what members held who are not of their own any more."""
    if members:
        conn.execute(
            sa.delete(_tiers).where(_T.store_id == store_id, among(conn, _T.member_id, members))
        )


def note_moves(conn: Connection, store_id: int, moves: Sequence[Move], now: datetime) -> None:
    """Writes moves down."""
    rows = [
        {
            "store_id": store_id,
            "member_id": move.member_id,
            "from_tier": move.from_tier,
            "to_tier": move.to_tier,
            "why": move.why,
            "measures": dict(move.measures),
            "actor": move.actor,
            "at": now,
        }
        for move in moves
    ]
    if rows:
        conn.execute(sa.insert(_moves), rows)


def rewarded(conn: Connection, store_id: int, members: Sequence[int]) -> dict[int, set[str]]:
    """The levels that members have reached before, by member."""
    rows = conn.execute(
        sa.select(_rewards.c.member_id, _rewards.c.tier).where(
            _rewards.c.store_id == store_id, among(conn, _rewards.c.member_id, members)
        )
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.member_id, set()).add(row.tier)
    return found


def note_reached(
    conn: Connection,
    store_id: int,
    reached: Sequence[tuple[int, str]],
    *,
    silent: frozenset[int],
    now: datetime,
) -> None:
    """Writes down that members reached levels for the first time; the reward waits to be given."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    alike: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for member_id, tier in reached:
        alike[tier, member_id not in silent].append(member_id)
    for (tier, waits), members in sorted(alike.items()):
        values = {
            "store_id": _M.store_id,
            "member_id": _M.id,
            "tier": sa.literal(tier, _rewards.c.tier.type),
            "waiting": sa.literal(waits),
            "points": sa.literal(0),
            "at": sa.literal(now, _rewards.c.at.type),
        }
        found = sa.select(*values.values()).where(
            _M.store_id == store_id, among(conn, _M.id, members)
        )
        statement = insert(_rewards).from_select(list(values), found)
        conn.execute(statement.on_conflict_do_nothing())


def _values(state: State) -> dict[str, Any]:
    changes = [
        {"on": one.on.isoformat(), "revision": one.law.revision_id, "tier": one.tier}
        for one in state.changes
    ]
    return {name: getattr(state, name) for name in _STATE} | {"changes": changes or None}
