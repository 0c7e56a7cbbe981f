"""What a voucher takes off a checkout, and why it may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.line_prices import base_subtotal, base_unit
from sandbox.model.money import ZERO

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel
    from sandbox.model.checkouts import Checkout, CheckoutLine
    from sandbox.model.customers import User
    from sandbox.model.promotions import PromotionRule
    from sandbox.model.vouchers import Voucher


class NotApplicable(Exception):
    """The voucher is good, but not for this checkout; the text says why."""


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """What a checkout is priced with: `amount` in entered terms, as stored by the last pricing.

    `kind` is `order` (spread over the lines), `lines` (`lines` tells how much of each, by key),
    `shipping`, or `dead`: a voucher that died since, shown still but worth nothing.
    """

    kind: str
    amount: Decimal
    name: str | None
    lines: dict[str, Decimal] = field(default_factory=dict)
    rule: PromotionRule | None = None


def voucher_discount(
    voucher: Voucher, checkout: Checkout, shipping_price: Decimal | None
) -> AppliedDiscount:
    """What a voucher takes off; `shipping_price` is None before a delivery is chosen.

    Raises:
        NotApplicable: it does not apply here.
    """
    lines = [line for line in checkout.lines if not line.is_gift]
    subtotal = base_subtotal(checkout)
    quantity = sum(line.quantity for line in checkout.lines)
    email = checkout.user.email if checkout.user else checkout.email
    check_conditions(voucher, checkout.channel, subtotal, quantity, email, checkout.user)
    if voucher.type == "SHIPPING":
        return _off_shipping(voucher, checkout, shipping_price)
    if voucher.type == "ENTIRE_ORDER" and not voucher.apply_once_per_order:
        amount = voucher.discount_of(subtotal, checkout.channel)
        return AppliedDiscount("order", amount, voucher.name)
    if voucher.type == "SPECIFIC_PRODUCT":
        lines = [line for line in lines if voucher.covers(line.variant)]
    if not lines:
        raise NotApplicable("This offer is only valid for selected items.")
    reductions = line_reductions(voucher, checkout.channel, lines)
    amount = min(sum(reductions.values(), ZERO), subtotal)
    return AppliedDiscount("lines", amount, voucher.name, reductions)


def line_reductions(
    voucher: Voucher, channel: Channel, lines: list[CheckoutLine]
) -> dict[str, Decimal]:
    """What a voucher of single lines takes off each of them, by line key."""
    if voucher.apply_once_per_order:
        cheapest = min(lines, key=lambda line: base_unit(line, channel))
        return {cheapest.pk: voucher.discount_of(base_unit(cheapest, channel), channel)}
    if voucher.discount_value_type == "PERCENTAGE":
        return {
            line.pk: voucher.discount_of(base_unit(line, channel) * line.quantity, channel)
            for line in lines
        }
    return {
        line.pk: voucher.discount_of(base_unit(line, channel), channel) * line.quantity
        for line in lines
    }


def check_conditions(
    voucher: Voucher,
    channel: Channel,
    subtotal: Decimal,
    quantity: int,
    email: str | None,
    user: User | None,
) -> None:
    """The conditions that hold for checkouts and draft orders alike; `subtotal` as entered.

    Raises:
        NotApplicable: one of them does not hold.
    """
    listing = voucher.listings.get(channel.slug)
    if listing is None:
        raise NotApplicable("This voucher is not assigned to this channel")
    if listing.min_spent and subtotal < listing.min_spent:
        raise NotApplicable(f"This offer is only valid for orders over {listing.min_spent}.")
    if (voucher.min_checkout_items_quantity or 0) > quantity:
        raise NotApplicable("This offer is only valid for orders with more items.")
    if voucher.apply_once_per_customer and any(email in code.customers for code in voucher.codes):
        raise NotApplicable("This offer is valid only once per customer.")
    if voucher.only_for_staff and (user is None or not user.is_staff):
        raise NotApplicable("This offer is valid only for staff customers.")


def _off_shipping(
    voucher: Voucher, checkout: Checkout, shipping_price: Decimal | None
) -> AppliedDiscount:
    if not checkout.is_shipping_required:
        raise NotApplicable("Your order does not require shipping.")
    if shipping_price is None:
        raise NotApplicable("Please select a delivery method first.")
    address = checkout.shipping_address or checkout.billing_address
    if address is not None and voucher.countries and address.country not in voucher.countries:
        raise NotApplicable("This offer is not valid in your country.")
    amount = voucher.discount_of(shipping_price, checkout.channel)
    return AppliedDiscount("shipping", amount, voucher.name)
