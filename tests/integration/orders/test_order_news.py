"""What customers are told of an order's points: each change once, and nothing about history."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.order_news import tell_available
from saleor_loyalty_app.messages.outbox import waiting
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import at, event, fulfillment, order, paid, shopper, transaction

AYSE = shopper()
PAID = order(transactions=[paid()], user=AYSE)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def webhook(conn: Connection, store: StoreRef, told: OrderSnapshot, minutes: float = 0) -> None:
    moment = NOW + timedelta(minutes=minutes)
    converge_order(conn, store, told, Look.webhook(moment), now=moment, secrets=KEYS)


def told(conn: Connection, store: StoreRef) -> list[tuple[str, dict[str, Any]]]:
    return [(row.kind, row.data) for row in waiting(conn, store.id, limit=50)]


def test_the_first_order_welcomes_and_tells_what_it_earned_once(conn: Connection) -> None:
    store = live_store(conn)
    for minutes in (0, 1, 2):
        webhook(conn, store, PAID, minutes)
    assert told(conn, store) == [
        ("welcome", {}),
        ("points_earned", {"points": 1000, "order": "1", "pending": True}),
    ]
    webhook(conn, store, order(id="O2", number="2", transactions=[paid()], user=AYSE), 3)
    assert [kind for kind, _ in told(conn, store)] == ["welcome", "points_earned", "points_earned"]


def test_a_refund_tells_what_was_taken_back_each_time(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    for number, cuts in enumerate(([30], [30, 20])):
        events = [event("REFUND_SUCCESS", cut, 10 + n) for n, cut in enumerate(cuts)]
        money = transaction(event("CHARGE_SUCCESS", 100, 1), *events)
        less = order(transactions=[money], user=AYSE, updated=5 + number)
        webhook(conn, store, less, 5 + number)
        webhook(conn, store, less, 6 + number)
    taken = [data["points"] for kind, data in told(conn, store) if kind == "points_reversed"]
    assert taken == [300, 200]


def test_points_that_wait_are_told_of_again_when_they_can_be_spent(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    assert told(conn, store)[-1][1]["pending"] is True
    sent = order(
        transactions=[paid()],
        user=AYSE,
        updated=5,
        fulfillments=[fulfillment("FULFILLED", 5, L1=1)],
    )
    webhook(conn, store, sent, 5)
    available = datetime.fromisoformat(at(5)) + timedelta(days=14)

    def look(since: datetime, now: datetime) -> list[str]:
        tell_available(conn, store, since=since, now=now, limit=10)
        return [kind for kind, _ in told(conn, store) if kind == "points_available"]

    day = timedelta(days=1)
    assert look(NOW, available - day) == []
    assert look(available - day, available + day) == ["points_available"]
    assert look(available - day, available + day) == ["points_available"]
    assert look(available + day, available + 2 * day) == ["points_available"]


def test_points_that_can_be_spent_at_once_are_told_of_once(conn: Connection) -> None:
    store = live_store(conn, program(availability={"after": "payment", "days": 0}))
    webhook(conn, store, PAID)
    tell_available(conn, store, since=NOW - timedelta(days=9), now=NOW + timedelta(days=9), limit=9)
    assert told(conn, store)[1:] == [("points_earned", {"points": 1000, "order": "1"})]
