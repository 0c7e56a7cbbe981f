"""Channels, products and shipping methods: what the store sells, where and for how much."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.money import ZERO

if TYPE_CHECKING:
    from sandbox.model.promotions import PromotionRule


@dataclass(eq=False)
class Warehouse:
    pk: str
    name: str
    slug: str


@dataclass(eq=False)
class Channel:
    """A sales channel; `expire_orders_after` is in minutes, None for never.

    `legacy_line_discounts`: orders tell what a voucher took off single lines as a discount of the
    order. Channels that are made by 3.21 and later tell it on the lines instead.
    """

    pk: int
    slug: str
    name: str
    currency_code: str
    default_country: str
    countries: list[str]
    prices_entered_with_tax: bool
    display_gross_prices: bool
    is_active: bool = True
    automatically_confirm_all_new_orders: bool = True
    allow_unpaid_orders: bool = False
    allow_legacy_gift_card_use: bool = True
    legacy_line_discounts: bool = True
    expire_orders_after: int | None = None
    mark_as_paid_strategy: str = "PAYMENT_FLOW"
    default_transaction_flow_strategy: str = "CHARGE"
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Category:
    pk: int
    slug: str
    name: str
    parent: "Category | None" = None

    @property
    def ancestors(self) -> list["Category"]:
        """From the root down to the parent."""
        if self.parent is None:
            return []
        return [*self.parent.ancestors, self.parent]


@dataclass(eq=False)
class Collection:
    pk: int
    slug: str
    name: str
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class ProductType:
    pk: int
    slug: str
    name: str
    kind: str = "NORMAL"
    is_shipping_required: bool = True
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Product:
    """`published_at` is by channel slug; where nothing is said it was published long since.

    None = it has no day, as after `productChannelListingUpdate` with `publishedAt: null`.
    """

    pk: int
    slug: str
    name: str
    product_type: ProductType
    category: Category | None
    collections: list[Collection] = field(default_factory=list)
    variants: list["ProductVariant"] = field(default_factory=list)
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)
    published_at: dict[str, datetime | None] = field(default_factory=dict)


@dataclass(eq=False)
class ProductVariant:
    """`prices`, `reductions` (what a promotion takes off one) and `rules` are by channel slug."""

    pk: int
    sku: str | None
    name: str
    product: Product
    prices: dict[str, Decimal] = field(default_factory=dict)
    reductions: dict[str, Decimal] = field(default_factory=dict)
    rules: dict[str, "PromotionRule"] = field(default_factory=dict)
    promotion_name: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def reduction(self, channel: Channel, price: Decimal | None = None) -> Decimal:
        """What promotions take off one unit at `price`, by default the channel's own."""
        rule = self.rules.get(channel.slug)
        if rule is None:
            return self.reductions.get(channel.slug, ZERO)
        full = self.prices[channel.slug] if price is None else price
        return rule.discount_of(full, channel.currency_code)

    def reduction_name(self, channel: Channel) -> str:
        rule = self.rules.get(channel.slug)
        return rule.discount_name if rule is not None else self.promotion_name


@dataclass(eq=False)
class ShippingMethod:
    """Prices and order-price limits are keyed by channel slug; no `countries` means all."""

    pk: int
    name: str
    prices: dict[str, Decimal]
    minimum_delivery_days: int | None = None
    maximum_delivery_days: int | None = None
    minimum_order_prices: dict[str, Decimal] = field(default_factory=dict)
    maximum_order_prices: dict[str, Decimal] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def serves(self, country: str) -> bool:
        return not self.countries or country in self.countries

    def allows(self, channel: Channel, subtotal: Decimal) -> bool:
        """Whether a cart of that much may use it; both limits belong to the range."""
        least = self.minimum_order_prices.get(channel.slug)
        most = self.maximum_order_prices.get(channel.slug)
        return (least is None or subtotal >= least) and (most is None or subtotal <= most)
