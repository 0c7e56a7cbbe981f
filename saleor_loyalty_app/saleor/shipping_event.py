"""What Saleor's synchronous shipping webhooks bring, typed, and what it takes for an answer.

`graphql/subscriptions/shipping_list_methods.graphql` and `checkout_filter_methods.graphql`. Saleor
refuses to calculate prices there: a forbidden field would make the whole checkout null. What the
offer is known by is therefore asked for a second time, by itself (`checkout_ref`).
"""

import base64
import binascii
from datetime import datetime

import msgspec

from saleor_loyalty_app.saleor.event import NodeRef
from saleor_loyalty_app.saleor.order_snapshot import Address, Money, OrderChannel, TaxedMoney

#: Saleor takes no longer name.
LONGEST_NAME = 100


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class Pricing(_Part, frozen=True):
    """What one unit costs in the channel, with catalogue promotions and without."""

    price: TaxedMoney | None = None
    price_undiscounted: TaxedMoney | None = None


class Variant(_Part, frozen=True):
    pricing: Pricing | None = None


class Line(_Part, frozen=True):
    """A line of the cart."""

    id: str
    quantity: int
    undiscounted_total_price: Money
    undiscounted_unit_price: Money | None = None
    is_gift: bool | None = None
    price_override_reason: str | None = None
    variant: Variant | None = None


class Voucher(_Part, frozen=True):
    type: str


class CheckoutRef(_Part, frozen=True):
    """What an offer is known by."""

    id: str
    channel: OrderChannel
    user: NodeRef | None = None
    shipping_address: Address | None = None
    language_code: str = "EN"

    @property
    def user_id(self) -> str:
        """Saleor's id of the user; "" for a guest."""
        return self.user.id if self.user else ""

    @property
    def country(self) -> str:
        """The country of the shipping address; "" without one."""
        return self.shipping_address.country.code if self.shipping_address else ""


class Checkout(CheckoutRef, frozen=True, kw_only=True):
    """A checkout with its cart."""

    created: datetime
    updated_at: datetime
    voucher_code: str | None = None
    voucher: Voucher | None = None
    discount: Money | None = None
    lines: tuple[Line, ...] = ()


class Noticed(_Part, frozen=True):
    """Something of the catalog with what its metadata says on who may buy."""

    access: str | None = None
    access_until: str | None = None


class SoldProduct(Noticed, frozen=True):
    """A product of the cart, with its type and its collections."""

    product_type: Noticed | None = None
    collections: tuple[Noticed, ...] | None = None


class SoldVariant(_Part, frozen=True):
    product: SoldProduct | None = None


class SoldLine(_Part, frozen=True):
    variant: SoldVariant | None = None


class Goods(_Part, frozen=True):
    """What is in the cart, as far as it is asked who may buy it."""

    lines: tuple[SoldLine, ...] = ()

    @property
    def products(self) -> tuple[SoldProduct, ...]:
        """The products of the lines that Saleor still knows."""
        found = (line.variant.product for line in self.lines if line.variant is not None)
        return tuple(product for product in found if product is not None)


class Method(_Part, frozen=True):
    """A shipping method that is open to the checkout: built in, or of an app."""

    id: str
    name: str
    price: Money
    minimum_delivery_days: int | None = None
    maximum_delivery_days: int | None = None


class ShippingEvent(_Part, frozen=True):
    """SHIPPING_LIST_METHODS_FOR_CHECKOUT or CHECKOUT_FILTER_SHIPPING_METHODS."""

    checkout_ref: CheckoutRef | None = None
    checkout: Checkout | None = None
    goods: Goods | None = None
    shipping_methods: tuple[Method, ...] | None = None


class ListedMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A method in the answer to SHIPPING_LIST_METHODS_FOR_CHECKOUT; the amount is exact text."""

    id: str
    name: str
    amount: str
    currency: str
    maximum_delivery_days: int | None = None
    minimum_delivery_days: int | None = None


class ExcludedMethod(msgspec.Struct, frozen=True):
    """A method that is not to be chosen, with the reason for the shopper."""

    id: str
    reason: str


class ExcludedMethods(msgspec.Struct, frozen=True):
    """The answer to CHECKOUT_FILTER_SHIPPING_METHODS."""

    excluded_methods: tuple[ExcludedMethod, ...] = ()


def own_id(saleor_id: str, app_identifier: str) -> str | None:
    """The id that this app gave a method of that id in Saleor; None for any other method.

    Saleor makes base64("app:<identifier of the app>:<id>") of it.
    """
    try:
        text = base64.b64decode(saleor_id, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    prefix = f"app:{app_identifier}:"
    return text.removeprefix(prefix) if text.startswith(prefix) else None
