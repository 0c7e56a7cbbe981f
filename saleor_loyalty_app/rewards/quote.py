"""What points take off a cart, and how many may be spent on it. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.spending import DEFAULTS, Spending
from saleor_loyalty_app.rewards.errors import (
    AboveMaximum,
    BelowMinimumOrder,
    BelowMinimumPoints,
    CurrencyWithoutRate,
    InvalidPoints,
    NotAMultiple,
    NotEnoughPoints,
    OtherCode,
    WorthNothing,
)

#: So many points are spent at once at most.
MOST_POINTS = 10_000_000


@dataclass(frozen=True, slots=True)
class CartForSpending:
    """What spending looks at of a cart.

    Attributes:
        subtotal: of the goods after all discounts, on the side of the tax on which the channel's
            prices are entered: a voucher's amount is taken off there.
        other_code: a code is on it that is not ours.
    """

    subtotal: Decimal
    other_code: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """So many points take so much off, in the currency's major unit."""

    points: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Most:
    """The most that is of use: the fewest points with the largest amount; 0 and 0 if none may."""

    points: int
    amount: Decimal


def quote(
    program: Program,
    spending: Spending | None,
    channel: str,
    currency: str,
    cart: CartForSpending | None,
    available: int,
    points: int,
) -> Quote:
    """What exactly these points take off.

    Args:
        spending: the program's section; None = its defaults.
        cart: None for a code that is handed out without one.
        available: what the member may spend now.

    Raises:
        SpendingRefused: one of its kinds; the first that holds.
    """
    limits = spending or DEFAULTS
    worth = _worth(program, channel, currency)
    if isinstance(points, bool) or not 0 < points <= MOST_POINTS:
        raise InvalidPoints(maximum=MOST_POINTS)
    if points < limits.minimum_points:
        raise BelowMinimumPoints(minimum=limits.least_points)
    if points % limits.step:
        raise NotAMultiple(step=limits.step)
    amount = _amount(points, worth, currency)
    if not amount:
        raise WorthNothing(minimum=_fewest(_coin(currency), worth, limits.step))
    if cart is not None:
        _check_cart(limits, channel, currency, cart, worth, amount)
    if points > available:
        raise NotEnoughPoints(available=available, needed=points)
    return Quote(points, amount)


def most(
    program: Program,
    spending: Spending | None,
    channel: str,
    currency: str,
    cart: CartForSpending,
    available: int,
) -> Most:
    """How many points may be spent on a cart, and what they take off.

    Never more than the share of the goods that points may pay, and no points that would take
    nothing more off.

    Raises:
        CurrencyWithoutRate, OtherCode, BelowMinimumOrder: none may be spent, whatever there is.
    """
    limits = spending or DEFAULTS
    worth = _worth(program, channel, currency)
    _check_code_and_order(limits, channel, currency, cart)
    found = _most_points(limits, cart.subtotal, worth, currency, min(available, MOST_POINTS))
    return Most(found, _amount(found, worth, currency))


def minimum_of_goods(
    spending: Spending | None, channel: str, currency: str, amount: Decimal
) -> Decimal:
    """The goods' price at which an amount may be taken off: for codes that have no cart yet.

    The minimum order, and the price of which the amount is the largest share, cut to the
    currency's minor unit; 0 = any price.
    """
    limits = spending or DEFAULTS
    minimum = limits.minimum_order(channel, currency) or Decimal(0)
    if limits.maximum_share == 100:
        return minimum
    needed = Fraction(amount) * 100 / limits.maximum_share
    return max(minimum, _floor(needed, currency))


def _worth(program: Program, channel: str, currency: str) -> Fraction:
    rates = program.rates(channel, currency)
    if rates is None or rates.spend_rate is None:
        raise CurrencyWithoutRate(channel=channel, currency=currency)
    return rates.spend_rate.money_per_point


def _check_cart(
    limits: Spending,
    channel: str,
    currency: str,
    cart: CartForSpending,
    worth: Fraction,
    amount: Decimal,
) -> None:
    _check_code_and_order(limits, channel, currency, cart)
    if amount > _cap(limits, cart.subtotal, currency):
        maximum = _most_points(limits, cart.subtotal, worth, currency, MOST_POINTS)
        raise AboveMaximum(maximum=maximum)


def _check_code_and_order(
    limits: Spending, channel: str, currency: str, cart: CartForSpending
) -> None:
    if cart.other_code:
        raise OtherCode
    minimum = limits.minimum_order(channel, currency)
    if minimum is not None and cart.subtotal < minimum:
        raise BelowMinimumOrder(
            minimum=plain(minimum), missing=plain(minimum - cart.subtotal), currency=currency
        )


def _most_points(
    limits: Spending, subtotal: Decimal, worth: Fraction, currency: str, available: int
) -> int:
    cap = _cap(limits, subtotal, currency)
    if cap <= 0:
        return 0
    # The largest number whose amount, once cut to the coin, is not above the cap.
    fitting = -(-Fraction(cap + _coin(currency)) // worth) - 1
    points = min(int(fitting), available) // limits.step * limits.step
    amount = _amount(points, worth, currency)
    if points < limits.minimum_points or not amount:
        return 0
    return max(_fewest(amount, worth, limits.step), limits.least_points)


def _fewest(amount: Decimal, worth: Fraction, step: int) -> int:
    """The fewest points, in steps, that are worth an amount."""
    return int(-(-Fraction(amount) // (worth * step))) * step


def _cap(limits: Spending, subtotal: Decimal, currency: str) -> Decimal:
    return _floor(Fraction(subtotal) * limits.maximum_share / 100, currency)


def _amount(points: int, worth: Fraction, currency: str) -> Decimal:
    return _floor(points * worth, currency)


def _floor(exact: Fraction, currency: str) -> Decimal:
    places = get_currency_precision(currency)
    return Decimal((exact * 10**places).__floor__()).scaleb(-places)


def _coin(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))
