"""How an order tells of the discounts that its checkout had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.model.discounts import entered_totals
from sandbox.model.line_prices import base_unit, undiscounted_unit
from sandbox.model.money import ZERO, quantize
from sandbox.model.orders import Order, OrderDiscount, OrderLine, OrderLineDiscount
from sandbox.model.store import Store

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout, CheckoutLine


def add_order_discount(store: Store, order: Order, checkout: Checkout) -> None:
    """The discount of the whole: an order promotion, or a voucher as money.

    A voucher of single lines is told here too, with its code as the reason, where the channel still
    does so, or the code was used up meanwhile, so that nobody knows any more of what kind it was.
    """
    applied = checkout.applied
    if applied is None or applied.kind == "dead" or _is_told_on_lines(order, checkout):
        return
    by_line = applied.kind == "lines" and order.voucher_code is not None
    amount = sum(applied.lines.values(), ZERO) if by_line else applied.amount
    if not amount:
        return
    rule = applied.rule
    if rule is not None:
        kind, value_type = "ORDER_PROMOTION", rule.value_type or "FIXED"
        value, reason = rule.value or amount, rule.reason
    else:
        kind, value_type, value, reason = "VOUCHER", "FIXED", amount, None
        if applied.kind == "lines" and order.voucher_code is not None:
            reason = f"Voucher code: {order.voucher_code}"
    order.discounts.append(
        OrderDiscount(
            pk=store.ids.uuid(),
            type=kind,
            name=applied.name or "",
            value_type=value_type,
            value=value,
            amount=amount,
            currency=order.currency,
            reason=reason,
        )
    )


def tell_discounts(
    store: Store, order: Order, made: OrderLine, line: CheckoutLine, checkout: Checkout
) -> None:
    """Write onto an order line what reduced it and why."""
    reasons = []
    applied = checkout.applied
    entered = entered_totals(checkout, applied)[line.pk] / line.quantity
    full = undiscounted_unit(line, checkout.channel)
    made.unit_discount = quantize(full - entered, checkout.currency)
    if order.voucher_code is not None and applied is not None and applied.rule is None:
        if applied.kind == "lines" and line.pk in applied.lines:
            made.voucher_code = order.voucher_code
            reasons.append(f"Voucher code: {order.voucher_code}")
        elif applied.kind == "order":
            reasons.append(f"Entire order voucher code: {order.voucher_code}")
        if applied.kind == "lines" and _is_told_on_lines(order, checkout):
            made.discounts.extend(_voucher_discount(store, order, line, checkout))
    promotion = _promotion_discount(store, line, checkout)
    if promotion is not None:
        made.discounts.append(promotion)
        if promotion.reason:
            reasons.append(promotion.reason)
    made.unit_discount_reason = " & ".join(reasons) or None


def _is_told_on_lines(order: Order, checkout: Checkout) -> bool:
    """Saleor 3.23, checkout/complete_checkout.py, _create_order_discount."""
    applied = checkout.applied
    by_line = applied is not None and applied.kind == "lines" and order.voucher_code is not None
    return by_line and not checkout.channel.legacy_line_discounts


def _voucher_discount(
    store: Store, order: Order, line: CheckoutLine, checkout: Checkout
) -> list[OrderLineDiscount]:
    applied, voucher = checkout.applied, order.voucher
    if applied is None or voucher is None or line.pk not in applied.lines:
        return []
    amount = applied.lines[line.pk]
    return [
        OrderLineDiscount(
            pk=store.ids.uuid(),
            type="VOUCHER",
            name=applied.name or "",
            value_type=voucher.discount_value_type,
            value=voucher.listings[checkout.channel.slug].discount_value,
            amount=amount,
            unit=quantize(amount / line.quantity, checkout.currency),
            currency=checkout.currency,
            reason=f"Voucher code: {order.voucher_code}",
        )
    ]


def _promotion_discount(
    store: Store, line: CheckoutLine, checkout: Checkout
) -> OrderLineDiscount | None:
    channel = checkout.channel
    unit = undiscounted_unit(line, channel) - base_unit(line, channel)
    if not unit:
        return None
    rule = line.gift_rule if line.is_gift else line.variant.rules.get(channel.slug)
    return OrderLineDiscount(
        pk=store.ids.uuid(),
        type="ORDER_PROMOTION" if line.is_gift else "PROMOTION",
        name=rule.discount_name if rule else line.variant.promotion_name,
        value_type=(rule.value_type if rule else None) or "FIXED",
        value=(rule.value if rule else None) or unit,
        amount=quantize(unit * line.quantity, checkout.currency),
        unit=unit,
        currency=checkout.currency,
        reason=rule.reason if rule else None,
    )
