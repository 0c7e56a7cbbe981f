"""Transactions (and the legacy payments of `orderMarkAsPaid`) of checkouts and orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.errors import Refused
from sandbox.model.money import Money, quantize
from sandbox.model.store import Caller, Store
from sandbox.model.transaction_amounts import TransactionAmounts, amounts_of

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.checkouts import Checkout
    from sandbox.model.customers import User
    from sandbox.model.orders import Order
    from sandbox.model.refunds import OrderGrantedRefund

_MANUAL = "Manual adjustment of the transaction."
_MESSAGE_LIMIT = 512
_PAIRS = (
    ("amount_charged", "charged", "CHARGE_SUCCESS"),
    ("amount_refunded", "refunded", "REFUND_SUCCESS"),
    ("amount_canceled", "canceled", "CANCEL_SUCCESS"),
)


@dataclass(eq=False)
class TransactionEvent:
    pk: int
    type: str
    amount: Decimal
    currency: str
    created_at: datetime
    psp_reference: str = ""
    message: str = ""
    external_url: str = ""
    idempotency_key: str | None = None
    include_in_calculations: bool = True
    created_by: User | App | None = None
    granted_refund: OrderGrantedRefund | None = None

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


@dataclass(eq=False)
class TransactionItem:
    pk: str
    currency: str
    created_at: datetime
    modified_at: datetime
    name: str = ""
    message: str = ""
    psp_reference: str = ""
    external_url: str = ""
    actions: list[str] = field(default_factory=list)
    user: User | None = None
    app: App | None = None
    checkout: Checkout | None = None
    order: Order | None = None
    events: list[TransactionEvent] = field(default_factory=list)
    amounts: TransactionAmounts = field(default_factory=TransactionAmounts)
    payment_method_details: Any = None
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    @property
    def created_by(self) -> User | App | None:
        return self.app or self.user

    def money(self, name: str) -> Money:
        return Money(getattr(self.amounts, name), self.currency)


@dataclass(eq=False)
class CardPaymentMethodDetails:
    name: str
    brand: str | None = None
    first_digits: str | None = None
    last_digits: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None


@dataclass(eq=False)
class OtherPaymentMethodDetails:
    name: str


@dataclass(eq=False)
class Transaction:
    """A booking of a legacy payment."""

    pk: int
    created: datetime
    kind: str
    is_success: bool
    amount: Decimal
    currency: str
    token: str


@dataclass(eq=False)
class Payment:
    """A legacy payment, as `orderMarkAsPaid` leaves it, or one that began on a checkout."""

    pk: int
    order: Order | None
    created: datetime
    modified: datetime
    gateway: str
    total: Decimal
    captured: Decimal
    currency: str
    charge_status: str
    psp_reference: str | None = None
    is_active: bool = True
    token: str = ""
    checkout: Checkout | None = None
    transactions: list[Transaction] = field(default_factory=list)


def payment_method(data: dict[str, Any] | None) -> Any:
    """The details object for `PaymentMethodDetailsInput` data (snake_case keys)."""
    if not data:
        return None
    if data.get("card"):
        return CardPaymentMethodDetails(**data["card"])
    if data.get("other"):
        return OtherPaymentMethodDetails(**data["other"])
    return None


def new_transaction(
    store: Store, source: Order | Checkout, caller: Caller, data: dict[str, Any]
) -> TransactionItem:
    """A transaction on `source` from `TransactionCreateInput` data, its amounts settled.

    Raises:
        Refused: an amount is in another currency than the order.
    """
    currency = source.currency
    _check_currency(data, currency)
    now = store.now()
    item = TransactionItem(
        pk=store.ids.uuid(),
        currency=currency,
        created_at=now,
        modified_at=now,
        user=caller.user if caller.app is None else None,
        app=caller.app,
    )
    source.take(item)
    store.transactions[item.pk] = item
    _describe(item, data)
    adjust(store, item, caller, data)
    return item


def update_details(
    store: Store, item: TransactionItem, caller: Caller, data: dict[str, Any]
) -> None:
    """Change a transaction by `TransactionUpdateInput` data; amounts become what is given."""
    _check_currency(data, item.currency)
    _describe(item, data)
    adjust(store, item, caller, data)
    item.modified_at = store.now()


def adjust(store: Store, item: TransactionItem, caller: Caller, data: dict[str, Any]) -> None:
    """Book manual events so that the amounts named in `data` become the given ones."""
    authorized = data.get("amount_authorized")
    if authorized is not None:
        _adjust_authorized(store, item, caller, quantize(authorized["amount"], item.currency))
    for key, name, event_type in _PAIRS:
        if data.get(key) is not None:
            change = quantize(data[key]["amount"], item.currency) - getattr(item.amounts, name)
            if change:
                add_event(store, item, event_type, change, caller=caller, message=_MANUAL)
    recalculate(item)


def _adjust_authorized(
    store: Store, item: TransactionItem, caller: Caller, amount: Decimal
) -> None:
    if amount == item.amounts.authorized:
        return
    known = any(event.type == "AUTHORIZATION_SUCCESS" for event in item.events)
    event_type = "AUTHORIZATION_ADJUSTMENT" if known else "AUTHORIZATION_SUCCESS"
    change = amount if known else amount - item.amounts.authorized
    add_event(store, item, event_type, change, caller=caller, message=_MANUAL)


def add_event(
    store: Store,
    item: TransactionItem,
    event_type: str,
    amount: Decimal,
    *,
    caller: Caller,
    **fields: Any,
) -> TransactionEvent:
    event = TransactionEvent(
        pk=store.ids.next("TransactionEvent"),
        type=event_type,
        amount=amount,
        currency=item.currency,
        created_at=fields.pop("created_at", None) or store.now(),
        created_by=caller.principal,
        **fields,
    )
    event.message = event.message[:_MESSAGE_LIMIT]
    item.events.append(event)
    return event


def recalculate(item: TransactionItem) -> None:
    item.amounts = amounts_of(item.events)


def find_event(item: TransactionItem, event_type: str, reference: str) -> TransactionEvent | None:
    return next(
        (e for e in item.events if e.type == event_type and e.psp_reference == reference), None
    )


def _describe(item: TransactionItem, data: dict[str, Any]) -> None:
    for name in ("name", "message", "psp_reference", "external_url"):
        if data.get(name) is not None:
            setattr(item, name, data[name])
    if data.get("available_actions") is not None:
        item.actions = sorted(set(data["available_actions"]))
    if data.get("payment_method_details"):
        item.payment_method_details = payment_method(data["payment_method_details"])
    item.metadata.update(data.get("metadata") or {})
    item.private_metadata.update(data.get("private_metadata") or {})


def _check_currency(data: dict[str, Any], currency: str) -> None:
    for name in ("amount_authorized", "amount_charged", "amount_refunded", "amount_canceled"):
        if data.get(name) and data[name]["currency"] != currency:
            words = name.split("_")
            raise Refused(
                "INCORRECT_CURRENCY",
                f"Currency needs to be the same as for order: {currency}",
                words[0] + words[1].title(),
            )
