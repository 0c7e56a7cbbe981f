"""What happened to an order, and the status that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.store import NOBODY, Caller, Store

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.customers import User
    from sandbox.model.orders import Order

_BACK = {"RETURNED", "REFUNDED_AND_RETURNED"}


@dataclass(eq=False)
class OrderEvent:
    pk: int
    date: datetime
    type: str
    user: User | None
    app: App | None
    amount: Decimal | None = None
    message: str | None = None
    email: str | None = None
    transaction_reference: str | None = None


def record(
    store: Store, order: Order, event_type: str, caller: Caller = NOBODY, **fields: Any
) -> None:
    """Write into the order's history (no event leaves the store)."""
    order.events.append(
        OrderEvent(
            pk=store.ids.next("OrderEvent"),
            date=store.now(),
            type=event_type,
            user=caller.user if caller.app is None else None,
            app=caller.app,
            **fields,
        )
    )


def status_of(order: Order) -> str:
    """The status that fulfillments and returns make; unchanged when all was replaced."""
    back = waiting = replaced = 0
    for fulfillment in order.fulfillments:
        quantity = sum(line.quantity for line in fulfillment.lines)
        if fulfillment.status in _BACK:
            back += quantity
        elif fulfillment.status == "REPLACED":
            replaced += quantity
        elif fulfillment.status == "WAITING_FOR_APPROVAL":
            waiting += quantity
    ordered = sum(line.quantity for line in order.lines) - replaced
    fulfilled = sum(line.quantity_fulfilled for line in order.lines) - replaced - waiting
    if ordered == 0:
        return order.status
    if fulfilled <= 0:
        return "UNFULFILLED"
    if 0 < back < ordered:
        return "PARTIALLY_RETURNED"
    if back == ordered:
        return "RETURNED"
    return "PARTIALLY_FULFILLED" if fulfilled < ordered else "FULFILLED"


def refresh_status(store: Store, order: Order) -> None:
    """Bring the status up to date; `updated_at` moves only when the status does."""
    status = status_of(order)
    if status != order.status:
        order.status = status
        order.updated_at = store.now()
