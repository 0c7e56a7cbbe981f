"""Once a day all open orders are looked at, whatever Saleor tells of them."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.reconcile import ReconcileReport, daily_pass
from saleor_loyalty_app.stores.models import StoreProblem
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import Points, bought, receive
from tests.order_books import KEYS, NOW
from tests.order_samples import START, fulfillment, line, money, order, paid, shopper
from tests.order_source import MemorySource

_problems = table(StoreProblem)


def look_at_open_orders(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> ReconcileReport | None:
    return daily_pass(database, store, source, clock=clock, secrets=KEYS)


def test_it_sees_what_does_not_move_the_time_of_change(
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
    report = look_at_open_orders(database, store, source, clock)
    assert report is not None
    assert report.orders.read == 2
    assert books() == {("U1", "points"): 1000, ("U9", "points"): 1000}


def test_it_is_due_once_a_day(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    assert isinstance(look_at_open_orders(database, store, source, clock), ReconcileReport)
    clock.advance(timedelta(hours=23))
    assert look_at_open_orders(database, store, source, clock) is None
    clock.advance(timedelta(hours=1))
    assert look_at_open_orders(database, store, source, clock) is not None


def test_a_second_return_is_seen_though_saleor_dates_no_change(
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
    look_at_open_orders(database, store, source, clock)
    assert books() == {}


def test_an_order_partly_returned_long_ago_is_left_alone(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    back = fulfillment("RETURNED", 9, L1=1)
    told = bought(1, status="PARTIALLY_RETURNED", fulfillments=[back])
    receive(database, store, told, NOW)
    source.put(told)
    clock.set(START + timedelta(days=90))
    before = look_at_open_orders(database, store, source, clock)
    clock.set(START + timedelta(days=92))
    after = look_at_open_orders(database, store, source, clock)
    assert before is not None
    assert after is not None
    assert (before.orders.read, after.orders.read) == (1, 0)


def test_it_goes_through_many_orders_though_none_can_be_booked(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    for n in range(60):
        receive(database, store, bought(n), NOW)
        source.put(bought(n, totalCharged=money(1)))
    clock.advance(timedelta(hours=1))
    report = look_at_open_orders(database, store, source, clock)
    assert report is not None
    assert (report.pages, report.orders.torn) == (2, 60)


def test_orders_that_wait_too_long_for_their_fulfillment_are_told(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> None:
    told = bought(7)
    source.put(told)
    receive(database, store, told, NOW)
    query = sa.select(_problems.c.message, _problems.c.resolved_at)

    def problems() -> list[sa.Row[tuple[str, datetime | None]]]:
        return database.read(lambda conn: list(conn.execute(query)))

    clock.set(START + timedelta(days=59))
    look_at_open_orders(database, store, source, clock)
    assert problems() == []
    clock.set(START + timedelta(days=61))
    report = look_at_open_orders(database, store, source, clock)
    assert report is not None
    assert report.unfulfilled == ("7",)
    [told_of] = problems()
    assert "7" in told_of.message
    source.put(bought(7, updated=9, status="FULFILLED"))
    clock.advance(timedelta(days=1))
    look_at_open_orders(database, store, source, clock)
    [settled] = problems()
    assert settled.resolved_at is not None
