"""What a program costs a month, estimated on the store's average order of the last weeks."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.stats import OrderStats

DAYS_OF_MONTH = 30


def monthly_cost(program: Program, stats: OrderStats, *, now: datetime, timezone: str) -> Decimal:
    """The worth of the points that a month of such orders earns, if every point is spent.

    The program decides about the average order (one line, nothing known of its product), and the
    result is taken for each order of 30 days. Rules on single products are therefore left out.
    Rounded to the currency's minor unit; 0 where the program has no rates.
    """
    rates = program.rates(stats.channel, stats.currency)
    if rates is None or rates.spend_rate is None or stats.count == 0:
        return to_minor_unit(Fraction(0), stats.currency)
    facts = _average_order(stats, now)
    awards = decide_order(program, facts, timezone).awards()
    points = sum((award.points for award in awards if award.unit == "points"), Fraction(0))
    orders = Fraction(stats.count * DAYS_OF_MONTH, stats.days)
    return to_minor_unit(points * rates.spend_rate.money_per_point * orders, stats.currency)


def to_minor_unit(amount: Fraction, currency: str) -> Decimal:
    """An amount rounded half up to the currency's minor unit."""
    places = get_currency_precision(currency)
    units = (amount * 10**places + Fraction(1, 2)).__floor__()
    return Decimal(units).scaleb(-places)


def _average_order(stats: OrderStats, now: datetime) -> OrderFacts:
    average = to_minor_unit(Fraction(stats.total) / stats.count, stats.currency)
    return OrderFacts(
        order_id="",
        channel=stats.channel,
        currency=stats.currency,
        created_at=now,
        country="",
        language="",
        voucher_used=False,
        nth_order=None,
        subtotal=average,
        lines=(LineFacts(id="1", quantity=1, base=average, gross=average),),
        shipping=Decimal(0),
    )
