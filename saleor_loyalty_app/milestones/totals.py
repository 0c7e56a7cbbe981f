"""What members earned, bought and ordered in all, from the books and their orders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.programs.milestone_rules import Totals
from saleor_loyalty_app.programs.milestones import MILESTONE
from saleor_loyalty_app.tiers.books import orders_that_count

_E = table(Entry).c
#: What files of members brought are adjustments, and only what is taken back of them is not
#: (member_imports.repository.Import.source).
IMPORTED = "import:"
#: What rules gave and took back; an order that goes to another member takes its points along.
_EARNED = ("earn", "reverse", "transfer")


def totals_of(
    conn: Connection,
    store_id: int,
    absorbed: Mapping[int, int],
    members: Sequence[int],
    *,
    until: datetime | None = None,
) -> dict[int, Totals]:
    """By member what counts in all, or of what happened before `until`.

    Points that milestones themselves gave do not count, so that one perk does not lead to the next;
    nor do those that staff gave, or a file brought, and what of them is taken back. What was spent
    or has expired since counts all the same.

    Args:
        absorbed: who was merged into one of the members, with whom that is: their entries stay
            where they were posted, while their orders went over.
    """
    spend: defaultdict[int, dict[str, int]] = defaultdict(dict)
    orders: defaultdict[int, int] = defaultdict(int)
    points: defaultdict[int, int] = defaultdict(int)
    for row in conn.execute(_orders(conn, store_id, members, until)):
        spend[row.member_id][row.currency] = int(row.counted)
        orders[row.member_id] += int(row.orders)
    wanted = [*members, *absorbed]
    for row in conn.execute(_points(conn, store_id, wanted, until)):
        points[absorbed.get(row.member_id, row.member_id)] += int(row.points)
    return {one: Totals(points[one], orders[one], dict(spend[one])) for one in members}


def _orders(
    conn: Connection, store_id: int, members: Sequence[int], until: datetime | None
) -> sa.Select[Any]:
    found = orders_that_count(conn, store_id, members).subquery()
    query = sa.select(
        found.c.member_id,
        found.c.currency,
        sa.func.sum(found.c.counted).label("counted"),
        sa.func.count().label("orders"),
    ).group_by(found.c.member_id, found.c.currency)
    return query if until is None else query.where(found.c.paid_at < until)


def _points(
    conn: Connection, store_id: int, members: Sequence[int], until: datetime | None
) -> sa.Select[Any]:
    query = (
        sa.select(_E.member_id, sa.func.sum(_E.amount).label("points"))
        .where(
            _E.store_id == store_id,
            among(conn, _E.member_id, members),
            _E.unit == "points",
            _E.kind.in_(_EARNED),
            _E.source.not_like(f"deed:{MILESTONE}:%"),
            _E.source.not_like(f"{IMPORTED}%"),
        )
        .group_by(_E.member_id)
    )
    return query if until is None else query.where(_E.effective_at < until)
