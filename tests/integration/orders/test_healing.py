"""What events did not tell is healed by reading: due orders, changes, open orders."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.reconcile import (
    ReconcileReport,
    reconcile_after_restore,
    reconcile_changes,
)
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, refresh_due_orders
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.orders import refresh, repository
from saleor_loyalty_app.orders.models import OrderRefresh, OrderState
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import Points, bought, receive
from tests.order_books import KEYS, NOW, live_store, order_row
from tests.order_samples import START, at, money, paid
from tests.order_source import MemorySource

_refreshes, _states = table(OrderRefresh), table(OrderState)
_stores = table(Store)
IDS = ("O1", "O2", "O3")


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

    def test_an_order_that_cannot_be_marked_as_gone_keeps_none_of_the_others(
        self,
        database: Database,
        store: StoreRef,
        source: MemorySource,
        clock: ManualClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for number in (1, 2, 3):
            receive(database, store, bought(number, transactions=[]), NOW)
        clock.advance(timedelta(minutes=1))
        mark = repository.mark_gone

        def fails(conn: sa.Connection, store_id: int, order_id: str, **more: Any) -> bool:
            marked = mark(conn, store_id, order_id, **more)
            if order_id == "O1":
                raise LookupError("an order that nobody foresaw")
            return marked

        monkeypatch.setattr(repository, "mark_gone", fails)
        report = refresh_due_orders(database, store, source, clock=clock, secrets=KEYS, pages=1)
        assert (report.gone, report.failed, due(database, store)) == (2, 1, ["O1"])
        rows = [database.read(partial(order_row, store=store, order_id=one)) for one in IDS]
        assert [row.gone_at is not None for row in rows] == [False, True, True]
        monkeypatch.undo()
        clock.advance(timedelta(minutes=1))
        report = refresh_due_orders(database, store, source, clock=clock, secrets=KEYS)
        assert (report.gone, report.failed, due(database, store)) == (1, 0, [])

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
    report = reconcile_after_restore(
        database,
        store,
        source,
        clock=clock,
        secrets=KEYS,
        access=WithoutVouchers(database, cast(Any, None), cast(Any, None)),
    )
    assert report.cursor == START + timedelta(minutes=50)
    assert books() == {("U1", "points"): 3000}
    row = database.read(lambda conn: order_row(conn, store, "O1"))
    assert row.status == "EXPIRED"


class WithoutVouchers(StoreAccess):
    """A store in which points were never spent, and no campaign ran."""

    def ask(
        self, store: StoreRef, document: str, variables: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        assert document in ("queries/loyalty_vouchers", "queries/campaigns_in_saleor")
        return {"vouchers": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}}


def _away() -> None:
    raise SaleorUnavailable("timeout")
