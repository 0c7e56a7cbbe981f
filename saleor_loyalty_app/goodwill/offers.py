"""What is suggested for an order in points, and in money where it is an amount. Pure."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.goodwill import GiveAmount, GivePoints, Suggestion
from saleor_loyalty_app.programs.spending import DEFAULTS


@dataclass(frozen=True, slots=True)
class Offer:
    """What is suggested.

    Attributes:
        type: "points", "amount" or "shipping".
        points: 0 = the amount has no worth in points in this currency.
        amount_milli: in thousandths of the major unit; 0 = points were suggested, or nothing is
            said for this currency. Of a code what its points take off, which come in steps.
        as_code: it is to become a code.
    """

    type: str
    points: int
    amount_milli: int = 0
    as_code: bool = False


def offer_for(
    program: Program, suggest: Suggestion, *, channel: str, currency: str, shipping_milli: int
) -> Offer:
    """What a suggestion comes to for an order of a channel in a currency."""
    if isinstance(suggest, GivePoints):
        return Offer(suggest.type, suggest.points)
    milli = shipping_milli
    if isinstance(suggest, GiveAmount):
        said = (one.milli for one in suggest.amounts if one.currency == currency)
        milli = next(said, 0)
    points = points_for(program, milli, channel=channel, currency=currency, code=suggest.as_code)
    as_code = suggest.as_code and points > 0
    if as_code:
        milli = code_milli(program, points, channel=channel, currency=currency)
    return Offer(suggest.type, points, milli, as_code)


def points_for(program: Program, milli: int, *, channel: str, currency: str, code: bool) -> int:
    """The fewest points that are worth an amount in thousandths; 0 where points have no worth.

    Args:
        code: they are to be spent on a code, which takes whole steps and a least number.
    """
    rates = program.rates(channel, currency)
    if rates is None or rates.spend_rate is None or milli <= 0:
        return 0
    points = -(-Fraction(milli, 1000) // rates.spend_rate.money_per_point)
    if not code:
        return int(points)
    spending = program.spending or DEFAULTS
    stepped = -(-points // spending.step) * spending.step
    return int(max(stepped, spending.least_points))


def code_milli(program: Program, points: int, *, channel: str, currency: str) -> int:
    """What a code of so many points takes off, in thousandths, cut to the currency's coins."""
    worth = program.worth(points, channel, currency)
    if worth is None:
        return 0
    coin = Decimal(1).scaleb(-get_currency_precision(currency))
    return int(worth.quantize(coin, rounding=ROUND_FLOOR).scaleb(3))
