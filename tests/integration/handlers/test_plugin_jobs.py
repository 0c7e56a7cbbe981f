"""Handlers of plugins run as jobs after the webhook was accepted, so a broken one blocks nobody."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import Kind
from saleor_loyalty_app.flows.plugin_handler import (
    API_VERSION,
    PLUGIN_JOB,
    Plugin,
    PluginCall,
    PluginEvent,
    PluginHandler,
    PluginHandlerMissing,
    as_handler,
    by_name,
    run_plugin_handler,
)
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.queue import Worker, WorkerOptions, bind
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.webhook_edge import SECRETS, event_body

DOCUMENT = "subscription { event { ...EventEnvelope ... on OrderUpdated { order { id } } } }"
QUICK = WorkerOptions(
    concurrency=4, job_polling=timedelta(seconds=0.05), grace=timedelta(seconds=0)
)


class Function:
    """A plugin's function that fails as often as told."""

    def __init__(self) -> None:
        self.failures = 0
        self.seen: list[PluginEvent] = []
        self.done = threading.Event()

    def __call__(self, event: PluginEvent) -> None:
        self.seen.append(event)
        if len(self.seen) <= self.failures:
            raise RuntimeError("the plugin is broken")
        self.done.set()


@pytest.fixture
def function() -> Function:
    return Function()


@pytest.fixture
def plugin(function: Function) -> Plugin:
    return Plugin(
        "gifts", API_VERSION, (PluginHandler("thanks", ("ORDER_UPDATED",), DOCUMENT, function),)
    )


@pytest.fixture
def jobs(database: Database) -> Database:
    migrate_engine(database.url)
    if not database.is_sqlite:
        database.write(_empty_the_engine)
    return database


def _empty_the_engine(conn: Connection) -> None:
    for name in ("operation_outputs", "workflow_input", "workflow_status"):
        conn.exec_driver_sql(f"DELETE FROM dbos.{name}")


@pytest.fixture
def store(jobs: Database) -> StoreRef:
    return jobs.write(make_store)


@pytest.fixture
def tell(
    jobs: Database, plugin: Plugin, store: StoreRef, clock: ManualClock
) -> Callable[[], Outcome]:
    handler = as_handler(plugin, plugin.handlers[0])
    assert handler.kind is Kind.plugin
    body = event_body("OrderUpdated", store.app_id, order={"id": "T3JkZXI6MQ=="})
    return lambda: receive(jobs, handler, store, body, now=clock(), secrets=SECRETS)


@pytest.fixture
def start_worker(
    jobs: Database, plugin: Plugin, clock: ManualClock
) -> Iterator[Callable[[], None]]:
    workers: list[Worker] = []

    def start() -> None:
        job = bind(
            PLUGIN_JOB,
            lambda call: run_plugin_handler(jobs, by_name([plugin]), call, clock=clock),
        )
        worker = Worker(jobs, [job], [], clock=clock, options=QUICK)
        worker.start()
        workers.append(worker)

    yield start
    for worker in workers:
        worker.stop()


def test_an_accepted_webhook_reaches_the_plugin_once(
    tell: Callable[[], Outcome],
    start_worker: Callable[[], None],
    function: Function,
    store: StoreRef,
) -> None:
    assert [tell(), tell()] == [Outcome.accepted, Outcome.duplicate]
    assert function.seen == []
    start_worker()
    assert function.done.wait(20)
    time.sleep(0.3)
    [event] = function.seen
    assert (event.store, event.envelope.typename) == (store, "OrderUpdated")
    assert event.key.startswith("gifts-thanks:")


def test_a_plugin_that_fails_has_accepted_its_webhook_all_the_same(
    tell: Callable[[], Outcome], function: Function, jobs: Database
) -> None:
    function.failures = 99
    assert tell() is Outcome.accepted
    [row] = jobs.read(lambda conn: conn.exec_driver_sql("SELECT handler FROM inbox_message").all())
    assert row[0] == "gifts-thanks"


def test_what_a_plugin_raises_is_the_jobs_failure(
    tell: Callable[[], Outcome],
    jobs: Database,
    plugin: Plugin,
    function: Function,
    clock: ManualClock,
) -> None:
    function.failures = 1
    tell()
    call = PluginCall("gifts-thanks", 1)
    with pytest.raises(RuntimeError, match="broken"):
        run_plugin_handler(jobs, by_name([plugin]), call, clock=clock)
    run_plugin_handler(jobs, by_name([plugin]), call, clock=clock)
    first, second = function.seen
    assert first.key == second.key


def test_a_plugin_that_was_removed_is_told(jobs: Database, clock: ManualClock) -> None:
    with pytest.raises(PluginHandlerMissing, match="gifts-thanks"):
        run_plugin_handler(jobs, {}, PluginCall("gifts-thanks", 1), clock=clock)


def test_a_body_or_a_store_that_is_gone_is_passed_over(
    tell: Callable[[], Outcome],
    jobs: Database,
    plugin: Plugin,
    function: Function,
    store: StoreRef,
    clock: ManualClock,
) -> None:
    tell()
    handlers = by_name([plugin])
    run_plugin_handler(jobs, handlers, PluginCall("gifts-thanks", 999), clock=clock)
    jobs.write(lambda conn: stores.mark_uninstalled(conn, store.id, store.app_id, clock()))
    run_plugin_handler(jobs, handlers, PluginCall("gifts-thanks", 1), clock=clock)
    assert function.seen == []
