"""Runs the jobs: DBOS Transact on the app's own database."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy.engine import make_url

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.queue.jobs import (
    APPLICATION,
    APPLICATION_VERSION,
    QUEUE,
    WORKFLOW,
    BoundJob,
    job_options,
)

LONGEST_DELAY = timedelta(hours=6)
PAGE = 500

logger = log.get(__name__)


class JobFailed(Exception):
    """A job was given up after its last attempt; its text says what failed, without data."""


def engine_url(database_url: str) -> str:
    """The address of the app's database as DBOS wants it."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{Path(url.database or '').resolve()}"
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def migrate_engine(database_url: str) -> None:
    """Makes or updates the tables of the job engine (on PostgreSQL in the schema `dbos`)."""
    DBOS.migrate(engine_url(database_url))


class JobEngine:
    """The part of a process that takes jobs from the queue. One for each process.

    Args:
        executor: a name of this process that no other has.
        concurrency: jobs at the same time.
        polling: how often the queue is looked at.
        pool_size: connections that the engine may open.
    """

    def __init__(
        self,
        database_url: str,
        jobs: Iterable[BoundJob],
        *,
        executor: str,
        concurrency: int,
        polling: timedelta,
        pool_size: int,
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._executor = executor
        self._concurrency = concurrency
        self._polling = polling
        self._config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": engine_url(database_url),
            "sys_db_pool_size": pool_size,
            "application_version": APPLICATION_VERSION,
            "executor_id": executor,
            "serializer": DBOSPortableJSONSerializer(),
            "enable_otlp": False,
            "max_executor_threads": concurrency + 8,
            "log_level": "WARNING",
        }

    def start(self) -> None:
        """Begins to take jobs. The tables of the engine must be there (`migrate_engine`)."""
        DBOS(config=self._config)
        DBOS.workflow(name=WORKFLOW)(self._workflow())
        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._concurrency,
            polling_interval_sec=self._polling.total_seconds(),
            on_conflict="always_update",
        )

    def stop(self, *, grace: timedelta) -> None:
        """Takes no more jobs and waits for the running ones for up to `grace`."""
        DBOS.destroy(
            destroy_registry=True,
            workflow_completion_timeout_sec=int(grace.total_seconds()),
        )

    def resume_orphans(self, alive: set[str]) -> int:
        """Puts the jobs of executors that are not `alive` back into the queue; their number."""
        orphans = [
            status.workflow_id
            for status in DBOS.list_workflows(
                status="PENDING",
                application_name=APPLICATION,
                load_input=False,
                load_output=False,
                limit=PAGE,
            )
            if status.executor_id not in alive
        ]
        if orphans:
            DBOS.resume_workflows(orphans, queue_name=QUEUE)
        return len(orphans)

    def purge(self, *, done_before: datetime, failed_before: datetime) -> int:
        """Deletes a page of jobs that were done or failed before these times; their number."""
        done = self._ended(["SUCCESS", "CANCELLED"], done_before)
        failed = self._ended(["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"], failed_before)
        if done or failed:
            DBOS.delete_workflows(done + failed)
        return len(done) + len(failed)

    def _ended(self, states: list[str], before: datetime) -> list[str]:
        found = DBOS.list_workflows(
            status=states,
            application_name=APPLICATION,
            end_time=before.astimezone(UTC).isoformat(),
            load_input=False,
            load_output=False,
            limit=PAGE,
        )
        return [status.workflow_id for status in found]

    def _workflow(self) -> Callable[[str, str, int], str]:
        def run(name: str, payload: str, attempt: int) -> str:
            return self._run(name, payload, attempt)

        return run

    def _run(self, name: str, payload: str, attempt: int) -> str:
        failure: str = DBOS.run_step({"name": name}, self._attempt, name, payload)
        if not failure:
            metrics.jobs.labels(name, "done").inc()
            return "done"
        job = self._jobs.get(name)
        if job is None or attempt >= job.attempts:
            metrics.jobs.labels(name, "failed").inc()
            raise JobFailed(failure)
        metrics.jobs.labels(name, "retried").inc()
        delay = min(job.first_delay * 2 ** (attempt - 1), LONGEST_DELAY)
        root = (DBOS.workflow_id or name).partition("#")[0]
        DBOS.enqueue_workflow_with_options(
            job_options(f"{root}#{attempt + 1}", delay=delay), name, payload, attempt + 1
        )
        return f"again: {failure}"

    def _attempt(self, name: str, payload: str) -> str:
        """One attempt; gives "" or what failed, as an exception could carry data into the books."""
        job = self._jobs.get(name)
        if job is None:
            return "no such job in this version"
        try:
            job.run(payload)
        except Exception as failure:
            logger.exception("job_failed", job=name)
            return log.describe(failure)
        return ""
