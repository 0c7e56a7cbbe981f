"""What an order stores about its money, and what Saleor computes from it on reading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.money import ZERO

if TYPE_CHECKING:
    from sandbox.model.orders import Order


@dataclass(frozen=True, slots=True)
class OrderAmounts:
    charged: Decimal = ZERO
    authorized: Decimal = ZERO
    charge_status: str = "NONE"
    authorize_status: str = "NONE"


def recompute_amounts(order: Order) -> None:
    """Store the amounts anew, and keep the ones before for a torn payload."""
    charged = sum((item.amounts.charged for item in order.transactions), ZERO)
    charged += sum((payment.captured for payment in order.payments), ZERO)
    authorized = sum((item.amounts.authorized for item in order.transactions), ZERO)
    due = max(order.total.gross_amount - order.total_granted, ZERO)
    _store(
        order,
        OrderAmounts(
            charged,
            authorized,
            charge_status(charged, due),
            authorize_status(charged + authorized, due, order.total.gross_amount),
        ),
    )


def recompute_charge(order: Order) -> None:
    """Store what is charged against a changed grant; the authorize status stays as it was."""
    charged = sum((item.amounts.charged for item in order.transactions), ZERO)
    charged += sum((payment.captured for payment in order.payments), ZERO)
    due = max(order.total.gross_amount - order.total_granted, ZERO)
    old = order.amounts
    _store(
        order,
        OrderAmounts(charged, old.authorized, charge_status(charged, due), old.authorize_status),
    )


def _store(order: Order, amounts: OrderAmounts) -> None:
    order.previous_amounts = order.amounts
    order.amounts = amounts


def charge_status(charged: Decimal, due: Decimal) -> str:
    """`due` is the gross total less what was granted as a refund."""
    if charged == due:
        return "FULL"
    if charged <= ZERO:
        return "NONE"
    return "PARTIAL" if charged < due else "OVERCHARGED"


def authorize_status(covered: Decimal, due: Decimal, total: Decimal) -> str:
    """`covered` is what is authorized and charged together."""
    if not covered:
        return "NONE" if total else "FULL"
    return "FULL" if covered >= due else "PARTIAL"


def balance(order: Order) -> Decimal:
    """Charged less owed: negative while money is missing."""
    if any(payment.is_active for payment in order.payments):
        return order.amounts.charged - order.total.gross_amount
    charged = sum(
        (item.amounts.charged + item.amounts.charge_pending for item in order.transactions), ZERO
    )
    return charged - (order.total.gross_amount - order.total_granted)


def refunded(order: Order) -> Decimal:
    payment = order.last_payment
    if payment is not None and (payment.is_active or payment.charge_status == "FULLY_REFUNDED"):
        return sum((t.amount for t in payment.transactions if t.kind == "REFUND"), ZERO)
    return sum((item.amounts.refunded for item in order.transactions), ZERO)


def remaining_grant(order: Order) -> Decimal:
    """The part of the granted refunds that was not yet paid back."""
    granted = min(order.total_granted, order.total.gross_amount)
    payment = order.last_payment
    if payment is not None and payment.is_active:
        return granted - sum((t.amount for t in payment.transactions if t.kind == "REFUND"), ZERO)
    processed = back = ZERO
    for item in order.transactions:
        sums = item.amounts
        back += sums.refunded + sums.refund_pending
        processed += sums.charged + sums.authorized + sums.charge_pending + sums.authorize_pending
    processed += back
    return max(granted - max(back - (processed - order.total.gross_amount), ZERO), ZERO)


def is_paid(order: Order) -> bool:
    if order.transactions:
        charged = sum((item.amounts.charged for item in order.transactions), ZERO)
        return charged >= order.total.gross_amount
    return order.amounts.charged >= order.total.gross_amount


def payment_status(order: Order) -> str:
    """The deprecated `paymentStatus`."""
    given_back = sum((f.total_refunded or ZERO for f in order.fulfillments), ZERO)
    if given_back and given_back == order.total.gross_amount:
        return "FULLY_REFUNDED"
    if order.transactions:
        return _transaction_payment_status(order)
    payment = order.last_payment
    if payment is not None:
        return payment.charge_status
    return "NOT_CHARGED" if order.total.gross_amount else "FULLY_CHARGED"


def _transaction_payment_status(order: Order) -> str:
    due = order.total.gross_amount - order.total_granted
    status = order.amounts.charge_status
    if status in {"FULL", "OVERCHARGED"} and (order.amounts.charged or due <= ZERO):
        return "FULLY_CHARGED"
    return "PARTIALLY_CHARGED" if status == "PARTIAL" else "NOT_CHARGED"
