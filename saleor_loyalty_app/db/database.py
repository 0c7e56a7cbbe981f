"""The one place where the app crosses into the database: `read` and `write`."""

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from saleor_loyalty_app.db.engines import postgres_engine, sqlite_engine
from saleor_loyalty_app.db.glances import Glances, PostgresGlances, SqliteGlances, Unready
from saleor_loyalty_app.db.hot import Hot

T = TypeVar("T")

#: serialization_failure and deadlock_detected of PostgreSQL: the whole function runs again.
RETRIED_STATES = frozenset({"40001", "40P01"})
ATTEMPTS = 4
#: The database cannot work now; nothing is wrong with what was asked of it.
DATABASE_TROUBLE = (OperationalError, InterfaceError, PoolExhausted)


class Database:
    """Reads and writes of one database; safe to use from any thread.

    On SQLite every write runs on one writer thread, beside any number of readers. On PostgreSQL
    writes run on the caller's thread with a connection of the pool.
    """

    def __init__(self, url: str, *, pool_size: int, synchronous: str) -> None:
        parsed = make_url(url)
        self.url = url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("the books need a file, not an in-memory database")
            self.engine = sqlite_engine(parsed, writes=True, synchronous=synchronous, size=1)
            self._read_engine = sqlite_engine(
                parsed, writes=False, synchronous=synchronous, size=pool_size
            )
        else:
            parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = postgres_engine(parsed, size=pool_size)
            # Each statement sees what is committed when it begins, in a transaction or not; without
            # one, its beginning and its end are not sent.
            self._read_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writers = ThreadPoolExecutor(
            max_workers=1 if self.is_sqlite else pool_size, thread_name_prefix="loyalty-write"
        )
        self._readers = ThreadPoolExecutor(max_workers=pool_size, thread_name_prefix="loyalty-read")
        self._on_writer = threading.local()
        self._glances: Glances = (
            SqliteGlances(self._read_engine)
            if self.is_sqlite
            else PostgresGlances(self.engine, self._readers)
        )
        #: On a line of their own: one that waits for a row's lock keeps no glance waiting.
        self._deeds = None if self.is_sqlite else PostgresGlances(self.engine, self._readers)

    def read(self, fn: Callable[[Connection], T], *, snapshot: bool = False) -> T:
        """Runs `fn`, which changes nothing; again where its connection was dead.

        `snapshot`: all of its statements see one state of the database. On SQLite they always do;
        on PostgreSQL each sees by itself what is committed when it begins, unless asked otherwise.
        """
        try:
            return self._read_here(fn, snapshot)
        except DBAPIError as failure:
            if not failure.connection_invalidated:
                raise
        return self._read_here(fn, snapshot)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Runs `fn` in one transaction and commits it; runs it again after a deadlock.

        Also where the connection broke before the commit was sent: nothing was booked then. What
        breaks during the commit is raised, as nobody knows how it ended.

        Raises:
            RuntimeError: called from within another write.
        """
        if getattr(self._on_writer, "busy", False):
            raise RuntimeError("a write within a write would not be one transaction")
        if self.is_sqlite:
            return self._writers.submit(self._write_here, fn).result()
        return self._write_here(fn)

    def write_at_once(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """Runs one statement that is a transaction by itself; gives its rows.

        On PostgreSQL that is one way there and back instead of three. Where its connection was dead
        it runs again, so that it may be done twice: for counting, not for the books.
        """
        if self.is_sqlite:
            return self.write(lambda conn: statement.all(conn, values))
        try:
            return self._at_once(statement, values)
        except DBAPIError as failure:
            if not failure.connection_invalidated:
                raise
        return self._at_once(statement, values)

    async def write_at_once_async(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """`write_at_once` without leaving the event loop's thread, where that can be done at once.

        A line that breaks leaves open whether it was done: it is done again.
        """
        if self._deeds is not None and not self.engine.dispatch.before_cursor_execute:
            with contextlib.suppress(Unready):
                return await self._deeds.all(statement, values)
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, partial(self.write_at_once, statement, values)
        )

    async def read_async(self, fn: Callable[[Connection], T], *, snapshot: bool = False) -> T:
        """`read` for the asynchronous edge."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, partial(self.read, fn, snapshot=snapshot)
        )

    async def glance_async(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """All rows of one statement, for answers that a person waits for.

        Read without leaving the event loop's thread where that can be done at once, else as
        `read_async` does; also where somebody listens to the statements.
        """
        if not self._read_engine.dispatch.before_cursor_execute:
            with contextlib.suppress(Unready):
                return await self._glances.all(statement, values)
        return await self.read_async(lambda conn: statement.all(conn, values))

    async def write_async(self, fn: Callable[[Connection], T]) -> T:
        """`write` for the asynchronous edge."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write_here, fn)

    def close(self) -> None:
        """Waits for running work and closes all connections."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._glances.close()
        if self._deeds is not None:
            self._deeds.close()
        self.engine.dispose()
        if self.is_sqlite:
            self._read_engine.dispose()

    def _at_once(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        with self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return statement.all(alone, values)

    def _read_here(self, fn: Callable[[Connection], T], snapshot: bool) -> T:
        if snapshot and not self.is_sqlite:
            with self.engine.connect() as connection:
                return fn(
                    connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                )
        with self._read_engine.connect() as connection:
            return fn(connection)

    def _write_here(self, fn: Callable[[Connection], T]) -> T:
        self._on_writer.busy = True
        try:
            return _retried(self.engine, fn)
        finally:
            self._on_writer.busy = False


def _retried(engine: Engine, fn: Callable[[Connection], T]) -> T:
    for attempt in range(1, ATTEMPTS + 1):
        committing = False
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                result = fn(connection)
                committing = True
                transaction.commit()
                return result
        except DBAPIError as failure:
            if attempt == ATTEMPTS or not _is_retried(failure, committing=committing):
                raise
            time.sleep(secrets.randbelow(40) / 1000 * 2**attempt)
    raise AssertionError("unreachable")


def _is_retried(failure: DBAPIError, *, committing: bool) -> bool:
    if failure.connection_invalidated and not committing:
        return True
    return getattr(failure.orig, "sqlstate", None) in RETRIED_STATES


def open_database(url: str, *, pool_size: int = 8, synchronous: str = "FULL") -> Database:
    """Opens the database at `url` (sqlite:///file or postgresql://…).

    Args:
        pool_size: connections on PostgreSQL, readers on SQLite.
        synchronous: SQLite's durability, FULL or NORMAL.
    """
    if synchronous not in ("FULL", "NORMAL"):
        raise ValueError("synchronous is FULL or NORMAL")
    return Database(url, pool_size=pool_size, synchronous=synchronous)


def table_names(connection: Connection) -> list[str]:
    """The tables that the database has."""
    return sa.inspect(connection).get_table_names()
