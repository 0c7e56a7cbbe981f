"""How many members there are at a moment, and how many of them are in the control group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member

_M = table(Member).c


@dataclass(frozen=True, slots=True)
class People:
    """Members at a moment: enrolled before it, and not gone by then."""

    members: int
    hold_out: int


def people_at(conn: Connection, store_id: int, moments: list[datetime]) -> list[People]:
    """The members at each of several moments, in one pass over them."""
    columns: list[Any] = []
    for moment in moments:
        there = sa.and_(_M.enrolled_at < moment, sa.or_(_M.left_at.is_(None), _M.left_at >= moment))
        columns.append(_number(there))
        columns.append(_number(sa.and_(there, _M.hold_out)))
    row = conn.execute(
        sa.select(*columns).where(
            _M.store_id == store_id,
            _M.enrolled_at.is_not(None),
            _M.merged_into.is_(None),
        )
    ).one()
    numbers = [int(number or 0) for number in row]
    return [People(*numbers[at : at + 2]) for at in range(0, len(numbers), 2)]


def joined_between(conn: Connection, store_id: int, since: datetime, until: datetime) -> int:
    """How many enrolled from `since` to before `until`, for the first time or again."""
    number: int = conn.execute(
        sa.select(sa.func.count()).where(
            _M.store_id == store_id,
            _M.enrolled_at >= since,
            _M.enrolled_at < until,
            _M.merged_into.is_(None),
        )
    ).scalar_one()
    return number


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
