"""Jobs that were given up: seen by their store alone, and begun anew once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.queue import Job, Worker, bind, enqueue
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.queue.failed import FailedJob, FailedJobs, JobUnknown
from tests.integration.runtime.test_jobs import QUICK, _empty_the_engine, wait_for


@dataclass(frozen=True)
class Parcel:
    store_id: int


SEND = Job("send", Parcel, attempts=2, first_delay=timedelta(seconds=0.05))


@dataclass
class Post:
    """Loses every parcel until it is mended."""

    mended: bool = False
    sent: int = 0

    def send(self, parcel: Parcel) -> None:
        if not self.mended:
            raise ConnectionError("nobody answers")
        self.sent += 1


@pytest.fixture
def post() -> Post:
    """What does the job."""
    return Post()


@pytest.fixture
def failed(database: Database, post: Post) -> Iterator[FailedJobs]:
    """The failed jobs, beside a worker."""
    migrate_engine(database.url)
    if not database.is_sqlite:
        database.write(_empty_the_engine)
    worker = Worker(
        database,
        [bind(SEND, post.send)],
        [],
        clock=ManualClock(datetime(2027, 1, 1, tzinfo=UTC)),
        options=QUICK,
    )
    worker.start()
    yield FailedJobs(database, ["send"])
    worker.stop()


def test_a_failed_job_is_seen_by_its_store_and_begun_anew_once(
    database: Database, failed: FailedJobs, post: Post
) -> None:
    for store in (1, 11):
        parcel = Parcel(store)
        database.write(
            lambda conn, parcel=parcel: enqueue(  # type: ignore[misc]
                conn, SEND, parcel, dedup_key=f"{parcel.store_id}:a"
            )
        )
    wait_for(lambda: len(failed.page(1, first=5)) == 1 and len(failed.page(11, first=5)) == 1)
    [job] = failed.page(1, first=5)
    assert (job.name, job.attempts) == ("send", 2)
    assert "ConnectionError" in job.failure
    assert failed.page(1, first=5, offset=1) == []
    assert failed.page(2, first=5) == []
    noted: list[str] = []

    def note(_conn: sa.Connection, job: FailedJob) -> None:
        noted.append(job.id)

    with pytest.raises(JobUnknown):
        failed.retry(2, job.id, note)
    post.mended = True
    failed.retry(1, job.id, note)
    wait_for(lambda: post.sent == 1)
    assert failed.page(1, first=5) == []
    with pytest.raises(JobUnknown):
        failed.retry(1, job.id, note)
    assert noted == [job.id]


def test_what_fails_again_may_be_begun_again(
    database: Database, failed: FailedJobs, post: Post
) -> None:
    database.write(lambda conn: enqueue(conn, SEND, Parcel(1), dedup_key="1:a"))
    wait_for(lambda: len(failed.page(1, first=5)) == 1)
    [job] = failed.page(1, first=5)
    failed.retry(1, job.id, lambda _conn, _job: None)
    wait_for(lambda: [one.id for one in failed.page(1, first=5)] == ["send:1:a!1#2"])
    failed.retry(1, "send:1:a!1#2", lambda _conn, _job: None)
    wait_for(lambda: [one.id for one in failed.page(1, first=5)] == ["send:1:a!2#2"])
