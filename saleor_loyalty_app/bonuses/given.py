"""What was given once: by member, and by the peppered hash of an address. Nothing here commits."""

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.bonuses.models import BonusGiven, BonusMemory
from saleor_loyalty_app.db.tables import table

#: Kept like a deed: the owner of the address was erased here while their account stays.
ERASED = "erased"
#: Shown of one member.
MOST_SHOWN = 100
_given, _memory = table(BonusGiven), table(BonusMemory)


@dataclass(frozen=True, slots=True)
class Given:
    """A bonus that a member was given."""

    kind: str
    deed: str
    points: int
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of something the owner of an address had: points, and how often."""

    points: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """How often a kind of bonus was given, and how many points."""

    times: int = 0
    points: int = 0


def given_to(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[Given]:
    """What members were given, newest first."""
    query = (
        sa.select(_given.c.kind, _given.c.deed, _given.c.points, _given.c.given_at)
        .where(_given.c.store_id == store_id, _given.c.member_id.in_(member_ids))
        .order_by(_given.c.given_at.desc(), _given.c.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Given(*row) for row in conn.execute(query)]


def was_given(
    conn: Connection,
    store_id: int,
    member_ids: Sequence[int],
    address_keys: Sequence[str],
    deed: str,
    *,
    now: datetime,
) -> bool:
    """Whether one of the members, or an owner of the address before, was given this bonus."""
    known = sa.select(_given.c.id).where(
        _given.c.store_id == store_id,
        _given.c.member_id.in_(member_ids),
        _given.c.deed == deed,
    )
    remembered = sa.select(_memory.c.id).where(
        _memory.c.store_id == store_id,
        _memory.c.address_key.in_(address_keys),
        _memory.c.deed == deed,
        _memory.c.ends_at > now,
    )
    found = conn.execute(known.limit(1)).first() or (
        conn.execute(remembered.limit(1)).first() if address_keys else None
    )
    return found is not None


def note_given(
    conn: Connection,
    store_id: int,
    member_id: int,
    kind: str,
    deed: str,
    points: int,
    now: datetime,
) -> None:
    """Writes down what a member was given."""
    conn.execute(
        sa.insert(_given).values(
            store_id=store_id,
            member_id=member_id,
            kind=kind,
            deed=deed,
            points=points,
            given_at=now,
        )
    )


def remember(
    conn: Connection,
    store_id: int,
    address_keys: Iterable[str],
    deeds: Iterable[str],
    ends_at: datetime,
) -> None:
    """Keeps for addresses what was given to their owner; it ends when the later of two says."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    listed = list(deeds)
    for address_key in sorted(set(address_keys)):
        for deed in sorted(set(listed)):
            statement = make(_memory).values(
                store_id=store_id, address_key=address_key, deed=deed, ends_at=ends_at
            )
            conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["store_id", "address_key", "deed"],
                    set_={"ends_at": ends_at},
                    where=_memory.c.ends_at < ends_at,
                )
            )


def remember_more(
    conn: Connection,
    store_id: int,
    address_key: str,
    amounts: Mapping[str, Amount],
    ends_at: datetime,
    *,
    now: datetime,
) -> None:
    """Adds for an address what its owner had; what has ended and is still there begins anew."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    for what, had in sorted(amounts.items()):
        statement = make(_memory).values(
            store_id=store_id,
            address_key=address_key,
            deed=what,
            points=had.points,
            times=had.times,
            ends_at=ends_at,
        )
        added, stands = statement.excluded, _memory.c.ends_at > now
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["store_id", "address_key", "deed"],
                set_={
                    name: sa.case((stands, _memory.c[name] + added[name]), else_=added[name])
                    for name in ("points", "times")
                }
                | {
                    "ends_at": sa.case(
                        (_memory.c.ends_at < ends_at, added.ends_at), else_=_memory.c.ends_at
                    )
                },
            )
        )


def amounts_of(
    conn: Connection,
    store_id: int,
    address_keys: Sequence[str],
    whats: Sequence[str],
    *,
    at: datetime,
) -> dict[str, Amount]:
    """What owners of an address had before, as far as it was remembered at a time.

    Args:
        address_keys: of one address by several secrets: together they tell all.
    """
    if not address_keys or not whats:
        return {}
    query = (
        sa.select(_memory.c.deed, sa.func.sum(_memory.c.points), sa.func.sum(_memory.c.times))
        .where(
            _memory.c.store_id == store_id,
            _memory.c.address_key.in_(address_keys),
            _memory.c.deed.in_(whats),
            _memory.c.ends_at > at,
        )
        .group_by(_memory.c.deed)
    )
    return {what: Amount(int(points), int(times)) for what, points, times in conn.execute(query)}


def was_erased(
    conn: Connection, store_id: int, address_keys: Sequence[str], *, now: datetime
) -> bool:
    """Whether the owner of an address was erased, though not with their account."""
    return ERASED in amounts_of(conn, store_id, address_keys, [ERASED], at=now)


def erased_among(
    conn: Connection, store_id: int, address_keys: Collection[str], *, now: datetime
) -> frozenset[str]:
    """Which keys are of addresses whose owner was erased, though not with their account."""
    query = sa.select(_memory.c.address_key).where(
        _memory.c.store_id == store_id,
        _memory.c.address_key.in_(list(address_keys)),
        _memory.c.deed == ERASED,
        _memory.c.ends_at > now,
    )
    return frozenset(conn.execute(query).scalars())


def forget(
    conn: Connection, store_id: int, address_keys: Iterable[str], deeds: Iterable[str]
) -> None:
    """Forgets of addresses that their owner was given something."""
    conn.execute(
        sa.delete(_memory).where(
            _memory.c.store_id == store_id,
            _memory.c.address_key.in_(sorted(address_keys)),
            _memory.c.deed.in_(sorted(deeds)),
        )
    )


def is_remembered(conn: Connection, store_id: int, what: str, *, now: datetime) -> bool:
    """Whether anything of the kind is remembered of anybody."""
    query = sa.select(_memory.c.id).where(
        _memory.c.store_id == store_id, _memory.c.deed == what, _memory.c.ends_at > now
    )
    return conn.execute(query.limit(1)).first() is not None


def deeds_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[str]:
    """The keys of all that members were given."""
    query = sa.select(_given.c.deed).where(
        _given.c.store_id == store_id, _given.c.member_id.in_(member_ids)
    )
    return sorted(set(conn.execute(query).scalars()))


def totals(conn: Connection, store_id: int, since: datetime) -> Mapping[str, Total]:
    """What was given since a time, by kind."""
    query = (
        sa.select(_given.c.kind, sa.func.count(), sa.func.sum(_given.c.points))
        .where(_given.c.store_id == store_id, _given.c.given_at >= since)
        .group_by(_given.c.kind)
    )
    return {kind: Total(int(times), int(points)) for kind, times, points in conn.execute(query)}


def forget_ended(conn: Connection, *, now: datetime, limit: int) -> int:
    """Forgets addresses whose time is over, a page of them; gives how many."""
    page = sa.select(_memory.c.id).where(_memory.c.ends_at <= now).limit(limit)
    gone = conn.execute(
        sa.delete(_memory).where(_memory.c.id.in_(page)).returning(_memory.c.id)
    ).all()
    return len(gone)


def forget_store(conn: Connection, store_id: int) -> None:
    """Forgets all addresses of a store."""
    conn.execute(sa.delete(_memory).where(_memory.c.store_id == store_id))


def months_later(now: datetime, months: int) -> datetime:
    """The same time so many months later, on the last day of a month that is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))
