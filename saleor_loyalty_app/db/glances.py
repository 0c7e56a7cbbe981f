"""Reads of one hot statement on the event loop's own thread, for answers that people wait for.

To hand a read to another thread costs more than the read itself, the more so on a busy machine.
SQLite answers at once; PostgreSQL is asked on a connection in libpq's pipeline mode, on which many
questions may be on their way. What cannot be read at once is `Unready`: whoever asked takes the
usual way then, which knows how to wait and what to tell of a failure.
"""

import asyncio
import re
import sqlite3
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any, Protocol

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy.engine import Engine

from saleor_loyalty_app.db.hot import Hot, Prepared

#: A connection that broke is made again, at most once in so many seconds.
PAUSE = 1.0
_NAMED = re.compile(r"%\((\w+)\)s")
_PASSED_OVER = frozenset({ExecStatus.PIPELINE_SYNC, ExecStatus.COMMAND_OK})


class Unready(Exception):
    """A statement cannot be read at once."""


class Glances(Protocol):
    """Reads at once; for event loops, one of them at a time."""

    async def all(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """All rows, as named tuples.

        Raises:
            Unready: the usual way is to be taken.
        """

    def close(self) -> None:
        """Closes what is open; may be called from any thread."""


class SqliteGlances:
    """Reads with a connection of its own that never waits: a reader of a WAL waits for nobody."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    async def all(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """See `Glances`."""
        prepared = statement.prepared(self._engine.dialect, values)
        if not self._lock.acquire(blocking=False):
            raise Unready
        try:
            found = self._open().execute(prepared.text, prepared.parameters(values)).fetchall()
        except sqlite3.Error as failure:
            self._close()
            raise Unready from failure
        finally:
            self._lock.release()
        return [prepared.row(row) for row in found]

    def close(self) -> None:
        """See `Glances`."""
        with self._lock:
            self._close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection: sqlite3.Connection = _connect(self._engine)
            self._connection = connection
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("PRAGMA query_only=ON")
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresGlances:
    """Reads on one connection beside the pool's.

    It is made on another thread; who asks before it is there, or while it is broken, is unready.
    """

    def __init__(self, engine: Engine, threads: Executor) -> None:
        self._engine = engine
        self._threads = threads
        self._line: Line | None = None
        self._connecting = threading.Lock()
        self._not_before = 0.0

    async def all(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """See `Glances`."""
        line = self._line
        if line is None or not line.is_open or line.is_orphaned:
            line = await self._connected()
        return await line.all(statement.prepared(self._engine.dialect, values), values)

    def close(self) -> None:
        """See `Glances`."""
        line, self._line = self._line, None
        if line is not None:
            line.end()

    async def _connected(self) -> "Line":
        loop = asyncio.get_running_loop()
        line = self._line
        is_soon = loop.time() < self._not_before and not (line and line.is_orphaned)
        if is_soon or not self._connecting.acquire(blocking=False):
            raise Unready
        try:
            self._not_before = loop.time() + PAUSE
            self.close()
            making = loop.run_in_executor(self._threads, _connect, self._engine)
            try:
                made = await asyncio.shield(making)
            except asyncio.CancelledError:
                making.add_done_callback(_hang_up)
                raise
            self._line = Line(made, loop)
            return self._line
        except (psycopg.Error, OSError) as failure:
            raise Unready from failure
        finally:
            self._connecting.release()


class Line:
    """A connection in pipeline mode: questions go out at once, answers come in their order.

    It belongs to one event loop, which watches it only while somebody waits. Whatever goes wrong
    ends it, also that somebody would not wait any longer: it may be dead.
    """

    def __init__(
        self, connection: "psycopg.Connection[Any]", loop: asyncio.AbstractEventLoop
    ) -> None:
        self._connection = connection
        self._loop = loop
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._conversion = Transformer(connection)
        self._waiting: deque[asyncio.Future[PGresult]] = deque()
        self._known: dict[str, tuple[bytes, tuple[str, ...]]] = {}
        self.is_open = True

    @property
    def is_orphaned(self) -> bool:
        """Whether its event loop is gone."""
        return self._loop.is_closed()

    async def all(self, prepared: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """All rows of a statement.

        Raises:
            Unready: the line ended, or is of another event loop just now.
        """
        answer = self._ask(prepared, values)
        try:
            result = await answer
        except asyncio.CancelledError:
            self.close()
            raise
        self._conversion.set_pgresult(result)
        return self._conversion.load_rows(0, result.ntuples, prepared.row)

    def end(self) -> None:
        """Closes it, on the thread of the event loop where somebody waits for an answer there."""
        if self._waiting and self._loop.is_running():
            self._loop.call_soon_threadsafe(self.close)
        else:
            self.close()

    def close(self) -> None:
        """Closes it; who waits is unready."""
        if not self.is_open:
            return
        self.is_open = False
        if not self.is_orphaned:
            self._unwatch()
            for answer in self._waiting:
                if not answer.done():
                    answer.set_exception(Unready())
        self._waiting.clear()
        self._connection.close()

    def _ask(self, prepared: Prepared, values: Mapping[str, Any]) -> "asyncio.Future[PGresult]":
        if asyncio.get_running_loop() is not self._loop:
            raise Unready
        try:
            self._send(prepared, prepared.parameters(values))
        except psycopg.Error as failure:
            self.close()
            raise Unready from failure
        answer: asyncio.Future[PGresult] = self._loop.create_future()
        if not self._waiting:
            self._loop.add_reader(self._pg.socket, self._on_readable)
        self._waiting.append(answer)
        return answer

    def _send(self, prepared: Prepared, values: Mapping[str, Any]) -> None:
        known = self._known.get(prepared.text)
        if known is None:
            text, order = numbered(prepared.text)
            known = self._known[prepared.text] = (b"glance_%d" % len(self._known), order)
            self._pg.send_prepare(known[0], text.encode())
        name, order = known
        ordered = [values[one] for one in order]
        formats = [PyFormat.TEXT] * len(ordered)
        self._pg.send_query_prepared(name, self._conversion.dump_sequence(ordered, formats))
        self._pg.pipeline_sync()
        if self._pg.flush():
            raise psycopg.OperationalError("the server takes no more")

    def _on_readable(self) -> None:
        try:
            self._pg.consume_input()
            while self._waiting and not self._pg.is_busy():
                self._take()
        except psycopg.Error:
            self.close()
            return
        if not self._waiting:
            self._unwatch()

    def _take(self) -> None:
        """Takes the next result, which may be none or one that nobody waits for."""
        result = self._pg.get_result()
        if result is None or result.status in _PASSED_OVER:
            return
        if result.status != ExecStatus.TUPLES_OK:
            raise psycopg.OperationalError("the server refused")
        answer = self._waiting.popleft()
        if not answer.done():
            answer.set_result(result)

    def _unwatch(self) -> None:
        self._loop.remove_reader(self._pg.socket)


def numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """A statement of psycopg's as libpq takes it, and the names of its parameters in order."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"${len(names)}"

    return _NAMED.sub(number, text).replace("%%", "%"), tuple(names)


def _hang_up(making: "asyncio.Future[psycopg.Connection[Any]]") -> None:
    """Closes a connection for which nobody waits any more."""
    if not making.cancelled() and making.exception() is None:
        making.result().close()


def _connect(engine: Engine) -> Any:
    """A connection of the driver's, made as the pool makes its own."""
    arguments, options = engine.dialect.create_connect_args(engine.url)
    return engine.dialect.connect(*arguments, **options)
