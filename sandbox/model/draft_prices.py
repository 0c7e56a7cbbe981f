"""What a draft costs: its lines as entered, a voucher or an order promotion taken off."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.errors import Refused
from sandbox.model.line_prices import spread
from sandbox.model.money import ZERO, quantize, total
from sandbox.model.order_amounts import recompute_amounts
from sandbox.model.orders import OrderDiscount
from sandbox.model.pricing import tax_country, taxed
from sandbox.model.promotions import BestRule, best_order_rule

if TYPE_CHECKING:
    from sandbox.model.orders import Order, OrderLine
    from sandbox.model.store import Store
    from sandbox.model.vouchers import Voucher


def set_voucher(store: Store, order: Order, code: str | None) -> None:
    """Give a draft a voucher by its code, or none; prices follow with `price_draft`.

    Staff may give what conditions of the voucher would refuse to a shopper.

    Raises:
        Refused: the code is not good in the channel.
    """
    if code is None:
        order.voucher, order.voucher_code = None, None
        return
    found = store.voucher_codes.get(code)
    now = store.clock.now()
    if found is None or not found.is_active or not found.voucher.is_active_in(order.channel, now):
        raise Refused("INVALID_VOUCHER_CODE", "Voucher code is invalid.", "voucherCode")
    order.voucher, order.voucher_code = found.voucher, found.code


def end_single_use(store: Store, order: Order) -> None:
    """The code of a completed draft is used up; nothing is counted otherwise."""
    code = store.voucher_codes.get(order.voucher_code or "")
    if code is not None and code.voucher.single_use and code.is_active:
        code.is_active = False
        code.used_up_at = store.clock.now()


def price_draft(store: Store, order: Order) -> None:
    """Work out the prices of a draft's lines, its shipping and its totals."""
    currency = order.currency
    country = tax_country(order.channel, order.shipping_address, order.billing_address)
    rate = store.tax_rates.get(country, ZERO) / 100
    totals = _discounted(store, order)
    shipping = _shipping(order)
    for line in order.lines:
        line.total_price = taxed(store, order.channel, country, totals[line.pk])
        line.unit_price = line.total_price.per_unit(line.quantity)
        paid = totals[line.pk] / line.quantity
        line.unit_discount = quantize(line.undiscounted_unit - paid, currency)
        line.tax_rate = rate
    if shipping is not None:
        order.shipping_price = taxed(store, order.channel, country, shipping)
    order.shipping_tax_rate = rate
    order.subtotal = total([line.total_price for line in order.lines], currency)
    order.total = order.subtotal + order.shipping_price
    undiscounted = total([line.undiscounted_total_price for line in order.lines], currency)
    full_shipping = taxed(store, order.channel, country, order.undiscounted_shipping_price)
    order.undiscounted_total = undiscounted + full_shipping
    recompute_amounts(order)
    order.previous_amounts = order.amounts


def _shipping(order: Order) -> Decimal | None:
    if order.shipping_method is None:
        return None
    price = order.shipping_method.prices[order.channel.slug]
    order.undiscounted_shipping_price = price
    voucher = order.voucher
    if voucher is None or voucher.type != "SHIPPING":
        return price
    off = voucher.discount_of(price, order.channel)
    _tell_of_voucher(order, voucher, off)
    return price - off


def _discounted(store: Store, order: Order) -> dict[str, Decimal]:
    """The entered prices of the lines; tells in `order.discounts` of what reduced them."""
    totals = {line.pk: line.entered_unit * line.quantity for line in order.lines}
    subtotal = sum(totals.values(), ZERO)
    order.discounts = [each for each in order.discounts if each.type == "MANUAL"]
    for line in order.lines:
        line.voucher_code = line.unit_discount_reason = None
    voucher = order.voucher
    if voucher is None:
        best = best_order_rule(store, order.channel, subtotal, gifts=False)
        if best is None or not best.amount:
            return totals
        _tell_of_rule(store, order, best)
        return spread(totals, best.amount, order.currency)
    if voucher.type == "SHIPPING":
        return totals
    if not voucher.is_line_level:
        off = voucher.discount_of(subtotal, order.channel)
        _tell_of_voucher(order, voucher, off)
        return spread(totals, off, order.currency)
    reductions = _line_reductions(order, voucher)
    for line in order.lines:
        if line.pk in reductions:
            totals[line.pk] = max(totals[line.pk] - reductions[line.pk], ZERO)
            line.voucher_code = order.voucher_code
            line.unit_discount_reason = f"Voucher code: {order.voucher_code}"
    if reductions:
        _tell_of_voucher(order, voucher, sum(reductions.values(), ZERO))
    return totals


def _line_reductions(order: Order, voucher: Voucher) -> dict[str, Decimal]:
    lines: list[OrderLine] = [
        line
        for line in order.lines
        if voucher.type == "ENTIRE_ORDER"
        or (line.variant is not None and voucher.covers(line.variant))
    ]
    if voucher.apply_once_per_order:
        lines = sorted(lines, key=lambda line: line.entered_unit)[:1]
        return {line.pk: voucher.discount_of(line.entered_unit, order.channel) for line in lines}
    if voucher.discount_value_type == "PERCENTAGE":
        return {
            line.pk: voucher.discount_of(line.entered_unit * line.quantity, order.channel)
            for line in lines
        }
    return {
        line.pk: voucher.discount_of(line.entered_unit, order.channel) * line.quantity
        for line in lines
    }


def _tell_of_voucher(order: Order, voucher: Voucher, amount: Decimal) -> None:
    line_level = voucher.is_line_level and voucher.type != "SHIPPING"
    value = amount if line_level else voucher.listings[order.channel.slug].discount_value
    order.discounts.append(
        OrderDiscount(
            pk=f"{order.pk}-voucher",
            type="VOUCHER",
            name=voucher.name or "",
            value_type="FIXED" if line_level else voucher.discount_value_type,
            value=value,
            amount=quantize(amount, order.currency),
            currency=order.currency,
            reason=f"Voucher code: {order.voucher_code}",
        )
    )


def _tell_of_rule(store: Store, order: Order, best: BestRule) -> None:
    rule = best.rule
    order.discounts.append(
        OrderDiscount(
            pk=store.ids.uuid(),
            type="ORDER_PROMOTION",
            name=rule.discount_name,
            value_type=rule.value_type or "FIXED",
            value=rule.value or best.amount,
            amount=best.amount,
            currency=order.currency,
            reason=rule.reason,
        )
    )
