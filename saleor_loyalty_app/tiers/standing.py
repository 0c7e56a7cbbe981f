"""Which tier counts for somebody: the one room through which a stored standing is read.

Whom nobody looked at yet, or not under the tiers in force, has at least the tier that everybody
has: it is what the next look finds, so that nobody waits for that look.
"""

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.eligibility import may_hold_tier
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.tiers import Tiers, at_least_entry
from saleor_loyalty_app.tiers.models import MemberTier

_tiers, _members = table(MemberTier), table(Member)
_OF = Hot(
    sa.select(_tiers.c.tier).where(
        _tiers.c.store_id == sa.bindparam("store_id"),
        _tiers.c.member_id == sa.bindparam("member_id"),
    )
)
_WHO = Hot(
    sa.select(_members.c.state, _members.c.hold_out, _tiers.c.tier)
    .select_from(_members.outerjoin(_tiers, _tiers.c.member_id == _members.c.id))
    .where(
        _members.c.store_id == sa.bindparam("store_id"),
        _members.c.id == sa.bindparam("member_id"),
    )
)


def tier_of(conn: Connection, store_id: int, member_id: int) -> str:
    """The id of the tier that the last look at a member noted; "" = none, or nobody looked.

    Whether it counts, and whether more does, `counted_tier` tells.
    """
    row = _OF.one_or_none(conn, {"store_id": store_id, "member_id": member_id})
    return "" if row is None else str(row.tier)


def tier_in_force(conn: Connection, store_id: int, member_id: int, program: Program) -> str:
    """The id of the tier that counts for a member now; "" = none, or tiers are off."""
    row = _WHO.one_or_none(conn, {"store_id": store_id, "member_id": member_id})
    if row is None:
        return ""
    return counted_tier(program, row.tier or "", state=row.state, hold_out=bool(row.hold_out))


def tier_for_earning(conn: Connection, store_id: int, member_id: int, tiers: Tiers | None) -> str:
    """The id of the tier by which a member earns; "" = none, or tiers are off.

    Whether they earn at all is asked before, as of the instant of what they earn by, which may be
    before they left.
    """
    return at_least_entry(tiers, tier_of(conn, store_id, member_id))


def counted_tier(program: Program | None, held: str, *, state: str, hold_out: bool) -> str:
    """The id of the tier that counts for somebody; "" = none, or tiers are off.

    Args:
        held: as the last look noted it; "" = none, or nobody looked yet.
        state: of the member; "" = signed in, and not known to the program so far.
    """
    if program is None:
        return ""
    automatic = program.settings.enrollment == "automatic"
    if not may_hold_tier(state, hold_out=hold_out, automatic=automatic):
        return ""
    return at_least_entry(program.tiers, held)
