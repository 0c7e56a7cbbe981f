"""Who is to be looked at soon. Rows are only added, so that nobody waits for anybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.segments.models import SegmentLook, SegmentSweep

_looks, _sweeps = table(SegmentLook), table(SegmentSweep)


@dataclass(frozen=True, slots=True)
class Looks:
    """Members to look at, and the rows that ask for it."""

    rows: tuple[int, ...]
    members: tuple[int, ...]


def look_again(conn: Connection, store_id: int, members: Iterable[int]) -> None:
    """Asks that these members are looked at, where the store has segments."""
    wanted = sorted(set(members))
    if not wanted:
        return
    with_segments = sa.select(_sweeps.c.store_id).where(
        _sweeps.c.store_id == store_id, _sweeps.c.digest != ""
    )
    if conn.execute(with_segments).one_or_none() is None:
        return
    conn.execute(
        sa.insert(_looks), [{"store_id": store_id, "member_id": member} for member in wanted]
    )


def waiting(conn: Connection, store_id: int, *, limit: int) -> Looks:
    """The oldest looks that were asked for, each member once."""
    rows = conn.execute(
        sa.select(_looks.c.id, _looks.c.member_id)
        .where(_looks.c.store_id == store_id)
        .order_by(_looks.c.id)
        .limit(limit)
    ).all()
    return Looks(tuple(row.id for row in rows), tuple(sorted({row.member_id for row in rows})))


def stores_waiting(conn: Connection) -> set[int]:
    """The stores with members to look at."""
    return set(conn.execute(sa.select(_looks.c.store_id).distinct()).scalars())


def done(conn: Connection, rows: Collection[int]) -> None:
    """Takes away what was looked at."""
    if rows:
        conn.execute(sa.delete(_looks).where(_looks.c.id.in_(list(rows))))
