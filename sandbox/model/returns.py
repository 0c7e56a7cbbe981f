"""Goods that come back, are replaced, or are refunded with their fulfillment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.drafts import replacement_of
from sandbox.model.errors import Refused
from sandbox.model.fulfillments import Fulfillment, FulfillmentLine, add_line, new_fulfillment
from sandbox.model.legacy_payments import refund_payment
from sandbox.model.money import ZERO
from sandbox.model.order_history import record, refresh_status
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.orders import Order, OrderLine

_SENT = {"FULFILLED", "WAITING_FOR_APPROVAL"}
_RETURNABLE = {"FULFILLED", "REFUNDED", "WAITING_FOR_APPROVAL"}


@dataclass(frozen=True, slots=True)
class Unsent:
    """So many of an order line that were not sent yet."""

    line: OrderLine
    quantity: int
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """So many of a line of a fulfillment."""

    fulfillment: Fulfillment
    line: FulfillmentLine
    quantity: int
    replace: bool = False


Goods = list[Unsent | Sent]


@dataclass(frozen=True, slots=True)
class Returned:
    returned: Fulfillment
    replaced: Fulfillment | None
    replacement: Order | None


def return_goods(
    store: Store,
    caller: Caller,
    order: Order,
    goods: Goods,
    *,
    refund: bool = False,
    amount: Decimal | None = None,
    with_shipping: bool = False,
) -> Returned:
    """Take goods back; `refund` gives the money of a legacy payment back as well.

    Raises:
        Refused: more than there is, or a refund without a legacy payment to refund.
    """
    _check(goods, _RETURNABLE)
    back = [item for item in goods if not item.replace]
    given_back: Decimal | None = None
    if refund:
        given_back = refund_payment(
            store, caller, order, _value(order, back, amount, with_shipping)
        )
    replaced = replacement = None
    exchanged = [item for item in goods if item.replace]
    if exchanged:
        replaced = new_fulfillment(store, order, "REPLACED")
        _move(store, exchanged, replaced)
        replacement = replacement_of(store, caller, order, _by_line(exchanged))
    returned = _take_back(store, order, back, given_back)
    if with_shipping and refund and amount is None:
        returned.shipping_refunded = order.shipping_price.gross_amount
    _drop_empty(order)
    record(store, order, "FULFILLMENT_RETURNED", caller)
    refresh_status(store, order)
    store.emit("ORDER_UPDATED", order, caller)
    if replacement is not None:
        store.emit("DRAFT_ORDER_CREATED", replacement, caller)
    return Returned(returned, replaced, replacement)


def refund_goods(
    store: Store,
    caller: Caller,
    order: Order,
    goods: Goods,
    *,
    amount: Decimal | None = None,
    with_shipping: bool = False,
) -> Fulfillment:
    """Refund goods that stay with the customer, out of a legacy payment.

    Raises:
        Refused: more than there is, or no legacy payment to refund.
    """
    _check(goods, _SENT | {"RETURNED"})
    given_back = refund_payment(store, caller, order, _value(order, goods, amount, with_shipping))
    fulfillment = new_fulfillment(store, order, "REFUNDED")
    fulfillment.total_refunded = given_back
    if with_shipping and amount is None:
        fulfillment.shipping_refunded = order.shipping_price.gross_amount
    _move(store, goods, fulfillment)
    _drop_empty(order)
    record(store, order, "FULFILLMENT_REFUNDED", caller, amount=given_back)
    store.emit("ORDER_UPDATED", order, caller)
    return fulfillment


def _take_back(store: Store, order: Order, goods: Goods, given_back: Decimal | None) -> Fulfillment:
    """Refunded goods that come back later get a fulfillment of their own."""
    status = "RETURNED" if given_back is None else "REFUNDED_AND_RETURNED"
    returned = new_fulfillment(store, order, status)
    returned.total_refunded = given_back
    refunded_before = [
        item for item in goods if isinstance(item, Sent) and item.fulfillment.status == "REFUNDED"
    ]
    _move(store, [item for item in goods if item not in refunded_before], returned)
    if refunded_before:
        target = returned
        if status == "RETURNED":
            target = new_fulfillment(store, order, "REFUNDED_AND_RETURNED")
        _move(store, refunded_before, target)
    return returned


def _check(goods: Goods, allowed: set[str]) -> None:
    if not goods:
        raise Refused("REQUIRED", "Provide at least one line.", "orderLines")
    for item in goods:
        if isinstance(item, Unsent):
            available = item.line.quantity - item.line.quantity_fulfilled
            field = "orderLineId"
        else:
            available = item.line.quantity if item.fulfillment.status in allowed else 0
            field = "fulfillmentLineId"
        if item.quantity > available:
            raise Refused(
                "INVALID", "Provided quantity is bigger than quantity of the line.", field
            )


def _value(order: Order, goods: Goods, amount: Decimal | None, with_shipping: bool) -> Decimal:
    if amount is not None:
        return amount
    value = ZERO
    for item in goods:
        if isinstance(item, Unsent):
            value += item.line.unit_price.gross_amount * item.quantity
        elif item.fulfillment.status != "REFUNDED":
            value += item.line.order_line.unit_price.gross_amount * item.quantity
    return value + order.shipping_price.gross_amount if with_shipping else value


def _by_line(goods: Goods) -> list[tuple[OrderLine, int]]:
    return [
        (item.line if isinstance(item, Unsent) else item.line.order_line, item.quantity)
        for item in goods
    ]


def _move(store: Store, goods: Sequence[Unsent | Sent], target: Fulfillment) -> None:
    for item in goods:
        if isinstance(item, Unsent):
            item.line.quantity_fulfilled += item.quantity
            add_line(store, target, item.line, item.quantity)
            continue
        item.line.quantity -= item.quantity
        if item.line.quantity == 0:
            item.fulfillment.lines.remove(item.line)
        add_line(store, target, item.line.order_line, item.quantity)


def _drop_empty(order: Order) -> None:
    order.fulfillments[:] = [f for f in order.fulfillments if f.lines or f.status not in _SENT]
