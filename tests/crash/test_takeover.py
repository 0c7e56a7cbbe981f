"""Killed workers: what they had begun is finished by others, or by the next start, in a minute."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.queue import enqueue
from saleor_loyalty_app.queue.engine import migrate_engine
from tests import nursery
from tests.crash.worker_process import WORK, Work, work

#: The promise of the documentation.
MINUTE = 60.0

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]
Start = Callable[[str], "WorkerProcess"]


class WorkerProcess:
    """A worker in a process of its own, with its diary."""

    def __init__(self, url: str, diary: Path) -> None:
        self.diary = diary
        self.process = nursery.context.Process(target=work, args=(url, diary), daemon=True)
        self.process.start()
        self.wait_for("ready")

    def notes(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def wait_for(self, note: str, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while note not in self.notes():
            assert self.process.is_alive(), "the worker ended by itself"
            assert time.monotonic() < deadline, f"no {note!r} in {self.notes()}"
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


@pytest.fixture
def books(database_url: str) -> Iterator[Database]:
    migrate_engine(database_url)
    opened = open_database(database_url)
    if not opened.is_sqlite:
        for table in ("operation_outputs", "workflow_input", "workflow_status"):
            opened.write(
                lambda conn, table=table: conn.exec_driver_sql(  # type: ignore[misc]
                    f"DELETE FROM dbos.{table}"
                )
            )
    yield opened
    opened.close()


@pytest.fixture
def start(books: Database, tmp_path: Path) -> Iterator[Start]:
    started: list[WorkerProcess] = []

    def begin(name: str) -> WorkerProcess:
        worker = WorkerProcess(books.url, tmp_path / f"{name}.txt")
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        worker.kill()


def enqueued(books: Database, work: Work) -> None:
    books.write(lambda conn: enqueue(conn, WORK, work, dedup_key=work.name))


def count_of(books: Database, state: str) -> int:
    prefix = "" if books.is_sqlite else "dbos."
    query = sa.text(f"SELECT count(*) FROM {prefix}workflow_status WHERE status = :state")
    return int(books.read(lambda conn: conn.execute(query, {"state": state}).scalar_one()))


def test_a_killed_worker_is_taken_over_within_a_minute(books: Database, start: Start) -> None:
    first = start("first")
    enqueued(books, Work("slow", seconds=600))
    enqueued(books, Work("quick"))
    first.wait_for("begin slow")
    first.wait_for("end quick")
    # What is killed between its end and the note of it is done once more, as it must be.
    deadline = time.monotonic() + MINUTE
    while count_of(books, "SUCCESS") < 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # On SQLite one process works at a time: the second is the restart after the first.
    second = None if books.is_sqlite else start("second")
    first.kill()
    killed = time.monotonic()
    second = second or start("second")
    second.wait_for("begin slow", seconds=MINUTE)
    assert time.monotonic() - killed < MINUTE
    assert "begin quick" not in second.notes()


def test_schedules_of_a_killed_worker_go_on_elsewhere(books: Database, start: Start) -> None:
    first = start("first")
    first.wait_for("tick")
    first.kill()
    second = start("second")
    second.wait_for("tick", seconds=MINUTE)


def test_two_workers_share_the_work_and_do_nothing_twice(books: Database, start: Start) -> None:
    if books.is_sqlite:
        pytest.skip("a SQLite file is for one process")
    workers = [start("first"), start("second")]
    for number in range(40):
        enqueued(books, Work(f"job-{number}", seconds=0.05))
    deadline = time.monotonic() + 60
    while count_of(books, "SUCCESS") < 40:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    done = [note for worker in workers for note in worker.notes() if note.startswith("begin")]
    assert sorted(done) == sorted(f"begin job-{number}" for number in range(40))


def test_a_schedule_runs_in_one_process_at_a_time(books: Database, start: Start) -> None:
    if books.is_sqlite:
        pytest.skip("a SQLite file is for one process")
    began = time.monotonic()
    workers = [start("first"), start("second")]
    deadline = began + MINUTE
    while (ticks := sum(note == "tick" for one in workers for note in one.notes())) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    # Two that do it each would be at twice as many, however long both took to come up.
    assert ticks <= time.monotonic() - began + 2
