"""The background part of a process: takes jobs, and runs the schedules whose lease it gets."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.clock import Clock, system_clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.queue import executors, schedules
from saleor_loyalty_app.queue.engine import JobEngine
from saleor_loyalty_app.queue.jobs import BoundJob
from saleor_loyalty_app.queue.schedules import Schedule

logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker behaves; the defaults are those of production."""

    concurrency: int = 64
    job_pool_size: int = 4
    job_polling: timedelta = timedelta(seconds=0.2)
    #: How often the schedules are looked at.
    pulse: timedelta = timedelta(seconds=1)
    schedule_threads: int = 4
    grace: timedelta = timedelta(seconds=10)
    job_days: int = 7
    failed_job_days: int = 30


class Worker:
    """Runs jobs and schedules until it is stopped; one for each process."""

    def __init__(
        self,
        database: Database,
        jobs: Sequence[BoundJob],
        timetable: Sequence[Schedule],
        *,
        clock: Clock,
        options: WorkerOptions | None = None,
        machine_clock: Clock = system_clock,
    ) -> None:
        self.name = executors.new_name()
        self._database = database
        self._options = options or WorkerOptions()
        self._clock = clock
        self._machine_clock = machine_clock
        self._timetable = (*timetable, *self._own_schedules())
        self._engine = JobEngine(
            database.url,
            jobs,
            executor=self.name,
            concurrency=self._options.concurrency,
            polling=self._options.job_polling,
            pool_size=self._options.job_pool_size,
        )
        self._stopping = threading.Event()
        self._running: set[str] = set()
        self._running_lock = threading.Lock()
        self._pool = ThreadPoolExecutor(
            self._options.schedule_threads, thread_name_prefix="loyalty-schedule"
        )
        self._thread = threading.Thread(target=self._tick_on, name="loyalty-ticker", daemon=True)

    def start(self) -> None:
        """Begins to work; the tables must be there.

        A SQLite file has one process, so whoever worked on it before is gone for sure.
        """
        if self._database.is_sqlite:
            self._database.write(executors.leave_all)
            self._database.write(schedules.release_all)
        self._database.write(
            lambda conn: executors.beat(conn, self.name, now=self._machine_clock())
        )
        self._database.write(
            lambda conn: schedules.register(conn, self._timetable, now=self._clock())
        )
        self._engine.start()
        self._thread.start()
        logger.info("worker_started", executor=self.name)

    def stop(self) -> None:
        """Ends what can be ended in the time of grace and leaves the rest to others."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._engine.stop(grace=self._options.grace)
        self._database.write(lambda conn: executors.leave(conn, self.name))
        logger.info("worker_stopped", executor=self.name)

    @property
    def alive(self) -> bool:
        """Whether the schedules of this process are looked after."""
        return self._thread.is_alive()

    def run_due(self) -> list[str]:
        """Runs on this thread what is due now; gives the names. For tests and commands."""
        names = []
        for schedule in self._leased(self._due()):
            self._run(schedule)
            names.append(schedule.name)
        return names

    def _own_schedules(self) -> tuple[Schedule, ...]:
        return (
            Schedule("resume_orphans", timedelta(seconds=10), self._resume_orphans, at_start=True),
            Schedule("purge_jobs", timedelta(hours=1), self._purge_jobs),
        )

    def _tick_on(self) -> None:
        beaten = 0.0
        while not self._stopping.wait(self._options.pulse.total_seconds()):
            try:
                if time.monotonic() - beaten >= executors.BEAT.total_seconds():
                    self._beat()
                    beaten = time.monotonic()
                for schedule in self._leased(self._due()):
                    self._pool.submit(self._run, schedule)
            except Exception:
                logger.exception("tick_failed", executor=self.name)

    def _beat(self) -> None:
        with self._running_lock:
            running = sorted(self._running)
        now = self._machine_clock()
        self._database.write(lambda conn: executors.beat(conn, self.name, now=now))
        if running:
            self._database.write(
                lambda conn: schedules.renew(conn, running, self.name, machine_now=now)
            )

    def _due(self) -> list[Schedule]:
        found = self._database.read(
            lambda conn: schedules.due(
                conn, self._timetable, now=self._clock(), machine_now=self._machine_clock()
            )
        )
        with self._running_lock:
            return [schedule for schedule in found if schedule.name not in self._running]

    def _leased(self, wanted: Sequence[Schedule]) -> list[Schedule]:
        """Takes what no other process was faster to take, all in one transaction."""
        if not wanted:
            return []
        taken = self._database.write(
            lambda conn: schedules.lease_all(
                conn,
                [schedule.name for schedule in wanted],
                self.name,
                machine_now=self._machine_clock(),
            )
        )
        with self._running_lock:
            self._running |= taken
        return [schedule for schedule in wanted if schedule.name in taken]

    def _run(self, schedule: Schedule) -> None:
        failure, more = "", False
        try:
            with metrics.schedule_seconds.labels(schedule.name).time():
                more = schedule.run()
        except Exception as error:
            failure = log.describe(error)
            logger.exception("schedule_failed", schedule=schedule.name)
        metrics.schedule_runs.labels(schedule.name, "failed" if failure else "done").inc()
        now = self._clock()
        due_at = now if more else now + schedule.every
        try:
            self._database.write(
                lambda conn: schedules.finish(
                    conn,
                    schedule.name,
                    self.name,
                    due_at=due_at,
                    machine_now=self._machine_clock(),
                    failure=failure,
                )
            )
        except Exception:
            # The lease runs out by itself and the schedule is run again.
            logger.exception("schedule_not_finished", schedule=schedule.name)
        finally:
            with self._running_lock:
                self._running.discard(schedule.name)

    def _resume_orphans(self) -> bool:
        now = self._machine_clock()
        alive = self._database.read(lambda conn: executors.alive(conn, now=now))
        resumed = self._engine.resume_orphans(alive)
        self._database.write(lambda conn: executors.bury(conn, now=now))
        if resumed:
            logger.warning("jobs_resumed", count=resumed)
        return False

    def _purge_jobs(self) -> bool:
        now = self._machine_clock()
        purged = self._engine.purge(
            done_before=now - timedelta(days=self._options.job_days),
            failed_before=now - timedelta(days=self._options.failed_job_days),
        )
        return purged > 0
