"""Carts: their lines, addresses, delivery, and how well transactions cover them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.catalog import Channel, ProductVariant
from sandbox.model.coverage import cover
from sandbox.model.customers import Address, copy_address, make_address
from sandbox.model.deliveries import CheckoutDelivery
from sandbox.model.delivery_choice import note_cart_change
from sandbox.model.discounts import recalculate
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.model.payments import Payment, TransactionItem
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.customers import User
    from sandbox.model.gift_cards import GiftCard
    from sandbox.model.promotions import PromotionRule
    from sandbox.model.voucher_rules import AppliedDiscount

_LIMIT = 50


@dataclass(eq=False)
class CheckoutLine:
    pk: str
    variant: ProductVariant
    quantity: int
    price_override: Decimal | None = None
    price_override_reason: str | None = None
    is_gift: bool = False
    gift_rule: PromotionRule | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Checkout:
    """`applied` is the discount of the last pricing at `priced_at`; it may outlive its voucher."""

    pk: str
    channel: Channel
    currency: str
    created: datetime
    updated_at: datetime
    user: User | None = None
    email: str | None = None
    language_code: str = "EN"
    billing_address: Address | None = None
    shipping_address: Address | None = None
    delivery: CheckoutDelivery | None = None
    deliveries: list[CheckoutDelivery] = field(default_factory=list)
    deliveries_stale_at: datetime | None = None
    lines: list[CheckoutLine] = field(default_factory=list)
    voucher_code: str | None = None
    applied: AppliedDiscount | None = None
    priced_at: datetime | None = None
    gift_cards: list[GiftCard] = field(default_factory=list)
    redirect_url: str | None = None
    transactions: list[TransactionItem] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    charge_status: str = "NONE"
    authorize_status: str = "NONE"
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def take(self, item: TransactionItem) -> None:
        item.checkout = self
        self.transactions.append(item)

    def add_gift(self, store: Store, variant: ProductVariant) -> CheckoutLine:
        """The line of an order promotion's gift."""
        line = CheckoutLine(store.ids.uuid(), variant, 1, is_gift=True)
        self.lines.append(line)
        return line

    @property
    def is_shipping_required(self) -> bool:
        return any(line.variant.product.product_type.is_shipping_required for line in self.lines)


@dataclass(frozen=True, slots=True)
class LineRequest:
    """What a caller wants of a line; None leaves a thing as it is."""

    variant: ProductVariant | None
    quantity: int | None
    line: CheckoutLine | None = None
    price: Decimal | None = None
    price_reason: str | None = None
    force_new_line: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


def create_checkout(
    store: Store,
    caller: Caller,
    channel: Channel,
    lines: list[LineRequest],
    data: dict[str, Any],
) -> Checkout:
    """Open a checkout; a shopper's own becomes theirs at once.

    Raises:
        Refused: a line is impossible in this channel.
        PermissionDenied: prices given by somebody who may not.
    """
    now = store.now()
    user = caller.user if caller.app is None else None
    checkout = Checkout(
        pk=store.ids.uuid(),
        channel=channel,
        currency=channel.currency_code,
        created=now,
        updated_at=now,
        user=user,
        email=data.get("email") or (user.email if user else None),
        language_code=data.get("language_code") or "EN",
        shipping_address=make_address(store, data.get("shipping_address"))
        or copy_address(store, user.default_shipping_address if user else None),
        billing_address=make_address(store, data.get("billing_address"))
        or copy_address(store, user.default_billing_address if user else None),
        metadata=dict(data.get("metadata") or {}),
        private_metadata=dict(data.get("private_metadata") or {}),
    )
    for line in lines:
        _put(store, caller, checkout, line)
    store.checkouts[checkout.pk] = checkout
    store.emit("CHECKOUT_CREATED", checkout, caller)
    return checkout


def add_lines(store: Store, caller: Caller, checkout: Checkout, lines: list[LineRequest]) -> None:
    """Put more into the cart.

    Raises:
        Refused: a line is impossible in this channel.
        PermissionDenied: prices given by somebody who may not.
    """
    for line in lines:
        _put(store, caller, checkout, line)
    mark_cart_changed(store, caller, checkout)


def update_lines(
    store: Store, caller: Caller, checkout: Checkout, lines: list[LineRequest]
) -> None:
    """Set quantities (0 removes) and prices of lines.

    Raises:
        Refused: no such line, a gift, or a bad quantity.
        PermissionDenied: prices given by somebody who may not.
    """
    for wanted in lines:
        line = wanted.line or _plain_line(checkout, wanted.variant)
        if line is None:
            _put(store, caller, checkout, wanted)
            continue
        if line.is_gift:
            raise Refused("NON_EDITABLE_GIFT_LINE", "Gift line can't be edited.", "lines")
        _override(caller, line, wanted)
        if wanted.quantity is not None:
            _check_quantity(wanted.quantity)
            line.quantity = wanted.quantity
        line.metadata.update(wanted.metadata)
    checkout.lines[:] = [line for line in checkout.lines if line.quantity > 0]
    mark_cart_changed(store, caller, checkout)


