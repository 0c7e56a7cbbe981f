"""Who moved from one tier to another, and how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.tiers.models import TierMove, TierReward

_V, _R = table(TierMove).c, table(TierReward).c


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move as it was noted."""

    id: int
    member_id: int
    from_tier: str
    to_tier: str
    why: str
    measures: dict[str, Any]
    actor: str
    at: datetime


def flows_since(conn: Connection, store_id: int, since: datetime) -> dict[tuple[str, str], int]:
    """How many moves there were since a moment, by (from, to)."""
    rows = conn.execute(
        sa.select(_V.from_tier, _V.to_tier, sa.func.count().label("moves"))
        .where(_V.store_id == store_id, _V.at >= since)
        .group_by(_V.from_tier, _V.to_tier)
    )
    return {(row.from_tier, row.to_tier): row.moves for row in rows}


def reached_since(conn: Connection, store_id: int, since: datetime) -> dict[str, int]:
    """How many members reached each level for the first time since a moment, by its id."""
    rows = conn.execute(
        sa.select(_R.tier, sa.func.count().label("members"))
        .where(_R.store_id == store_id, _R.at >= since)
        .group_by(_R.tier)
    )
    return {row.tier: row.members for row in rows}


def moves(
    conn: Connection,
    store_id: int,
    *,
    first: int,
    before: int | None,
    members: list[int] | None = None,
) -> list[MoveRow]:
    """Moves, the newest first, of all or of some members."""
    query = sa.select(*(_V[name] for name in MoveRow.__dataclass_fields__)).where(
        _V.store_id == store_id
    )
    if members is not None:
        query = query.where(_V.member_id.in_(members))
    if before is not None:
        query = query.where(_V.id < before)
    rows = conn.execute(query.order_by(_V.id.desc()).limit(first))
    return [MoveRow(*row) for row in rows]
