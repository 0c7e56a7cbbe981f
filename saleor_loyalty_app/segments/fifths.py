"""Where each fifth of a store's buyers ends: by how lately, how often and for how much they bought.

The buyers of a window are put in a row and cut into five parts of one size (SQL's ntile); of each
of the lower four the highest number is kept, so that a single member can be placed by one look.
Buyers with equal numbers are all in the lowest part that has one of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.orders.spent import COUNTS
from saleor_loyalty_app.programs.segment_match import Fifths, Ranking
from saleor_loyalty_app.segments.books import Day, sum_of

_orders, _members = table(OrderState), table(Member)
_O, _M = _orders.c, _members.c


def count_fifths(
    conn: Connection,
    store_id: int,
    rankings: Iterable[Ranking],
    day: Day,
    *,
    below_bucket: int | None = None,
) -> Fifths:
    """The ends of the fifths, by `Ranking.key`.

    `below_bucket`: of those members only whose bucket is lower (a sample that stays the same).
    """
    return {
        ranking.key: _ends(conn, store_id, ranking, day, below_bucket)
        for ranking in sorted(rankings)
    }


def to_json(fifths: Fifths) -> dict[str, Any]:
    """The ends as JSON values."""
    return {
        key: [end.isoformat() if isinstance(end, datetime) else end for end in ends]
        for key, ends in fifths.items()
    }


def from_json(document: Mapping[str, Any]) -> Fifths:
    """The ends that `to_json` wrote."""
    return {
        key: tuple(datetime.fromisoformat(end) if isinstance(end, str) else end for end in ends)
        for key, ends in document.items()
    }


def _ends(
    conn: Connection, store_id: int, ranking: Ranking, day: Day, below_bucket: int | None
) -> tuple[Any, ...]:
    value = (
        sa.func.max(_O.paid_at)
        if ranking.score == "recency"
        else sum_of(ranking.measure._replace(days=0), day)
    )
    query = sa.select(_O.member_id, value.label("value")).where(
        _O.store_id == store_id, _O.member_id.is_not(None), COUNTS
    )
    start = day.start(ranking.days)
    if start is not None:
        query = query.where(_O.paid_at >= start)
    if below_bucket is not None:
        query = query.join(_members, _M.id == _O.member_id).where(_M.bucket < below_bucket)
    query = query.group_by(_O.member_id)
    if ranking.score == "monetary":
        query = query.having(value > 0)
    buyers = query.subquery()
    fifth = sa.func.ntile(5).over(order_by=buyers.c.value).label("fifth")
    placed = sa.select(buyers.c.value, fifth).subquery()
    rows = conn.execute(
        sa.select(sa.func.max(placed.c.value))
        .where(placed.c.fifth < 5)
        .group_by(placed.c.fifth)
        .order_by(placed.c.fifth)
    )
    return tuple(row[0] for row in rows)
