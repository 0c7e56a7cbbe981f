"""The order handlers: what can be read is booked, what cannot is read again from Saleor."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.orders import MOST_AT_ONCE, MOST_ORDERS, ORDERS, ORDERS_BULK
from saleor_loyalty_app.orders.refresh import due_orders
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import books_of, live_store
from tests.webhook_edge import SECRETS, event_body

FILE = Path(__file__).parent / "order.json"


def order(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An order of 2 × 10.00 USD, charged in full."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found | {"id": f"T3JkZXI6{number}", "number": str(number)} | changes


class Told:
    """Tells a store's events to a handler."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.store: StoreRef = database.write(live_store)

    def __call__(self, typename: str, **fields: object) -> Outcome:
        handler = ORDERS_BULK if typename == "OrderBulkCreated" else ORDERS
        body = event_body(typename, self.store.app_id, **fields)
        return receive(self.database, handler, self.store, body, now=self.clock(), secrets=SECRETS)

    def booked(self) -> dict[str, int]:
        books = self.database.read(lambda conn: books_of(conn, self.store))
        return {number: booked for (number, _, _), (booked, _) in books.orders.items()}

    def due(self, after: timedelta = timedelta(0)) -> list[str]:
        now = self.clock() + after
        return self.database.read(lambda conn: due_orders(conn, self.store.id, now=now, limit=9999))

    def dead(self) -> list[str]:
        found = self.database.read(
            lambda conn: conn.exec_driver_sql("SELECT reason FROM dead_letter ORDER BY id").all()
        )
        return [row[0] for row in found]

    def problems(self) -> list[str]:
        found = self.database.read(lambda conn: open_problems(conn, self.store.id))
        return [problem.key for problem in found]


@pytest.fixture
def told(database: Database, clock: ManualClock) -> Told:
    return Told(database, clock)


def test_an_order_is_booked_and_read_again_soon(told: Told) -> None:
    assert told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=order()) is Outcome.accepted
    assert told.booked() == {"1": 200}
    assert told.due() == []
    assert told.due(timedelta(minutes=5)) == ["T3JkZXI61"]


@pytest.mark.parametrize("typename", sorted(ORDERS.typenames))
def test_every_event_about_an_order_books_its_state(told: Told, typename: str) -> None:
    assert told(typename, orderRef={"id": "T3JkZXI61"}, order=order()) is Outcome.accepted
    assert told.booked() == {"1": 200}


def test_an_order_that_saleor_left_out_is_read_at_once(told: Told) -> None:
    errors = [{"message": "m", "path": ["order", "lines"]}]
    assert (
        told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=None, errors=errors)
        is Outcome.accepted
    )
    assert told.due() == ["T3JkZXI61"]
    assert told.dead() == []
    assert told.problems() == ["webhook-errors-orders"]


@pytest.mark.parametrize("reference", [None, {"id": ""}, {"id": "x" * 201}])
def test_an_event_about_nothing_is_a_dead_letter(told: Told, reference: object) -> None:
    assert told("OrderUpdated", orderRef=reference, order=None) is Outcome.malformed
    assert told.dead() in (["nothing_in_it"], ["unusable_id"])
    assert told.due(timedelta(hours=1)) == []


def test_an_order_in_a_shape_nobody_knows_is_kept_told_and_read_again(told: Told) -> None:
    broken = order() | {"lines": "many"}
    assert told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=broken) is Outcome.accepted
    assert told.dead() == ["unexpected_shape"]
    assert told.due() == ["T3JkZXI61"]
    assert told.problems() == ["unreadable-order"]
    assert told.booked() == {}


def test_an_amount_that_would_eat_memory_is_such_a_shape(told: Told) -> None:
    body = event_body(
        "OrderUpdated", told.store.app_id, orderRef={"id": "T3JkZXI61"}, order=order()
    ).replace(b'"amount": 20.0', b'"amount": 1e999999999')
    assert b"1e999999999" in body
    outcome = receive(told.database, ORDERS, told.store, body, now=told.clock(), secrets=SECRETS)
    assert outcome is Outcome.accepted
    assert told.dead() == ["unexpected_shape"]
    assert told.booked() == {}


def test_words_and_fields_of_a_newer_saleor_change_nothing(told: Told) -> None:
    newer = order() | {"status": "TELEPORTED", "chargeStatus": "SPLENDID", "aura": {"color": 7}}
    assert told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=newer) is Outcome.accepted
    assert told.booked() == {"1": 200}


def test_a_small_import_is_booked_at_once(told: Told) -> None:
    orders = [order(number) for number in range(1, MOST_AT_ONCE + 1)]
    refs = [{"id": one["id"]} for one in orders]
    assert told("OrderBulkCreated", orderRefs=refs, orders=orders) is Outcome.accepted
    assert told.booked() == {str(number): 200 for number in range(1, MOST_AT_ONCE + 1)}


def test_a_large_import_is_read_in_pages(told: Told) -> None:
    orders = [order(number) for number in range(1, MOST_AT_ONCE + 2)]
    refs = [{"id": one["id"]} for one in orders]
    assert told("OrderBulkCreated", orderRefs=refs, orders=orders) is Outcome.accepted
    assert told.booked() == {}
    assert sorted(told.due()) == sorted(one["id"] for one in orders)


def test_an_import_whose_orders_saleor_left_out_is_read(told: Told) -> None:
    refs = [{"id": "T3JkZXI61"}, {"id": "T3JkZXI62"}]
    assert told("OrderBulkCreated", orderRefs=refs, orders=None) is Outcome.accepted
    assert sorted(told.due()) == ["T3JkZXI61", "T3JkZXI62"]


def test_an_import_in_a_shape_nobody_knows_is_kept_and_read(told: Told) -> None:
    refs = [{"id": "T3JkZXI61"}, {"id": "T3JkZXI62"}]
    orders = [order(1), order(2) | {"lines": 7}]
    assert told("OrderBulkCreated", orderRefs=refs, orders=orders) is Outcome.accepted
    assert told.dead() == ["unexpected_shape"]
    assert sorted(told.due()) == ["T3JkZXI61", "T3JkZXI62"]


@pytest.mark.parametrize("count", [0, MOST_ORDERS + 1])
def test_an_import_of_nothing_or_of_far_too_much_is_a_dead_letter(told: Told, count: int) -> None:
    refs = [{"id": f"T3JkZXI6{number}"} for number in range(count)]
    assert told("OrderBulkCreated", orderRefs=refs, orders=None) is Outcome.malformed
    assert told.dead() == ["too_many_orders" if count else "nothing_in_it"]
    assert told.due(timedelta(hours=1)) == []
