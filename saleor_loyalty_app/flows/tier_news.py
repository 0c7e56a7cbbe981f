"""What a member is told about their tier: that they rose, and that they are about to fall."""

from datetime import date, datetime

from sqlalchemy import Connection

from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.tier_measures import History, Missing
from saleor_loyalty_app.programs.tier_rules import projection
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.repository import Held


def tell_of_rise(
    conn: Connection, store: StoreRef, tiers: Tiers, before: Held, after: Held, *, now: datetime
) -> None:
    """Tells of a tier that is higher than before."""
    if tiers.rank_of(after.tier) <= tiers.rank_of(before.tier):
        return
    tell(
        conn,
        store.id,
        after.member_id,
        Kind.tier_up,
        {"tier": after.tier},
        key=f"tier_up:{after.member_id}:{after.tier}:{now.isoformat()}",
        now=now,
    )


def tell_of_risk(
    conn: Connection,
    store: StoreRef,
    tiers: Tiers,
    held: Held,
    history: History,
    *,
    today: date,
    now: datetime,
) -> None:
    """Tells, once for each day of falling, of a fall that is near and what would prevent it."""
    ahead = projection(tiers, held.state, history, today)
    if ahead.drops_on is None or ahead.drops_on != held.state.grace_until or ahead.keep_by is None:
        return
    tell(
        conn,
        store.id,
        held.member_id,
        Kind.tier_at_risk,
        {
            "tier": held.tier,
            "drops_to": ahead.drops_to,
            "drops_on": ahead.drops_on.isoformat(),
            "keep_by": ahead.keep_by.isoformat(),
            "missing": [_missing(one) for one in ahead.to_keep],
        },
        key=f"tier_at_risk:{held.member_id}:{held.tier}:{ahead.drops_on}",
        now=now,
    )


def _missing(one: Missing) -> dict[str, object]:
    return {"kind": one.kind, "amount": one.amount, "currency": one.currency}
