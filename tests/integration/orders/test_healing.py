"""What events did not tell is healed by reading: due orders, changes, open orders."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.reconcile import (
    ReconcileReport,
    daily_pass,
    reconcile_after_restore,
    reconcile_changes,
)
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, refresh_due_orders
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.models import OrderRefresh, OrderState
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.models import Store, StoreProblem
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, books_of, live_store, order_row
from tests.order_samples import START, at, fulfillment, line, money, order, paid, shopper
from tests.order_source import MemorySource

AYSE = shopper()
_refreshes, _states = table(OrderRefresh), table(OrderState)
_stores, _problems = table(Store), table(StoreProblem)
#: Asks for the points of every owner and unit.
Points = Callable[[], Mapping[tuple[str, str], int]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def source() -> MemorySource:
    return MemorySource()


@pytest.fixture
def books(database: Database, store: StoreRef) -> Points:
    return lambda: database.read(lambda conn: books_of(conn, store)).balances


def bought(number: int, *, updated: float = 1, **more: Any) -> OrderSnapshot:
    values: dict[str, Any] = {
        "id": f"O{number}",
        "number": str(number),
        "user": AYSE,
        "updated": updated,
    }
    return order(**({"transactions": [paid()]} | values | more))


def receive(database: Database, store: StoreRef, told: OrderSnapshot, moment: datetime) -> None:
    database.write(
        lambda conn: converge_order(
            conn, store, told, Look.webhook(moment), now=moment, secrets=KEYS
        )
    )


def cursor(database: Database, store: StoreRef) -> datetime | None:
    query = sa.select(_stores.c.cursor_updated_at).where(_stores.c.id == store.id)
    moment: datetime | None = database.read(lambda conn: conn.execute(query).scalar_one())
    return moment


def wish(database: Database, store: StoreRef, *ids: str, now: datetime = NOW) -> None:
    database.write(lambda conn: refresh.wish_refresh(conn, store.id, ids, due_at=now, now=now))


def due(database: Database, store: StoreRef) -> list[str]:
    late = NOW + timedelta(days=30)
    return database.read(lambda conn: refresh.due_orders(conn, store.id, now=late, limit=99))


class TestDueOrders:
    def test_they_are_read_and_booked(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        receive(database, store, bought(1, transactions=[]), NOW)
        source.put(bought(1, updated=5))

        def run() -> RefreshReport:
            return refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)

        assert run() == RefreshReport()
        clock.advance(timedelta(minutes=1))
        assert run() == RefreshReport(read=1, booked=1)
        assert run() == RefreshReport()
        assert books() == {("U1", "points"): 1000}

    def test_an_order_that_saleor_forgot_is_gone_and_asked_no_more(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        receive(database, store, bought(1), NOW)
        clock.advance(timedelta(minutes=1))
        report = refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert (report.gone, due(database, store)) == (1, [])
        assert books() == {("U1", "points"): 1000}

    def test_an_order_that_cannot_be_understood_is_not_gone_but_asked_again(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        receive(database, store, bought(1), NOW)
        source.put(bought(1))
        source.unreadable.add("O1")
        clock.advance(timedelta(minutes=1))
        report = refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert (report.gone, report.failed, due(database, store)) == (0, 1, ["O1"])

    def test_an_event_during_the_read_keeps_the_order_due(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        receive(database, store, bought(1), NOW)
        source.put(bought(1))
        clock.advance(timedelta(minutes=1))

        def meanwhile() -> None:
            clock.advance(timedelta(seconds=1))
            receive(database, store, bought(1, updated=9, status="CANCELED"), clock())

        source.before_page = meanwhile
        refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert due(database, store) == ["O1"]
        assert books() == {}

    def test_one_order_that_fails_blocks_no_other(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        timeless = msgspec.structs.replace(bought(2), created=START.replace(tzinfo=None))
        source.put(bought(1), timeless, bought(3))
        wish(database, store, "O1", "O2", "O3")
        report = refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert (report.booked, report.failed) == (2, 1)
        assert due(database, store) == ["O2"]
        assert books() == {("U1", "points"): 2000}

    def test_when_saleor_is_away_everything_stays_due(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        wish(database, store, "O1", "O2")

        def away() -> None:
            raise SaleorUnavailable("timeout")

        source.before_page = away
        with pytest.raises(SaleorUnavailable):
            refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert due(database, store) == ["O1", "O2"]

    def test_points_that_waited_for_the_switch_are_booked_when_it_is_on(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        off = replace(store, earning_on=False)
        source.put(*(bought(n) for n in range(1, 6)))
        wish(database, store, *source.orders)
        refresh_due_orders(database, off, source, clock=clock, secrets=KEYS)
        assert (books(), due(database, store)) == ({}, [])
        refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert books() == {("U1", "points"): 5000}

    def test_only_stores_with_due_orders_are_named(self, database: Database) -> None:
        one, other = database.write(live_store), database.write(live_store)
        wish(database, one, "O1", now=NOW + timedelta(minutes=5))
        wish(database, other, "O1", now=NOW)
        named = database.read(lambda conn: refresh.stores_with_due_orders(conn, now=NOW))
        assert named == [other.id]


class TestChanges:
    def run(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        *,
        since: datetime | None = None,
    ) -> ReconcileReport:
        clock = ManualClock(NOW)
        return reconcile_changes(database, store, source, clock=clock, secrets=KEYS, since=since)

    def test_every_change_is_booked_over_page_edges_and_equal_times(
        self, database: Database, store: StoreRef, source: MemorySource, books: Points
    ) -> None:
        source.put(*(bought(n, updated=7) for n in range(1, 6)), bought(6, updated=8))
        report = self.run(database, store, source)
        assert (report.pages, report.orders.booked) == (3, 6)
        assert report.cursor == cursor(database, store) == START + timedelta(minutes=8)
        assert books() == {("U1", "points"): 6000}

    def test_the_next_run_reaches_back_ten_minutes(
        self, database: Database, store: StoreRef, source: MemorySource, books: Points
    ) -> None:
        source.put(bought(1, updated=60))
        self.run(database, store, source)
        source.put(bought(2, updated=51), bought(3, updated=49))
        self.run(database, store, source)
        assert source.asked[-1] == ("since", START + timedelta(minutes=50))
        assert books() == {("U1", "points"): 2000}

    def test_a_run_that_breaks_off_goes_on_from_the_last_page(
        self, database: Database, store: StoreRef, source: MemorySource, books: Points
    ) -> None:
        source.put(*(bought(n, updated=n) for n in range(1, 8)))
        pages = iter([lambda: None, lambda: None, _away])
        source.before_page = lambda: next(pages)()
        with pytest.raises(SaleorUnavailable):
            self.run(database, store, source)
        assert cursor(database, store) == START + timedelta(minutes=4)
        source.before_page = lambda: None
        self.run(database, store, source)
        assert books() == {("U1", "points"): 7000}

    def test_an_order_that_changes_while_pages_are_read_is_not_missed(
        self, database: Database, store: StoreRef, source: MemorySource, books: Points
    ) -> None:
        source.put(*(bought(n, updated=n) for n in range(1, 6)))
        changes: list[Callable[[], None]] = [
            lambda: source.put(bought(1, updated=9, status="CANCELED")),
            lambda: None,
        ]
        source.before_page = lambda: changes.pop()() if changes else None
        self.run(database, store, source)
        assert books() == {("U1", "points"): 4000}

    def test_since_begins_earlier_and_never_moves_the_cursor_back(
        self, database: Database, store: StoreRef, source: MemorySource, books: Points
    ) -> None:
        source.put(bought(1, updated=600))
        self.run(database, store, source)
        source.put(bought(2, updated=2))
        self.run(database, store, source, since=START)
        assert cursor(database, store) == START + timedelta(minutes=600)
        assert books() == {("U1", "points"): 2000}

    def test_a_torn_page_entry_is_read_again(
        self, database: Database, store: StoreRef, source: MemorySource
    ) -> None:
        source.put(bought(1, totalCharged=money(1)))
        assert self.run(database, store, source).orders.torn == 1
        assert due(database, store) == ["O1"]

    def test_reconciling_again_posts_nothing(
        self, database: Database, store: StoreRef, source: MemorySource
    ) -> None:
        source.put(*(bought(n) for n in range(1, 4)))
        self.run(database, store, source)
        again = self.run(database, store, source, since=START)
        assert (again.orders.read, again.orders.booked) == (3, 0)


class TestDailyPass:
    def run(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> ReconcileReport | None:
        return daily_pass(database, store, source, clock=clock, secrets=KEYS)

    def test_it_sees_what_does_not_move_the_time_of_change(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        guest = order(transactions=[paid()], userEmail="new@example.com", status="FULFILLED")
        for told in (bought(2, status="UNCONFIRMED"), bought(3, status="FULFILLED"), guest):
            receive(database, store, told, NOW)
        assert books() == {("U1", "points"): 2000, ("guest", "points"): 1000}
        nina = shopper("U9", "new@example.com")
        attached = order(transactions=[paid()], user=nina, status="FULFILLED")
        source.put(bought(2, status="EXPIRED"), bought(3, status="CANCELED"), attached)
        clock.advance(timedelta(hours=1))
        report = self.run(database, store, source, clock)
        assert report is not None
        assert report.orders.read == 2
        assert books() == {("U1", "points"): 1000, ("U9", "points"): 1000}

    def test_it_is_due_once_a_day(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        assert isinstance(self.run(database, store, source, clock), ReconcileReport)
        clock.advance(timedelta(hours=23))
        assert self.run(database, store, source, clock) is None
        clock.advance(timedelta(hours=1))
        assert self.run(database, store, source, clock) is not None

    def test_a_second_return_is_seen_though_saleor_dates_no_change(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        books: Points,
    ) -> None:
        sent, back = fulfillment("FULFILLED", 5, L1=1), fulfillment("RETURNED", 9, L1=1)
        two: dict[str, Any] = {"status": "PARTIALLY_RETURNED", "lines": [line(quantity=2)]}
        receive(database, store, bought(1, **two, fulfillments=[sent, back]), NOW)
        assert books() == {("U1", "points"): 500}
        source.put(bought(1, **two, fulfillments=[fulfillment("RETURNED", 20, L1=2)]))
        clock.advance(timedelta(hours=1))
        self.run(database, store, source, clock)
        assert books() == {}

    def test_an_order_partly_returned_long_ago_is_left_alone(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        back = fulfillment("RETURNED", 9, L1=1)
        told = bought(1, status="PARTIALLY_RETURNED", fulfillments=[back])
        receive(database, store, told, NOW)
        source.put(told)
        clock.set(START + timedelta(days=90))
        before = self.run(database, store, source, clock)
        clock.set(START + timedelta(days=92))
        after = self.run(database, store, source, clock)
        assert before is not None
        assert after is not None
        assert (before.orders.read, after.orders.read) == (1, 0)

    def test_it_goes_through_many_orders_though_none_can_be_booked(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        for n in range(60):
            receive(database, store, bought(n), NOW)
            source.put(bought(n, totalCharged=money(1)))
        clock.advance(timedelta(hours=1))
        report = self.run(database, store, source, clock)
        assert report is not None
        assert (report.pages, report.orders.torn) == (2, 60)

    def test_orders_that_wait_too_long_for_their_fulfillment_are_told(
        self, database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
    ) -> None:
        told = bought(7)
        source.put(told)
        receive(database, store, told, NOW)
        query = sa.select(_problems.c.message, _problems.c.resolved_at)

        def problems() -> list[sa.Row[tuple[str, datetime | None]]]:
            return database.read(lambda conn: list(conn.execute(query)))

        clock.set(START + timedelta(days=59))
        self.run(database, store, source, clock)
        assert problems() == []
        clock.set(START + timedelta(days=61))
        report = self.run(database, store, source, clock)
        assert report is not None
        assert report.unfulfilled == ("7",)
        [told_of] = problems()
        assert "7" in told_of.message
        source.put(bought(7, updated=9, status="FULFILLED"))
        clock.advance(timedelta(days=1))
        self.run(database, store, source, clock)
        [settled] = problems()
        assert settled.resolved_at is not None


def test_a_restored_backup_is_healed(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock, books: Points
) -> None:
    receive(database, store, bought(1, status="UNCONFIRMED"), NOW)
    database.write(
        lambda conn: conn.execute(
            sa.update(_stores).values(cursor_updated_at=START + timedelta(minutes=30))
        )
    )
    source.put(
        bought(1, status="EXPIRED"),
        bought(2, updated=40),
        bought(3, updated=-600),
        bought(4, updated=50, created=at(45), transactions=[paid(minutes=46)]),
    )
    clock.advance(timedelta(days=2))
    report = reconcile_after_restore(database, store, source, clock=clock, secrets=KEYS)
    assert report.cursor == START + timedelta(minutes=50)
    assert books() == {("U1", "points"): 3000}
    row = database.read(lambda conn: order_row(conn, store, "O1"))
    assert row.status == "EXPIRED"


def _away() -> None:
    raise SaleorUnavailable("timeout")
