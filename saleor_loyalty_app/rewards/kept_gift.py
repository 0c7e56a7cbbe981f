"""Which share counts of what points bought: that of the whole order, or of one product. Pure.

A discount is spread over an order, so its points follow the share of the order that is kept. The
points of a free product bought one unit of one variant, whose line may cost nothing: they follow
that unit.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.saleor.order_snapshot import OrderLine, OrderSnapshot

FREE_PRODUCT = "free_product"
VOUCHER = "VOUCHER"


def kept_share(
    terms: Mapping[str, Any] | None,
    snapshot: OrderSnapshot,
    units: Mapping[str, int],
    order: Fraction,
) -> Fraction:
    """The share that the customer kept of what a redemption was spent for.

    Of several units of a free product the free one counts as the last that comes back. Where the
    order does not tell the product any more, its share counts as for any discount.

    Args:
        terms: of the redemption; None = points for an amount.
        units: of each line that did not come back; none of an order that has ended.
        order: the share of the whole order that is kept.
    """
    if terms is None or terms["kind"] != FREE_PRODUCT:
        return order
    lines = _lines_of(snapshot, str(terms.get("variant", "")))
    if not lines:
        return order
    return Fraction(any(units.get(line.id, 0) > 0 for line in lines))


def _lines_of(snapshot: OrderSnapshot, variant: str) -> list[OrderLine]:
    """The lines with a variant; of one that is gone from the store, what its voucher is on."""
    named = [line for line in snapshot.lines if variant and variant in _names(line)]
    return named or [
        line
        for line in snapshot.lines
        if line.variant is None and any(one.type == VOUCHER for one in line.discounts or ())
    ]


def _names(line: OrderLine) -> set[str]:
    named = {line.product_sku or ""}
    if line.variant is not None:
        named |= {line.variant.id, line.variant.sku or ""}
    return named
