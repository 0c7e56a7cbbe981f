"""Lists about tiers: how many are in each, who they are, and who moved."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.tiers.models import MemberTier, TierMove, TierReward

_tiers, _moves = table(MemberTier), table(TierMove)
_T, _V, _R = _tiers.c, _moves.c, table(TierReward).c


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a tier; days are the first on which it does not hold any more."""

    member_id: int
    tier: str
    since: datetime
    period_until: date | None
    grace_until: date | None
    manual: str
    manual_until: date | None


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


def counts(conn: Connection, store_id: int) -> dict[str, int]:
    """How many members hold each tier, by its id."""
    rows = conn.execute(
        sa.select(_T.tier, sa.func.count().label("members"))
        .where(_T.store_id == store_id)
        .group_by(_T.tier)
    )
    return {row.tier: row.members for row in rows}


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


def holders(
    conn: Connection, store_id: int, tier: str, *, first: int, after: int | None
) -> list[Holder]:
    """The members in a tier, in the order of their ids."""
    query = sa.select(*(_T[name] for name in Holder.__dataclass_fields__)).where(
        _T.store_id == store_id, _T.tier == tier
    )
    if after is not None:
        query = query.where(_T.member_id > after)
    rows = conn.execute(query.order_by(_T.member_id).limit(first))
    return [Holder(*row) for row in rows]


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
