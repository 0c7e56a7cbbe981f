"""What a cart costs: flat-rate taxes, a voucher spread over the lines, a gift card taken off."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.money import ZERO, Taxed, apply_rate, quantize, total, zero

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel
    from sandbox.model.checkouts import Checkout, CheckoutLine
    from sandbox.model.customers import Address
    from sandbox.model.store import Store


@dataclass(frozen=True, slots=True)
class CheckoutPrices:
    """`lines` are totals by line key; `total` is less the gift card, `full_total` is not."""

    lines: dict[str, Taxed]
    shipping: Taxed
    subtotal: Taxed
    full_total: Taxed
    total: Taxed
    tax_rate: Decimal


def tax_country(channel: Channel, shipping: Address | None, billing: Address | None) -> str:
    for address in (shipping, billing):
        if address is not None and address.country:
            return address.country
    return channel.default_country


def taxed(store: Store, channel: Channel, country: str, amount: Decimal) -> Taxed:
    """Net and gross of an entered price, at the country's rate."""
    return apply_rate(
        amount,
        store.tax_rates.get(country, ZERO),
        with_tax=channel.prices_entered_with_tax,
        currency=channel.currency_code,
    )


def undiscounted_unit(line: CheckoutLine, channel: Channel) -> Decimal:
    """The entered price of one, before any discount; an override replaces it."""
    if line.price_override is not None:
        return line.price_override
    return line.variant.prices[channel.slug]


def base_unit(line: CheckoutLine, channel: Channel) -> Decimal:
    """The entered price of one, with the catalogue promotion and without vouchers."""
    if line.is_gift:
        return ZERO
    return max(undiscounted_unit(line, channel) - line.variant.reduction(channel), ZERO)


def checkout_prices(store: Store, checkout: Checkout) -> CheckoutPrices:
    """Price a checkout as of now."""
    channel, currency = checkout.channel, checkout.currency
    country = tax_country(channel, checkout.shipping_address, checkout.billing_address)
    lines = {
        pk: taxed(store, channel, country, amount)
        for pk, amount in _entered_totals(checkout).items()
    }
    shipping = zero(currency)
    if checkout.delivery is not None:
        shipping = taxed(store, channel, country, checkout.delivery.offer.price)
    subtotal = total(list(lines.values()), currency)
    full = subtotal + shipping
    return CheckoutPrices(
        lines=lines,
        shipping=shipping,
        subtotal=subtotal,
        full_total=full,
        total=full.less_gross(checkout.gift_card_amount),
        tax_rate=store.tax_rates.get(country, ZERO) / 100,
    )


def _entered_totals(checkout: Checkout) -> dict[str, Decimal]:
    totals = {line.pk: base_unit(line, checkout.channel) * line.quantity for line in checkout.lines}
    voucher = checkout.voucher
    if voucher is None:
        return totals
    if voucher.lines:
        return {pk: max(value - voucher.lines.get(pk, ZERO), ZERO) for pk, value in totals.items()}
    return spread(totals, voucher.amount, checkout.currency)


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
