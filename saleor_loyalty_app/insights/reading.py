"""Sums of movements of any days: what is kept, what is younger, and what is due unposted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights.days import DAY, day_of, start_of
from saleor_loyalty_app.insights.models import ActiveDay, LedgerDay, RollUp
from saleor_loyalty_app.insights.movements import (
    EXPIRE,
    Movement,
    Place,
    active_members,
    added_up,
    due_unposted,
    first_posted,
    posted_between,
)
from saleor_loyalty_app.stores.refs import StoreRef

_LEDGER_DAY, _ACTIVE_DAY, _ROLL_UP = table(LedgerDay), table(ActiveDay), table(RollUp)
_C = _LEDGER_DAY.c


@dataclass(frozen=True, slots=True)
class Reading:
    """The books of a store as they are at `now`.

    `kept_until`: the days before it are kept added up; `younger` is all else.
    """

    store: StoreRef
    now: datetime
    kept_until: date | None
    younger: tuple[Movement, ...]

    @property
    def tz(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.store.timezone)

    @property
    def today(self) -> date:
        """The day that the store's clocks show."""
        return day_of(self.now, self.tz)


def open_reading(conn: Connection, store: StoreRef, now: datetime) -> Reading:
    """Begins to read; all sums of one answer come from one snapshot of the database."""
    tz = ZoneInfo(store.timezone)
    state = conn.execute(sa.select(_ROLL_UP).where(_ROLL_UP.c.store_id == store.id)).one_or_none()
    kept_until: date | None = None
    if state is not None and state.timezone == store.timezone:
        kept_until = state.next_day
    since = first_posted(conn, store.id) if kept_until is None else start_of(kept_until, tz)
    younger: list[Movement] = []
    if since is not None:
        end = start_of(day_of(now, tz) + DAY, tz)
        younger += posted_between(conn, store.id, since, end, tz)
        younger += due_unposted(conn, store.id, now, tz)
    return Reading(store, now, kept_until, tuple(younger))


def sums(
    conn: Connection,
    reading: Reading,
    *by: str,
    until: date,
    since: date | None = None,
    unit: str | None = None,
) -> Counter[tuple[Any, ...]]:
    """Sums of what counts on the days from `since` (or ever) to before `until`.

    Args:
        by: names of fields of a Movement.
    """
    columns = [_C[name] for name in by]
    query = (
        sa.select(*columns, sa.func.sum(_C.amount).label("amount"))
        .where(_C.store_id == reading.store.id, _C.day < until)
        .group_by(*columns)
    )
    if since is not None:
        query = query.where(_C.day >= since)
    if unit is not None:
        query = query.where(_C.unit == unit)
    found = added_up(
        (
            movement
            for movement in reading.younger
            if movement.day < until
            and (since is None or movement.day >= since)
            and (unit is None or movement.unit == unit)
        ),
        *by,
    )
    if reading.kept_until is not None:
        for row in conn.execute(query):
            if row.amount is not None:
                found[tuple(row[:-1])] += int(row.amount)
    return found


def holdings(
    conn: Connection, reading: Reading, until: date, unit: str | None = None
) -> dict[Place, int]:
    """What members hold at the beginning of `until`, less what they owe, by place."""
    found = sums(conn, reading, "channel", "currency", "unit", until=until, unit=unit)
    return {Place(*where): amount for where, amount in found.items() if amount}


def told_late(
    conn: Connection, reading: Reading, since: date, until: date, happened_before: date
) -> list[Movement]:
    """What counts on days from `since` to before `until` and happened before `happened_before`.

    Expiries are left out: they count on their own day.
    """
    query = sa.select(_LEDGER_DAY).where(
        _C.store_id == reading.store.id,
        _C.day >= since,
        _C.day < until,
        _C.effective_on < happened_before,
        _C.kind != EXPIRE,
    )
    found = [
        movement
        for movement in reading.younger
        if since <= movement.day < until
        and movement.effective_on < happened_before
        and movement.kind != EXPIRE
    ]
    if reading.kept_until is not None:
        found += [
            Movement(*(getattr(row, name) for name in Movement._fields))
            for row in conn.execute(query)
        ]
    return found


def count_active(conn: Connection, reading: Reading, since: date, until: date) -> int:
    """How many members earned or spent something on the days from `since` to before `until`."""
    kept = reading.kept_until
    days = _ACTIVE_DAY.c
    of_days = (days.store_id == reading.store.id, days.day >= since, days.day < until)
    young_from = since if kept is None else max(since, kept)
    young: list[int] = []
    if young_from < until:
        young = active_members(
            conn,
            reading.store.id,
            start_of(young_from, reading.tz),
            start_of(until, reading.tz),
        )
    if kept is None or kept <= since:
        return len(young)
    total = int(
        conn.execute(
            sa.select(sa.func.count(sa.distinct(days.member_id))).where(*of_days)
        ).scalar_one()
    )
    return total + len(young) - _seen_before(conn, of_days, young)


def _seen_before(conn: Connection, of_days: Any, members: list[int]) -> int:
    """How many of `members` are among those of the kept days."""
    seen = 0
    for at in range(0, len(members), 1000):
        page = members[at : at + 1000]
        query = sa.select(sa.func.count(sa.distinct(_ACTIVE_DAY.c.member_id))).where(
            *of_days, _ACTIVE_DAY.c.member_id.in_(page)
        )
        seen += int(conn.execute(query).scalar_one())
    return seen
