"""What a member is told about the points of an order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.order_posting import Posting
from saleor_loyalty_app.ledger.models import Entry, Lot
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.orders.target import Book
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
_lot, _entry = table(Lot), table(Entry)


def tell_of_points(
    conn: Connection, work: Posting, posted: Mapping[Book, int], *, digest: str
) -> None:
    """Tells what a look at an order earned or took back. Imports of history are silent.

    Args:
        digest: of the order's state: the same state is told once.
    """
    points = sum(amount for (unit, _), amount in posted.items() if unit == UNIT)
    if points == 0 or work.plan.imported:
        return
    data: dict[str, Any] = {"points": abs(points), "order": work.snapshot.number}
    if points > 0:
        available = work.plan.terms.available_from(work.paid_at, work.fulfilled_at)
        if available is None:
            data["pending"] = True
        elif available > work.now:
            data["available_from"] = available.isoformat()
    kind = Kind.points_earned if points > 0 else Kind.points_reversed
    if points < 0:
        data["why"] = work.why_less
    tell(
        conn,
        work.store.id,
        work.member_id,
        kind,
        data,
        key=f"{work.source}:{kind.value}:{digest[:32]}",
        now=work.now,
    )


def tell_available(
    conn: Connection, store: StoreRef, *, since: datetime, now: datetime, limit: int
) -> datetime:
    """Tells of points that became spendable after `since`; gives up to when was looked.

    Points that could be spent from the beginning were told when they were earned.
    """
    until = _end_of_page(conn, store.id, since, now, limit)
    rows = conn.execute(
        sa.select(_lot, _entry.c.reason)
        .join(_entry, _entry.c.id == _lot.c.entry_id)
        .where(*_turned_available(store.id, since, until))
        .order_by(_lot.c.id)
    ).all()
    found: dict[tuple[int, str, datetime], int] = {}
    for row in rows:
        if not row.reason.get("imported"):
            group = (row.member_id, row.source, row.available_from)
            found[group] = found.get(group, 0) + row.remaining
    for (member_id, source, at), points in found.items():
        _tell_available(conn, store, member_id, source, points, at, now)
    return until


def tell_available_now(conn: Connection, work: Posting, available: datetime) -> None:
    """Tells of an order's points that are spendable as soon as it is known when they are."""
    if available > work.now or work.plan.imported:
        return
    points = conn.execute(
        sa.select(sa.func.coalesce(sa.func.sum(_lot.c.remaining), 0)).where(
            _lot.c.store_id == work.store.id,
            _lot.c.source == work.source,
            _lot.c.member_id == work.member_id,
            _lot.c.unit == UNIT,
        )
    ).scalar_one()
    if points > 0:
        _tell_available(
            conn, work.store, work.member_id, work.source, int(points), available, work.now
        )


def _tell_available(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    source: str,
    points: int,
    at: datetime,
    now: datetime,
) -> None:
    tell(
        conn,
        store.id,
        member_id,
        Kind.points_available,
        {"points": points},
        key=f"available:{member_id}:{source}:{at.isoformat()}",
        now=now,
    )


def _turned_available(
    store_id: int, since: datetime, until: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _lot.c.store_id == store_id,
        _lot.c.closed.is_(sa.false()),
        _lot.c.unit == UNIT,
        _lot.c.remaining > 0,
        _lot.c.available_from > since,
        _lot.c.available_from <= until,
        _lot.c.available_from > _lot.c.earned_at,
    )


def _end_of_page(
    conn: Connection, store_id: int, since: datetime, now: datetime, limit: int
) -> datetime:
    """The instant up to which there are about `limit` lots; those of one instant stay together."""
    last: datetime | None = conn.execute(
        sa.select(_lot.c.available_from)
        .where(*_turned_available(store_id, since, now))
        .order_by(_lot.c.available_from)
        .offset(limit)
        .limit(1)
    ).scalar_one_or_none()
    return last or now
