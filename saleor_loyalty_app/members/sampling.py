"""All members of a store in pages, or where they are many a sample that stays the same."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member

#: So many members are in a sample, at most about.
SAMPLE = 4_000
PAGE = 500
#: Each member got one of so many buckets at the beginning.
BUCKETS = 10_000
_M = table(Member).c


def count_people(conn: Connection, store_id: int) -> int:
    """How many members a store has; who was merged into another does not count."""
    query = sa.select(sa.func.count()).where(_M.store_id == store_id, _M.merged_into.is_(None))
    return int(conn.execute(query).scalar_one())


def sampled_pages(conn: Connection, store_id: int, total: int) -> Iterator[list[int]]:
    """Everybody of a store of `total` members where they are not too many, else the sample."""
    below = BUCKETS if total <= SAMPLE else max(1, BUCKETS * SAMPLE // total)
    after = 0
    while True:
        query = (
            sa.select(_M.id)
            .where(
                _M.store_id == store_id,
                _M.id > after,
                _M.merged_into.is_(None),
                _M.bucket < below,
            )
            .order_by(_M.id)
            .limit(PAGE)
        )
        page = list(conn.execute(query).scalars())
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]
