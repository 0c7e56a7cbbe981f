"""Transactions at work: reports, requests, answers, and what they do to the order or checkout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.checkouts import refresh_payment_status
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.model.money import ZERO, quantize
from sandbox.model.order_history import record, refresh_status
from sandbox.model.orders import announce_charged, announce_refunded, touch_amounts
from sandbox.model.payments import (
    TransactionEvent,
    TransactionItem,
    add_event,
    find_event,
    new_transaction,
    payment_method,
    recalculate,
    update_details,
)
from sandbox.model.refunds import OrderGrantedRefund, refresh_refund_status
from sandbox.model.store import NOBODY, Caller, Store
from sandbox.model.transaction_amounts import TransactionAmounts

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.checkouts import Checkout
    from sandbox.model.orders import Order

_FREE_TYPES = {"INFO", "AUTHORIZATION_ACTION_REQUIRED", "CHARGE_ACTION_REQUIRED"}
_NAMING_TYPES = {
    "AUTHORIZATION_REQUEST",
    "AUTHORIZATION_SUCCESS",
    "CHARGE_REQUEST",
    "CHARGE_SUCCESS",
}
_REQUESTS = {"CHARGE": "CHARGE", "REFUND": "REFUND", "CANCEL": "CANCELATION"}
_AMOUNT_SOURCES = {
    "CHARGE_FAILURE": ("CHARGE_SUCCESS", "CHARGE_REQUEST", "AUTHORIZATION_SUCCESS"),
    "REFUND_FAILURE": ("REFUND_SUCCESS", "REFUND_REQUEST", "CHARGE_SUCCESS"),
    "CANCEL_FAILURE": ("CANCEL_SUCCESS", "CANCEL_REQUEST", "AUTHORIZATION_SUCCESS"),
    "AUTHORIZATION_FAILURE": ("AUTHORIZATION_SUCCESS", "AUTHORIZATION_REQUEST"),
    "REFUND_REVERSE": ("REFUND_SUCCESS",),
    "CHARGE_BACK": ("CHARGE_SUCCESS",),
}


@dataclass(frozen=True, slots=True)
class Report:
    event: TransactionEvent
    already_processed: bool


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What an app is asked to do with a transaction of its own; lives in `Emitted.about`."""

    action: str
    amount: Decimal
    request: TransactionEvent


def create_transaction(
    store: Store, caller: Caller, source: Order | Checkout, data: dict[str, Any]
) -> TransactionItem:
    """Add a transaction to an order or checkout, and tell what it changed.

    Raises:
        Refused: an amount is in another currency.
    """
    item = new_transaction(store, source, caller, data)
    announce_change(store, caller, item, TransactionAmounts())
    return item


def update_transaction(
    store: Store, caller: Caller, item: TransactionItem, data: dict[str, Any]
) -> None:
    """Change a transaction, and tell what that changed.

    Raises:
        PermissionDenied: the transaction belongs to somebody else.
        Refused: an amount is in another currency.
    """
    check_owner(caller, item)
    before = item.amounts
    update_details(store, item, caller, data)
    announce_change(store, caller, item, before)


def check_owner(caller: Caller, item: TransactionItem) -> None:
    """An app's transaction is its own; others need HANDLE_PAYMENTS."""
    if item.app is not None and (
        caller.app is None or caller.app.identifier != item.app.identifier
    ):
        raise PermissionDenied("OWNER", "HANDLE_PAYMENTS")
    if "HANDLE_PAYMENTS" not in caller.permissions:
        raise PermissionDenied("OWNER", "HANDLE_PAYMENTS")


def report_event(
    store: Store,
    caller: Caller,
    item: TransactionItem,
    event_type: str,
    amount: Decimal | None,
    psp_reference: str,
    **fields: Any,
) -> Report:
    """Book what a payment provider says; the same report twice changes nothing.

    `fields` may hold `message`, `external_url`, `created_at`, `available_actions`, `metadata`.

    Raises:
        PermissionDenied: the transaction belongs to somebody else.
        Refused: no amount, or the same reference with another amount.
    """
    check_owner(caller, item)
    value = _amount(item, event_type, amount, psp_reference)
    actions = fields.pop("available_actions", None)
    details = fields.pop("payment_method_details", None)
    item.metadata.update(fields.pop("metadata", None) or {})
    item.private_metadata.update(fields.pop("private_metadata", None) or {})
    known = None if event_type in _FREE_TYPES else find_event(item, event_type, psp_reference)
    _check_repeat(item, event_type, value, known)
    if actions is not None:
        item.actions = sorted(set(actions))
    if details:
        item.payment_method_details = payment_method(details)
    if known is not None:
        return Report(known, True)
    grant = _grant_of(item, psp_reference) if event_type.startswith("REFUND") else None
    before = item.amounts
    event = add_event(
        store,
        item,
        event_type,
        value,
        caller=caller,
        psp_reference=psp_reference,
        granted_refund=grant,
        **fields,
    )
    if event_type in _NAMING_TYPES and not item.psp_reference:
        item.psp_reference = psp_reference
    recalculate(item)
    item.modified_at = store.now()
    announce_change(store, caller, item, before)
    if grant is not None:
        refresh_refund_status(grant)
    return Report(event, False)


