"""Queries of the orders' state. All take a connection and none commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.look import Known, Look
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.orders.plan import NOT_LIVE
from saleor_loyalty_app.orders.target import Book
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

states = table(OrderState)
units = table(OrderUnit)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as it was booked last; its row is locked for the transaction."""

    id: int
    updated_at: datetime | None
    snapshot_hash: str
    last_event_at: datetime | None
    checked_at: datetime | None
    member_id: int | None
    withheld: str
    owner_changes: int
    paid_at: datetime | None
    fulfilled_at: datetime | None
    plan: Mapping[str, Any] | None
    revision_id: int | None
    losses: Mapping[str, Any] | None
    deferred: bool
    counted_milli: int | None
    country: str | None

    def known(self, *, importing: bool) -> Known:
        """What decides whether a new look may be booked."""
        may_import = importing and (self.plan is None or self.plan["none"] == NOT_LIVE)
        return Known(
            self.updated_at,
            self.snapshot_hash,
            self.last_event_at,
            self.checked_at,
            unsettled=self.deferred or may_import,
        )


@dataclass(slots=True)
class UnitRow:
    """What an order has booked in one unit and part."""

    id: int
    unit: str
    part: str
    booked: int
    waived: int
    postings: int


_ROW = tuple(states.c[name] for name in OrderRow.__dataclass_fields__)


def _observing(make: Any) -> Any:
    statement = make(states)
    arrived = statement.excluded.last_event_at
    known = states.c.last_event_at
    return statement.on_conflict_do_update(
        index_elements=[states.c.store_id, states.c.order_id],
        set_={
            "last_event_at": sa.case(
                (sa.and_(arrived.is_not(None), sa.or_(known.is_(None), known < arrived)), arrived),
                else_=known,
            )
        },
    ).returning(*_ROW)


_OBSERVE = Hot({"sqlite": _observing(sqlite.insert), "postgresql": _observing(postgresql.insert)})
_BOOK = Hot(sa.update(states).where(states.c.id == sa.bindparam("row_id")))
_UNITS = (
    sa.select(*(units.c[name] for name in UnitRow.__dataclass_fields__))
    .where(units.c.order_state_id == sa.bindparam("row_id"))
    .order_by(units.c.unit, units.c.part)
)
_ADD_UNIT = Hot(sa.insert(units).inline())
_SET_UNIT = sa.update(units).where(units.c.id == sa.bindparam("row_id"))
_PAID_ORDERS = sa.select(sa.func.count()).where(
    states.c.member_id == sa.bindparam("owner"),
    states.c.paid_at.is_not(None),
    states.c.id != sa.bindparam("row_id"),
)


def observe(
    conn: Connection, store_id: int, snapshot: OrderSnapshot, look: Look, *, origin: str
) -> OrderRow:
    """Locks the order's row, making it where the order is seen for the first time."""
    first = _first_row(store_id, snapshot, origin)
    [row] = _OBSERVE.all(conn, first | {"last_event_at": None if look.is_read else look.at})
    return OrderRow(*row)


def _first_row(store_id: int, snapshot: OrderSnapshot, origin: str) -> dict[str, Any]:
    """An order of which nothing is booked yet."""
    return {
        "store_id": store_id,
        "order_id": snapshot.id,
        "number": snapshot.number,
        "status": snapshot.status,
        "channel": snapshot.channel.slug,
        "currency": snapshot.channel.currency_code,
        "created_at": snapshot.created,
        "snapshot_hash": "",
        "last_event_at": None,
        "withheld": "",
        "owner_changes": 0,
        "open": True,
        "deferred": False,
        "origin": origin,
    }


def make_rows(
    conn: Connection, store_id: int, snapshots: Sequence[OrderSnapshot], *, origin: str
) -> None:
    """Makes the rows of orders that are seen for the first time, in the order of `snapshots`.

    Until the transaction ends nobody else can.
    """
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = [_first_row(store_id, one, origin) for one in snapshots]
    conn.execute(make(states).values(rows).on_conflict_do_nothing())


def lock_rows(conn: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, OrderRow]:
    """Several orders as they were booked last, locked in one order; by Saleor's ids."""
    rows = conn.execute(
        sa.select(states.c.order_id, *_ROW)
        .where(states.c.store_id == store_id, states.c.order_id.in_(order_ids))
        .order_by(states.c.order_id)
        .with_for_update()
    )
    return {row[0]: OrderRow(*row[1:]) for row in rows}


def lock_orders(
    conn: Connection, store_id: int, order_ids: Sequence[str]
) -> list[tuple[int, int | None]]:
    """Locks the known ones of several orders in one order; gives (row id, member id) of each."""
    rows = conn.execute(
        sa.select(states.c.id, states.c.member_id)
        .where(states.c.store_id == store_id, states.c.order_id.in_(order_ids))
        .order_by(states.c.order_id)
        .with_for_update()
    )
    return [(row.id, row.member_id) for row in rows]


def book_look(conn: Connection, row_id: int, values: Mapping[str, Any]) -> None:
    """Writes what a booked look found."""
    _BOOK.run(conn, {"row_id": row_id, **values})


