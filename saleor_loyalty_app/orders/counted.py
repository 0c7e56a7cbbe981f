"""What of an order counts as spent: the price of goods that were paid with money and kept. Pure."""

from datetime import datetime
from fractions import Fraction

from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.target import Kept
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

_GROSS = Settings(price_basis="gross")


def counted_milli(snapshot: OrderSnapshot, share: Kept, *, app_id: str, paid_at: datetime) -> int:
    """What counts, in thousandths of the currency's major unit, cut to whole ones.

    Prices with tax, after all discounts; without shipping, gift cards and what points paid, and
    without what went back, each line by the share of it that was kept.
    """
    total = Fraction(0)
    for line in facts_of(snapshot, _GROSS, app_id=app_id, paid_at=paid_at).lines:
        units = min(share.units.get(line.id, 0), line.quantity)
        total += Fraction(line.base) * units / line.quantity * share.factor
    return int(total * 1000)
