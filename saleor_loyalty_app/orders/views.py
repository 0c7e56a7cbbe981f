"""An order's books as they are read without being locked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.orders.repository import states


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it was booked last; see `orders.models.OrderState`."""

    id: int
    order_id: str
    number: str
    status: str
    currency: str
    member_id: int | None
    withheld: str
    paid_at: datetime | None
    fulfilled_at: datetime | None
    plan: Mapping[str, Any] | None
    revision_id: int | None
    deferred: bool
    gone_at: datetime | None

    @property
    def award_plan(self) -> AwardPlan | None:
        """What it earns; none until it was paid in full."""
        return None if self.plan is None else AwardPlan.from_json(self.plan)


_COLUMNS = tuple(states.c[field.name] for field in fields(OrderView))


def order_view(conn: Connection, store_id: int, order_id: str) -> OrderView | None:
    """The books of one order by Saleor's id; none where it was never seen."""
    query = sa.select(*_COLUMNS).where(states.c.store_id == store_id, states.c.order_id == order_id)
    row = conn.execute(query).one_or_none()
    return None if row is None else OrderView(*row)
