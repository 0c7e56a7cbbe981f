"""What became of the claims of each reward, in numbers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.rewards import RewardItem, stored_item
from saleor_loyalty_app.rewards.models import Redemption, RewardClaim

_claims, _redemptions = table(RewardClaim), table(Redemption)
_USED = ("consumed", "restored")
_OPEN = ("held", "issued", "attached")


@dataclass(slots=True)
class ClaimFigures:
    """The claims of one reward.

    Attributes:
        claimed: in all, also those that were given back.
        used: an order was made with it, or it was handed over.
        open: still to be used or handed over.
        waiting: open, and for staff to hand over.
        points: spent, without what came back.
        cost: what the used ones took off or are worth, by currency, less what came back.
    """

    claimed: int = 0
    used: int = 0
    open: int = 0
    waiting: int = 0
    points: int = 0
    cost: dict[str, Fraction] = field(default_factory=dict)

    def money(self) -> dict[str, Decimal]:
        """The cost with six places, cut."""
        return {
            currency: Decimal((exact * 10**6).__floor__()).scaleb(-6)
            for currency, exact in sorted(self.cost.items())
            if exact
        }


def figures(conn: Connection, store_id: int) -> dict[str, ClaimFigures]:
    """The numbers of every reward that was ever taken, by its id."""
    own = _redemptions.c
    columns = (
        _claims.c.reward_id,
        _claims.c.kind,
        own.state,
        own.points,
        own.restored,
        own.amount,
        own.currency,
    )
    query = (
        sa.select(*columns, sa.func.count().label("times"))
        .select_from(_claims.join(_redemptions, own.id == _claims.c.redemption_id))
        .where(_claims.c.store_id == store_id)
        .group_by(*columns)
    )
    found: dict[str, ClaimFigures] = defaultdict(ClaimFigures)
    for row in conn.execute(query):
        one = found[row.reward_id]
        one.claimed += row.times
        if row.state in _OPEN:
            one.open += row.times
            one.waiting += row.times if row.kind == "custom" else 0
        if row.state in _USED:
            kept = row.points - row.restored
            share = Fraction(kept, row.points) if row.points else Fraction(row.state == "consumed")
            one.used += row.times if share else 0
            one.points += row.times * kept
            spent = Fraction(Decimal(row.amount)) * share * row.times
            one.cost[row.currency] = one.cost.get(row.currency, Fraction(0)) + spent
    return dict(found)


def last_items(conn: Connection, store_id: int, but: Mapping[str, object]) -> dict[str, RewardItem]:
    """Rewards that were taken and are not in the program any more, as they were taken last."""
    newest = (
        sa.select(sa.func.max(_claims.c.id))
        .where(_claims.c.store_id == store_id, _claims.c.reward_id.not_in(list(but)))
        .group_by(_claims.c.reward_id)
    )
    rows = conn.execute(
        sa.select(_claims.c.reward_id, _claims.c.item).where(_claims.c.id.in_(newest))
    )
    return {row.reward_id: stored_item(row.item) for row in rows}
