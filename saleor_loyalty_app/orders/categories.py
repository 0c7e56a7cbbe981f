"""What orders brought in each category. All take a connection and none commits."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.models import OrderCategory

_categories = table(OrderCategory)
_ADD = Hot(sa.insert(_categories).inline())
_TAKE = Hot(sa.delete(_categories).where(_categories.c.order_state_id == sa.bindparam("row_id")))


def keep(
    conn: Connection, store_id: int, row_id: int, counted: Mapping[str, int], *, again: bool
) -> None:
    """Writes what counts of an order by category; `again`: something is written already."""
    if again:
        _TAKE.run(conn, {"row_id": row_id})
    for category, milli in counted.items():
        _ADD.run(
            conn,
            {
                "order_state_id": row_id,
                "category": category,
                "store_id": store_id,
                "counted_milli": milli,
            },
        )
