"""Orders of one customer, and how a webhook brings them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS
from tests.order_samples import order, paid, shopper

AYSE = shopper()
#: Asks for the points of every owner and unit.
Points = Callable[[], Mapping[tuple[str, str], int]]


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
