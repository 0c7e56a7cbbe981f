"""Orders imported from elsewhere: written as they were, told of once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.model.catalog import Channel, ProductVariant, ShippingMethod
from sandbox.model.customers import User, make_address
from sandbox.model.fulfillments import add_line, new_fulfillment
from sandbox.model.money import ZERO, Taxed, total, zero
from sandbox.model.order_amounts import recompute_amounts
from sandbox.model.orders import Order, OrderLine
from sandbox.model.payments import new_transaction
from sandbox.model.store import Caller, Store


@dataclass(frozen=True, slots=True)
class ImportedLine:
    variant: ProductVariant | None
    quantity: int
    product_name: str
    variant_name: str
    total_price: Taxed
    undiscounted_total_price: Taxed
    tax_rate: Decimal = ZERO
    product_sku: str | None = None
    is_gift_card: bool = False
    is_shipping_required: bool = True
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """`fulfillments` name lines by their index; `data` holds the plain fields of the input."""

    channel: Channel
    created: datetime
    status: str
    user: User | None
    user_email: str
    lines: list[ImportedLine]
    shipping_price: Taxed | None = None
    shipping_tax_rate: Decimal = ZERO
    shipping_method: ShippingMethod | None = None
    shipping_method_name: str | None = None
    fulfillments: list[list[tuple[int, int]]] = field(default_factory=list)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


def import_orders(store: Store, caller: Caller, imported: list[ImportedOrder]) -> list[Order]:
    """Write past orders; one ORDER_BULK_CREATED tells of them all."""
    orders = [_write(store, caller, each) for each in imported]
    if orders:
        store.emit("ORDER_BULK_CREATED", orders, caller)
    return orders


def _write(store: Store, caller: Caller, imported: ImportedOrder) -> Order:
    channel, data = imported.channel, imported.data
    currency = channel.currency_code
    lines = [_line(store, line) for line in imported.lines]
    shipping = imported.shipping_price or zero(currency)
    subtotal = total([line.total_price for line in lines], currency)
    displayed = data.get("display_gross_prices")
    order = Order(
        pk=store.ids.uuid(),
        number=store.ids.next("order number"),
        status=imported.status,
        created=imported.created,
        updated_at=store.now(),
        origin="BULK_CREATE",
        channel=channel,
        currency=currency,
        total=subtotal + shipping,
        subtotal=subtotal,
        shipping_price=shipping,
        undiscounted_total=total([li.undiscounted_total_price for li in lines], currency)
        + shipping,
        undiscounted_shipping_price=shipping.net_amount,
        shipping_tax_rate=imported.shipping_tax_rate,
        display_gross_prices=channel.display_gross_prices if displayed is None else displayed,
        user=imported.user,
        user_email=imported.user_email,
        language_code=data.get("language_code") or "EN",
        billing_address=make_address(store, data.get("billing_address")),
        shipping_address=make_address(store, data.get("shipping_address")),
        shipping_method=imported.shipping_method,
        shipping_method_name=imported.shipping_method_name,
        external_reference=data.get("external_reference"),
        redirect_url=data.get("redirect_url"),
        customer_note=data.get("customer_note") or "",
        lines=lines,
        metadata=dict(data.get("metadata") or {}),
        private_metadata=dict(data.get("private_metadata") or {}),
    )
    for sent in imported.fulfillments:
        fulfillment = new_fulfillment(store, order, "FULFILLED")
        for index, quantity in sent:
            add_line(store, fulfillment, lines[index], quantity)
            lines[index].quantity_fulfilled += quantity
    for transaction in imported.transactions:
        new_transaction(store, order, caller, transaction)
    recompute_amounts(order)
    order.previous_amounts = order.amounts
    store.orders[order.pk] = order
    return order


def _line(store: Store, line: ImportedLine) -> OrderLine:
    return OrderLine(
        pk=store.ids.uuid(),
        quantity=line.quantity,
        product_name=line.product_name,
        variant_name=line.variant_name,
        product_sku=line.product_sku,
        variant=line.variant,
        currency=line.total_price.currency,
        unit_price=line.total_price.per_unit(line.quantity),
        total_price=line.total_price,
        undiscounted_unit_price=line.undiscounted_total_price.per_unit(line.quantity),
        undiscounted_total_price=line.undiscounted_total_price,
        tax_rate=line.tax_rate,
        is_gift_card=line.is_gift_card,
        is_shipping_required=line.is_shipping_required,
        is_price_overridden=None,
        metadata=dict(line.metadata),
    )
