"""Granted refunds: what staff promised to give back, before any money moves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.errors import Refused
from sandbox.model.money import ZERO, quantize
from sandbox.model.order_amounts import recompute_charge
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.customers import User
    from sandbox.model.orders import Order, OrderLine
    from sandbox.model.payments import TransactionItem

_STATUS_BY_EVENT = {
    "REFUND_SUCCESS": "SUCCESS",
    "REFUND_REQUEST": "PENDING",
    "REFUND_FAILURE": "FAILURE",
    "REFUND_REVERSE": "NONE",
}


@dataclass(eq=False)
class OrderGrantedRefundLine:
    pk: int
    order_line: OrderLine
    quantity: int
    reason: str | None = None


@dataclass(eq=False)
class OrderGrantedRefund:
    pk: int
    order: Order
    created_at: datetime
    updated_at: datetime
    amount: Decimal
    reason: str
    shipping_costs_included: bool
    transaction: TransactionItem | None
    user: User | None
    app: App | None
    status: str = "NONE"
    lines: list[OrderGrantedRefundLine] = field(default_factory=list)


def grant_refund(
    store: Store,
    caller: Caller,
    order: Order,
    transaction: TransactionItem,
    data: dict[str, Any],
) -> OrderGrantedRefund:
    """Grant a refund: an amount, or the gross value of lines and shipping. Tells nobody.

    `data` is `OrderGrantRefundCreateInput` with snake_case keys, its line ids resolved to lines.

    Raises:
        Refused: nothing named, too much, or shipping granted twice.
    """
    lines: list[tuple[OrderLine, int, str | None]] = data.get("lines") or []
    with_shipping = bool(data.get("grant_refund_for_shipping"))
    if data.get("amount") is None and not lines and not with_shipping:
        raise Refused(
            "REQUIRED",
            "You must provide at least one of `amount`, `lines`, `grantRefundForShipping`.",
            "amount",
        )
    _check_lines(order, lines)
    if with_shipping and any(r.shipping_costs_included for r in order.granted_refunds):
        raise Refused(
            "SHIPPING_COSTS_ALREADY_GRANTED",
            "Shipping costs have already been granted.",
            "grantRefundForShipping",
        )
    now = store.now()
    refund = OrderGrantedRefund(
        pk=store.ids.next("OrderGrantedRefund"),
        order=order,
        created_at=now,
        updated_at=now,
        amount=_amount(order, transaction, data, lines, with_shipping),
        reason=data.get("reason") or "",
        shipping_costs_included=with_shipping,
        transaction=transaction,
        user=caller.user if caller.app is None else None,
        app=caller.app,
    )
    for line, quantity, reason in lines:
        pk = store.ids.next("OrderGrantedRefundLine")
        refund.lines.append(OrderGrantedRefundLine(pk, line, quantity, reason))
    order.granted_refunds.append(refund)
    recompute_charge(order)
    order.updated_at = store.now()
    return refund


def refresh_refund_status(refund: OrderGrantedRefund) -> None:
    """Take the status from the newest refund event that belongs to the grant."""
    if refund.transaction is None:
        return
    events = [
        event
        for event in refund.transaction.events
        if event.granted_refund is refund and event.type in _STATUS_BY_EVENT
    ]
    if events:
        refund.status = _STATUS_BY_EVENT[max(events, key=lambda event: event.created_at).type]


def _check_lines(order: Order, lines: list[tuple[OrderLine, int, str | None]]) -> None:
    granted: defaultdict[str, int] = defaultdict(int)
    for refund in order.granted_refunds:
        for known in refund.lines:
            granted[known.order_line.pk] += known.quantity
    for line, quantity, _ in lines:
        if quantity + granted[line.pk] > line.quantity:
            raise Refused("INVALID", "Provided input for lines is invalid.", "lines")


def _amount(
    order: Order,
    transaction: TransactionItem,
    data: dict[str, Any],
    lines: list[tuple[OrderLine, int, str | None]],
    with_shipping: bool,
) -> Decimal:
    limit = transaction.amounts.charged
    if data.get("amount") is not None:
        amount = quantize(data["amount"], order.currency)
        if amount > limit:
            raise Refused(
                "AMOUNT_GREATER_THAN_AVAILABLE",
                "Amount cannot be greater than the charged amount of provided transaction.",
                "amount",
            )
        return amount
    value = sum((line.unit_price.gross_amount * quantity for line, quantity, _ in lines), ZERO)
    if with_shipping:
        value += order.shipping_price.gross_amount
    return min(value, limit)
