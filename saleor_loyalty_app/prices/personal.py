"""The price that a shopper pays with a code of theirs. Pure.

Saleor takes a voucher for an entire order off what was entered: with tax or without it, as the
channel says. So the reduction is worked out there, and what is shown follows in proportion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.numbers import get_currency_precision

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """What a variant costs everybody in a channel now, after the store's own promotions.

    `regular_…`: without those promotions.
    """

    variant_id: str
    product_id: str
    currency: str
    gross: Decimal
    net: Decimal
    regular_gross: Decimal
    regular_net: Decimal
    on_sale: bool


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """How a channel shows prices, and how they were entered."""

    shown_gross: bool
    entered_gross: bool

    def shown(self, price: ShownPrice) -> Decimal:
        """The price that people read."""
        return price.gross if self.shown_gross else price.net

    def regular(self, price: ShownPrice) -> Decimal:
        """The same without the store's own promotions."""
        return price.regular_gross if self.shown_gross else price.regular_net

    def entered(self, price: ShownPrice) -> Decimal:
        """The price that vouchers are taken off."""
        return price.gross if self.entered_gross else price.net


@dataclass(frozen=True, slots=True)
class Benefit:
    """A code that takes something off an order in one channel: percent, or money of its currency.

    `minimum`: of goods, in what was entered, from which it works. `own`: of one person alone.
    """

    campaign: str
    code: str
    kind: Literal["percent", "amount"]
    value: Decimal
    minimum: Decimal
    starts_at: datetime
    until: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class PersonalPrice:
    """What one unit costs with a benefit, as people read it."""

    price: Decimal
    benefit: Benefit
    #: One unit alone is not enough for the code: the price holds from the minimum on.
    needs_more: bool


def price_with(benefit: Benefit, price: ShownPrice, terms: PriceTerms) -> Decimal:
    """What one unit of a variant costs with a benefit, as people read it; never below zero."""
    entered, shown = terms.entered(price), terms.shown(price)
    if entered <= 0:
        return shown
    if benefit.kind == "percent":
        off = _rounded(entered * benefit.value / _HUNDRED, price.currency)
    else:
        off = benefit.value
    left = max(entered - off, Decimal(0))
    return left if entered == shown else _rounded(shown * left / entered, price.currency)


def best(benefits: Iterable[Benefit], price: ShownPrice, terms: PriceTerms) -> PersonalPrice | None:
    """The benefit with the lowest price; None where none makes it lower.

    One that holds for a single unit goes before one that asks for more to be bought. Among equals a
    code for everybody goes first, so that nobody's own is used up, and then the one that lasts.
    """
    found = [
        PersonalPrice(
            price_with(one, price, terms), one, needs_more=terms.entered(price) < one.minimum
        )
        for one in benefits
    ]
    lower = [one for one in found if one.price < terms.shown(price)]
    return min(lower, key=_rank, default=None)


def _rank(one: PersonalPrice) -> tuple[bool, Decimal, bool, bool, float, str]:
    said = one.benefit
    return (
        one.needs_more,
        one.price,
        said.kind == "amount",
        said.own,
        -said.until.timestamp(),
        said.code,
    )


def _rounded(amount: Decimal, currency: str) -> Decimal:
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    return amount.quantize(unit, rounding=ROUND_HALF_UP)
