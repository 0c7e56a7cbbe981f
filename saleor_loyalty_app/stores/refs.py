"""What the rest of the app knows of a store and its channels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoreRef:
    """A tenant as it was read at the beginning of a piece of work; `name` is Saleor's, or empty."""

    id: int
    api_url: str
    app_id: str
    timezone: str
    language: str
    schema_version: str
    active: bool
    earning_on: bool
    spending_on: bool
    shipping_on: bool
    messages_on: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A sales channel of a store."""

    slug: str
    name: str
    currency: str
    active: bool
    default_country: str
    countries: tuple[str, ...]
    prices_entered_with_tax: bool
    display_gross_prices: bool
