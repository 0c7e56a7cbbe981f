"""Which orders count as bought by their members, and what of each counts, in SQL."""

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.goods import ENDED_STATUSES
from saleor_loyalty_app.orders.models import OrderState

_O = table(OrderState).c
_ENDED = sorted(ENDED_STATUSES)

#: In thousandths. Orders that were not looked at since this is kept count whole.
COUNTED = sa.func.coalesce(
    _O.counted_milli, sa.case((_O.status.in_(_ENDED), 0), else_=_O.total_milli)
)
#: Paid, and something was kept; one that cost nothing counts as an order until it ends.
COUNTS = sa.and_(
    _O.paid_at.is_not(None),
    _O.withheld == "",
    sa.or_(COUNTED > 0, sa.and_(_O.total_milli == 0, _O.status.not_in(_ENDED))),
)