def remove_lines(
    store: Store, caller: Caller, checkout: Checkout, lines: list[CheckoutLine]
) -> None:
    """Take lines out.

    Raises:
        Refused: a line is a gift.
    """
    if any(line.is_gift for line in lines):
        raise Refused("NON_REMOVABLE_GIFT_LINE", "Gift line can't be removed.", "linesIds")
    checkout.lines[:] = [line for line in checkout.lines if line not in lines]
    mark_cart_changed(store, caller, checkout)


def attach_customer(store: Store, caller: Caller, checkout: Checkout, user: User) -> None:
    """Make a guest's checkout a user's.

    Raises:
        PermissionDenied: the checkout has an owner, or the caller may not attach another user.
    """
    if checkout.user is not None:
        raise PermissionDenied("OWNER", "IMPERSONATE_USER")
    if caller.user is not user and "IMPERSONATE_USER" not in caller.permissions:
        raise PermissionDenied("IMPERSONATE_USER")
    checkout.user = user
    checkout.email = user.email
    mark_updated(store, caller, checkout, recalculate_discount=False)


def detach_customer(store: Store, caller: Caller, checkout: Checkout) -> None:
    """Make the checkout a guest's again.

    Raises:
        PermissionDenied: the checkout is somebody else's.
    """
    if caller.user is not checkout.user and "IMPERSONATE_USER" not in caller.permissions:
        raise PermissionDenied("OWNER", "IMPERSONATE_USER")
    checkout.user = None
    mark_updated(store, caller, checkout, recalculate_discount=False)


def set_shipping_address(
    store: Store, caller: Caller, checkout: Checkout, address: Address | None
) -> None:
    """Send it there; which methods do so is open again."""
    checkout.shipping_address = address
    mark_cart_changed(store, caller, checkout)


def delete_checkout(store: Store, checkout: Checkout) -> None:
    """Remove a checkout; no event tells of it. Old payments do not hinder it.

    Raises:
        Refused: it has transactions.
    """
    if checkout.transactions:
        raise Refused("INVALID", "Cannot delete checkout with attached transactions.", "id")
    del store.checkouts[checkout.pk]


def mark_cart_changed(
    store: Store, caller: Caller, checkout: Checkout, *, recalculate_discount: bool = True
) -> None:
    """As `mark_updated`, for what may change the deliveries: lines, promo codes, the address."""
    note_cart_change(store, caller, checkout)
    mark_updated(store, caller, checkout, recalculate_discount=recalculate_discount)


def mark_updated(
    store: Store, caller: Caller, checkout: Checkout, *, recalculate_discount: bool = True
) -> None:
    """Tell of a change; most changes look anew at what is discounted."""
    checkout.updated_at = store.now()
    if recalculate_discount:
        recalculate(store, checkout)
    cover(store, checkout)
    store.emit("CHECKOUT_UPDATED", checkout, caller)


def refresh_payment_status(store: Store, checkout: Checkout, caller: Caller) -> None:
    """Compare the transactions with the total; tell when it became covered."""
    charge, authorize = checkout.charge_status, checkout.authorize_status
    cover(store, checkout)
    if (charge, authorize) != (checkout.charge_status, checkout.authorize_status):
        checkout.updated_at = store.now()
    full = {"FULL", "OVERCHARGED"}
    if charge not in full and checkout.charge_status in full:
        store.emit("CHECKOUT_FULLY_PAID", checkout, caller)
    if authorize != "FULL" and checkout.authorize_status == "FULL":
        store.emit("CHECKOUT_FULLY_AUTHORIZED", checkout, caller)


def _put(store: Store, caller: Caller, checkout: Checkout, wanted: LineRequest) -> None:
    variant = wanted.variant
    if variant is None or checkout.channel.slug not in variant.prices:
        raise Refused(
            "UNAVAILABLE_VARIANT_IN_CHANNEL",
            "Cannot add lines with unavailable variants.",
            "lines",
        )
    quantity = 1 if wanted.quantity is None else wanted.quantity
    _check_quantity(quantity)
    if quantity == 0:
        raise Refused("ZERO_QUANTITY", "The quantity should be higher than zero.", "quantity")
    line = None if wanted.force_new_line else _plain_line(checkout, variant)
    if line is None:
        line = CheckoutLine(pk=store.ids.uuid(), variant=variant, quantity=0)
        checkout.lines.append(line)
    _override(caller, line, wanted)
    line.quantity += quantity
    line.metadata.update(wanted.metadata)


def _plain_line(checkout: Checkout, variant: ProductVariant | None) -> CheckoutLine | None:
    return next(
        (line for line in checkout.lines if line.variant is variant and not line.is_gift), None
    )


def _override(caller: Caller, line: CheckoutLine, wanted: LineRequest) -> None:
    if wanted.price is None:
        return
    if caller.app is None or "HANDLE_CHECKOUTS" not in caller.permissions:
        raise PermissionDenied("HANDLE_CHECKOUTS")
    line.price_override = wanted.price
    line.price_override_reason = wanted.price_reason


def _check_quantity(quantity: int) -> None:
    if quantity < 0:
        raise Refused("ZERO_QUANTITY", "The quantity should be higher than zero.", "quantity")
    if quantity > _LIMIT:
        raise Refused(
            "QUANTITY_GREATER_THAN_LIMIT",
            f"Cannot add more than {_LIMIT} times this item.",
            "quantity",
        )
