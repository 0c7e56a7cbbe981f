"""Engines as the books need them: SQLite with one writer, PostgreSQL with a pool."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine

SQLITE_BUSY_MS = 30_000


def sqlite_engine(url: URL, *, writes: bool, synchronous: str, size: int) -> Engine:
    """An engine on a SQLite file: WAL, foreign keys on, durable commits.

    The writing engine begins IMMEDIATE, so that a transaction never fails half-way for a lock.
    """
    engine = sa.create_engine(url, pool_size=size, max_overflow=0, pool_timeout=30)

    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={SQLITE_BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin_transaction)
    return engine


def postgres_engine(url: URL, *, size: int) -> Engine:
    """An engine on PostgreSQL with `size` connections (psycopg 3).

    Connections are not tried before their use, which would cost a round trip each time: `Database`
    runs again what met a dead one.
    """
    return sa.create_engine(url, pool_size=size, max_overflow=0, pool_timeout=30)
