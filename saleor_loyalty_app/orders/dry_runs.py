"""What customers would have had at each order of a dry run. Nothing here commits.

Nothing is booked, so that neither caps nor the number of an order can be read from the books: both
are counted with what the customers would get.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.imports import OF_RULES, add_to_tally, tally_of
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.caps import MemberCap, period_of
from saleor_loyalty_app.programs.member_facts import Used

_states = table(OrderState)
_ORDERS = f"{OF_RULES}orders"


@dataclass(frozen=True, slots=True)
class DryCustomer:
    """A customer of a dry run; `key` stands for them in its tally."""

    import_id: int
    key: str

    def used(
        self, conn: Connection, caps: Mapping[str, MemberCap], *, at: datetime, timezone: str
    ) -> dict[str, Used]:
        """What the dry run gave them so far by each rule in the period of `at`."""
        return {
            rule_id: Used(
                tally_of(conn, self.import_id, self.key, f"{unit}:points"),
                tally_of(conn, self.import_id, self.key, f"{unit}:times"),
            )
            for rule_id, unit in _units(caps, at, timezone)
        }

    def draw(
        self,
        conn: Connection,
        caps: Mapping[str, MemberCap],
        draws: Mapping[str, Draw],
        *,
        at: datetime,
        timezone: str,
    ) -> None:
        """Counts what an order would take of caps."""
        for rule_id, unit in _units(caps, at, timezone):
            if rule_id in draws and draws[rule_id].times:
                add = draws[rule_id]
                add_to_tally(conn, self.import_id, self.key, f"{unit}:points", add.points)
                add_to_tally(conn, self.import_id, self.key, f"{unit}:times", add.times)

    def orders(self, conn: Connection) -> int:
        """How many of their orders came before, of those that the books do not have."""
        return tally_of(conn, self.import_id, self.key, _ORDERS)

    def count_order(self, conn: Connection) -> None:
        """One more."""
        add_to_tally(conn, self.import_id, self.key, _ORDERS, 1)


def known_orders(
    conn: Connection, store_id: int, order_ids: Collection[str]
) -> dict[str, tuple[int, int | None]]:
    """By Saleor's id, the row of orders that the books know, and whose they are if paid."""
    paid = sa.case((_states.c.paid_at.is_not(None), _states.c.member_id))
    rows = conn.execute(
        sa.select(_states.c.order_id, _states.c.id, paid).where(
            _states.c.store_id == store_id, _states.c.order_id.in_(list(order_ids))
        )
    )
    return {order_id: (row_id, member_id) for order_id, row_id, member_id in rows}


def _units(caps: Mapping[str, MemberCap], at: datetime, timezone: str) -> Iterator[tuple[str, str]]:
    """Under what is counted what a customer has by each rule in the period of `at`."""
    for rule_id, cap in caps.items():
        period = period_of(at, cap.period, timezone)
        first = "" if period is None else period[0].date().isoformat()
        yield rule_id, f"{OF_RULES}{rule_id}:{cap.period}:{first}"
