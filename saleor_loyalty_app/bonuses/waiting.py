"""Deeds whose bonus waits, as rows. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.bonuses.models import BonusWaiting
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.deeds import DeedFacts

_waiting = table(BonusWaiting)
_W = _waiting.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deed that waits, and whose it is."""

    id: int
    member_id: int
    deed: DeedFacts


def note(conn: Connection, store_id: int, member_id: int, deed: DeedFacts) -> None:
    """Lets a deed wait; one that waits already stays as it is."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(_waiting).values(
        store_id=store_id,
        member_id=member_id,
        kind=deed.trigger,
        about=deed.on,
        deed=deed.key,
        number=deed.number,
        at=deed.at,
    )
    conn.execute(statement.on_conflict_do_nothing(index_elements=["store_id", "member_id", "deed"]))


def oldest(conn: Connection, store_id: int, *, limit: int) -> list[Waiting]:
    """The deeds of a store that wait longest."""
    query = (
        sa.select(_W.id, _W.member_id, _W.kind, _W.about, _W.at, _W.deed, _W.number)
        .where(_W.store_id == store_id)
        .order_by(_W.id)
        .limit(limit)
    )
    return [
        Waiting(row.id, row.member_id, DeedFacts(row.kind, row.about, row.at, row.deed, row.number))
        for row in conn.execute(query)
    ]


def settle(conn: Connection, store_id: int, found: Sequence[Waiting]) -> None:
    """Takes away what waits no longer."""
    ids = [one.id for one in found]
    if ids:
        conn.execute(sa.delete(_waiting).where(_W.store_id == store_id, _W.id.in_(ids)))


def stores_waiting(conn: Connection) -> set[int]:
    """The stores with deeds that wait."""
    return set(conn.execute(sa.select(_W.store_id).distinct()).scalars())


def forget_members(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Takes away what waits of members."""
    conn.execute(sa.delete(_waiting).where(_W.store_id == store_id, _W.member_id.in_(member_ids)))
