"""What was paid for an order and what went back, from one snapshot. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from saleor_loyalty_app.saleor.order_snapshot import (
    OrderSnapshot,
    Payment,
    Transaction,
    TransactionEvent,
)

ZERO = Decimal(0)
_LARGEST = Decimal(2**63 - 1)

#: Kinds of Saleor's older payment transactions that take money; `orderMarkAsPaid` writes EXTERNAL.
CAPTURE_KINDS = frozenset({"CAPTURE", "EXTERNAL"})
REFUND_KIND = "REFUND"


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken at one instant."""

    at: datetime
    id: str
    amount: Decimal


def charges(snapshot: OrderSnapshot) -> list[Charge]:
    """Every successful charge of the order, oldest first."""
    found = [
        *(charge for transaction in snapshot.transactions for charge in _charges_of(transaction)),
        *(charge for payment in snapshot.payments for charge in _captures_of(payment)),
    ]
    return sorted(found, key=lambda charge: (charge.at, charge.id))


def charged_ever(snapshot: OrderSnapshot) -> Decimal:
    """All that was ever charged, whatever went back later."""
    return sum((charge.amount for charge in charges(snapshot)), ZERO)


def back_ever(snapshot: OrderSnapshot) -> Decimal:
    """Refunds and charge-backs, whatever they were for."""
    return sum((_back_of_transaction(item) for item in snapshot.transactions), ZERO) + sum(
        (_back_of_payment(item) for item in snapshot.payments), ZERO
    )


def money_back(snapshot: OrderSnapshot) -> Decimal:
    """Refunds and charge-backs, less what had been charged beyond the order's total."""
    overcharged = max(ZERO, charged_ever(snapshot) - snapshot.total.gross.amount)
    return max(ZERO, back_ever(snapshot) - overcharged)


def paid_in_full_at(snapshot: OrderSnapshot) -> datetime | None:
    """When the charges first added up to the total; none while they never did.

    An order without anything to pay is paid when it is created; a draft is never paid. Granted
    refunds have no say. The answer depends on the charges alone, so that it is the same whenever
    the order is looked at.
    """
    if snapshot.status == "DRAFT":
        return None
    total = snapshot.total.gross.amount
    if total <= 0:
        return snapshot.created
    charged = ZERO
    for charge in charges(snapshot):
        charged += charge.amount
        if charged >= total:
            return charge.at
    return None


def total_milli(snapshot: OrderSnapshot) -> int | None:
    """What the order costs in all, in thousandths of the major unit; None where no store has that.

    Saleor keeps three places of an amount, so that nothing is lost.
    """
    exact = snapshot.total.gross.amount.scaleb(3)
    return int(exact) if abs(exact) <= _LARGEST else None


def shipping_milli(snapshot: OrderSnapshot) -> int | None:
    """What its shipping costs, with tax, in the same way as `total_milli`."""
    exact = snapshot.shipping_price.gross.amount.scaleb(3)
    return int(exact) if abs(exact) <= _LARGEST else None


def tender_share(snapshot: OrderSnapshot, app_id: str, until: datetime) -> tuple[Decimal, Decimal]:
    """What had been paid with points by `until`, and the total it is a share of.

    Points are tender in the transactions that this app made itself (`createdBy` is `app_id`).
    """
    total = snapshot.total.gross.amount
    paid = sum(
        (_net_charged(item, until) for item in snapshot.transactions if _is_by(item, app_id)), ZERO
    )
    return min(max(paid, ZERO), max(total, ZERO)), total


