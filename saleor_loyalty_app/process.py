"""One process of the app, put together from its settings: web, worker or command."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

from limits.storage import MemoryStorage
from sqlalchemy.exc import DBAPIError

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock, ShiftedClock, system_clock
from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.handlers.registry import Registry, load_registry
from saleor_loyalty_app.limiting.limiter import Limiter
from saleor_loyalty_app.limiting.storage import DatabaseStorage
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.queue import Worker, WorkerOptions
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.services import Services, open_services
from saleor_loyalty_app.settings import Settings
from saleor_loyalty_app.tasks import store_tasks, timetable
from saleor_loyalty_app.tasks.background import Background

#: Threads on which requests call stores: to register, and for new keys.
REQUEST_THREADS = 4
#: Seconds after which a thread that computes lets another have the interpreter.
SWITCH_INTERVAL = 0.001


class DatabaseNotMigrated(AppError):
    """The tables are not those that this version of the app needs."""

    code: ClassVar[str] = "database_not_migrated"
    status: ClassVar[int] = 503


class DatabaseUnreachable(AppError):
    """The database does not answer at the address of LOYALTY_DATABASE_URL."""

    code: ClassVar[str] = "database_unreachable"
    status: ClassVar[int] = 503

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


@dataclass(frozen=True, slots=True)
class Process:
    """What is open; `close` it at the end.

    Attributes:
        threads: on which requests call stores: to register, and for new keys.
        checkout_threads: on which requests of shoppers call stores.
        limiter: counts who asks how often.
        background: what the tasks work with, with threads of their own.
    """

    settings: Settings
    clock: Clock
    database: Database
    registry: Registry
    services: Services
    email_keys: EmailKeys
    threads: ThreadPoolExecutor
    checkout_threads: ThreadPoolExecutor
    limiter: Limiter
    background: Background

    def new_worker(self) -> Worker:
        """A worker for this process; it is not started yet."""
        return Worker(
            self.database,
            timetable.jobs(self.background, self.registry.plugin_handlers),
            timetable.schedules(self.background),
            clock=self.clock,
            options=WorkerOptions(
                concurrency=self.settings.job_concurrency,
                job_pool_size=self.settings.job_pool_size,
                job_days=self.settings.job_days,
            ),
        )

    def close(self) -> None:
        """Waits for what runs, and closes all connections."""
        self.threads.shutdown(wait=True, cancel_futures=True)
        self.checkout_threads.shutdown(wait=True, cancel_futures=True)
        self.background.threads.shutdown(wait=True, cancel_futures=True)
        self.services.close()
        self.database.close()


def open_process(settings: Settings) -> Process:
    """Opens what a process needs, on a database that was migrated.

    Raises:
        DatabaseUnreachable: it does not answer.
        DatabaseNotMigrated: its tables are not those of this version.
    """
    database = open_database(
        settings.database_url,
        pool_size=settings.database_pool_size,
        synchronous=settings.sqlite_synchronous,
    )
    try:
        require_migrated(database)
    except AppError:
        database.close()
        raise
    clock = clock_of(settings)
    registry = load_registry()
    plugin_kinds.use(registry.kinds)
    services = open_services(
        settings,
        database,
        clock=clock,
        handlers=registry.handlers,
        on_installed=store_tasks.begin,
    )
    keys = EmailKeys.of(settings.secrets)
    return Process(
        settings=settings,
        clock=clock,
        database=database,
        registry=registry,
        services=services,
        email_keys=keys,
        threads=ThreadPoolExecutor(REQUEST_THREADS, thread_name_prefix="loyalty-saleor"),
        checkout_threads=ThreadPoolExecutor(
            settings.checkout_threads, thread_name_prefix="loyalty-checkout"
        ),
        limiter=_limiter(settings, database),
        background=Background(
            services,
            ThreadPoolExecutor(settings.saleor_threads, thread_name_prefix="loyalty-background"),
            keys,
        ),
    )


def share_interpreter() -> None:
    """Lets threads that come back from the database go on sooner than Python does by default.

    A webhook waits for the database nine times; behind a thread that computes, each return costs
    up to the switch interval (5 ms by default).
    """
    sys.setswitchinterval(SWITCH_INTERVAL)


def _limiter(settings: Settings, database: Database) -> Limiter:
    """Counts in the database for all processes; on SQLite, where one process serves, in memory."""
    storage = MemoryStorage() if database.is_sqlite else DatabaseStorage(database)
    return Limiter(storage, settings.secrets[0])


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or the one that demo and tests move."""
    return system_clock if settings.clock_file is None else ShiftedClock(settings.clock_file)


def require_migrated(database: Database) -> None:
    """Raises DatabaseUnreachable or DatabaseNotMigrated, if it is so."""
    try:
        found = database.read(migrate.current)
    except DBAPIError as failure:
        raise DatabaseUnreachable(log.describe(failure)) from failure
    if not migrate.fits(found):
        raise DatabaseNotMigrated


def migrate_database(settings: Settings) -> tuple[str | None, str]:
    """Brings the tables of the app and of its job engine up to date; revision before and after.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    try:
        moved = migrate.upgrade(settings.database_url)
        migrate_engine(settings.database_url)
    except DBAPIError as failure:
        raise DatabaseUnreachable(log.describe(failure)) from failure
    return moved
