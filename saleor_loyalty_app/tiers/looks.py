"""Who is to be looked at soon. Rows are only added, so that nobody waits for anybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.tiers.models import TierLook

_looks = table(TierLook)
_ADD = Hot(sa.insert(_looks).inline())


@dataclass(frozen=True, slots=True)
class Looks:
    """Members to look at, and the rows that ask for it.

    Attributes:
        silent: members of whom nothing but history is new.
    """

    rows: tuple[int, ...]
    members: tuple[int, ...]
    silent: frozenset[int]


def look_again(
    conn: Connection, store_id: int, members: Iterable[int | None], *, silent: bool = False
) -> None:
    """Asks in the caller's transaction that these members are looked at; None is nobody."""
    for member_id in sorted({one for one in members if one is not None}):
        _ADD.run(conn, {"store_id": store_id, "member_id": member_id, "silent": silent})


def waiting(conn: Connection, store_id: int, *, limit: int, but: Collection[int] = ()) -> Looks:
    """The oldest looks that were asked for, each member once.

    Args:
        but: members who are left out.
    """
    query = (
        sa.select(_looks.c.id, _looks.c.member_id, _looks.c.silent)
        .where(_looks.c.store_id == store_id)
        .order_by(_looks.c.id)
        .limit(limit)
    )
    if but:
        query = query.where(sa.not_(among(conn, _looks.c.member_id, but)))
    rows = conn.execute(query).all()
    loud = {row.member_id for row in rows if not row.silent}
    members = {row.member_id for row in rows}
    return Looks(tuple(row.id for row in rows), tuple(sorted(members)), frozenset(members - loud))


def stores_waiting(conn: Connection) -> set[int]:
    """The stores with members to look at."""
    return set(conn.execute(sa.select(_looks.c.store_id).distinct()).scalars())


def done(conn: Connection, rows: Collection[int]) -> None:
    """Takes away what was looked at."""
    if rows:
        conn.execute(sa.delete(_looks).where(_looks.c.id.in_(list(rows))))