def is_consistent(snapshot: OrderSnapshot) -> bool:
    """Whether the order's totals equal the sums of its payments.

    Saleor renders a payload while the state goes on changing, so that one body may show two
    instants. With payments of the older model Saleor counts only some of them in the totals; any
    sum that it may have meant is accepted.
    """
    charged = sum((item.charged_amount.amount for item in snapshot.transactions), ZERO)
    refunded = sum((item.refunded_amount.amount for item in snapshot.transactions), ZERO)
    if not snapshot.payments:
        return (
            snapshot.total_charged.amount == charged and snapshot.total_refunded.amount == refunded
        )
    captured = {
        sum((_captured(item) for item in snapshot.payments), ZERO),
        sum((_captured(item) for item in snapshot.payments if item.is_active), ZERO),
    }
    returned = sum((_refunds_of(item) for item in snapshot.payments), ZERO)
    return snapshot.total_charged.amount in {
        charged,
        *(charged + amount for amount in captured),
    } and snapshot.total_refunded.amount in {refunded, returned, refunded + returned}


def _charges_of(transaction: Transaction) -> Iterator[Charge]:
    known = ZERO
    for event in transaction.events:
        if event.type == "CHARGE_SUCCESS":
            known += event.amount.amount
            yield Charge(event.created_at, event.id, event.amount.amount)
    missing = _ever_charged(transaction, known) - known
    if missing > 0:
        yield Charge(transaction.created_at, transaction.id, missing)


def _ever_charged(transaction: Transaction, by_events: Decimal) -> Decimal:
    held = transaction.charged_amount.amount
    if by_events > 0:
        return max(by_events, held)
    return held + transaction.refunded_amount.amount + _sum(transaction, "CHARGE_BACK")


def _back_of_transaction(transaction: Transaction) -> Decimal:
    """What left a transaction again.

    A transaction whose amounts staff set by hand carries the same money as refund and as
    charge-back; no more can have gone back than is missing from what was charged.
    """
    refunded = _sum(transaction, "REFUND_SUCCESS") - _sum(transaction, "REFUND_REVERSE")
    if not _has(transaction, "REFUND_SUCCESS"):
        refunded = transaction.refunded_amount.amount
    back = max(ZERO, refunded) + _sum(transaction, "CHARGE_BACK")
    charged = _sum(transaction, "CHARGE_SUCCESS")
    if charged > 0:
        back = min(back, max(ZERO, charged - transaction.charged_amount.amount))
    return back


def _captures_of(payment: Payment) -> Iterator[Charge]:
    known = ZERO
    for step in payment.transactions or ():
        if step.is_success and step.kind in CAPTURE_KINDS and step.amount is not None:
            known += step.amount.amount
            yield Charge(step.created, step.id, step.amount.amount)
    ever = _captured(payment) if known > 0 else _captured(payment) + _refunds_of(payment)
    if ever > known:
        yield Charge(payment.created, payment.id, ever - known)


def _back_of_payment(payment: Payment) -> Decimal:
    return _refunds_of(payment)


def _refunds_of(payment: Payment) -> Decimal:
    return _total(
        step.amount.amount
        for step in payment.transactions or ()
        if step.is_success and step.kind == REFUND_KIND and step.amount is not None
    )


def _captured(payment: Payment) -> Decimal:
    return payment.captured_amount.amount if payment.captured_amount is not None else ZERO


def _net_charged(transaction: Transaction, until: datetime) -> Decimal:
    if not _has(transaction, "CHARGE_SUCCESS"):
        return transaction.charged_amount.amount if transaction.created_at <= until else ZERO

    def before(event: TransactionEvent) -> bool:
        return event.created_at <= until

    return (
        _sum(transaction, "CHARGE_SUCCESS", before)
        + _sum(transaction, "REFUND_REVERSE", before)
        - _sum(transaction, "REFUND_SUCCESS", before)
        - _sum(transaction, "CHARGE_BACK", before)
    )


def _is_by(transaction: Transaction, app_id: str) -> bool:
    maker = transaction.created_by
    return maker is not None and maker.typename == "App" and maker.id == app_id


def _has(transaction: Transaction, kind: str) -> bool:
    return any(event.type == kind for event in transaction.events)


def _sum(
    transaction: Transaction,
    kind: str,
    counts: Callable[[TransactionEvent], bool] = lambda event: True,
) -> Decimal:
    return _total(
        event.amount.amount for event in transaction.events if event.type == kind and counts(event)
    )


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
