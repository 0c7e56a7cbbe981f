"""Days of the books that are over, added up once and kept.

Measured on PostgreSQL 18 with a million entries over a year, 700,000 orders and 100,000 members
(EXPLAIN ANALYZE, two shared cores). From the rows themselves, the movements of one month take
171 ms, its distinct members 88 ms, its orders 370 ms (35 ms by an index while their wide rows are
in memory, a second where they are not), and what members hold at a date 0.6 s by entries or 1.2 s
by lots, as it needs all of the past; and an overview needs all of that twice. Indexes that cover it
would cost every webhook. A row by day, channel and kind is some thousands a year, which add up in
4 ms. So a task adds up each day once it is over (and an hour has passed, longer than any
transaction), and what is younger is read from the rows themselves. With that an overview takes
85 ms for a month, 180 ms for the thirty days until now, 0.5 s for a year; a month for accounting,
with the ages of all lots, 2 s.

A row is never truth: `drifts` compares all with the entries, `forget` lets them be made anew.
Orders may change after their day; theirs are made anew every night (flows.audit_store).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights.days import DAY, day_of, start_of
from saleor_loyalty_app.insights.models import ActiveDay, LedgerDay, OrderDay, RollUp
from saleor_loyalty_app.insights.movements import (
    Movement,
    active_members,
    added_up,
    first_posted,
    posted_between,
)
from saleor_loyalty_app.insights.orders import Cell, keep_orders, orders_paid
from saleor_loyalty_app.stores.refs import StoreRef

#: No transaction lasts so long: what is posted on a day is there when the day is so long over.
GRACE = timedelta(hours=1)
PAGE = 500
_LEDGER_DAY, _ACTIVE_DAY, _ORDER_DAY, _ROLL_UP = (
    table(one) for one in (LedgerDay, ActiveDay, OrderDay, RollUp)
)


@dataclass(frozen=True, slots=True)
class AddedDay:
    """One day of a store, ready to be kept."""

    day: date
    timezone: str
    movements: list[Movement]
    members: list[int]
    orders: list[Cell]


def kept_until(conn: Connection, store: StoreRef) -> date | None:
    """The day before which all are kept; None where nothing is, or in another time zone."""
    row = conn.execute(sa.select(_ROLL_UP).where(_ROLL_UP.c.store_id == store.id)).one_or_none()
    if row is None or row.timezone != store.timezone:
        return None
    found: date = row.next_day
    return found


def next_day(conn: Connection, store: StoreRef) -> date | None:
    """The first day that is not kept yet; None for a store without books.

    A store that changed its time zone begins anew.
    """
    kept = kept_until(conn, store)
    if kept is not None:
        return kept
    first = first_posted(conn, store.id)
    return None if first is None else day_of(first, ZoneInfo(store.timezone))


def add_up(conn: Connection, store: StoreRef, now: datetime) -> AddedDay | None:
    """The next day that is over, added up; None where all are kept."""
    day = next_day(conn, store)
    if day is None:
        return None
    tz = ZoneInfo(store.timezone)
    since, until = start_of(day, tz), start_of(day + DAY, tz)
    if now < until + GRACE:
        return None
    return AddedDay(
        day,
        store.timezone,
        posted_between(conn, store.id, since, until, tz),
        active_members(conn, store.id, since, until),
        orders_paid(conn, store.id, since, until, tz),
    )


def keep_members(conn: Connection, store: StoreRef, day: date, members: list[int]) -> None:
    """Keeps a page of the members who were there on a day; again changes nothing."""
    if members:
        insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        conn.execute(
            insert(_ACTIVE_DAY).on_conflict_do_nothing(),
            [{"store_id": store.id, "day": day, "member_id": member} for member in members],
        )


def keep(conn: Connection, store: StoreRef, added: AddedDay, now: datetime) -> bool:
    """Keeps the movements of a day; False where another process was faster."""
    known = conn.execute(
        sa.select(_ROLL_UP).where(_ROLL_UP.c.store_id == store.id).with_for_update()
    ).one_or_none()
    values = {"timezone": added.timezone, "next_day": added.day + DAY, "updated_at": now}
    if known is None:
        insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        made = conn.execute(
            insert(_ROLL_UP)
            .values(store_id=store.id, **values)
            .on_conflict_do_nothing()
            .returning(_ROLL_UP.c.store_id)
        )
        if made.one_or_none() is None:
            return False
    elif known.timezone != added.timezone or known.next_day != added.day:
        return False
    else:
        conn.execute(sa.update(_ROLL_UP).where(_ROLL_UP.c.store_id == store.id).values(values))
    keep_orders(conn, store.id, added.day, added.day + DAY, added.orders)
    if added.movements:
        conn.execute(
            sa.insert(_LEDGER_DAY),
            [{"store_id": store.id, **movement._asdict()} for movement in added.movements],
        )
    return True


def is_stale(conn: Connection, store: StoreRef) -> bool:
    """Whether what is kept was added up in another time zone than the store has now."""
    zone = conn.execute(
        sa.select(_ROLL_UP.c.timezone).where(_ROLL_UP.c.store_id == store.id)
    ).scalar_one_or_none()
    return zone is not None and zone != store.timezone


def forget(conn: Connection, store_id: int) -> None:
    """Forgets all that is kept of a store, so that it is made anew from the entries."""
    for rows in (_LEDGER_DAY, _ACTIVE_DAY, _ORDER_DAY, _ROLL_UP):
        conn.execute(sa.delete(rows).where(rows.c.store_id == store_id))


def drifts(conn: Connection, store: StoreRef) -> dict[tuple[Any, ...], tuple[int, int]]:
    """What is kept and is not what the entries say: (expected, found) by all that names a row.

    To be run on a connection that reads one snapshot.
    """
    state = conn.execute(sa.select(_ROLL_UP).where(_ROLL_UP.c.store_id == store.id)).one_or_none()
    first = first_posted(conn, store.id)
    if state is None or first is None:
        return {}
    tz = ZoneInfo(state.timezone)
    names = tuple(name for name in Movement._fields if name != "amount")
    expected = added_up(
        posted_between(conn, store.id, first, start_of(state.next_day, tz), tz), *names
    )
    found = {
        tuple(getattr(row, name) for name in names): int(row.amount)
        for row in conn.execute(sa.select(_LEDGER_DAY).where(_LEDGER_DAY.c.store_id == store.id))
    }
    return {
        where: (expected.get(where, 0), found.get(where, 0))
        for where in expected.keys() | found.keys()
        if expected.get(where, 0) != found.get(where, 0)
    }
