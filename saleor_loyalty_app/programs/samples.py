"""The sample of past orders in the database: how far its reading is, and the orders. No commits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.models import ProgramSample, ProgramSampling
from saleor_loyalty_app.programs.sampled import SampledOrder

_samplings, _samples = table(ProgramSampling), table(ProgramSample)
PAGE = 500


@dataclass(frozen=True, slots=True)
class Sampling:
    """How far the reading is; `until` is when the order read last was made."""

    store_id: int
    state: str
    since: datetime
    until: datetime | None
    cursor: str | None
    orders: int
    started_at: datetime
    finished_at: datetime | None

    @property
    def progress(self) -> int:
        """How much of the time span was read, in percent."""
        if self.state == "done":
            return 100
        if self.until is None:
            return 0
        span = (self.started_at - self.since).total_seconds()
        read = (self.until - self.since).total_seconds()
        return max(0, min(99, int(Fraction(read) / Fraction(span) * 100))) if span > 0 else 0


_COLUMNS = tuple(_samplings.c[name] for name in Sampling.__dataclass_fields__)


def sampling_of(conn: Connection, store_id: int, *, lock: bool = False) -> Sampling | None:
    """How far the reading of a store is; None = it was never begun."""
    query = sa.select(*_COLUMNS).where(_samplings.c.store_id == store_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Sampling(*row)


def begin_sampling(conn: Connection, store_id: int, *, since: datetime, now: datetime) -> Sampling:
    """Begins to read anew, unless it is being read already; the orders of before go."""
    present = sampling_of(conn, store_id, lock=True)
    if present is not None and present.state == "running":
        return present
    conn.execute(sa.delete(_samples).where(_samples.c.store_id == store_id))
    values = {
        "state": "running",
        "since": since,
        "until": None,
        "cursor": None,
        "orders": 0,
        "started_at": now,
        "updated_at": now,
        "finished_at": None,
    }
    upsert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    made = conn.execute(
        upsert(_samplings)
        .values(store_id=store_id, **values)
        .on_conflict_do_update(index_elements=["store_id"], set_=values)
        .returning(*_COLUMNS)
    )
    return Sampling(*made.one())


def cancel_sampling(conn: Connection, store_id: int, *, now: datetime) -> Sampling | None:
    """Stops a reading that is under way; what was read is left aside."""
    conn.execute(
        sa.update(_samplings)
        .where(_samplings.c.store_id == store_id, _samplings.c.state == "running")
        .values(state="canceled", updated_at=now, finished_at=now)
    )
    return sampling_of(conn, store_id)


def forget_sample(conn: Connection, store_id: int) -> None:
    """Deletes a store's sample."""
    for rows in (_samples, _samplings):
        conn.execute(sa.delete(rows).where(rows.c.store_id == store_id))


def add_page(
    conn: Connection,
    seen: Sampling,
    orders: Mapping[str, SampledOrder],
    *,
    until: datetime | None,
    cursor: str | None,
    done: bool,
    now: datetime,
) -> Sampling | None:
    """Adds a page, unless another run did so meanwhile or the reading was stopped."""
    current = sampling_of(conn, seen.store_id, lock=True)
    if current is None or (current.state, current.cursor, current.started_at) != (
        "running",
        seen.cursor,
        seen.started_at,
    ):
        return current
    if orders:
        upsert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        conn.execute(
            upsert(_samples).on_conflict_do_nothing(),
            [
                {"store_id": seen.store_id, "order_id": order_id, "facts": order.to_json()}
                for order_id, order in orders.items()
            ],
        )
    changed = conn.execute(
        sa.update(_samplings)
        .where(_samplings.c.store_id == seen.store_id)
        .values(
            state="done" if done else "running",
            cursor=cursor,
            until=until or current.until,
            orders=current.orders + len(orders),
            updated_at=now,
            finished_at=now if done else None,
        )
        .returning(*_COLUMNS)
    )
    return Sampling(*changed.one())


def sampled_orders(conn: Connection, store_id: int) -> Iterator[SampledOrder]:
    """All orders of a store's sample."""
    for page in sampled_pages(conn, store_id):
        yield from page


def sampled_pages(conn: Connection, store_id: int) -> Iterator[list[SampledOrder]]:
    """All orders of a store's sample, in pages."""
    after = ""
    while True:
        rows = conn.execute(
            sa.select(_samples.c.order_id, _samples.c.facts)
            .where(_samples.c.store_id == store_id, _samples.c.order_id > after)
            .order_by(_samples.c.order_id)
            .limit(PAGE)
        ).all()
        yield [SampledOrder.from_json(row.facts) for row in rows]
        if len(rows) < PAGE:
            return
        after = rows[-1].order_id
