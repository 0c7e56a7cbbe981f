"""Orders: their parts, their status and what staff may do with a whole order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.catalog import Channel, ProductVariant, ShippingMethod
from sandbox.model.errors import Refused
from sandbox.model.fulfillments import Fulfillment
from sandbox.model.money import ZERO, Taxed
from sandbox.model.order_amounts import OrderAmounts, recompute_amounts
from sandbox.model.order_history import OrderEvent, record, refresh_status
from sandbox.model.payments import Payment, TransactionItem
from sandbox.model.refunds import OrderGrantedRefund
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.customers import Address, User
    from sandbox.model.gift_cards import GiftCard
    from sandbox.model.vouchers import Voucher

_GONE = {"CANCELED", "DRAFT", "EXPIRED"}
_CANCELABLE = {"CANCELED", "REFUNDED", "REPLACED", "REFUNDED_AND_RETURNED", "RETURNED"}


@dataclass(eq=False)
class OrderDiscount:
    """`value` and `amount` are in the terms in which the channel enters prices."""

    pk: str
    type: str
    name: str
    value_type: str
    value: Decimal
    amount: Decimal
    currency: str
    reason: str | None = None


@dataclass(eq=False)
class OrderLineDiscount:
    pk: str
    type: str
    name: str
    value_type: str
    value: Decimal
    amount: Decimal
    unit: Decimal
    currency: str
    reason: str | None = None


@dataclass(eq=False)
class OrderLine:
    """`entered_unit` and `undiscounted_unit` are a draft's prices of one, as entered.

    The first is before vouchers and after promotions of the catalogue.
    """

    pk: str
    quantity: int
    product_name: str
    variant_name: str
    product_sku: str | None
    variant: ProductVariant | None
    currency: str
    unit_price: Taxed
    total_price: Taxed
    undiscounted_unit_price: Taxed
    undiscounted_total_price: Taxed
    tax_rate: Decimal
    entered_unit: Decimal = ZERO
    undiscounted_unit: Decimal = ZERO
    quantity_fulfilled: int = 0
    is_gift: bool = False
    is_gift_card: bool = False
    is_shipping_required: bool = True
    is_price_overridden: bool | None = False
    price_override_reason: str | None = None
    voucher_code: str | None = None
    unit_discount: Decimal | None = None
    unit_discount_reason: str | None = None
    discounts: list[OrderLineDiscount] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Order:
    """`amounts` is stored, as Saleor stores it: a torn payload shows `previous_amounts` instead."""

    pk: str
    number: int
    status: str
    created: datetime
    updated_at: datetime
    origin: str
    channel: Channel
    currency: str
    total: Taxed
    subtotal: Taxed
    shipping_price: Taxed
    undiscounted_total: Taxed
    undiscounted_shipping_price: Decimal
    shipping_tax_rate: Decimal
    display_gross_prices: bool
    user: User | None = None
    user_email: str = ""
    language_code: str = "EN"
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping_method: ShippingMethod | None = None
    shipping_method_name: str | None = None
    shipping_metadata: dict[str, str] = field(default_factory=dict)
    shipping_private_metadata: dict[str, str] = field(default_factory=dict)
    checkout_token: str | None = None
    voucher_code: str | None = None
    voucher: Voucher | None = None
    external_reference: str | None = None
    redirect_url: str | None = None
    customer_note: str = ""
    original: Order | None = None
    expired_at: datetime | None = None
    lines: list[OrderLine] = field(default_factory=list)
    discounts: list[OrderDiscount] = field(default_factory=list)
    gift_cards: list[GiftCard] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    granted_refunds: list[OrderGrantedRefund] = field(default_factory=list)
    transactions: list[TransactionItem] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    events: list[OrderEvent] = field(default_factory=list)
    amounts: OrderAmounts = field(default_factory=OrderAmounts)
    previous_amounts: OrderAmounts = field(default_factory=OrderAmounts)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def take(self, item: TransactionItem) -> None:
        item.order = self
        self.transactions.append(item)

    @property
    def total_granted(self) -> Decimal:
        return sum((refund.amount for refund in self.granted_refunds), ZERO)

    @property
    def is_fully_charged(self) -> bool:
        return self.amounts.charge_status in {"FULL", "OVERCHARGED"}

    @property
    def last_payment(self) -> Payment | None:
        return self.payments[-1] if self.payments else None


def announce_created(store: Store, order: Order, caller: Caller, history: str = "PLACED") -> None:
    """Tell that an order came to be, with what its payment and its channel bring along."""
    record(store, order, history, caller)
    store.emit("ORDER_CREATED", order, caller)
    if order.is_fully_charged:
        announce_charged(store, order, caller)
    if order.channel.automatically_confirm_all_new_orders:
        record(store, order, "CONFIRMED", caller)
        store.emit("ORDER_CONFIRMED", order, caller)


def announce_charged(store: Store, order: Order, caller: Caller) -> None:
    """Tell of a charge: ORDER_PAID for any, ORDER_FULLY_PAID when the whole is covered."""
    if order.status == "DRAFT":
        return
    store.emit("ORDER_PAID", order, caller)
    if order.is_fully_charged:
        record(store, order, "ORDER_FULLY_PAID", caller)
        if order.channel.automatically_confirm_all_new_orders:
            refresh_status(store, order)
        store.emit("ORDER_FULLY_PAID", order, caller)
    store.emit("ORDER_UPDATED", order, caller)


def announce_refunded(
    store: Store, order: Order, caller: Caller, *, with_updated: bool = True
) -> None:
    store.emit("ORDER_REFUNDED", order, caller)
    if with_updated:
        store.emit("ORDER_UPDATED", order, caller)
    refunded = sum((item.amounts.refunded for item in order.transactions), ZERO)
    payment = order.last_payment
    if payment is not None:
        refunded += sum((t.amount for t in payment.transactions if t.kind == "REFUND"), ZERO)
    if refunded >= order.total.gross_amount:
        store.emit("ORDER_FULLY_REFUNDED", order, caller)


def confirm_order(store: Store, caller: Caller, order: Order) -> None:
    """Confirm an unconfirmed order.

    Raises:
        Refused: the order is in another state.
    """
    if order.status != "UNCONFIRMED":
        raise Refused(
            "INVALID",
            "Provided order id belongs to an order with status different than unconfirmed.",
            "id",
        )
    order.status = "UNFULFILLED"
    order.updated_at = store.now()
    record(store, order, "CONFIRMED", caller)
    store.emit("ORDER_CONFIRMED", order, caller)


def cancel_order(store: Store, caller: Caller, order: Order) -> None:
    """Cancel an order; no money moves.

    Raises:
        Refused: something of it is fulfilled, or it is canceled, expired or a draft.
    """
    busy = any(f.status not in _CANCELABLE for f in order.fulfillments)
    if busy or order.status in _GONE:
        raise Refused("CANNOT_CANCEL_ORDER", "This order can't be canceled.", "order")
    record(store, order, "CANCELED", caller)
    order.status = "CANCELED"
    order.updated_at = store.now()
    store.emit("ORDER_CANCELLED", order, caller)
    store.emit("ORDER_UPDATED", order, caller)


def expire_orders(store: Store) -> list[Order]:
    """Expire what is unconfirmed, unpaid and old enough; `updated_at` stays, as in Saleor."""
    now = store.clock.now()
    due = [order for order in store.orders.values() if _is_due(order, now)]
    for order in due:
        order.status = "EXPIRED"
        order.expired_at = now
        _release_code(store, order)
        record(store, order, "EXPIRED")
    for order in due:
        store.emit("ORDER_EXPIRED", order)
        store.emit("ORDER_UPDATED", order)
    return due


def _release_code(store: Store, order: Order) -> None:
    """An expired order counts no more as a use; a single-use code stays ended all the same."""
    code = store.voucher_codes.get(order.voucher_code or "")
    if code is not None and code.voucher.usage_limit is not None:
        code.used = max(code.used - 1, 0)


def _is_due(order: Order, now: datetime) -> bool:
    minutes = order.channel.expire_orders_after
    return (
        bool(minutes)
        and order.status == "UNCONFIRMED"
        and not order.transactions
        and not order.payments
        and now - order.created >= timedelta(minutes=minutes or 0)
    )


def touch_amounts(store: Store, order: Order) -> None:
    """Recompute and store what is charged and authorized; moves `updated_at`."""
    recompute_amounts(order)
    order.updated_at = store.now()
