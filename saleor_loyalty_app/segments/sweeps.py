"""How far a store's members were looked at under the segments in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.segments.models import SegmentSweep

_sweeps, _members = table(SegmentSweep), table(Member)
_S = _sweeps.c


@dataclass(frozen=True, slots=True)
class Sweep:
    """A walk over all members of a store; see `segments.models.SegmentSweep`."""

    store_id: int
    digest: str
    turn: int
    after: int
    total: int
    done: int
    fifths: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether members are still to be looked at."""
        return self.finished_at is None


_FIELDS = tuple(_S[name] for name in Sweep.__dataclass_fields__)


def sweep_of(conn: Connection, store_id: int, *, lock: bool = False) -> Sweep | None:
    """The sweep of a store; None before its first segments."""
    query = sa.select(*_FIELDS).where(_S.store_id == store_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Sweep(*row)


def stores_at_work(conn: Connection) -> set[int]:
    """The stores of whose members not all were looked at yet."""
    return set(conn.execute(sa.select(_S.store_id).where(_S.finished_at.is_(None))).scalars())


def count_members(conn: Connection, store_id: int) -> int:
    """How many members a sweep has before it."""
    query = sa.select(sa.func.count()).where(_members.c.store_id == store_id)
    return int(conn.execute(query).scalar_one())


def begin(conn: Connection, known: Sweep | None, sweep: Sweep) -> bool:
    """Begins anew; False where somebody else did so since `known` was read."""
    values = {name: getattr(sweep, name) for name in Sweep.__dataclass_fields__}
    if not is_current(conn, sweep.store_id, known):
        return False
    if known is None:
        conn.execute(sa.insert(_sweeps).values(values))
    else:
        values |= {"turn": known.turn + 1}
        conn.execute(sa.update(_sweeps).where(_S.store_id == sweep.store_id).values(values))
    return True


def is_current(conn: Connection, store_id: int, known: Sweep | None) -> bool:
    """Whether nobody wrote since `known` was read; the row is locked until the transaction ends."""
    found = sweep_of(conn, store_id, lock=True)
    return (None if found is None else found.turn) == (None if known is None else known.turn)


def advance(
    conn: Connection, sweep: Sweep, *, after: int, looked_at: int, more: bool, now: datetime
) -> None:
    """Says that these members, the next ones, were looked at."""
    conn.execute(
        sa.update(_sweeps)
        .where(_S.store_id == sweep.store_id)
        .values(
            turn=sweep.turn + 1,
            after=after,
            done=sweep.done + looked_at,
            finished_at=None if more else now,
        )
    )


def take_turn(conn: Connection, sweep: Sweep) -> None:
    """Says that something was written beside the walk."""
    conn.execute(
        sa.update(_sweeps).where(_S.store_id == sweep.store_id).values(turn=sweep.turn + 1)
    )
