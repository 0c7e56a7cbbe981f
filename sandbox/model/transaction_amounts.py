"""What a transaction's events add up to.

The rules are Saleor's: https://docs.saleor.io/developer/payments/transactions
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sandbox.model.money import ZERO


class AmountEvent(Protocol):
    """The part of a transaction event that the sums need."""

    type: str
    amount: Decimal
    psp_reference: str
    created_at: datetime
    include_in_calculations: bool


@dataclass(slots=True)
class TransactionAmounts:
    authorized: Decimal = ZERO
    charged: Decimal = ZERO
    refunded: Decimal = ZERO
    canceled: Decimal = ZERO
    authorize_pending: Decimal = ZERO
    charge_pending: Decimal = ZERO
    refund_pending: Decimal = ZERO
    cancel_pending: Decimal = ZERO

    def add(self, name: str, amount: Decimal) -> None:
        setattr(self, name, getattr(self, name) + amount)


@dataclass(frozen=True, slots=True)
class _Flow:
    """Where a family's money goes to, and where it comes from."""

    settled: str
    pending: str
    source: str | None


_FLOWS = {
    "AUTHORIZATION": _Flow("authorized", "authorize_pending", None),
    "CHARGE": _Flow("charged", "charge_pending", "authorized"),
    "REFUND": _Flow("refunded", "refund_pending", "charged"),
    "CANCEL": _Flow("canceled", "cancel_pending", "authorized"),
}


def amounts_of(events: Iterable[AmountEvent]) -> TransactionAmounts:
    """Sum `events`; those of one PSP reference settle each other, those without one just add."""
    counted = sorted(
        (event for event in events if event.include_in_calculations and _family(event)),
        key=lambda event: event.created_at,
    )
    counted = _without_overwritten_authorizations(counted)
    amounts = TransactionAmounts()
    for event in counted:
        if not event.psp_reference:
            _add_manual(amounts, event)
    for family, flow in _FLOWS.items():
        for group in _by_reference(event for event in counted if _family(event) == family):
            _settle(amounts, flow, group)
    amounts.authorized = max(amounts.authorized, ZERO)
    amounts.authorize_pending = max(amounts.authorize_pending, ZERO)
    return amounts


def _family(event: AmountEvent) -> str | None:
    family, _, outcome = event.type.partition("_")
    return family if family in _FLOWS and outcome != "ACTION_REQUIRED" else None


def _outcome(event: AmountEvent) -> str:
    return event.type.partition("_")[2]


def _without_overwritten_authorizations(events: list[AmountEvent]) -> list[AmountEvent]:
    """An adjustment says what is authorized from then on: older authorizations count no more."""
    last = max(
        (i for i, event in enumerate(events) if event.type == "AUTHORIZATION_ADJUSTMENT"),
        default=0,
    )
    return [
        event
        for index, event in enumerate(events)
        if index >= last or _family(event) != "AUTHORIZATION"
    ]


def _add_manual(amounts: TransactionAmounts, event: AmountEvent) -> None:
    match _outcome(event):
        case "SUCCESS":
            amounts.add(_FLOWS[str(_family(event))].settled, event.amount)
        case "ADJUSTMENT":
            amounts.authorized = event.amount
        case "BACK":
            amounts.charged -= event.amount
        case "REVERSE":
            amounts.charged += event.amount


def _by_reference(events: Iterable[AmountEvent]) -> list[dict[str, AmountEvent]]:
    groups: dict[str, dict[str, AmountEvent]] = {}
    for event in events:
        if event.psp_reference:
            groups.setdefault(event.psp_reference, {})[_outcome(event)] = event
    return list(groups.values())


def _settle(amounts: TransactionAmounts, flow: _Flow, group: dict[str, AmountEvent]) -> None:
    if back := group.get("BACK"):
        amounts.charged -= back.amount
    if reverse := group.get("REVERSE"):
        amounts.charged += reverse.amount
        amounts.refunded -= reverse.amount
    if adjustment := group.get("ADJUSTMENT"):
        amounts.authorized = adjustment.amount
    request, success, failure = (group.get(key) for key in ("REQUEST", "SUCCESS", "FAILURE"))
    if success and (failure is None or success.created_at > failure.created_at):
        _move(amounts, flow, flow.settled, success.amount)
    if request and not success and not failure:
        _move(amounts, flow, flow.pending, request.amount)


def _move(amounts: TransactionAmounts, flow: _Flow, target: str, amount: Decimal) -> None:
    amounts.add(target, amount)
    if flow.source is not None:
        amounts.add(flow.source, -amount)
