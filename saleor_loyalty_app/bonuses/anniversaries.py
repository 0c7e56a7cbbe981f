"""Who joined the program so many years ago on a date."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.bonuses.celebrating import JoinedBetween
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member

_members = table(Member)
_row = _members.c


def first_joined(conn: Connection, store_id: int) -> datetime | None:
    """When the first member of a store joined; None = there is none."""
    found: datetime | None = conn.execute(
        sa.select(_row.first_enrolled_at)
        .where(_row.store_id == store_id, _row.first_enrolled_at.is_not(None))
        .order_by(_row.first_enrolled_at)
        .limit(1)
    ).scalar_one_or_none()
    return found


def joined_in(
    conn: Connection, store_id: int, spans: Sequence[JoinedBetween], *, after: int, limit: int
) -> list[tuple[int, datetime]]:
    """Active members by id, after one, who joined in one of the spans, and when."""
    if not spans:
        return []
    joined = _row.first_enrolled_at
    inside = sa.or_(*(sa.and_(joined >= one.begin, joined < one.end) for one in spans))
    query = (
        sa.select(_row.id, joined)
        .where(
            _row.store_id == store_id,
            inside,
            _row.state == "active",
            _row.merged_into.is_(None),
            _row.id > after,
        )
        .order_by(_row.id)
        .limit(limit)
    )
    return [(row.id, row.first_enrolled_at) for row in conn.execute(query)]


def joined_between(conn: Connection, store_id: int, begin: datetime, end: datetime) -> int:
    """How many active members joined from `begin` on, before `end`."""
    query = sa.select(sa.func.count()).where(
        _row.store_id == store_id,
        _row.first_enrolled_at >= begin,
        _row.first_enrolled_at < end,
        _row.state == "active",
        _row.merged_into.is_(None),
    )
    return int(conn.execute(query).scalar_one())
