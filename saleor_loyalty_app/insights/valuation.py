"""What points are worth in money: at the spend rate of the program of a moment. Pure.

Points whose channel has no spend rate are worth nothing certain: they are told apart, never
guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

from saleor_loyalty_app.insights.movements import Place
from saleor_loyalty_app.programs.document import ChannelRates, Program

UNIT = "points"
#: A currency, and what a point is worth in its major unit.
Rate = tuple[str, Fraction]


@dataclass(frozen=True, slots=True)
class Valued:
    """Points of one currency and what they are worth."""

    currency: str
    points: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Liability:
    """What members hold, by currency; `unvalued` points belong to no currency with a rate."""

    valued: tuple[Valued, ...]
    unvalued: int

    @property
    def points(self) -> int:
        """All of them."""
        return self.unvalued + sum(one.points for one in self.valued)


def rate_of(program: Program | None, place: Place) -> Rate | None:
    """The currency and the worth of a point of `place`; None where it has no certain one.

    Points without a channel, or of a channel that the program does not name any more, have the
    rate of all channels of their currency (of all currencies, where they have none), if that is
    one and the same.
    """
    if program is None or place.unit != UNIT:
        return None
    own = program.rates(place.channel, place.currency)
    if own is not None:
        return _rate(own)
    like = [rates for rates in program.currencies if place.currency in ("", rates.currency)]
    found = {_rate(rates) for rates in like}
    return found.pop() if len(found) == 1 else None


def in_money(points: int, rate: Fraction, currency: str) -> Decimal:
    """What points are worth, rounded to the minor unit of the currency (half to even)."""
    exact = points * rate
    places = get_currency_precision(currency)
    scaled = Decimal(exact.numerator).scaleb(places) / Decimal(exact.denominator)
    return scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN).scaleb(-places)


def liability_of(held: Mapping[Place, int], program: Program | None) -> Liability:
    """What points held by members are worth; of the unit points alone."""
    by_currency: dict[str, tuple[int, Fraction]] = {}
    unvalued = 0
    for place, points in sorted(held.items()):
        if place.unit != UNIT:
            continue
        rate = rate_of(program, place)
        if rate is None:
            unvalued += points
            continue
        before, worth = by_currency.get(rate[0], (0, Fraction(0)))
        by_currency[rate[0]] = before + points, worth + points * rate[1]
    return Liability(
        tuple(
            Valued(currency, points, in_money(1, worth, currency))
            for currency, (points, worth) in sorted(by_currency.items())
        ),
        unvalued,
    )


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` to four places; None of nothing."""
    if whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)


def average(total_milli: int, number: int, currency: str) -> Decimal | None:
    """The average of amounts in thousandths, in major units; None of nothing."""
    if number <= 0:
        return None
    return in_money(1, Fraction(total_milli, 1000 * number), currency)


def _rate(rates: ChannelRates) -> Rate | None:
    return None if rates.spend_rate is None else (rates.currency, rates.spend_rate.money_per_point)
