"""What a decision may look at: an order reduced to plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order.

    `base` is the money that earns: after discounts, gross or net as the program says, without what
    never earns (gift cards, gift lines, shares paid by points). `gross` is the line's gross price.
    Categories are slugs and include ancestors; collections and product type are slugs. `metadata`
    is the product's. What Saleor no longer knows is empty.

    Raises:
        ValueError: `base` is negative or not a number, or `quantity` is not positive.
    """

    id: str
    quantity: int
    base: Decimal
    gross: Decimal
    product_id: str = ""
    product_slug: str = ""
    variant_id: str = ""
    sku: str = ""
    categories: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    product_type: str = ""
    on_sale: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.base.is_finite() or self.base < 0:
            raise ValueError(f"line {self.id} has the base {self.base}")
        if self.quantity < 1:
            raise ValueError(f"line {self.id} has the quantity {self.quantity}")


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as rules see it; money in major units of `currency`.

    `subtotal` is the sum of the lines' bases; `shipping` is the base of shipping, which earns only
    if the program says so. `country` is the country it goes to, `language` as in Saleor ("EN",
    "PT_BR") or BCP 47. `nth_order` counts the customer's orders from 1; None = unknown.
    `metadata` is the private metadata of the order.

    Raises:
        ValueError: the time has no zone, or an amount is negative or not a number.
    """

    order_id: str
    channel: str
    currency: str
    created_at: datetime
    country: str
    language: str
    voucher_used: bool
    nth_order: int | None
    subtotal: Decimal
    lines: tuple[LineFacts, ...]
    shipping: Decimal
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("the order's time has no zone")
        for amount in (self.subtotal, self.shipping):
            if not amount.is_finite() or amount < 0:
                raise ValueError(f"order {self.order_id} has the amount {amount}")
