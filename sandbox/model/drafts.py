"""Orders that staff write: drafts, and the replacements of returned goods."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.model.catalog import Channel, ProductVariant, ShippingMethod
from sandbox.model.customers import User, copy_address, find_by_email, make_address
from sandbox.model.draft_prices import end_single_use, price_draft, set_voucher
from sandbox.model.errors import Refused
from sandbox.model.money import ZERO, Taxed
from sandbox.model.orders import Order, OrderLine, announce_created
from sandbox.model.pricing import tax_country, taxed
from sandbox.model.store import Caller, Store

_PLAIN = ("user_email", "customer_note", "external_reference", "redirect_url", "language_code")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """`price` is entered for one unit; None takes the channel's."""

    variant: ProductVariant
    quantity: int
    price: Decimal | None = None


def create_draft(
    store: Store,
    caller: Caller,
    channel: Channel,
    lines: list[DraftLine],
    data: dict[str, Any],
    *,
    user: User | None = None,
    shipping_method: ShippingMethod | None = None,
) -> Order:
    """A draft from `DraftOrderCreateInput` data (snake_case keys, ids resolved by the caller).

    Raises:
        Refused: a variant is not sold in the channel, or the voucher's code is not good.
    """
    order = _blank(store, channel, "DRAFT")
    order.user = user
    order.user_email = data.get("user_email") or (user.email if user else "")
    order.billing_address = make_address(store, data.get("billing_address"))
    order.shipping_address = make_address(store, data.get("shipping_address"))
    order.shipping_method = shipping_method
    order.shipping_method_name = shipping_method.name if shipping_method else None
    order.customer_note = data.get("customer_note") or ""
    order.external_reference = data.get("external_reference")
    order.redirect_url = data.get("redirect_url")
    order.language_code = data.get("language_code") or "EN"
    order.metadata.update(data.get("metadata") or {})
    order.private_metadata.update(data.get("private_metadata") or {})
    if data.get("voucher_code") is not None:
        set_voucher(store, order, data["voucher_code"])
    country = tax_country(channel, order.shipping_address, order.billing_address)
    order.lines = [_line(store, channel, country, line) for line in lines]
    price_draft(store, order)
    store.orders[order.pk] = order
    store.emit("DRAFT_ORDER_CREATED", order, caller)
    return order


def update_draft(
    store: Store,
    caller: Caller,
    order: Order,
    data: dict[str, Any],
    *,
    user: User | None = None,
    shipping_method: ShippingMethod | None = None,
) -> None:
    """Change a draft by `DraftOrderInput` data; a voucher code of None takes the voucher off.

    Raises:
        Refused: it is no draft, or the voucher's code is not good.
    """
    if order.status != "DRAFT":
        raise Refused(
            "INVALID",
            "Provided order id belongs to non-draft order. Use `orderUpdate` mutation instead.",
            "id",
        )
    if data.keys() == {"voucher_code"} and data["voucher_code"] == order.voucher_code:
        return
    if "voucher_code" in data:
        set_voucher(store, order, data["voucher_code"])
    if user is not None:
        order.user, order.user_email = user, user.email
    if shipping_method is not None:
        order.shipping_method = shipping_method
        order.shipping_method_name = shipping_method.name
    for name in ("billing_address", "shipping_address"):
        address = make_address(store, data.get(name))
        if address is not None:
            setattr(order, name, address)
    for name in _PLAIN:
        if data.get(name) is not None:
            setattr(order, name, data[name])
    order.metadata.update(data.get("metadata") or {})
    order.private_metadata.update(data.get("private_metadata") or {})
    order.updated_at = store.now()
    price_draft(store, order)
    store.emit("DRAFT_ORDER_UPDATED", order, caller)


def delete_draft(store: Store, caller: Caller, order: Order) -> None:
    """Remove a draft; a code on it stays good.

    Raises:
        Refused: it is no draft, or money hangs on it.
    """
    if order.status != "DRAFT":
        raise Refused("INVALID", "Provided order id belongs to non-draft order.", "id")
    if order.payments or order.transactions:
        raise Refused(
            "INVALID", "Cannot delete order with payments or transactions attached to it.", "id"
        )
    del store.orders[order.pk]
    store.emit("DRAFT_ORDER_DELETED", order, caller)


