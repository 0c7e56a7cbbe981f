"""What one of a line costs as entered, and how a discount of the whole is spread over lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.money import ZERO, quantize

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel
    from sandbox.model.checkouts import Checkout, CheckoutLine


def undiscounted_unit(line: CheckoutLine, channel: Channel) -> Decimal:
    """The entered price of one, before any discount; an override replaces it."""
    if line.price_override is not None:
        return line.price_override
    return line.variant.prices[channel.slug]


def base_unit(line: CheckoutLine, channel: Channel) -> Decimal:
    """The entered price of one, with the catalogue promotion and without vouchers."""
    if line.is_gift:
        return ZERO
    full = undiscounted_unit(line, channel)
    return max(full - line.variant.reduction(channel, full), ZERO)


def base_totals(checkout: Checkout) -> dict[str, Decimal]:
    """The entered prices of the lines by key, with catalogue promotions only."""
    return {line.pk: base_unit(line, checkout.channel) * line.quantity for line in checkout.lines}


def base_subtotal(checkout: Checkout) -> Decimal:
    return sum(base_totals(checkout).values(), ZERO)


def spread(totals: dict[str, Decimal], discount: Decimal, currency: str) -> dict[str, Decimal]:
    """Take `discount` off in proportion; the last priced line bears what rounding leaves."""
    whole = sum(totals.values(), ZERO)
    left = min(discount, whole)
    if left <= ZERO:
        return totals
    rate = left / whole
    priced = [pk for pk, value in totals.items() if value]
    result = dict(totals)
    for pk in priced[:-1]:
        share = min(quantize(totals[pk] * rate, currency), left)
        result[pk] -= share
        left -= share
    result[priced[-1]] = max(result[priced[-1]] - left, ZERO)
    return result
