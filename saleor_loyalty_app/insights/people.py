"""How many members there are at a moment, how many are new, and how many in the control group."""

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
    """Members at the end of a range: enrolled before it, and not gone by then.

    `joined` of them and of those who left again enrolled within it; `hold_out` are in the control
    group.
    """

    members: int
    joined: int
    hold_out: int


def people_of(
    conn: Connection, store_id: int, ranges: list[tuple[datetime, datetime]]
) -> list[People]:
    """The members of several ranges (first instant, instant after the last), in one pass."""
    columns: list[Any] = []
    for since, until in ranges:
        there = sa.and_(_M.enrolled_at < until, sa.or_(_M.left_at.is_(None), _M.left_at >= until))
        joined = sa.and_(_M.enrolled_at >= since, _M.enrolled_at < until)
        columns += map(_number, (there, joined, sa.and_(there, _M.hold_out)))
    row = conn.execute(
        sa.select(*columns).where(
            _M.store_id == store_id,
            _M.enrolled_at.is_not(None),
            _M.merged_into.is_(None),
        )
    ).one()
    numbers = [int(number or 0) for number in row]
    return [People(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
