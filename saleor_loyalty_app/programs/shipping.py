"""Shipping offers: built-in methods at the program's price, over a threshold or for some."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.condition_base import check_measure
from saleor_loyalty_app.programs.conditions import InSegments, InTiers
from saleor_loyalty_app.programs.scalars import (
    ONE_LINE,
    CurrencyCode,
    Identifier,
    Locale,
    Money,
    Section,
    Slug,
    in_locale,
)
from saleor_loyalty_app.programs.shipping_conditions import (
    IsMember,
    OrderCount,
    ShippingCondition,
    shipping_depth,
    shipping_leaves,
    shipping_size,
)
from saleor_loyalty_app.programs.spending import ChannelMoney
from saleor_loyalty_app.programs.written import when_written

#: Names of built-in methods are Saleor's; a name of ours stands beside one, and both take 100.
MethodName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)
]
OfferName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=ONE_LINE)
]


class ChannelPrice(Section):
    """What an offer costs in one channel, in its currency; 0 = free."""

    channel: Slug
    currency: CurrencyCode
    price: Money


class ShippingRule(Section):
    """One offer: twins of built-in methods that cost less.

    `method`: which built-in methods get a twin: the `cheapest` of those open to the checkout, `any`
    of them, or those `named` in `method_names`. `prices`: a channel without one has no such offer.
    `thresholds`: what the cart costs at least, on the side on which the channel's prices are
    entered; with any, a channel without one has no such offer. `hide_original`: the built-in method
    is not to be chosen beside its twin.
    """

    id: Identifier
    name: Annotated[dict[Locale, OfferName], Field(max_length=20)] = {}
    enabled: StrictBool = True
    method: Literal["cheapest", "any", "named"] = "cheapest"
    method_names: Annotated[tuple[MethodName, ...], Field(max_length=50)] = ()
    prices: Annotated[tuple[ChannelPrice, ...], Field(min_length=1, max_length=200)]
    thresholds: Annotated[tuple[ChannelMoney, ...], Field(max_length=200)] = ()
    when: ShippingCondition | None = None
    hide_original: StrictBool = False

    @when_written
    def _check(self) -> Self:
        if (self.method == "named") != bool(self.method_names):
            case = {"case": "missing"} if self.method == "named" else {}
            raise PydanticCustomError(
                "shipping_names", "method names go with the method named, and only with it", case
            )
        for amounts in (self.prices, self.thresholds):
            _check_once([amount.channel for amount in amounts])
        if self.when is not None:
            check_measure(shipping_depth(self.when), shipping_size(self.when))
        return self

    @property
    def depends_on_user(self) -> bool:
        """Whether signing in or out makes a difference."""
        found = shipping_leaves(self.when) if self.when is not None else ()
        return any(isinstance(leaf, IsMember | OrderCount | InTiers | InSegments) for leaf in found)

    @property
    def counts_orders(self) -> bool:
        """Whether the number of the shopper's orders has to be known."""
        found = shipping_leaves(self.when) if self.when is not None else ()
        return any(isinstance(leaf, OrderCount) for leaf in found)

    def price(self, channel: str, currency: str) -> Decimal | None:
        """What it costs in a channel; None where it is not offered."""
        for one in self.prices:
            if (one.channel, one.currency) == (channel, currency):
                return one.price
        return None

    def threshold(self, channel: str, currency: str) -> Decimal | None:
        """What the cart costs at least in a channel; None = not said."""
        for one in self.thresholds:
            if (one.channel, one.currency) == (channel, currency):
                return one.money
        return None

    def label(self, locale: str) -> str:
        """What the offer is called in a locale; "" where it has no name of its own."""
        return in_locale(self.name, locale) or ""


class ShippingProgram(Section):
    """The shipping offers of a program, in the order in which they are told."""

    offers: Annotated[tuple[ShippingRule, ...], Field(max_length=20)] = ()

    @when_written
    def _check(self) -> Self:
        known: set[str] = set()
        for rule in self.offers:
            if rule.id in known:
                raise PydanticCustomError(
                    "shipping_id_twice", "{id} is the id of two offers", {"id": rule.id}
                )
            known.add(rule.id)
        return self

    @property
    def live(self) -> tuple[ShippingRule, ...]:
        """The offers that are switched on."""
        return tuple(rule for rule in self.offers if rule.enabled)


def _check_once(channels: list[str]) -> None:
    for position, channel in enumerate(channels):
        if channel in channels[:position]:
            raise PydanticCustomError(
                "channel_twice", "{channel} has rates twice", {"channel": channel}
            )
