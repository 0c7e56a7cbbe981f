"""Addresses that are written to no more, since a mail server said that they do not exist.

All take a connection; none commits.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.models import StoppedAddress

_stopped = table(StoppedAddress)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an address is written to no more: what the mail server said, and when."""

    answer: str
    at: datetime


def stop_address(
    conn: Connection, store_id: int, address_key: str, answer: str, now: datetime
) -> None:
    """Writes to an address no more."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        insert(_stopped)
        .values(store_id=store_id, address_key=address_key, answer=answer[:300], at=now)
        .on_conflict_do_nothing()
    )


def is_stopped(conn: Connection, store_id: int, address_key: str) -> bool:
    """Whether an address is written to no more."""
    return stop_of(conn, store_id, address_key) is not None


def stop_of(conn: Connection, store_id: int, address_key: str) -> Stop | None:
    """Why an address is written to no more; None where it is written to."""
    query = sa.select(_stopped.c.answer, _stopped.c.at).where(
        _stopped.c.store_id == store_id, _stopped.c.address_key == address_key
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Stop(row.answer, row.at)


def free_address(conn: Connection, store_id: int, address_key: str) -> bool:
    """Writes to an address again; False where nothing stopped that."""
    gone = conn.execute(
        sa.delete(_stopped)
        .where(_stopped.c.store_id == store_id, _stopped.c.address_key == address_key)
        .returning(_stopped.c.id)
    )
    return gone.scalar_one_or_none() is not None
