"""A checkout becomes an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.model.coverage import cover
from sandbox.model.customers import User, copy_address, find_by_email
from sandbox.model.delivery_choice import check_delivery
from sandbox.model.discounted_lines import add_order_discount, tell_discounts
from sandbox.model.discounts import store_prices
from sandbox.model.errors import Refused
from sandbox.model.gift_cards import spend_cards
from sandbox.model.line_prices import undiscounted_unit
from sandbox.model.money import ZERO, Taxed, quantize, total
from sandbox.model.order_amounts import recompute_amounts
from sandbox.model.orders import Order, OrderLine, announce_created
from sandbox.model.pricing import CheckoutPrices, checkout_prices, tax_country, taxed
from sandbox.model.promo_codes import Admission, admit, use_up
from sandbox.model.shipping import EXTERNAL_ID, MethodOffer
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout, CheckoutLine
    from sandbox.model.vouchers import VoucherCode


def complete_checkout(
    store: Store,
    caller: Caller,
    checkout: Checkout,
    metadata: dict[str, str],
    *,
    admission: Admission | None = None,
) -> Order:
    """Place the order of a checkout and remove the checkout.

    `admission` is given when its voucher was looked at earlier, while another one completed.

    Raises:
        Refused: something is missing, or the payments do not cover the total.
    """
    try:
        _check(store, caller, checkout)
    except Refused:
        if checkout.pk in store.checkouts:
            raise
    if checkout.pk not in store.checkouts:
        return _order_made_meanwhile(store, checkout)
    store_prices(store, checkout)
    admission = admission or admit(store, checkout)
    code = use_up(store, checkout, admission)
    if admission.discount_gone:
        checkout.applied = None
    checkout.metadata.update(metadata)
    prices = checkout_prices(store, checkout)
    order = _order(store, checkout, prices, code)
    spend_cards(store, caller, checkout.gift_cards, prices.full_total.gross_amount, order)
    for item in checkout.transactions:
        item.order, item.checkout = order, None
    order.transactions = checkout.transactions
    for payment in checkout.payments:
        payment.order, payment.checkout = order, None
        if payment.is_active:
            payment.captured, payment.charge_status = payment.total, "FULLY_CHARGED"
    order.payments = checkout.payments
    recompute_amounts(order)
    order.previous_amounts = order.amounts
    order.updated_at = store.now()
    store.orders[order.pk] = order
    del store.checkouts[checkout.pk]
    announce_created(store, order, caller)
    return order


def _order_made_meanwhile(store: Store, checkout: Checkout) -> Order:
    """What became of the checkout while apps were asked for its shipping."""
    for order in store.orders.values():
        if order.checkout_token == checkout.pk:
            return order
    raise Refused("NOT_FOUND", "Couldn't resolve to a node: the checkout is gone.", "id")


def _check(store: Store, caller: Caller, checkout: Checkout) -> None:
    if not checkout.channel.is_active:
        raise Refused(
            "CHANNEL_INACTIVE", "Cannot complete checkout with inactive channel.", "channel"
        )
    if not checkout.lines:
        raise Refused("NO_LINES", "Cannot complete checkout without lines", "lines")
    check_delivery(store, caller, checkout)
    if checkout.billing_address is None:
        raise Refused("BILLING_ADDRESS_NOT_SET", "Billing address is not set", "billingAddress")
    if not _is_covered(store, checkout) and not checkout.channel.allow_unpaid_orders:
        raise Refused(
            "CHECKOUT_NOT_FULLY_PAID",
            "Provided payment methods can not cover the checkout's total amount",
        )
    if not checkout.email:
        raise Refused("EMAIL_NOT_SET", "Checkout email must be set.")


def _is_covered(store: Store, checkout: Checkout) -> bool:
    """By transactions, or by old payments alone, as of now: a gift card may have dropped out."""
    cover(store, checkout)
    if checkout.authorize_status == "FULL":
        return True
    paid = sum((payment.total for payment in checkout.payments if payment.is_active), ZERO)
    return paid > ZERO and paid >= checkout_prices(store, checkout).total.gross_amount


def _order(
    store: Store, checkout: Checkout, prices: CheckoutPrices, code: VoucherCode | None
) -> Order:
    channel, currency = checkout.channel, checkout.currency
    email = checkout.email or ""
    now = store.now()
    order = Order(
        pk=store.ids.uuid(),
        number=store.ids.next("order number"),
        status="UNCONFIRMED",
        created=now,
        updated_at=now,
        origin="CHECKOUT",
        channel=channel,
        currency=currency,
        total=prices.total,
        subtotal=prices.subtotal,
        shipping_price=prices.shipping,
        undiscounted_total=prices.full_total,
        undiscounted_shipping_price=ZERO,
        shipping_tax_rate=prices.tax_rate,
        display_gross_prices=channel.display_gross_prices,
        user=checkout.user or _owner(store, email),
        user_email=checkout.user.email if checkout.user else email,
        language_code=checkout.language_code,
        billing_address=copy_address(store, checkout.billing_address),
        shipping_address=copy_address(store, checkout.shipping_address),
        checkout_token=checkout.pk,
        redirect_url=checkout.redirect_url,
        metadata=dict(checkout.metadata),
        private_metadata=dict(checkout.private_metadata),
    )
    if channel.automatically_confirm_all_new_orders and checkout.transactions:
        order.status = "UNFULFILLED"
    if checkout.delivery is not None:
        _ship_by(store, order, checkout.delivery.offer)
    country = tax_country(channel, checkout.shipping_address, checkout.billing_address)
    order.lines = [
        order_line(store, checkout, line, prices.lines[line.pk], country) for line in checkout.lines
    ]
    if code is not None:
        order.voucher, order.voucher_code = code.voucher, code.code
    add_order_discount(store, order, checkout)
    for made, line in zip(order.lines, checkout.lines, strict=True):
        tell_discounts(store, order, made, line, checkout)
    shipping = order.undiscounted_shipping_price
    order.undiscounted_total = total(
        [line.undiscounted_total_price for line in order.lines], currency
    ) + Taxed(shipping, shipping, currency)
    return order


def _ship_by(store: Store, order: Order, offer: MethodOffer) -> None:
    """Copy the chosen method; what is left of an app's is its id, name, price and metadata."""
    order.shipping_method_name = offer.name
    order.undiscounted_shipping_price = quantize(offer.price, order.currency)
    order.shipping_metadata = dict(offer.metadata)
    order.shipping_private_metadata = dict(offer.private_metadata)
    if offer.is_external:
        order.private_metadata[EXTERNAL_ID] = offer.key
    else:
        order.shipping_method = store.shipping_methods.get(int(offer.key))


