"""The app in a child process that kills itself at a chosen step: what `run` does there.

The forkserver of multiprocessing imports this module once, so that a start costs a fork and not the
import of the whole app.
"""

import faulthandler
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from saleor_loyalty_app import cli, process
from saleor_loyalty_app.api.saleor.webhooks import Intake
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.queue import executors, schedules
from saleor_loyalty_app.queue.engine import JobEngine
from saleor_loyalty_app.queue.worker import Worker, WorkerOptions
from saleor_loyalty_app.saleor import order_reader
from saleor_loyalty_app.tasks import per_store

#: Orders that the doomed read at a time, so that a few orders make several pages.
PAGE = 3
_WRITES = re.compile(r"(?<!FOR )(?<!DO )\b(INSERT INTO|UPDATE|DELETE FROM) +([\w.\"]+)")
_OPERATION = re.compile(rb"\b(query|mutation) +(\w+)")
_scope: ContextVar[str] = ContextVar("scope", default="process")


@dataclass(frozen=True)
class Doom:
    """At which steps the process dies: at the first of each kind that belongs to its lane.

    A kind of step is who works (a schedule, job, webhook handler), which tables the transaction
    wrote so far, and what comes next: a write, the commit, what follows the commit, a question to
    the store, or what follows its answer. `journal` remembers what was seen and what was died at,
    over all lives.
    """

    journal: Path
    lane: int
    lanes: int


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    doom: Doom | None,
    pace: float,
) -> None:
    """Runs `saleor-loyalty` with `arguments`; what it says goes to `output`.

    `pace` shortens leases and pauses of the worker: 1 is production's.
    """
    with output.open("ab", buffering=0) as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    faulthandler.enable()
    os.environ.update(environment)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if pace != 1:
        _hasten(pace)
    if doom is not None:
        order_reader.FIRST_PAGE = PAGE
        _Reaper(doom).lie_in_wait()
    sys.exit(cli.run(list(arguments)))


def _end_with(parent: int) -> None:
    """No process outlives the tests, however they end."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _hasten(pace: float) -> None:
    schedules.LEASE *= pace
    executors.BEAT *= pace
    executors.DEAD_AFTER *= pace
    hasty = partial(
        WorkerOptions,
        pulse=timedelta(seconds=max(0.05, pace)),
        job_polling=timedelta(seconds=max(0.05, 0.2 * pace)),
    )
    _replace(process, "WorkerOptions", hasty)


def _replace(owner: object, name: str, stand_in: Callable[..., Any]) -> None:
    """Puts `stand_in` where the app has something of this name, for the rest of the process."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: the app was changed, this test was not")
    setattr(owner, name, stand_in)


class _Reaper:
    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self._lock = threading.Lock()
        lines = doom.journal.read_text().splitlines() if doom.journal.exists() else []
        self._known = {line.partition(" ")[2] for line in lines}

    def step(self, what: str) -> None:
        """Dies here, if it is the time; else says that it was here."""
        with self._lock:
            if what in self._known:
                return
            self._known.add(what)
            dies = crc32(what.encode()) % self._doom.lanes == self._doom.lane
            with self._doom.journal.open("a") as journal:
                journal.write(f"{'died' if dies else 'seen'} {what}\n")
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)

    def lie_in_wait(self) -> None:
        """Watches every statement, commit and request from now on."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        event.listen(Engine, "rollback", lambda conn: conn.info.pop("wrote", None))
        event.listen(Engine, "begin", lambda conn: conn.info.pop("wrote", None))
        self._watch_requests()
        _name_scopes()
        _carry_scopes(self._committed)

    def _statement(
        self, conn: Connection, _cursor: Any, statement: str, _parameters: Any, *_rest: Any
    ) -> None:
        found = _WRITES.search(statement)
        if found is None:
            return
        name = found[2].strip('"').rpartition(".")[2]
        wrote: list[str] = conn.info.setdefault("wrote", [])
        self.step(f"{_where(conn)}: {' '.join(wrote)} > {found[1]} {name}")
        if name not in wrote:
            wrote.append(name)

    def _commit(self, conn: Connection) -> None:
        wrote = conn.info.get("wrote")
        if wrote:
            self.step(f"{_where(conn)}: {' '.join(wrote)} > COMMIT")

    def _committed(self, wrote: Sequence[str]) -> None:
        if wrote:
            self.step(f"{_scope.get()}: {' '.join(wrote)} > after COMMIT")

    def _watch_requests(self) -> None:
        send = httpx.Client.send

        def watched(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            found = _OPERATION.search(request.read())
            name = found[2].decode() if found else request.url.path
            self.step(f"{_scope.get()}: before asking {name}")
            answer = send(client, request, **more)
            self.step(f"{_scope.get()}: after asking {name}")
            return answer

        _replace(httpx.Client, "send", watched)


def _where(conn: Connection) -> str:
    return str(conn.info.get("scope", _scope.get()))


@contextmanager
def _within(scope: str) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def _name_scopes() -> None:
    """From now on it is known which schedule, job or handler works."""
    run_schedule, one_store = Worker._run, per_store._one
    attempt, booked = JobEngine._attempt, Intake._booked

    def named_schedule(worker: Worker, schedule: Any) -> None:
        with _within(schedule.name):
            run_schedule(worker, schedule)

    def named_store(name: str, *more: Any) -> bool | None:
        with _within(name):
            return one_store(name, *more)

    def named_job(engine: JobEngine, name: str, payload: str) -> str:
        with _within(name):
            return attempt(engine, name, payload)

    async def named_webhook(intake: Intake, handler: Any, *more: Any) -> Any:
        with _within(f"webhook {handler.name}"):
            return await booked(intake, handler, *more)

    _replace(Worker, "_run", named_schedule)
    _replace(per_store, "_one", named_store)
    _replace(JobEngine, "_attempt", named_job)
    _replace(Intake, "_booked", named_webhook)


def _carry_scopes(committed: Callable[[Sequence[str]], None]) -> None:
    """A write may run on another thread than who asks for it."""
    write, write_async = Database.write, Database.write_async

    def tagged(fn: Callable[[Connection], Any], seen: list[list[str]]) -> Callable[..., Any]:
        scope = _scope.get()

        def tag(conn: Connection) -> Any:
            conn.info["scope"] = scope
            seen.append(conn.info.setdefault("wrote", []))
            return fn(conn)

        return tag

    def carrying(database: Database, fn: Callable[[Connection], Any]) -> Any:
        seen: list[list[str]] = []
        result = write(database, tagged(fn, seen))
        committed(seen[-1])
        return result

    async def carrying_async(database: Database, fn: Callable[[Connection], Any]) -> Any:
        seen: list[list[str]] = []
        result = await write_async(database, tagged(fn, seen))
        committed(seen[-1])
        return result

    _replace(Database, "write", carrying)
    _replace(Database, "write_async", carrying_async)
