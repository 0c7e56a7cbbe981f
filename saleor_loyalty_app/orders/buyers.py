"""Who made the orders of the sample, as far as the books know it."""

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.models import ProgramSample

_orders, _members, _samples = table(OrderState), table(Member), table(ProgramSample)
_O, _M, _S = _orders.c, _members.c, _samples.c


def buyers_of_sample(conn: Connection, store_id: int) -> dict[str, int]:
    """By Saleor's id of orders of the sample, the number of the member who made them.

    Who was merged into somebody is that one. Left out are orders that are not in the books, or
    nobody's.
    """
    query = (
        sa.select(_O.order_id, sa.func.coalesce(_M.merged_into, _M.id).label("buyer"))
        .join(_samples, sa.and_(_S.store_id == _O.store_id, _S.order_id == _O.order_id))
        .join(_members, _M.id == _O.member_id)
        .where(_S.store_id == store_id, _O.store_id == store_id)
    )
    return {row.order_id: row.buyer for row in conn.execute(query)}
