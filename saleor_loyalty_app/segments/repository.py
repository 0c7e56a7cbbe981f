"""Queries of who is in which segment. All take a connection and none commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.segments.models import SegmentMember

_rows, _members = table(SegmentMember), table(Member)
_R, _M = _rows.c, _members.c
#: Says of a column with ids of members whether they are meant.
Whom = Callable[[Any], sa.ColumnElement[bool]]
#: So many rows are taken away in one statement.
MANY = 500


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody in a segment, since when, and the numbers of then."""

    member_id: int
    segment: str
    since: datetime
    why: list[dict[str, Any]]


def these(members: Sequence[int]) -> Whom:
    """These members."""
    return lambda column: column.in_(list(members))


def of_store(column: Any, store_id: int) -> sa.ColumnElement[bool]:
    """Rows of a store, where members are named beside it.

    Not as a plain equation: SQLite would take an index that begins with the store for it, and read
    all of the store for each page of members.
    """
    return sa.func.coalesce(column, 0) == store_id


def between(after: int, last: int) -> Whom:
    """Members by their ids, from the one behind `after` to `last`."""
    return lambda column: sa.and_(column > after, column <= last)


def page_after(conn: Connection, store_id: int, after: int, *, limit: int) -> tuple[int, int]:
    """The last id of the next members of a store, and how many they are; `after`, 0 = no more."""
    page = _following(store_id, after, limit).subquery()
    found = conn.execute(sa.select(sa.func.max(page.c.id), sa.func.count())).one()
    return (after, 0) if found[0] is None else (int(found[0]), int(found[1]))


def ids_after(
    conn: Connection, store_id: int, after: int, *, limit: int, below_bucket: int | None
) -> list[int]:
    """The next members of a store.

    `below_bucket`: only those whose bucket is lower (a sample that stays the same).
    """
    query = _following(store_id, after, limit)
    if below_bucket is not None:
        query = query.where(_M.bucket < below_bucket)
    return [row.id for row in conn.execute(query)]


def _following(store_id: int, after: int, limit: int) -> sa.Select[tuple[int]]:
    return (
        sa.select(_M.id).where(_M.store_id == store_id, _M.id > after).order_by(_M.id).limit(limit)
    )


def segments_of(conn: Connection, store_id: int, whom: Whom) -> dict[int, set[str]]:
    """The segments that members are in, by member."""
    rows = conn.execute(
        sa.select(_R.member_id, _R.segment).where(
            of_store(_R.store_id, store_id), whom(_R.member_id)
        )
    )
    found: dict[int, set[str]] = {}
    for member_id, segment in rows:
        found.setdefault(member_id, set()).add(segment)
    return found


def rows_of(conn: Connection, store_id: int, member_id: int) -> dict[str, Row]:
    """What is noted of one member, by segment."""
    rows = conn.execute(
        sa.select(_R.member_id, _R.segment, _R.since, _R.why).where(
            _R.store_id == store_id, _R.member_id == member_id
        )
    )
    return {row.segment: Row(*row) for row in rows}


def add(
    conn: Connection,
    store_id: int,
    found: Sequence[tuple[int, str, list[dict[str, Any]]]],
    *,
    now: datetime,
) -> None:
    """Writes who came into which segment, and why."""
    if found:
        conn.execute(
            sa.insert(_rows),
            [
                {
                    "store_id": store_id,
                    "member_id": member_id,
                    "segment": segment,
                    "since": now,
                    "why": why,
                }
                for member_id, segment, why in found
            ],
        )


def remove(conn: Connection, store_id: int, gone: Mapping[str, Sequence[int]]) -> None:
    """Takes members out of segments; by segment."""
    for segment, members in sorted(gone.items()):
        for at in range(0, len(members), MANY):
            conn.execute(
                sa.delete(_rows).where(
                    _R.store_id == store_id,
                    _R.segment == segment,
                    _R.member_id.in_(list(members[at : at + MANY])),
                )
            )


def members_of(
    conn: Connection, store_id: int, segment: str, *, first: int, after: int | None
) -> list[Row]:
    """Who is in a segment, in the order of their ids."""
    query = sa.select(_R.member_id, _R.segment, _R.since, _R.why).where(
        _R.store_id == store_id, _R.segment == segment
    )
    if after is not None:
        query = query.where(_R.member_id > after)
    return [Row(*row) for row in conn.execute(query.order_by(_R.member_id).limit(first))]


def sizes(conn: Connection, store_id: int) -> dict[str, int]:
    """How many members are in each segment."""
    rows = conn.execute(
        sa.select(_R.segment, sa.func.count()).where(_R.store_id == store_id).group_by(_R.segment)
    )
    return {segment: int(number) for segment, number in rows}
