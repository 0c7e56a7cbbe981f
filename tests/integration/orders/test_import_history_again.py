"""History that is imported again, broken off, or overtaken by events, counts once."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.import_choice import ImportChoice
from saleor_loyalty_app.flows.import_history import (
    import_next_page,
    run_history_import,
    start_history_import,
)
from saleor_loyalty_app.orders import imports
from saleor_loyalty_app.orders.imports import ImportRow
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.test_import_history import (
    NOW,
    books,
    clock,  # noqa: F401
    past,
    run,  # noqa: F401
    source,  # noqa: F401
    store,  # noqa: F401
)
from tests.order_books import KEYS
from tests.order_source import MemorySource


def test_none_is_done_at_once(
    database: Database, store: StoreRef, source: MemorySource, run: Callable[..., ImportRow]
) -> None:
    assert run(ImportChoice("none")).state == "done"
    assert source.asked == []


def test_a_second_import_counts_nothing_twice(
    database: Database,
    store: StoreRef,
    source: MemorySource,
    run: Callable[..., ImportRow],
) -> None:
    run(ImportChoice("days", days=55))
    source.asked.clear()
    assert run(ImportChoice("days", days=3650)).orders_counted == 3
    assert books(database, store).balances == {("U1", "points"): 5000}


def test_orders_that_came_as_events_before_are_counted_too(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    old = past(1, 10)
    database.write(
        lambda conn: converge_order(conn, store, old, Look.webhook(NOW), now=NOW, secrets=KEYS)
    )
    assert books(database, store).balances == {}
    run(ImportChoice("days", days=3650))
    assert books(database, store).balances == {("U1", "points"): 5000}


def test_it_goes_on_where_it_broke_off(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    choice = ImportChoice("capped", cap=4500)
    row = database.write(
        lambda conn: start_history_import(conn, store, choice, dry_run=False, now=clock())
    )

    def go_on() -> ImportRow:
        return run_history_import(
            database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
        )

    pages = iter([_there, _away, _there, _there])
    source.before_page = lambda: next(pages)()
    with pytest.raises(SaleorUnavailable):
        go_on()
    assert books(database, store).balances == {("U1", "points"): 2000}
    done = go_on()
    assert (done.state, done.orders_counted) == ("done", 5)
    assert books(database, store).balances == {("U1", "points"): 4500}


def test_a_page_that_is_read_twice_is_counted_once(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=3650), dry_run=False, now=clock()
        )
    )

    def next_page() -> ImportRow:
        return import_next_page(database, store, source, row.id, clock=clock, secrets=KEYS)

    def another_worker() -> None:
        source.before_page = lambda: None
        next_page()

    source.before_page = another_worker
    assert next_page().orders_seen == 2
    assert books(database, store).balances == {("U1", "points"): 2000}


def test_a_page_that_another_run_booked_but_did_not_finish_is_counted_once(
    database: Database,
    store: StoreRef,
    source: MemorySource,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=3650), dry_run=False, now=clock()
        )
    )

    def go_on() -> ImportRow:
        return run_history_import(
            database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
        )

    with monkeypatch.context() as killed:
        killed.setattr(imports, "update_import", _killed_after(imports.update_import, 1))
        with pytest.raises(KeyboardInterrupt):
            go_on()
    assert books(database, store).balances == {("U1", "points"): 2000}
    done = go_on()
    assert done.orders_counted == 5
    assert done.report["orders"] == {"counted": 5, "points:points": 5000}


def test_an_order_that_an_event_overtook_is_read_again_and_imported(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    def event_arrives() -> None:
        source.before_page = lambda: None
        clock.advance(timedelta(seconds=1))
        told = Look.webhook(clock())
        database.write(
            lambda conn: converge_order(conn, store, past(1, 10), told, now=clock(), secrets=KEYS)
        )
        clock.advance(timedelta(seconds=1))

    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=3650), dry_run=False, now=clock()
        )
    )
    source.before_page = event_arrives
    done = run_history_import(
        database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
    )
    assert done.report["orders"] == {"counted": 5, "points:points": 5000}
    assert books(database, store).balances == {("U1", "points"): 5000}


def _there() -> None:
    """Saleor answers."""


def _away() -> None:
    raise SaleorUnavailable("timeout")


def _killed_after(function: Callable[..., None], calls: int) -> Callable[..., None]:
    """The function for so many calls, and then the end."""
    left = iter(range(calls))

    def call(*args: Any, **values: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        function(*args, **values)

    return call