def _owner(store: Store, email: str) -> User | None:
    """A guest's order goes to the customer who registered its e-mail address."""
    user = find_by_email(store, email)
    return user if user is not None and user.is_active else None


def order_line(
    store: Store, checkout: Checkout, line: CheckoutLine, price: Taxed, country: str
) -> OrderLine:
    """The order line of a checkout line, `price` being its discounted total."""
    channel, variant = checkout.channel, line.variant
    undiscounted = undiscounted_unit(line, channel)
    return OrderLine(
        pk=store.ids.uuid(),
        quantity=line.quantity,
        product_name=variant.product.name,
        variant_name=variant.name,
        product_sku=variant.sku,
        variant=variant,
        currency=checkout.currency,
        unit_price=price.per_unit(line.quantity),
        total_price=price,
        undiscounted_unit_price=taxed(store, channel, country, undiscounted),
        undiscounted_total_price=taxed(store, channel, country, undiscounted * line.quantity),
        tax_rate=store.tax_rates.get(country, ZERO) / 100,
        is_gift=line.is_gift,
        is_gift_card=variant.product.product_type.kind == "GIFT_CARD",
        is_shipping_required=variant.product.product_type.is_shipping_required,
        is_price_overridden=line.price_override is not None,
        price_override_reason=line.price_override_reason,
        metadata=dict(line.metadata),
        private_metadata=dict(line.private_metadata),
    )
