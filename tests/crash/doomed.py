"""The app in a child process that kills itself at a chosen step: what `run` does there.

The forkserver of multiprocessing imports this module once; see `tests.nursery`.
"""

import faulthandler
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
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
from saleor_loyalty_app.api import redemption_answers
from saleor_loyalty_app.queue import executors, schedules
from saleor_loyalty_app.queue.worker import WorkerOptions
from saleor_loyalty_app.saleor import breaker, order_reader
from tests.crash.scopes import carry_scopes, name_scopes, present, remember, replace, where
from tests.nursery import end_with_parent

#: Orders that the doomed read at a time, so that a few orders make several pages.
PAGE = 3
_WRITES = re.compile(r"(?<!FOR )(?<!DO )\b(INSERT INTO|UPDATE|DELETE FROM) +([\w.\"]+)")
_OPERATION = re.compile(rb"(?:\b|\\n)(query|mutation) +(\w+)")


@dataclass(frozen=True)
class Doom:
    """At which steps the process dies: at the first of each kind that belongs to its lane.

    A kind of step is who works (a schedule, job, webhook handler, or a request for points, with the
    step of the redemption and what it did before), which tables the transaction wrote so far, and
    what comes next: a write, the commit, what follows the commit, a question to the store, or what
    follows its answer. `journal` remembers what was seen and what was died at, over all lives.
    Kinds in which nothing of `about` (a pattern) is found are let live.
    """

    journal: Path
    lane: int
    lanes: int
    about: str = ""


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    doom: Doom | None,
    pace: float,
    patience: timedelta | None,
) -> None:
    """Runs `saleor-loyalty` with `arguments`; what it says goes to `output`.

    `pace` shortens leases and pauses of the worker: 1 is production's. A request that spends points
    goes on for `patience` by the app's clock; None is production's.
    """
    with output.open("ab", buffering=0) as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    faulthandler.enable()
    os.environ.update(environment)
    end_with_parent()
    if pace != 1:
        _hasten(pace)
    if patience is not None:
        replace(redemption_answers, "PATIENCE", patience)
    if doom is not None:
        order_reader.FIRST_PAGE = PAGE
        _Reaper(doom).lie_in_wait()
    sys.exit(cli.run(list(arguments)))


def _hasten(pace: float) -> None:
    schedules.LEASE *= pace
    executors.BEAT *= pace
    executors.DEAD_AFTER *= pace
    breaker.REST *= pace
    # The queue of jobs is looked at as often as ever: at twenty times a second that was a third of
    # all that these processes did.
    hasty = partial(WorkerOptions, pulse=timedelta(seconds=max(0.05, pace)))
    replace(process, "WorkerOptions", hasty)


class _Reaper:
    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self._lock = threading.Lock()
        lines = doom.journal.read_text().splitlines() if doom.journal.exists() else []
        self._known = {line.partition(" ")[2] for line in lines}

    def step(self, what: str) -> None:
        """Dies here, if it is the time; else says that it was here."""
        with self._lock:
            if what in self._known or not re.search(self._doom.about, what):
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
        name_scopes()
        carry_scopes(self._committed)

    def _statement(
        self, conn: Connection, _cursor: Any, statement: str, _parameters: Any, *_rest: Any
    ) -> None:
        found = _WRITES.search(statement)
        if found is None:
            return
        name = found[2].strip('"').rpartition(".")[2]
        wrote: list[str] = conn.info.setdefault("wrote", [])
        self.step(f"{where(conn)}: {' '.join(wrote)} > {found[1]} {name}")
        if name not in wrote:
            wrote.append(name)

    def _commit(self, conn: Connection) -> None:
        wrote = conn.info.get("wrote")
        if wrote:
            self.step(f"{where(conn)}: {' '.join(wrote)} > COMMIT")

    def _committed(self, wrote: Sequence[str]) -> None:
        if wrote:
            self.step(f"{present()}: {' '.join(wrote)} > after COMMIT")
            remember(" ".join(wrote))

    def _watch_requests(self) -> None:
        send = httpx.Client.send

        def watched(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            found = _OPERATION.search(request.read())
            name = found[2].decode() if found else request.url.path
            self.step(f"{present()}: before asking {name}")
            answer = send(client, request, **more)
            self.step(f"{present()}: after asking {name}")
            remember(name)
            return answer

        replace(httpx.Client, "send", watched)