def complete_draft(store: Store, caller: Caller, order: Order) -> Order:
    """Make an order of a draft.

    Raises:
        Refused: it is no draft, or it lacks lines, an address or a shipping method.
    """
    if order.status != "DRAFT":
        raise Refused("INVALID", "The order is not draft.", "id")
    if not order.lines:
        raise Refused("REQUIRED", "Could not create order without any products.", "lines")
    if any(line.is_shipping_required for line in order.lines):
        if order.shipping_method is None:
            raise Refused("SHIPPING_METHOD_REQUIRED", "Shipping method is required.", "shipping")
        if order.shipping_address is None:
            raise Refused(
                "ORDER_NO_SHIPPING_ADDRESS",
                "Cannot get shipping address for this order.",
                "order",
            )
    if order.user is None and order.user_email:
        order.user = find_by_email(store, order.user_email)
    confirmed = order.channel.automatically_confirm_all_new_orders
    order.status = "UNFULFILLED" if confirmed else "UNCONFIRMED"
    order.updated_at = store.now()
    end_single_use(store, order)
    announce_created(store, order, caller, history="PLACED_FROM_DRAFT")
    return order


def replacement_of(
    store: Store, caller: Caller, original: Order, lines: list[tuple[OrderLine, int]]
) -> Order:
    """The draft that replaces goods of another order."""
    order = _blank(store, original.channel, "DRAFT")
    order.origin = "REISSUE"
    order.original = original
    order.user = original.user
    order.user_email = original.user_email
    order.language_code = original.language_code
    order.billing_address = copy_address(store, original.billing_address)
    order.shipping_address = copy_address(store, original.shipping_address)
    country = tax_country(order.channel, order.shipping_address, order.billing_address)
    for line, quantity in lines:
        if line.variant is None:
            continue
        entered = (
            line.unit_price.gross_amount
            if order.channel.prices_entered_with_tax
            else line.unit_price.net_amount
        )
        draft = DraftLine(line.variant, quantity, entered)
        order.lines.append(_line(store, order.channel, country, draft))
    price_draft(store, order)
    store.orders[order.pk] = order
    return order


def _blank(store: Store, channel: Channel, status: str) -> Order:
    now = store.now()
    nothing = Taxed(ZERO, ZERO, channel.currency_code)
    return Order(
        pk=store.ids.uuid(),
        number=store.ids.next("order number"),
        status=status,
        created=now,
        updated_at=now,
        origin="DRAFT",
        channel=channel,
        currency=channel.currency_code,
        total=nothing,
        subtotal=nothing,
        shipping_price=nothing,
        undiscounted_total=nothing,
        undiscounted_shipping_price=ZERO,
        shipping_tax_rate=ZERO,
        display_gross_prices=channel.display_gross_prices,
    )


def _line(store: Store, channel: Channel, country: str, wanted: DraftLine) -> OrderLine:
    variant = wanted.variant
    if wanted.price is None and channel.slug not in variant.prices:
        raise Refused(
            "NOT_AVAILABLE_IN_CHANNEL",
            "Cannot add variants that are not available in the channel.",
            "lines",
        )
    entered = variant.prices[channel.slug] if wanted.price is None else wanted.price
    reduction = variant.reduction(channel) if wanted.price is None else ZERO
    price = max(entered - reduction, ZERO)
    product_type = variant.product.product_type
    return OrderLine(
        pk=store.ids.uuid(),
        quantity=wanted.quantity,
        product_name=variant.product.name,
        variant_name=variant.name,
        product_sku=variant.sku,
        variant=variant,
        currency=channel.currency_code,
        unit_price=taxed(store, channel, country, price),
        total_price=taxed(store, channel, country, price * wanted.quantity),
        undiscounted_unit_price=taxed(store, channel, country, entered),
        undiscounted_total_price=taxed(store, channel, country, entered * wanted.quantity),
        tax_rate=store.tax_rates.get(country, ZERO) / 100,
        is_gift_card=product_type.kind == "GIFT_CARD",
        is_shipping_required=product_type.is_shipping_required,
        is_price_overridden=wanted.price is not None,
        entered_unit=price,
        undiscounted_unit=entered,
    )
