"""Orders that are to be read again from Saleor, as rows with a due time. Nothing here commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.models import OrderRefresh, OrderState

refreshes = table(OrderRefresh)
_states = table(OrderState)

#: After an event an order rests so long, so that a burst of events costs one read …
QUIET = timedelta(seconds=60)
#: … but is read no later than so long after the first of them.
PATIENCE = timedelta(minutes=5)
#: A read that could not be booked is repeated after so long, then twice as long, and so on.
RETRY = timedelta(seconds=60)
LONGEST_RETRY = timedelta(hours=1)
#: So often the very same contradiction must be read before it is taken as Saleor's truth.
STABLE_READS = 3


@dataclass(frozen=True, slots=True)
class Torn:
    """How often a read contradicted itself in the same way."""

    attempts: int
    torn_hash: str
    torn_reads: int


def _expecting(make: Any) -> Any:
    """An event moves the due time on, up to the limit; a plain wish only brings it forward."""
    statement = make(refreshes)
    wanted = statement.excluded.due_at
    limit = sa.case((sa.bindparam("may_delay"), refreshes.c.latest_at), else_=refreshes.c.due_at)
    return statement.on_conflict_do_update(
        index_elements=[refreshes.c.store_id, refreshes.c.order_id],
        set_={"due_at": sa.case((wanted < limit, wanted), else_=limit), "attempts": 0},
    )


_EXPECT = {"sqlite": _expecting(sqlite.insert), "postgresql": _expecting(postgresql.insert)}
_EXPECT_ONE = Hot(_EXPECT)
_MINE = (
    refreshes.c.store_id == sa.bindparam("of_store"),
    refreshes.c.order_id == sa.bindparam("of_order"),
)
_DONE = sa.delete(refreshes).where(*_MINE)
_TORN = sa.select(refreshes.c.attempts, refreshes.c.torn_hash, refreshes.c.torn_reads).where(*_MINE)
_RETRY = sa.update(refreshes).where(*_MINE)
_DUE = (
    sa.select(refreshes.c.order_id)
    .where(
        refreshes.c.store_id == sa.bindparam("of_store"),
        refreshes.c.due_at <= sa.bindparam("now"),
    )
    .order_by(refreshes.c.due_at, refreshes.c.order_id)
    .limit(sa.bindparam("most"))
)


def expect_refresh(conn: Connection, store_id: int, order_id: str, *, now: datetime) -> None:
    """An event came: the order is to be read when it has been quiet for a while."""
    row = _row(store_id, order_id, now + QUIET, now)
    _EXPECT_ONE.run(conn, row | {"may_delay": True})


def wish_refresh(
    conn: Connection, store_id: int, order_ids: Iterable[str], *, due_at: datetime, now: datetime
) -> None:
    """The orders are to be read at `due_at`, or sooner where that was already so."""
    rows = [
        _row(store_id, order_id, due_at, now) | {"may_delay": False}
        for order_id in sorted(set(order_ids))
    ]
    if rows:
        conn.execute(_EXPECT[conn.dialect.name], rows)


def due_orders(conn: Connection, store_id: int, *, now: datetime, limit: int) -> list[str]:
    """The ids of orders whose time has come, the longest waiting first."""
    found = conn.execute(_DUE, {"of_store": store_id, "now": now, "most": limit})
    return list(found.scalars())


def stores_with_due_orders(conn: Connection, *, now: datetime) -> list[int]:
    """The stores that have such orders."""
    query = sa.select(refreshes.c.store_id).where(refreshes.c.due_at <= now).distinct()
    return sorted(conn.execute(query).scalars())


def refreshed(conn: Connection, store_id: int, order_id: str) -> None:
    """The order was read and booked."""
    conn.execute(_DONE, {"of_store": store_id, "of_order": order_id})


def torn_before(conn: Connection, store_id: int, order_id: str) -> Torn:
    """What earlier reads of the order that contradicted themselves looked like."""
    row = conn.execute(_TORN, {"of_store": store_id, "of_order": order_id}).one_or_none()
    return Torn(0, "", 0) if row is None else Torn(*row)


def retry_later(
    conn: Connection, store_id: int, order_id: str, *, torn: Torn | None = None, now: datetime
) -> None:
    """The order could not be booked: it is read again, each time after twice as long a rest."""
    before = torn_before(conn, store_id, order_id)
    delay = min(RETRY * 2 ** min(before.attempts, 10), LONGEST_RETRY)
    wish_refresh(conn, store_id, [order_id], due_at=now + delay, now=now)
    after = torn or before
    conn.execute(
        _RETRY,
        {
            "of_store": store_id,
            "of_order": order_id,
            "due_at": now + delay,
            "attempts": before.attempts + 1,
            "torn_hash": after.torn_hash,
            "torn_reads": after.torn_reads,
        },
    )


def wish_deferred(conn: Connection, store_id: int, *, now: datetime, limit: int) -> int:
    """Orders whose points waited for the earning switch are to be read now; gives their number."""
    query = (
        sa.select(_states.c.order_id)
        .where(_states.c.store_id == store_id, _states.c.deferred.is_(sa.true()))
        .where(
            ~sa.exists().where(
                refreshes.c.store_id == _states.c.store_id,
                refreshes.c.order_id == _states.c.order_id,
            )
        )
        .order_by(_states.c.id)
        .limit(limit)
    )
    waiting = list(conn.execute(query).scalars())
    wish_refresh(conn, store_id, waiting, due_at=now, now=now)
    return len(waiting)


def _row(store_id: int, order_id: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "order_id": order_id,
        "due_at": due_at,
        "first_seen": now,
        "latest_at": max(now + PATIENCE, due_at),
        "attempts": 0,
        "torn_hash": "",
        "torn_reads": 0,
    }