def units_of(conn: Connection, row_id: int) -> dict[Book, UnitRow]:
    """What the order has booked so far."""
    rows = [UnitRow(*row) for row in conn.execute(_UNITS, {"row_id": row_id})]
    return {(row.unit, row.part): row for row in rows}


def add_unit(conn: Connection, row_id: int, row: UnitRow) -> None:
    """Writes the first posting of an order in a unit and part."""
    _ADD_UNIT.run(
        conn,
        {
            "order_state_id": row_id,
            "unit": row.unit,
            "part": row.part,
            "booked": row.booked,
            "waived": row.waived,
            "postings": row.postings,
        },
    )


def set_unit(conn: Connection, row: UnitRow) -> None:
    """Writes a further posting."""
    conn.execute(
        _SET_UNIT,
        {
            "row_id": row.id,
            "booked": row.booked,
            "waived": row.waived,
            "postings": row.postings,
        },
    )


def paid_orders_of(conn: Connection, member_id: int, *, but: int) -> int:
    """How many other orders of a member were paid in full."""
    number: int = conn.execute(_PAID_ORDERS, {"owner": member_id, "row_id": but}).scalar_one()
    return number


def mark_gone(
    conn: Connection, store_id: int, order_id: str, *, looked_at: datetime, now: datetime
) -> bool:
    """Saleor no longer knows the order; its books stay. False where an event came since."""
    gone = sa.bindparam("gone", now, type_=states.c.gone_at.type)
    marked = conn.execute(
        sa.update(states)
        .where(
            states.c.store_id == store_id,
            states.c.order_id == order_id,
            sa.or_(states.c.last_event_at.is_(None), states.c.last_event_at <= looked_at),
        )
        .values(gone_at=sa.func.coalesce(states.c.gone_at, gone), open=False)
        .returning(states.c.id)
    )
    return marked.one_or_none() is not None


def forget_looks(conn: Connection, store_id: int, order_ids: Sequence[str]) -> None:
    """The next read of these orders is booked also where nothing changed since the last look."""
    conn.execute(
        sa.update(states)
        .where(states.c.store_id == store_id, states.c.order_id.in_(list(order_ids)))
        .values(snapshot_hash="")
    )


def was_paid(conn: Connection, store_id: int, order_id: str) -> bool:
    """Whether the order was paid in full once."""
    paid = sa.select(states.c.paid_at).where(
        states.c.store_id == store_id, states.c.order_id == order_id
    )
    return conn.execute(paid).scalar_one_or_none() is not None


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """The orders of one member become those of another, after a merge; locked in one order."""
    theirs = (states.c.store_id == store_id, states.c.member_id == giver)
    if conn.dialect.name != "sqlite":
        locked = sa.select(states.c.id).where(*theirs).order_by(states.c.order_id)
        conn.execute(locked.with_for_update())
    conn.execute(sa.update(states).where(*theirs).values(member_id=taker))


def planned_orders(conn: Connection, store_id: int, order_ids: Sequence[str]) -> set[str]:
    """Which of the orders have a plan that an import may not replace."""
    rows = conn.execute(
        sa.select(states.c.order_id, states.c.plan).where(
            states.c.store_id == store_id,
            states.c.order_id.in_(order_ids),
            states.c.paid_at.is_not(None),
        )
    )
    return {row.order_id for row in rows if row.plan and row.plan["none"] != NOT_LIVE}


def count_of(conn: Connection, store_id: int, member_id: int) -> int:
    """How many orders of a member were looked at."""
    query = sa.select(sa.func.count()).where(
        states.c.store_id == store_id, states.c.member_id == member_id
    )
    return int(conn.execute(query).scalar_one())


def country_of_order(conn: Connection, store_id: int, number: str) -> str:
    """Where a paid order went to, by its number; "" = nobody knows."""
    query = (
        sa.select(states.c.country)
        .where(states.c.store_id == store_id, states.c.number == number, states.c.country != "")
        .order_by(states.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none() or ""


def ids_by_number(conn: Connection, store_id: int, number: str) -> list[str]:
    """Saleor's ids of the known orders with this number."""
    query = sa.select(states.c.order_id).where(
        states.c.store_id == store_id, states.c.number == number
    )
    return list(conn.execute(query.order_by(states.c.id.desc())).scalars())


def booked_points(conn: Connection, store_id: int, order_id: str, unit: str) -> int:
    """What an order has in the books of its owner, in a unit."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(units.c.booked), 0))
        .select_from(units.join(states, states.c.id == units.c.order_state_id))
        .where(states.c.store_id == store_id, states.c.order_id == order_id, units.c.unit == unit)
    )
    return int(conn.execute(query).scalar_one())


def how_it_stands(conn: Connection, store_id: int, order_id: str) -> OrderRow | None:
    """An order as it was booked last, without its lock."""
    row = conn.execute(
        sa.select(*_ROW).where(states.c.store_id == store_id, states.c.order_id == order_id)
    ).one_or_none()
    return None if row is None else OrderRow(*row)
