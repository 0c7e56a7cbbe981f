"""Which processes are alive: each writes its heartbeat, and the dead are buried by the living."""

import os
import socket
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.queue.models import Executor

BEAT = timedelta(seconds=5)
#: Without a heartbeat for so long, an executor counts as dead and its jobs are resumed by others.
DEAD_AFTER = timedelta(seconds=30)

_executor = table(Executor)


def new_name() -> str:
    """A name that no other process, past or present, has."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def beat(conn: Connection, name: str, *, now: datetime) -> None:
    """Says that `name` is alive."""
    beaten = conn.execute(
        sa.update(_executor)
        .where(_executor.c.name == name)
        .values(beat_at=now)
        .returning(_executor.c.name)
    )
    if beaten.scalar_one_or_none() is None:
        conn.execute(sa.insert(_executor).values(name=name, started_at=now, beat_at=now))


def alive(conn: Connection, *, now: datetime) -> set[str]:
    """The executors that beat lately."""
    rows = conn.execute(sa.select(_executor.c.name).where(_executor.c.beat_at > now - DEAD_AFTER))
    return set(rows.scalars())


def bury(conn: Connection, *, now: datetime) -> int:
    """Forgets the executors that stopped beating; gives their number."""
    gone = conn.execute(
        sa.delete(_executor)
        .where(_executor.c.beat_at <= now - DEAD_AFTER)
        .returning(_executor.c.name)
    )
    return len(gone.all())


def leave(conn: Connection, name: str) -> None:
    """Says that `name` has stopped, so that others resume at once what it left."""
    conn.execute(sa.delete(_executor).where(_executor.c.name == name))


def leave_all(conn: Connection) -> None:
    """Says that nobody works any more."""
    conn.execute(sa.delete(_executor))
