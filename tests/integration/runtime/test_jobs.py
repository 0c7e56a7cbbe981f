"""Jobs: enqueued with the transaction, run at least once, tried again, taken over."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock, system_clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.queue import BoundJob, Job, Worker, WorkerOptions, bind, enqueue
from saleor_loyalty_app.queue.engine import migrate_engine

QUICK = WorkerOptions(
    concurrency=8, job_polling=timedelta(seconds=0.05), grace=timedelta(seconds=0)
)


@dataclass(frozen=True)
class Greeting:
    name: str


GREET = Job("greet", Greeting, attempts=3, first_delay=timedelta(seconds=0.1))


@pytest.fixture
def jobs_database(database: Database) -> Database:
    migrate_engine(database.url)
    if not database.is_sqlite:
        database.write(_empty_the_engine)
    return database


def _empty_the_engine(conn: sa.Connection) -> None:
    for table in ("operation_outputs", "workflow_input", "workflow_status"):
        conn.exec_driver_sql(f"DELETE FROM dbos.{table}")


@pytest.fixture
def start_worker(jobs_database: Database) -> Iterator[Callable[[BoundJob], Worker]]:
    workers: list[Worker] = []

    def start(job: BoundJob) -> Worker:
        worker = Worker(
            jobs_database,
            [job],
            [],
            clock=ManualClock(datetime(2027, 1, 1, tzinfo=UTC)),
            options=QUICK,
        )
        worker.start()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.stop()


def states(database: Database) -> dict[str, str]:
    prefix = "" if database.is_sqlite else "dbos."
    rows = database.read(
        lambda conn: conn.exec_driver_sql(
            f"SELECT workflow_uuid, status FROM {prefix}workflow_status"
        ).all()
    )
    return {row[0]: row[1] for row in rows}


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_job_runs_with_its_typed_payload_after_the_commit(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    seen: list[Greeting] = []
    start_worker(bind(GREET, seen.append))
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("Ayşe"), dedup_key="1"))
    wait_for(lambda: seen == [Greeting("Ayşe")])
    wait_for(lambda: states(jobs_database) == {"greet:1": "SUCCESS"})


def test_a_job_of_a_transaction_that_was_rolled_back_never_runs(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    seen: list[Greeting] = []
    start_worker(bind(GREET, seen.append))

    def enqueue_and_fail(conn: sa.Connection) -> None:
        enqueue(conn, GREET, Greeting("lost"), dedup_key="1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        jobs_database.write(enqueue_and_fail)
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("kept"), dedup_key="2"))
    wait_for(lambda: seen != [])
    assert seen == [Greeting("kept")]
    assert list(states(jobs_database)) == ["greet:2"]


def test_the_same_key_enqueues_once_and_leaves_the_transaction_usable(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    seen: list[Greeting] = []

    def twice(conn: sa.Connection) -> int:
        enqueue(conn, GREET, Greeting("first"), dedup_key="1")
        enqueue(conn, GREET, Greeting("second"), dedup_key="1")
        return conn.execute(sa.select(sa.literal(1))).scalar_one()

    assert jobs_database.write(twice) == 1
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("third"), dedup_key="1"))
    start_worker(bind(GREET, seen.append))
    wait_for(lambda: states(jobs_database) == {"greet:1": "SUCCESS"})
    assert seen == [Greeting("first")]


def test_a_failing_job_is_tried_again_and_then_kept_as_failed(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    tries: list[Greeting] = []

    def fail(greeting: Greeting) -> None:
        tries.append(greeting)
        raise ConnectionError(f"secret of {greeting.name}")

    start_worker(bind(GREET, fail))
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("Ayşe"), dedup_key="1"))
    wait_for(lambda: states(jobs_database).get("greet:1#3") == "ERROR")
    assert len(tries) == 3
    assert states(jobs_database)["greet:1"] == "SUCCESS"
    prefix = "" if jobs_database.is_sqlite else "dbos."
    stored = jobs_database.read(
        lambda conn: [
            *conn.exec_driver_sql(f"SELECT * FROM {prefix}workflow_status").all(),
            *conn.exec_driver_sql(f"SELECT * FROM {prefix}operation_outputs").all(),
        ]
    )
    assert "secret" not in str(stored)


def test_a_job_that_recovers_is_done(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    tries: list[Greeting] = []

    def fail_once(greeting: Greeting) -> None:
        tries.append(greeting)
        if len(tries) == 1:
            raise ConnectionError

    start_worker(bind(GREET, fail_once))
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("Ayşe"), dedup_key="1"))
    wait_for(lambda: states(jobs_database).get("greet:1#2") == "SUCCESS")
    assert len(tries) == 2


def test_a_delayed_job_waits(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    seen: list[Greeting] = []
    start_worker(bind(GREET, seen.append))
    jobs_database.write(
        lambda conn: enqueue(
            conn, GREET, Greeting("later"), dedup_key="1", delay=timedelta(hours=1)
        )
    )
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("now"), dedup_key="2"))
    wait_for(lambda: seen != [])
    assert seen == [Greeting("now")]
    assert states(jobs_database)["greet:1"] == "DELAYED"


def test_a_payload_that_no_longer_fits_fails_without_being_run(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    @dataclass(frozen=True)
    class Older:
        title: str

    older = Job("greet", Older, attempts=1)
    seen: list[Greeting] = []
    jobs_database.write(lambda conn: enqueue(conn, older, Older("Ms"), dedup_key="1"))
    start_worker(bind(Job("greet", Greeting, attempts=1), seen.append))
    wait_for(lambda: states(jobs_database) == {"greet:1": "ERROR"})
    assert seen == []


def test_done_jobs_are_purged_after_their_time(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    seen: list[Greeting] = []
    worker = start_worker(bind(GREET, seen.append))
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("Ayşe"), dedup_key="1"))
    wait_for(lambda: states(jobs_database) == {"greet:1": "SUCCESS"})
    engine = worker._engine
    now = system_clock()
    assert engine.purge(done_before=now - timedelta(days=7), failed_before=now) == 0
    later = now + timedelta(seconds=5)
    assert engine.purge(done_before=later, failed_before=later) == 1
    assert states(jobs_database) == {}


def test_jobs_of_an_executor_that_is_gone_are_resumed_and_others_are_left(
    jobs_database: Database, start_worker: Callable[[BoundJob], Worker]
) -> None:
    began, seen = threading.Event(), []
    hanging = threading.Event()

    def hang_first(greeting: Greeting) -> None:
        seen.append(greeting)
        if len(seen) == 1:
            began.set()
            hanging.wait(10)

    worker = start_worker(bind(GREET, hang_first))
    jobs_database.write(lambda conn: enqueue(conn, GREET, Greeting("Ayşe"), dedup_key="1"))
    assert began.wait(10)
    assert worker._engine.resume_orphans({worker.name}) == 0
    assert worker._engine.resume_orphans({uuid.uuid4().hex}) == 1
    wait_for(lambda: len(seen) == 2)
    hanging.set()
    wait_for(lambda: states(jobs_database) == {"greet:1": "SUCCESS"})
