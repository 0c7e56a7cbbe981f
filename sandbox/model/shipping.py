"""Shipping methods as they are offered to one cart: the store's own, and those of apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.discounts import entered_totals
from sandbox.model.ids import global_id
from sandbox.model.money import ZERO

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel, ShippingMethod
    from sandbox.model.checkouts import Checkout
    from sandbox.model.orders import Order
    from sandbox.model.store import Store

#: The key in private metadata that tells which method of an app an order is shipped by.
EXTERNAL_ID = "external_app_shipping_id"


@dataclass(frozen=True, slots=True)
class MethodOffer:
    """One method with its price. `key` is the number of a built-in one, or an app's whole id."""

    key: str
    name: str
    price: Decimal
    currency: str
    is_external: bool = False
    description: str | None = None
    minimum_delivery_days: int | None = None
    maximum_delivery_days: int | None = None
    minimum_order_price: Decimal | None = None
    maximum_order_price: Decimal | None = None
    active: bool = True
    message: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What GraphQL shows: an app's id is base64 already."""
        return self.key if self.is_external else global_id("ShippingMethod", self.key)


def offer_of(method: ShippingMethod, channel: Channel) -> MethodOffer:
    """A built-in method at its price in a channel."""
    slug = channel.slug
    return MethodOffer(
        key=str(method.pk),
        name=method.name,
        price=method.prices.get(slug, ZERO),
        currency=channel.currency_code,
        minimum_delivery_days=method.minimum_delivery_days,
        maximum_delivery_days=method.maximum_delivery_days,
        minimum_order_price=method.minimum_order_prices.get(slug),
        maximum_order_price=method.maximum_order_prices.get(slug),
        metadata=dict(method.metadata),
        private_metadata=dict(method.private_metadata),
    )


def built_in_offers(store: Store, checkout: Checkout) -> list[MethodOffer]:
    """The store's own methods that fit the cart, the cheapest first; none without an address."""
    address = checkout.shipping_address
    if address is None or not checkout.is_shipping_required:
        return []
    channel, subtotal = checkout.channel, entered_subtotal(checkout)
    methods = [
        method
        for method in store.shipping_methods.values()
        if channel.slug in method.prices
        and method.serves(address.country)
        and method.allows(channel, subtotal)
    ]
    methods.sort(key=lambda method: (method.prices[channel.slug], method.pk))
    return [offer_of(method, channel) for method in methods]


def entered_subtotal(checkout: Checkout) -> Decimal:
    """What the goods cost less the stored discount, on the side of the tax where it is entered.

    Order-price limits of methods are compared with this. A shipping voucher is not in it, nor is
    an order promotion before the checkout was priced for the first time.
    """
    return sum(entered_totals(checkout, checkout.applied).values(), ZERO)


def offer_of_order(order: Order) -> MethodOffer | None:
    """How an order is shipped; of an app's method only what Saleor copies to the order."""
    external = order.private_metadata.get(EXTERNAL_ID)
    if external is not None:
        with_tax = order.channel.prices_entered_with_tax
        price = order.shipping_price
        return MethodOffer(
            key=external,
            name=order.shipping_method_name or "",
            price=price.gross_amount if with_tax else price.net_amount,
            currency=order.currency,
            is_external=True,
            metadata=order.shipping_metadata,
            private_metadata=order.shipping_private_metadata,
        )
    if order.shipping_method is None:
        return None
    return offer_of(order.shipping_method, order.channel)
