"""The order as `graphql/fragments/OrderSnapshot.graphql` asks for it.

One shape for webhooks and reads. Money is read from the JSON text straight into `Decimal`, never
by way of a float. Statuses and types are plain text, so that a value added by a newer Saleor does
not break parsing.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

#: The power of ten of an amount's first digit lies between these.
SMALLEST, LARGEST = -30, 18


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class Money(_Part, frozen=True):
    """An amount in a currency's major unit."""

    amount: Decimal
    currency: str = ""

    def __post_init__(self) -> None:
        """A number such as 1e999999999 would eat the memory of whoever turns it into a fraction."""
        if not self.amount.is_finite() or not SMALLEST <= self.amount.adjusted() <= LARGEST:
            raise ValueError("is no amount of money")


class TaxedMoney(_Part, frozen=True):
    """An amount with tax (`gross`) and without (`net`)."""

    gross: Money
    net: Money


class OrderUser(_Part, frozen=True):
    id: str
    email: str
    is_active: bool = True
    is_confirmed: bool = False
    is_staff: bool = False
    updated_at: datetime | None = None


class OrderChannel(_Part, frozen=True):
    slug: str
    currency_code: str


class Country(_Part, frozen=True):
    code: str


class Address(_Part, frozen=True):
    country: Country


class MetadataItem(_Part, frozen=True):
    key: str
    value: str


class SluggedNode(_Part, frozen=True):
    id: str
    slug: str


class ProductType(SluggedNode, frozen=True):
    #: "NORMAL" or "GIFT_CARD".
    kind: str = "NORMAL"


class CategoryEdge(_Part, frozen=True):
    node: SluggedNode


class CategoryConnection(_Part, frozen=True):
    edges: tuple[CategoryEdge, ...] = ()


class Category(SluggedNode, frozen=True):
    ancestors: CategoryConnection | None = None


class Product(SluggedNode, frozen=True):
    product_type: ProductType
    category: Category | None = None
    collections: tuple[SluggedNode, ...] | None = None
    #: Public, but written by who may manage products alone.
    metadata: tuple[MetadataItem, ...] = ()


class Variant(_Part, frozen=True):
    id: str
    sku: str | None = None
    product: Product | None = None


class Discount(_Part, frozen=True):
    #: VOUCHER, PROMOTION (catalogue), ORDER_PROMOTION, MANUAL, SALE.
    type: str


class OrderDiscount(Discount, frozen=True):
    """A discount of the whole order; `name` is what its voucher or promotion is called.

    `amount` is none in what Saleor sent before the app asked for it.
    """

    name: str | None = None
    amount: Money | None = None


class OrderLine(_Part, frozen=True):
    id: str
    quantity: int
    total_price: TaxedMoney
    undiscounted_total_price: TaxedMoney | None = None
    is_gift: bool | None = False
    product_sku: str | None = None
    product_name: str = ""
    variant: Variant | None = None
    discounts: tuple[Discount, ...] | None = None


class LineRef(_Part, frozen=True):
    id: str


class FulfillmentLine(_Part, frozen=True):
    quantity: int
    order_line: LineRef | None = None


class Fulfillment(_Part, frozen=True):
    id: str
    #: FULFILLED, REFUNDED, RETURNED, REPLACED, REFUNDED_AND_RETURNED, CANCELED,
    #: WAITING_FOR_APPROVAL.
    status: str
    created: datetime
    lines: tuple[FulfillmentLine, ...] | None = None
    shipping_refunded_amount: Money | None = None


class GrantedRefundLine(_Part, frozen=True):
    quantity: int
    order_line: LineRef


class GrantedRefund(_Part, frozen=True):
    id: str
    status: str
    amount: Money
    shipping_costs_included: bool = False
    lines: tuple[GrantedRefundLine, ...] | None = None


class TransactionEvent(_Part, frozen=True):
    id: str
    type: str | None
    amount: Money
    created_at: datetime


class Actor(_Part, frozen=True):
    typename: str = msgspec.field(name="__typename", default="")
    id: str | None = None


class Transaction(_Part, frozen=True):
    id: str
    created_at: datetime
    charged_amount: Money
    refunded_amount: Money
    created_by: Actor | None = None
    events: tuple[TransactionEvent, ...] = ()


class PaymentTransaction(_Part, frozen=True):
    id: str
    created: datetime
    kind: str
    is_success: bool
    amount: Money | None = None


class Payment(_Part, frozen=True):
    """A payment of Saleor's older payment model; `orderMarkAsPaid` still makes them."""

    id: str
    is_active: bool
    created: datetime
    captured_amount: Money | None = None
    total: Money | None = None
    transactions: tuple[PaymentTransaction, ...] | None = None


class OrderSnapshot(_Part, frozen=True):
    """One look at an order."""

    id: str
    number: str
    status: str
    created: datetime
    updated_at: datetime
    channel: OrderChannel
    total: TaxedMoney
    shipping_price: TaxedMoney
    total_charged: Money
    total_refunded: Money
    charge_status: str = ""
    checkout_id: str | None = None
    language_code_enum: str = "EN"
    display_gross_prices: bool = True
    user_email: str | None = None
    user: OrderUser | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    voucher_code: str | None = None
    #: The redemption whose id travelled along in the checkout's private metadata.
    redemption: str | None = None
    private_metadata: tuple[MetadataItem, ...] = ()
    discounts: tuple[OrderDiscount, ...] | None = None
    lines: tuple[OrderLine, ...] = ()
    fulfillments: tuple[Fulfillment, ...] = ()
    granted_refunds: tuple[GrantedRefund, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    payments: tuple[Payment, ...] = ()
