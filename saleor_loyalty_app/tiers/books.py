"""What counts for the tiers of members, from their orders and their status points."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.orders.goods import ENDED_STATUSES
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.tier_measures import Counted

STATUS = "status"
_orders, _lots = table(OrderState), table(Lot)
_O, _L = _orders.c, _lots.c
#: Orders that were not looked at since it is kept what counts of them count whole.
_COUNTED = sa.func.coalesce(
    _O.counted_milli, sa.case((_O.status.in_(sorted(ENDED_STATUSES)), 0), else_=_O.total_milli)
)


def counted_of(
    conn: Connection,
    store_id: int,
    members: Sequence[int],
    *,
    since: date | None,
    zone: ZoneInfo,
) -> dict[int, tuple[Counted, ...]]:
    """By member what counts of the days from `since` on (None = of all), in rising order.

    Orders of which nothing was kept do not count; one that cost nothing counts as an order until it
    ends. Status points are what is left of their lots, so that what was taken back is taken from
    the day on which it was earned.
    """
    start = None if since is None else datetime.combine(since, time(), tzinfo=zone)
    spend: defaultdict[tuple[int, date], dict[str, int]] = defaultdict(dict)
    orders: defaultdict[tuple[int, date], int] = defaultdict(int)
    status: defaultdict[tuple[int, date], int] = defaultdict(int)
    for row in conn.execute(_orders_query(store_id, members, start)):
        at = row.member_id, row.paid_at.astimezone(zone).date()
        spend[at][row.currency] = spend[at].get(row.currency, 0) + row.counted
        orders[at] += 1
    for lot in conn.execute(_status_query(store_id, members, start)):
        status[lot.member_id, lot.earned_at.astimezone(zone).date()] += lot.remaining
    found: defaultdict[int, list[Counted]] = defaultdict(list)
    for member_id, day in sorted({*orders, *status}):
        at = member_id, day
        found[member_id].append(
            Counted(day, spend.get(at, {}), orders.get(at, 0), status.get(at, 0))
        )
    return {member_id: tuple(days) for member_id, days in found.items()}


def _orders_query(
    store_id: int, members: Sequence[int], start: datetime | None
) -> sa.Select[tuple[int, datetime, str, int]]:
    query = sa.select(_O.member_id, _O.paid_at, _O.currency, _COUNTED.label("counted")).where(
        _O.store_id == store_id,
        _O.member_id.in_(members),
        _O.paid_at.is_not(None),
        _O.withheld == "",
        sa.or_(
            _COUNTED > 0,
            sa.and_(_O.total_milli == 0, _O.status.not_in(sorted(ENDED_STATUSES))),
        ),
    )
    return query if start is None else query.where(_O.paid_at >= start)


def _status_query(
    store_id: int, members: Sequence[int], start: datetime | None
) -> sa.Select[tuple[int, datetime, int]]:
    query = sa.select(_L.member_id, _L.earned_at, _L.remaining).where(
        _L.store_id == store_id,
        _L.member_id.in_(members),
        _L.unit == STATUS,
        _L.closed.is_(sa.false()),
    )
    return query if start is None else query.where(_L.earned_at >= start)
