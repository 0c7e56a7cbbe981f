"""What counts for the tiers of members, from their orders and their status points."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.orders.spent import COUNTED, COUNTS
from saleor_loyalty_app.programs.models import ProgramSample
from saleor_loyalty_app.programs.tier_measures import Counted
from saleor_loyalty_app.tiers.models import MemberTier

STATUS = "status"
_orders, _lots, _tiers = table(OrderState), table(Lot), table(MemberTier)
_samples = table(ProgramSample)
_O, _L, _T, _S = _orders.c, _lots.c, _tiers.c, _samples.c


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
    for row in conn.execute(_orders_query(conn, store_id, members, start)):
        at = row.member_id, row.paid_at.astimezone(zone).date()
        spend[at][row.currency] = spend[at].get(row.currency, 0) + row.counted
        orders[at] += 1
    for lot in conn.execute(_status_query(conn, store_id, members, start)):
        status[lot.member_id, lot.earned_at.astimezone(zone).date()] += lot.remaining
    found: defaultdict[int, list[Counted]] = defaultdict(list)
    for member_id, day in sorted({*orders, *status}):
        at = member_id, day
        found[member_id].append(
            Counted(day, spend.get(at, {}), orders.get(at, 0), status.get(at, 0))
        )
    return {member_id: tuple(days) for member_id, days in found.items()}


def _orders_query(
    conn: Connection, store_id: int, members: Sequence[int], start: datetime | None
) -> sa.Select[tuple[int, datetime, str, int]]:
    query = orders_that_count(conn, store_id, members)
    return query if start is None else query.where(_O.paid_at >= start)


def orders_that_count(
    conn: Connection, store_id: int, members: Sequence[int]
) -> sa.Select[tuple[int, datetime, str, int]]:
    """The paid orders of members of which something was kept, and what of it counts (`counted`)."""
    return sa.select(_O.member_id, _O.paid_at, _O.currency, COUNTED.label("counted")).where(
        _O.store_id == store_id,
        among(conn, _O.member_id, members),
        COUNTS,
    )


def buyers_tiers(conn: Connection, store_id: int) -> dict[str, str]:
    """By Saleor's id of orders of the sample, the tier of who made them now; "" = they have none.

    Left out are orders that are not in the books, or of nobody who was looked at for tiers.
    """
    query = (
        sa.select(_O.order_id, _T.tier)
        .join(_samples, sa.and_(_S.store_id == _O.store_id, _S.order_id == _O.order_id))
        .join(_tiers, _T.member_id == _O.member_id)
        .where(_S.store_id == store_id, _T.store_id == store_id)
    )
    return {row.order_id: row.tier for row in conn.execute(query)}


def _status_query(
    conn: Connection, store_id: int, members: Sequence[int], start: datetime | None
) -> sa.Select[tuple[int, datetime, int]]:
    query = sa.select(_L.member_id, _L.earned_at, _L.remaining).where(
        _L.store_id == store_id,
        among(conn, _L.member_id, members),
        _L.unit == STATUS,
        _L.closed.is_(sa.false()),
    )
    return query if start is None else query.where(_L.earned_at >= start)
