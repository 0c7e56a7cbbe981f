"""The time before the program: imported by choice, tried dry first, gone on with after a break."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.import_history import (
    ImportChoice,
    ImportNotFound,
    ImportRunning,
    InvalidImportChoice,
    ProgramNotLive,
    import_next_page,
    run_history_import,
    start_history_import,
)
from saleor_loyalty_app.orders import imports
from saleor_loyalty_app.orders.imports import ImportRow
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.order_books import KEYS, Books, books_of, entries_of, live_store, program
from tests.order_samples import fulfillment, order, shopper, transaction
from tests.order_source import MemorySource

LIVE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = LIVE + timedelta(days=30)
AYSE = shopper()


def past(number: int, days_before: int, **more: Any) -> OrderSnapshot:
    """An order of 100 USD, paid a minute after it was made, so many days before the program."""
    created = LIVE - timedelta(days=days_before)
    paid_at = (created + timedelta(minutes=1)).isoformat()
    charge = {
        "id": f"E{number}",
        "type": "CHARGE_SUCCESS",
        "amount": {"amount": 100, "currency": "USD"},
        "createdAt": paid_at,
    }
    values: dict[str, Any] = {
        "id": f"O{number}",
        "number": str(number),
        "user": AYSE,
        "created": created.isoformat(),
        "updatedAt": paid_at,
        "status": "FULFILLED",
        "fulfillments": [fulfillment("FULFILLED", 0, L1=1) | {"created": paid_at}],
        "transactions": [transaction() | {"events": [charge], "chargedAmount": charge["amount"]}],
        "totalCharged": charge["amount"],
    }
    return order(**(values | more))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def source() -> MemorySource:
    told = MemorySource(page_size=2)
    told.put(*(past(n, 10 * n) for n in range(1, 6)), past(9, -5))
    return told


@pytest.fixture
def run(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> Callable[..., ImportRow]:
    def go(choice: ImportChoice, *, dry_run: bool = False) -> ImportRow:
        row = database.write(
            lambda conn: start_history_import(conn, store, choice, dry_run=dry_run, now=clock())
        )
        waits: list[float] = []
        done = run_history_import(
            database, store, source, row.id, clock=clock, secrets=KEYS, wait=waits.append
        )
        assert len(waits) == max(0, len(source.asked) - 1)
        return done

    return go


def books(database: Database, store: StoreRef) -> Books:
    return database.read(lambda conn: books_of(conn, store))


def test_past_orders_are_counted_by_todays_rules_and_live_ones_left_alone(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    done = run(ImportChoice("days", days=3650))
    assert (done.state, done.orders_seen, done.orders_counted) == ("done", 5, 5)
    assert done.report["customers"] == {"points": {"customers": 1, "points": 5000, "most": 5000}}
    assert books(database, store).balances == {("U1", "points"): 5000}


def test_imported_points_are_marked_and_good_for_their_full_time(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    run(ImportChoice("days", days=70))
    told = books(database, store)
    assert {key[3] for key in told.lots} == {"2027-01-31 23:59:59+00:00"}
    rows = database.read(lambda conn: entries_of(conn, store))
    assert {row.effective_at for row in rows} == {NOW}
    assert all(row.reason["imported"] is True for row in rows)


def test_only_the_last_days_are_counted(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    assert run(ImportChoice("days", days=55)).orders_counted == 2
    assert books(database, store).balances == {("U1", "points"): 2000}


def test_a_dry_run_tells_the_same_and_books_nothing(
    database: Database,
    store: StoreRef,
    source: MemorySource,
    run: Callable[..., ImportRow],
) -> None:
    source.put(
        past(6, 5, userEmail="guest@example.com", user=None),
        past(7, 5, user=AYSE | {"id": "S1", "isStaff": True}),
        past(8, 5, transactions=[], totalCharged={"amount": 0}),
    )
    choice = ImportChoice("capped", cap=2500)
    dry = run(choice, dry_run=True)
    assert books(database, store) == Books({}, {}, {})
    source.asked.clear()
    real = run(choice)
    assert dry.report == real.report
    assert real.report == {
        "orders": {"counted": 4, "nothing_to_earn": 3, "staff": 1, "points:points": 3500},
        "customers": {"points": {"customers": 2, "points": 3500, "most": 2500}},
        "from": "2025-11-12T00:00:00+00:00",
        "until": "2026-01-06T00:00:00+00:00",
    }
    assert books(database, store).balances == {("U1", "points"): 2500, ("guest", "points"): 1000}


def test_a_capped_order_scales_with_its_refunds(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    run(ImportChoice("capped", cap=500))
    back = past(4, 40, fulfillments=[fulfillment("RETURNED", 0, L1=1)], updatedAt=NOW.isoformat())
    database.write(
        lambda conn: converge_order(conn, store, back, Look.read(NOW), now=NOW, secrets=KEYS)
    )
    assert books(database, store).balances == {}


def test_status_only_gives_no_points(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    assert run(ImportChoice("status_only")).orders_counted == 0
    assert books(database, store).balances == {}


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


def test_where_one_has_to_join_history_counts_for_members_only(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, program(enrollment="opt_in")))
    source, clock = MemorySource(), ManualClock(NOW)
    source.put(past(1, 10))
    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=99), dry_run=False, now=NOW
        )
    )
    done = run_history_import(
        database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
    )
    assert done.report["orders"] == {"not_enrolled": 1}


def test_refusals(database: Database, store: StoreRef, clock: ManualClock) -> None:
    choice = ImportChoice("days", days=9)

    def begin(where: StoreRef) -> ImportRow:
        return database.write(
            lambda conn: start_history_import(conn, where, choice, dry_run=False, now=NOW)
        )

    begin(store)
    with pytest.raises(ImportRunning):
        begin(store)
    with pytest.raises(ProgramNotLive):
        begin(database.write(make_store))
    with pytest.raises(ImportNotFound):
        run_history_import(
            database, store, MemorySource(), 99, clock=clock, secrets=KEYS, wait=lambda _: None
        )


@pytest.mark.parametrize(
    ("mode", "days", "cap"),
    [
        ("days", None, None),
        ("days", 0, None),
        ("days", 10**9, None),
        ("days", True, None),
        ("capped", None, None),
        ("capped", None, -1),
        ("status_only", None, 5),
        ("everything", None, None),
    ],
)
def test_senseless_choices(mode: Any, days: int | None, cap: int | None) -> None:
    with pytest.raises(InvalidImportChoice):
        ImportChoice(mode, days, cap)


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
