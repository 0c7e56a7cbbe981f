"""What arrived is forgotten in time: bodies hold personal data."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose
from saleor_loyalty_app.inbox.models import DeadLetter, InboxMessage
from saleor_loyalty_app.inbox.repository import PAGE, ROWS_KEPT

_INBOX = table(InboxMessage)
_DEAD = table(DeadLetter)


def empty_bodies(
    conn: Connection,
    *,
    now: datetime,
    days: int = 14,
    whose: Whose = EVERYBODY,
    limit: int = PAGE,
) -> int:
    """Empties a page of inbox bodies older than `days`; says how many, 0 when all are done."""
    page = (
        sa.select(_INBOX.c.id)
        .where(
            sa.not_(_INBOX.c.emptied),
            _INBOX.c.received_at < now - timedelta(days=days),
            whose.rows(_INBOX.c.store_id),
        )
        .order_by(_INBOX.c.received_at)
        .limit(limit)
    )
    emptied = conn.execute(
        sa.update(_INBOX)
        .where(_INBOX.c.id.in_(page.scalar_subquery()))
        .values(body=b"", emptied=True)
        .returning(_INBOX.c.id)
    )
    return len(emptied.all())


def delete_old_rows(conn: Connection, *, now: datetime, limit: int = PAGE) -> int:
    """Deletes a page of inbox rows that no longer need to tell repetitions; says how many."""
    oldest = conn.execute(
        sa.select(_INBOX.c.id, _INBOX.c.received_at).order_by(_INBOX.c.id).limit(limit)
    )
    gone = [row.id for row in oldest if row.received_at < now - ROWS_KEPT]
    if gone:
        conn.execute(sa.delete(_INBOX).where(_INBOX.c.id.in_(gone)))
    return len(gone)


def delete_dead_letters(
    conn: Connection,
    *,
    now: datetime,
    days: int = 30,
    whose: Whose = EVERYBODY,
    limit: int = PAGE,
) -> int:
    """Deletes a page of dead letters older than `days`, replayed or not; says how many."""
    page = (
        sa.select(_DEAD.c.id)
        .where(_DEAD.c.received_at < now - timedelta(days=days), whose.rows(_DEAD.c.store_id))
        .order_by(_DEAD.c.received_at)
        .limit(limit)
    )
    deleted = conn.execute(
        sa.delete(_DEAD).where(_DEAD.c.id.in_(page.scalar_subquery())).returning(_DEAD.c.id)
    )
    return len(deleted.all())


def forget_store(conn: Connection, store_id: int) -> int:
    """Deletes all that arrived from a store, for its erasure; says how many rows."""
    gone = 0
    for rows in (_INBOX, _DEAD):
        deleted = conn.execute(
            sa.delete(rows).where(rows.c.store_id == store_id).returning(rows.c.id)
        )
        gone += len(deleted.all())
    return gone
