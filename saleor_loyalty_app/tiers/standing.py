"""Which tier a member holds."""

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.tiers import Tiers, entry_tier, level_in_force
from saleor_loyalty_app.tiers.models import MemberTier

_tiers = table(MemberTier)
_OF = Hot(
    sa.select(_tiers.c.tier).where(
        _tiers.c.store_id == sa.bindparam("store_id"),
        _tiers.c.member_id == sa.bindparam("member_id"),
    )
)


def tier_of(conn: Connection, store_id: int, member_id: int) -> str:
    """The id of the tier that a member holds now; "" = none.

    Whether tiers are on, and whether there is such a level, the program tells
    (`programs.tiers.level_in_force`).
    """
    row = _OF.one_or_none(conn, {"store_id": store_id, "member_id": member_id})
    return "" if row is None else str(row.tier)


def tier_in_force(conn: Connection, store_id: int, member_id: int, tiers: Tiers | None) -> str:
    """The id of a member's tier under a program's tiers; "" = none, or tiers are off."""
    if tiers is None or not tiers.enabled:
        return ""
    level = level_in_force(tiers, tier_of(conn, store_id, member_id))
    return "" if level is None else level.id


def tier_for_earning(conn: Connection, store_id: int, member_id: int, tiers: Tiers | None) -> str:
    """The id of the tier by which a member earns; "" = none, or tiers are off.

    Who was not looked at for tiers yet, as with a first order, has what everybody has.
    """
    row = _OF.one_or_none(conn, {"store_id": store_id, "member_id": member_id})
    return earning_tier(tiers, None if row is None else str(row.tier))


def earning_tier(tiers: Tiers | None, held: str | None) -> str:
    """`tier_for_earning` of a tier that was read.

    Args:
        held: as the table has it, "" = none; None = the member was not looked at yet.
    """
    if held is None:
        return entry_tier(tiers)
    level = level_in_force(tiers, held)
    return "" if level is None else level.id
