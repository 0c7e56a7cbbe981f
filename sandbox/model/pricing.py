"""What a cart costs: flat-rate taxes, a voucher spread over the lines, a gift card taken off."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.discounts import (
    entered_shipping,
    entered_totals,
    off_shipping,
    present_discount,
)
from sandbox.model.gift_cards import cards_balance
from sandbox.model.money import ZERO, Taxed, apply_rate, total, zero

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel
    from sandbox.model.checkouts import Checkout
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


def checkout_prices(store: Store, checkout: Checkout) -> CheckoutPrices:
    """Price a checkout as of now."""
    applied = present_discount(store, checkout)
    channel, currency = checkout.channel, checkout.currency
    country = tax_country(channel, checkout.shipping_address, checkout.billing_address)
    lines = {
        pk: taxed(store, channel, country, amount)
        for pk, amount in entered_totals(checkout, applied).items()
    }
    shipping = zero(currency)
    price = entered_shipping(checkout)
    if price is not None:
        shipping = taxed(store, channel, country, price - off_shipping(applied))
    subtotal = total(list(lines.values()), currency)
    full = subtotal + shipping
    return CheckoutPrices(
        lines=lines,
        shipping=shipping,
        subtotal=subtotal,
        full_total=full,
        total=full.less_gross(cards_balance(store, checkout)),
        tax_rate=store.tax_rates.get(country, ZERO) / 100,
    )
