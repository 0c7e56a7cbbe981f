"""Who has which tier now, and how many: as `standing.counted_tier` says of each of them.

Whom nobody looked at yet is counted with the tier that everybody has, so that all numbers together
are the number of members.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.eligibility import STATES, may_hold_tier
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.tiers import Tiers, entry_tier
from saleor_loyalty_app.tiers.models import MemberTier
from saleor_loyalty_app.tiers.standing import counted_tier

_tiers, _members = table(MemberTier), table(Member)
_T, _M = _tiers.c, _members.c
_BOTH = _members.outerjoin(_tiers, _T.member_id == _M.id)
#: What is known of a tier that somebody was found to have by a look.
_LOOKED_AT = (_T.period_until, _T.grace_until, _T.manual, _T.manual_until)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a tier; days are the first on which it does not hold any more."""

    member_id: int
    tier: str
    since: datetime
    period_until: date | None = None
    grace_until: date | None = None
    manual: str = ""
    manual_until: date | None = None


def counts(conn: Connection, store_id: int, program: Program | None) -> dict[str, int]:
    """How many members have each tier, by its id; "" = none, as the control group has.

    Who left or was erased is not in it, nor is anybody who would have to join first.
    """
    if program is None:
        return {}
    rows = conn.execute(
        sa.select(_T.tier, _M.state, _M.hold_out, sa.func.count().label("members"))
        .select_from(_BOTH)
        .where(_M.store_id == store_id, _M.merged_into.is_(None))
        .group_by(_T.tier, _M.state, _M.hold_out)
    )
    there = _states(program)
    found: Counter[str] = Counter()
    for row in rows:
        if row.state in there:
            tier = counted_tier(program, row.tier or "", state=row.state, hold_out=row.hold_out)
            found[tier] += row.members
    return dict(found)


def holders(
    conn: Connection,
    store_id: int,
    program: Program,
    tier: str,
    *,
    since: datetime,
    first: int,
    after: int | None,
) -> list[Holder]:
    """The members who have a tier, in the order of their ids; none where tiers are off.

    Args:
        since: from when on the tiers are in force.
    """
    tiers = program.tiers
    if tiers is None or not tiers.enabled or tiers.rank_of(tier) < 0:
        return []
    joined = sa.func.coalesce(_M.first_enrolled_at, _M.created_at)
    query = (
        sa.select(_M.id, _T.tier, _T.since, joined.label("joined"), *_LOOKED_AT)
        .select_from(_BOTH)
        .where(
            _M.store_id == store_id,
            _M.merged_into.is_(None),
            _M.state.in_(_states(program)),
            _M.hold_out.is_(sa.false()),
            _holds(tiers, tier),
        )
    )
    if after is not None:
        query = query.where(_M.id > after)
    return [
        Holder(row.id, tier, row.since, *row[4:])
        if row.tier == tier
        else Holder(row.id, tier, max(row.joined, since))
        for row in conn.execute(query.order_by(_M.id).limit(first))
    ]


def _states(program: Program) -> Sequence[str]:
    """The states of who may have a tier, but for the control group."""
    automatic = program.settings.enrollment == "automatic"
    return [one for one in STATES if may_hold_tier(one, hold_out=False, automatic=automatic)]


def _holds(tiers: Tiers, tier: str) -> sa.ColumnElement[bool]:
    rank, of_all = tiers.rank_of(tier), tiers.rank_of(entry_tier(tiers))
    if rank < of_all:
        return sa.false()
    if rank > of_all:
        return _T.tier == tier
    above = [one.id for one in tiers.levels[rank + 1 :]]
    return sa.or_(_T.tier.is_(None), _T.tier.not_in(above))
