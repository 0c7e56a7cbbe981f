"""A checkout as `graphql/queries/checkout_preview.graphql` asks for it: what it would earn."""

import base64
import binascii
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.order_snapshot import Address, MetadataItem, TaxedMoney, Variant

_KEY = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class _User(_Part, frozen=True):
    id: str


class _TaxConfiguration(_Part, frozen=True):
    prices_entered_with_tax: bool


class PreviewChannel(_Part, frozen=True):
    slug: str
    currency_code: str
    tax_configuration: _TaxConfiguration


class _Pricing(_Part, frozen=True):
    on_sale: bool | None = None


class PreviewVariant(Variant, frozen=True):
    pricing: _Pricing | None = None

    @property
    def on_sale(self) -> bool:
        """A catalogue promotion makes it cheaper in the checkout's channel."""
        return self.pricing is not None and bool(self.pricing.on_sale)


class PreviewLine(_Part, frozen=True):
    id: str
    quantity: int
    total_price: TaxedMoney
    is_gift: bool | None = False
    variant: PreviewVariant | None = None


class CheckoutPreview(_Part, frozen=True):
    """One look at a checkout."""

    id: str
    channel: PreviewChannel
    subtotal_price: TaxedMoney
    shipping_price: TaxedMoney
    total_price: TaxedMoney
    language_code: str = "EN"
    display_gross_prices: bool = True
    voucher_code: str | None = None
    user: _User | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    #: Its order inherits it.
    private_metadata: tuple[MetadataItem, ...] = ()
    lines: tuple[PreviewLine, ...] = ()

    @property
    def user_id(self) -> str | None:
        """Saleor's id of whose checkout it is; None = a guest's."""
        return self.user.id if self.user is not None else None

    @property
    def country(self) -> str:
        """Where it is shipped to; "" without an address."""
        return self.shipping_address.country.code if self.shipping_address else ""

    @property
    def entered_subtotal(self) -> Decimal:
        """The goods after all discounts, on the side on which the channel's prices are entered."""
        with_tax = self.channel.tax_configuration.prices_entered_with_tax
        return (self.subtotal_price.gross if with_tax else self.subtotal_price.net).amount


def is_checkout_id(text: str) -> bool:
    """Whether it is the id of a checkout, in its one spelling.

    Saleor fails over anything else, and takes some other spellings (more "=") for the same
    checkout, by which a cart could pass for two.
    """
    return _is_id(text, b"Checkout")


def is_order_id(text: str) -> bool:
    """The same of an order."""
    return _is_id(text, b"Order")


def _is_id(text: str, kind: bytes) -> bool:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    found, _, key = decoded.partition(b":")
    is_one = found == kind and _KEY.fullmatch(key) is not None
    return is_one and base64.b64encode(decoded).decode() == text


def preview_of(data: Mapping[str, Any]) -> CheckoutPreview | None:
    """The answer to the query; None = there is no such checkout (any more).

    Raises:
        SaleorQueryError: it is not what the document asks for.
    """
    found = data.get("checkout")
    if found is None:
        return None
    try:
        return shapes.convert(found, CheckoutPreview)
    except msgspec.ValidationError as failure:
        raise SaleorQueryError(f"checkout: {failure}") from failure
