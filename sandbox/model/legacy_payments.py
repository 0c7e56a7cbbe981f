"""The old payments, which `orderMarkAsPaid` still makes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.errors import Refused
from sandbox.model.money import ZERO
from sandbox.model.order_history import record
from sandbox.model.orders import announce_refunded, touch_amounts
from sandbox.model.payments import Payment, Transaction, new_transaction, recalculate
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout
    from sandbox.model.orders import Order


def mark_as_paid(store: Store, caller: Caller, order: Order, reference: str | None) -> None:
    """Book the whole total as paid by other means, as the channel's strategy says.

    Raises:
        Refused: the order has a payment or a transaction already.
    """
    if order.payments:
        raise Refused(
            "PAYMENT_ERROR", "Orders with payments can not be manually marked as paid.", "payment"
        )
    if order.transactions:
        raise Refused(
            "TRANSACTION_ERROR",
            "Orders with transactions can not be manually marked as paid.",
            "transaction",
        )
    if order.channel.mark_as_paid_strategy == "TRANSACTION_FLOW":
        _mark_with_transaction(store, caller, order, reference)
    else:
        _mark_with_payment(store, order, reference)
    record(store, order, "ORDER_MARKED_AS_PAID", caller, transaction_reference=reference)
    touch_amounts(store, order)
    store.emit("ORDER_FULLY_PAID", order, caller)
    store.emit("ORDER_UPDATED", order, caller)


def _mark_with_transaction(
    store: Store, caller: Caller, order: Order, reference: str | None
) -> None:
    item = new_transaction(
        store,
        order,
        caller,
        {
            "name": "Mark as paid",
            "psp_reference": reference,
            "available_actions": ["REFUND"],
            "amount_charged": {"amount": order.total.gross_amount, "currency": order.currency},
        },
    )
    recalculate(item)


def _mark_with_payment(store: Store, order: Order, reference: str | None) -> None:
    now = store.now()
    payment = Payment(
        pk=store.ids.next("Payment"),
        order=order,
        created=now,
        modified=now,
        gateway="manual",
        total=order.total.gross_amount,
        captured=order.total.gross_amount,
        currency=order.currency,
        charge_status="FULLY_CHARGED",
        psp_reference=reference,
    )
    _book(store, payment, "EXTERNAL", order.total.gross_amount, reference or "")
    order.payments.append(payment)


def start_payment(
    store: Store, checkout: Checkout, amount: Decimal, status: str, captured: Decimal
) -> Payment:
    """An old payment of a checkout; the one before it is given up. `status` is what it charged."""
    now = store.now()
    for older in checkout.payments:
        older.is_active = False
    payment = Payment(
        pk=store.ids.next("Payment"),
        order=None,
        checkout=checkout,
        created=now,
        modified=now,
        gateway="mirumee.payments.dummy",
        total=amount,
        captured=captured,
        currency=checkout.currency,
        charge_status=status,
    )
    checkout.payments.append(payment)
    return payment


def all_payments(store: Store) -> Iterator[Payment]:
    """The old payments of orders and of checkouts."""
    for order in store.orders.values():
        yield from order.payments
    for checkout in store.checkouts.values():
        yield from checkout.payments


def refund_payment(store: Store, caller: Caller, order: Order, amount: Decimal) -> Decimal:
    """Give money of the last payment back; returns how much, at most what was captured.

    Raises:
        Refused: there is no such payment, or `amount` is more than was captured.
    """
    payment = order.last_payment
    if payment is None or not payment.is_active or payment.captured <= ZERO:
        raise Refused("CANNOT_REFUND", "Order cannot be refunded.", "order")
    amount = min(amount, payment.captured)
    if amount <= ZERO:
        return ZERO
    payment.captured -= amount
    payment.modified = store.now()
    _book(store, payment, "REFUND", amount, payment.token)
    if payment.captured <= ZERO:
        payment.charge_status = "FULLY_REFUNDED"
        payment.is_active = False
    else:
        payment.charge_status = "PARTIALLY_REFUNDED"
    touch_amounts(store, order)
    record(store, order, "PAYMENT_REFUNDED", caller, amount=amount)
    announce_refunded(store, order, caller, with_updated=False)
    return amount


def _book(store: Store, payment: Payment, kind: str, amount: Decimal, token: str) -> None:
    payment.transactions.append(
        Transaction(
            pk=store.ids.next("Transaction"),
            created=store.now(),
            kind=kind,
            is_success=True,
            amount=amount,
            currency=payment.currency,
            token=token,
        )
    )
