"""Payments that a shopper starts through an app's gateway."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.apps import find_app, receives
from sandbox.model.errors import Refused
from sandbox.model.money import ZERO, quantize
from sandbox.model.orders import Order
from sandbox.model.payments import (
    TransactionEvent,
    TransactionItem,
    add_event,
    new_transaction,
    recalculate,
)
from sandbox.model.pricing import checkout_prices
from sandbox.model.settlement import ActionRequest, announce_change
from sandbox.model.store import Caller, Store
from sandbox.model.transaction_amounts import TransactionAmounts

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.checkouts import Checkout

_EVENT = "TRANSACTION_INITIALIZE_SESSION"
_FAILURE = "Failed to delivery request."

Answer = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Started:
    transaction: TransactionItem
    event: TransactionEvent
    data: Any


def initialize_transaction(
    store: Store,
    caller: Caller,
    source: Order | Checkout,
    gateway: str,
    amount: Decimal | None,
    *,
    data: Any = None,
    action: str | None = None,
    idempotency_key: str | None = None,
) -> Started:
    """Start a payment and ask the gateway's app; who asks need not own the checkout.

    Raises:
        Refused: no such app.
    """
    app = find_app(store, gateway)
    if app is None or not app.is_alive:
        raise Refused("NOT_FOUND", "App with provided identifier doesn't exist.", "paymentGateway")
    wanted = _left(store, source) if amount is None else quantize(amount, source.currency)
    strategy = action or source.channel.default_transaction_flow_strategy
    item = new_transaction(store, source, Caller(app=app), {})
    request = add_event(
        store,
        item,
        f"{strategy}_REQUEST",
        wanted,
        caller=caller,
        include_in_calculations=False,
        idempotency_key=idempotency_key or store.ids.uuid(),
    )
    asked = ActionRequest(strategy, wanted, request)
    emitted = store.emit(
        _EVENT, item, caller, request=asked, data=data, idempotency_key=request.idempotency_key
    )
    webhook = next((w for w in app.webhooks if receives(w, _EVENT)), None)
    answer = store.ask(webhook, emitted) if webhook is not None else None
    return _settle(store, app, item, request, answer if isinstance(answer, dict) else None)


def _settle(
    store: Store, app: App, item: TransactionItem, request: TransactionEvent, answer: Answer
) -> Started:
    family = request.type.partition("_")[0]
    result = str((answer or {}).get("result") or f"{family}_FAILURE")
    reference = str((answer or {}).get("pspReference") or "")
    given = (answer or {}).get("amount")
    before = TransactionAmounts()
    if reference:
        request.psp_reference = item.psp_reference = reference
        request.include_in_calculations = True
    event = add_event(
        store,
        item,
        result,
        request.amount if given is None else quantize(Decimal(str(given)), item.currency),
        caller=Caller(app=app),
        psp_reference=reference,
        message=str((answer or {}).get("message") or ("" if answer else _FAILURE)),
        include_in_calculations=bool(reference),
    )
    item.actions = sorted(set((answer or {}).get("actions") or []))
    recalculate(item)
    announce_change(store, Caller(app=app), item, before)
    return Started(item, event, (answer or {}).get("data"))


def _left(store: Store, source: Order | Checkout) -> Decimal:
    sums = [item.amounts for item in source.transactions]
    covered = sum((each.charged + each.authorized for each in sums), ZERO)
    if isinstance(source, Order):
        due = source.total.gross_amount
    else:
        due = checkout_prices(store, source).total.gross_amount
    return max(due - covered, ZERO)
