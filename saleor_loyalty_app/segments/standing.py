"""Which segments a member is in."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.segments import Segment
from saleor_loyalty_app.segments.models import SegmentMember

_members = table(SegmentMember)
_OF = Hot(
    sa.select(_members.c.segment).where(
        _members.c.store_id == sa.bindparam("store_id"),
        _members.c.member_id == sa.bindparam("member_id"),
    )
)


def member_in(conn: Connection, store_id: int, member_id: int) -> frozenset[str]:
    """The ids of the segments that a member was in at the last look.

    Whether there is such a segment still, the program says.
    """
    rows = _OF.all(conn, {"store_id": store_id, "member_id": member_id})
    return frozenset(str(row.segment) for row in rows)


def segments_in_force(
    conn: Connection, store_id: int, member_id: int, segments: Sequence[Segment] | None
) -> frozenset[str]:
    """Those of a program's segments that a member is in; nothing is read where it has none."""
    if not segments:
        return frozenset()
    return member_in(conn, store_id, member_id) & {segment.id for segment in segments}