def request_action(
    store: Store,
    caller: Caller,
    item: TransactionItem,
    action: str,
    amount: Decimal | None,
    *,
    reason: str | None = None,
    grant: OrderGrantedRefund | None = None,
) -> None:
    """Ask the app that made a transaction to charge, refund or cancel; never more than is there.

    Raises:
        Refused: no app can be asked (the failure is booked), or a reason without a refund.
    """
    if reason and action != "REFUND":
        raise Refused("INVALID", "Reason can be set only for REFUND action.", "refundReason")
    limit = item.amounts.charged if action == "REFUND" else item.amounts.authorized
    value = limit if not amount else min(quantize(amount, item.currency), limit)
    request = add_event(
        store,
        item,
        f"{action}_REQUEST",
        value,
        caller=caller,
        message=reason or "",
        idempotency_key=store.ids.uuid(),
        include_in_calculations=False,
        granted_refund=grant,
    )
    event_name = f"TRANSACTION_{_REQUESTS[action]}_REQUESTED"
    app = item.app
    if app is None or not app.can_be_asked(event_name):
        fail_request(store, item, request, "No app or plugin is configured to handle the request.")
        raise Refused(
            "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK",
            "No app or plugin is configured to handle transaction action request.",
        )
    if item.order is not None:
        record(store, item.order, f"TRANSACTION_{action}_REQUESTED", caller, amount=value)
    asked = ActionRequest(action, value, request)
    store.emit(event_name, item, NOBODY, request=asked, granted_refund=grant)
    if grant is not None:
        refresh_refund_status(grant)
    if app.settles_itself:
        answer_request(store, app, item, request, _approval(store, request))


def answer_request(
    store: Store,
    app: App,
    item: TransactionItem,
    request: TransactionEvent,
    answer: dict[str, Any] | None,
) -> None:
    """Book the app's answer to a request; an unusable one counts as a failure."""
    if not answer or not answer.get("pspReference"):
        fail_request(store, item, request, "Missing or invalid value for `pspReference`.")
        return
    request.psp_reference = str(answer["pspReference"])
    request.include_in_calculations = True
    before = item.amounts
    if answer.get("result"):
        amount = answer.get("amount")
        add_event(
            store,
            item,
            str(answer["result"]),
            request.amount if amount is None else quantize(Decimal(str(amount)), item.currency),
            caller=Caller(app=app),
            psp_reference=request.psp_reference,
            message=str(answer.get("message") or ""),
            granted_refund=request.granted_refund,
        )
    if answer.get("actions") is not None:
        item.actions = sorted(set(answer["actions"]))
    recalculate(item)
    item.modified_at = store.now()
    announce_change(store, Caller(), item, before)
    if request.granted_refund is not None:
        refresh_refund_status(request.granted_refund)


def fail_request(
    store: Store, item: TransactionItem, request: TransactionEvent, cause: str
) -> None:
    add_event(
        store,
        item,
        request.type.replace("REQUEST", "FAILURE"),
        request.amount,
        caller=NOBODY,
        message=cause,
        psp_reference=request.psp_reference,
        include_in_calculations=False,
        granted_refund=request.granted_refund,
    )
    if request.granted_refund is not None:
        refresh_refund_status(request.granted_refund)


def announce_change(
    store: Store, caller: Caller, item: TransactionItem, before: TransactionAmounts
) -> None:
    """Carry changed amounts into the checkout or the order, with the events Saleor sends."""
    if item.checkout is not None:
        refresh_payment_status(store, item.checkout, caller)
        return
    order = item.order
    if order is None:
        return
    touch_amounts(store, order)
    if order.status == "UNCONFIRMED" and order.channel.automatically_confirm_all_new_orders:
        refresh_status(store, order)
    now = item.amounts
    updated = now.authorized != before.authorized
    charged = now.charged > before.charged
    if charged:
        announce_charged(store, order, caller)
        updated = False
    elif now.charged != before.charged:
        updated = True
    if now.refunded > before.refunded:
        announce_refunded(store, order, caller)
        updated = False
    if updated:
        store.emit("ORDER_UPDATED", order, caller)


def _amount(
    item: TransactionItem, event_type: str, amount: Decimal | None, reference: str
) -> Decimal:
    if amount is not None:
        return quantize(amount, item.currency)
    if event_type == "INFO":
        return ZERO
    for source in _AMOUNT_SOURCES.get(event_type, ()):
        known = find_event(item, source, reference)
        if known is not None:
            return known.amount
    raise Refused("REQUIRED", f"The `amount` field is required for {event_type} event.", "amount")


def _check_repeat(
    item: TransactionItem, event_type: str, amount: Decimal, known: TransactionEvent | None
) -> None:
    if known is not None and known.amount != amount:
        raise Refused(
            "INCORRECT_DETAILS",
            "The transaction with provided `pspReference` and `type` already exists with different"
            " amount.",
            "pspReference",
        )
    if (
        known is None
        and event_type == "AUTHORIZATION_SUCCESS"
        and any(event.type == event_type for event in item.events)
    ):
        raise Refused(
            "ALREADY_EXISTS",
            "Event with `AUTHORIZATION_SUCCESS` already reported for the transaction. Use"
            " `AUTHORIZATION_ADJUSTMENT` to change the authorization amount.",
            "type",
        )


def _grant_of(item: TransactionItem, reference: str) -> OrderGrantedRefund | None:
    request = find_event(item, "REFUND_REQUEST", reference)
    return request.granted_refund if request else None


def _approval(store: Store, request: TransactionEvent) -> dict[str, Any]:
    family = request.type.partition("_")[0]
    return {
        "pspReference": f"psp-{store.ids.token(12)}",
        "result": f"{family}_SUCCESS",
        "amount": request.amount,
        "actions": {"CHARGE": ["REFUND"], "REFUND": ["REFUND"], "CANCEL": []}[family],
    }
