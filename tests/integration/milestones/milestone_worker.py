"""One of several processes that book orders of the same member and give what their lines bring.

Usage: python -m tests.integration.milestones.milestone_worker URL STORE FIRST COUNT
Books COUNT orders from the number FIRST on, with the work of the tasks after each.
"""

import sys
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from tests.order_books import KEYS, NOW
from tests.order_samples import order, paid, shopper


def book(conn: Connection, store: StoreRef, number: int) -> None:
    told = order(id=f"O{number}", number=str(number), user=shopper(), transactions=[paid()])
    converge_order(conn, store, told, Look.webhook(NOW), now=NOW, secrets=KEYS)


def settle(conn: Connection, store: StoreRef) -> None:
    tiers_page(conn, store, now=NOW)
    settle_milestones(conn, store, limit=5, keys=KEYS, now=NOW)


def main(url: str, store_id: str, first: str, count: str) -> None:
    """Books the orders, and gives what is to be given, beside the other process."""
    database = open_database(url, pool_size=2)
    store = database.read(lambda conn: store_by_id(conn, int(store_id)))
    assert store is not None
    database.write(lambda conn: milestones_page(conn, store, now=NOW))
    for number in range(int(first), int(first) + int(count)):
        database.write(partial(book, store=store, number=number))
        database.write(partial(settle, store=store))
    database.write(partial(settle, store=store))
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
