"""Which of a customer's orders is the first."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.flows.converge_order import converge_page
from saleor_loyalty_app.orders.look import Look
from tests.integration.orders.test_converge_order import (
    AYSE,
    PAID,
    conn,  # noqa: F401
    webhook,
)
from tests.order_books import KEYS, NOW, live_store, order_row, program
from tests.order_samples import (
    at,
    order,
    paid,
)


def first_order_program() -> dict[str, Any]:
    document = program()
    document["earning"]["rules"].append(
        {
            "id": "first",
            "scope": "order",
            "when": {"type": "nth_order", "min": 1, "max": 1},
            "then": {"type": "points_per_order", "points": 500},
        }
    )
    return document


def test_a_bonus_for_the_first_order_is_given_once(conn: Connection) -> None:
    store = live_store(conn, first_order_program())
    second = order(transactions=[paid()], user=AYSE, id="O2", number="2")
    posted = [webhook(conn, store, told).posted[("points", "points")] for told in (PAID, second)]
    assert posted == [1500, 1000]


def test_of_orders_that_are_read_together_the_one_that_was_made_first_is_the_first(
    conn: Connection,
) -> None:
    store = live_store(conn, first_order_program())
    page = [
        order(transactions=[paid()], user=AYSE, id=id_, number=id_, created=at(minutes))
        for id_, minutes in (("A", 0.5), ("M", 0.9), ("Z", 0))
    ]
    outcomes = converge_page(conn, store, page, Look.read(NOW), now=NOW, secrets=KEYS)
    posted = {one.order_id: one.posted[("points", "points")] for one in outcomes}
    assert posted == {"Z": 1500, "A": 1000, "M": 1000}


def test_of_a_guest_nobody_knows_whether_it_is_the_first_order(conn: Connection) -> None:
    store = live_store(conn, first_order_program())
    by_guest = order(transactions=[paid()])
    assert webhook(conn, store, by_guest).posted == {("points", "points"): 1000}
    [miss] = order_row(conn, store, "O1").plan["misses"]
    assert miss == {"rule": "first", "reason": {"code": "nth_order_unknown"}}
