"""What a member is told about their tier: that they rose, and that they are about to fall. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from saleor_loyalty_app.messages.outbox import Kind, News
from saleor_loyalty_app.programs.perks import TierPromise
from saleor_loyalty_app.programs.tier_measures import History, Missing
from saleor_loyalty_app.programs.tier_projection import projection
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.tiers.repository import Held


def news_of_rise(tiers: Tiers, before: Held, after: Held, *, now: datetime) -> Iterator[News]:
    """What is told of a tier that is higher than before; nothing where it is not."""
    if tiers.rank_of(after.tier) > tiers.rank_of(before.tier):
        yield News(
            after.member_id,
            Kind.tier_up,
            {"tier": after.tier},
            key=f"tier_up:{after.member_id}:{after.tier}:{now.isoformat()}",
        )


def news_of_risk(
    tiers: Tiers,
    held: Held,
    history: History,
    *,
    today: date,
    promised: Sequence[TierPromise] = (),
) -> Iterator[News]:
    """What is told, once for each day of falling, of a fall that is near and what prevents it.

    Args:
        promised: tiers that come into force when the one that staff set is over.
    """
    ahead = projection(tiers, held.state, history, today, promised)
    if ahead.drops_on is None or ahead.drops_on != held.state.grace_until or ahead.keep_by is None:
        return
    yield News(
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
    )


def _missing(one: Missing) -> dict[str, object]:
    return {"kind": one.kind, "amount": one.amount, "currency": one.currency}
