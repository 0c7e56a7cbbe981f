"""Orders, pages and joins of the same people at the same time: nothing hangs, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order, converge_page
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.audited import drifts_of
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import order, paid, shopper

PEOPLE = 3
ORDERS = 8


def told(person: int, number: int, *, canceled: bool = False) -> OrderSnapshot:
    name = f"{person}-{number}"
    status: dict[str, Any] = {"status": "CANCELED", "updated": 9} if canceled else {}
    return order(
        transactions=[paid()],
        id=f"O{name}",
        number=name,
        userEmail=f"shopper{person}@example.com",
        **status,
    )


@pytest.mark.parametrize("first", ["order", "account"])
def test_an_order_and_the_account_of_its_guest_see_each_other(
    database: Database, first: str
) -> None:
    store = database.write(live_store)
    user = UserSnapshot(id="U1", email="shopper1@example.com", is_confirmed=True)
    steps: dict[str, Callable[[Connection], object]] = {
        "order": lambda conn: converge_order(
            conn, store, told(1, 1), Look.webhook(NOW), now=NOW, secrets=KEYS
        ),
        "account": lambda conn: customer_seen(conn, store, user, keys=KEYS, now=NOW),
    }
    begun = Event()

    def linger(conn: Connection) -> None:
        steps.pop(first)(conn)
        begun.set()
        sleep(0.5)

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(database.write, linger)
        assert begun.wait(30)
        [other] = steps.values()
        database.write(other)
        slow.result(timeout=30)
    books = database.read(lambda conn: books_of(conn, store))
    assert books.balances == {("U1", "points"): 1000}


@pytest.mark.parametrize(
    "asks", [{"type": "nth_order", "every": 3}, {"type": "member_orders", "min": 2}]
)
def test_of_two_orders_at_once_one_is_the_second_and_one_the_third(
    database: Database, asks: dict[str, Any]
) -> None:
    document = program()
    then = {"type": "points_per_order", "points": 7}
    document["earning"]["rules"].append(
        {"id": "third", "scope": "order", "when": asks, "then": then}
    )
    store = database.write(lambda conn: live_store(conn, document))
    begun = Event()

    def book(conn: Connection, number: int) -> None:
        snapshot = order(transactions=[paid()], id=f"O{number}", user=shopper())
        converge_order(conn, store, snapshot, Look.webhook(NOW), now=NOW, secrets=KEYS)

    def linger(conn: Connection) -> None:
        book(conn, 2)
        begun.set()
        sleep(0.5)

    database.write(lambda conn: book(conn, 1))
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(database.write, linger)
        assert begun.wait(30)
        database.write(lambda conn: book(conn, 3))
        slow.result(timeout=30)
    books = database.read(lambda conn: books_of(conn, store))
    assert books.balances == {("U1", "points"): 3 * 1000 + 7}


def test_guests_join_while_their_orders_arrive(database: Database) -> None:
    store = database.write(live_store)

    def arrives(person: int, number: int) -> None:
        snapshot = told(person, number)
        database.write(
            lambda conn: converge_order(
                conn, store, snapshot, Look.webhook(NOW), now=NOW, secrets=KEYS
            )
        )

    def joins(person: int) -> None:
        user = UserSnapshot(
            id=f"U{person}", email=f"shopper{person}@example.com", is_confirmed=True
        )
        database.write(lambda conn: customer_seen(conn, store, user, keys=KEYS, now=NOW))

    def page(backwards: bool) -> None:
        later = NOW + timedelta(minutes=5)
        people = range(PEOPLE)
        orders = [
            told(person, number, canceled=number % 4 == 0)
            for person in (reversed(people) if backwards else people)
            for number in range(ORDERS)
        ]
        database.write(
            lambda conn: converge_page(
                conn, store, orders, Look.read(later), now=later, secrets=KEYS
            )
        )

    with ThreadPoolExecutor(max_workers=6) as pool:
        work = [
            pool.submit(arrives, person, number)
            for number in range(ORDERS)
            for person in range(PEOPLE)
        ]
        work[5:5] = [pool.submit(joins, person) for person in range(PEOPLE)]
        work += [pool.submit(page, backwards) for backwards in (False, True)]
        for done in work:
            done.result(timeout=60)
    page(backwards=False)
    books = database.read(lambda conn: books_of(conn, store))
    kept = ORDERS - len(range(0, ORDERS, 4))
    assert books.balances == {(f"U{person}", "points"): 1000 * kept for person in range(PEOPLE)}
    assert all(waived == 0 for _, waived in books.orders.values())
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []
