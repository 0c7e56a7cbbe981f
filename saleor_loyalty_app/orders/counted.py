"""What of an order counts as spent: the price of goods that were paid with money and kept. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.shares import paid_factor
from saleor_loyalty_app.orders.target import Kept
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

_GROSS = Settings(price_basis="gross")


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts, in thousandths of the currency's major unit, cut to whole ones.

    Attributes:
        by_category: what of it went into each category, by slug, those above it included.
        country: where the order goes to; "" = not told.
    """

    milli: int
    by_category: dict[str, int] = field(default_factory=dict)
    country: str = ""


def counted_of(snapshot: OrderSnapshot, share: Kept, *, app_id: str, paid_at: datetime) -> Counted:
    """What counts of an order that was paid.

    Prices with tax, after all discounts; without shipping, gift cards and what points paid, and
    without what went back, each line by the share of it that was kept. What staff added to a paid
    order counts once it is paid.
    """
    total = Fraction(0)
    categories: defaultdict[str, Fraction] = defaultdict(Fraction)
    factor = share.factor if share.now is None else paid_factor(share.units, share.now)
    facts = facts_of(snapshot, _GROSS, app_id=app_id, paid_at=paid_at)
    for line in facts.lines:
        units = min(share.units.get(line.id, 0), line.quantity)
        kept = Fraction(line.base) * units / line.quantity * factor
        total += kept
        for category in line.categories:
            categories[category] += kept
    by_category = {slug: int(kept * 1000) for slug, kept in sorted(categories.items()) if kept}
    return Counted(int(total * 1000), by_category, facts.country)
