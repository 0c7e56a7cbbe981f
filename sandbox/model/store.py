"""The whole state of a sandbox store, and the outbox of what happened in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.clock import Clock, Ticker
from sandbox.model.ids import IdSource

if TYPE_CHECKING:
    from sandbox.model.apps import App, AppInstallation, Webhook
    from sandbox.model.catalog import (
        Category,
        Channel,
        Collection,
        Product,
        ProductType,
        ProductVariant,
        ShippingMethod,
        Warehouse,
    )
    from sandbox.model.checkouts import Checkout
    from sandbox.model.customers import User
    from sandbox.model.gift_cards import GiftCard
    from sandbox.model.orders import Order
    from sandbox.model.payments import TransactionItem
    from sandbox.model.promotions import Promotion
    from sandbox.model.shipping_calls import KeptAnswer
    from sandbox.model.vouchers import Voucher, VoucherCode


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an app, a user, or nobody."""

    user: User | None = None
    app: App | None = None

    @property
    def principal(self) -> User | App | None:
        return self.app or self.user

    @property
    def permissions(self) -> frozenset[str]:
        if self.app is not None:
            return self.app.permissions
        if self.user is not None and self.user.is_active:
            return self.user.permissions
        return frozenset()

    @property
    def is_staff(self) -> bool:
        return self.user is not None and self.user.is_staff


NOBODY = Caller()


@dataclass(frozen=True, slots=True, eq=False)
class Emitted:
    """One thing that happened: Saleor's event name, what it is about and who caused it.

    `about` holds what a subscription may ask besides the subject (`token`, `action` and so on).
    """

    event: str
    subject: Any
    issuing_principal: User | App | None
    at: datetime
    about: dict[str, Any] = field(default_factory=dict)


Ask = Callable[["Webhook", Emitted], Any]


def nobody_answers(_webhook: Webhook, _emitted: Emitted) -> Any:
    """The answer while no delivery is attached: none."""
    return None


@dataclass(eq=False)
class Store:
    """State only; the modules beside this one hold the actions.

    `tax_rates` are percents by country; a country without one is not taxed. `ask` puts a
    synchronous event to a webhook and returns its answer, read from JSON; None for a failure.
    `asks_to_confirm`: who registers is asked to confirm the address, and signs in only then.
    `voucher_codes` are by code; two completions within `race_window` may use the same one.
    """

    version: str
    api_url: str
    ids: IdSource
    ticker: Ticker
    name: str = "Sandbox store"
    tax_rates: dict[str, Decimal] = field(default_factory=dict)
    fulfillment_allow_unpaid: bool = True
    merge_guest_orders_on_confirmation: bool = False
    asks_to_confirm: bool = True
    channels: dict[int, Channel] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    product_types: dict[int, ProductType] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    variants: dict[int, ProductVariant] = field(default_factory=dict)
    shipping_methods: dict[int, ShippingMethod] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    voucher_codes: dict[str, VoucherCode] = field(default_factory=dict)
    gift_cards: dict[int, GiftCard] = field(default_factory=dict)
    promotions: dict[str, Promotion] = field(default_factory=dict)
    race_window: timedelta = timedelta(milliseconds=500)
    checkouts: dict[str, Checkout] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    transactions: dict[str, TransactionItem] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    installations: dict[int, AppInstallation] = field(default_factory=dict)
    sync_answers: dict[tuple[Any, ...], KeptAnswer] = field(default_factory=dict)
    outbox: list[Emitted] = field(default_factory=list)
    ask: Ask = nobody_answers

    @property
    def clock(self) -> Clock:
        return self.ticker.clock

    @property
    def full_version(self) -> str:
        """The version that payloads tell, with a patch number."""
        return {"3.22": "3.22.67", "3.23": "3.23.28"}.get(self.version, f"{self.version}.0")

    def now(self) -> datetime:
        """A time stamp, later than all before it."""
        return self.ticker.stamp()

    def emit(self, event: str, subject: Any, caller: Caller = NOBODY, **about: Any) -> Emitted:
        emitted = Emitted(event, subject, caller.principal, self.now(), about)
        self.outbox.append(emitted)
        return emitted

    def channel_by_slug(self, slug: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.slug == slug), None)
