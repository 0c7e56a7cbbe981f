"""The draft that a store is offered after installation. Pure: same input, same draft.

Sources: design §8 — give-back about 2 %, minimum spend about 5 % of the median order, free
shipping from about 1.25 × the median order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.cost import monthly_cost, to_minor_unit
from saleor_loyalty_app.programs.document import ChannelRates, Program, Rate, Texts
from saleor_loyalty_app.programs.rules import Earning, EarningRule, PointsPerMoney
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping import ChannelPrice, ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.spending import ChannelMoney, Spending
from saleor_loyalty_app.programs.stats import DAYS, OrderStats
from saleor_loyalty_app.programs.tiers import SpendLimit, Tiers, template
from saleor_loyalty_app.stores.refs import ChannelRef

GIVE_BACK = Fraction(2, 100)
MINIMUM_SPEND = Fraction(5, 100)
FREE_SHIPPING = Fraction(125, 100)
#: The most points that a program may ask for at once (`scalars.Points`).
MOST_POINTS = 10_000_000

#: How much money earns one point, where that is not 1: about what a dollar or euro buys, as a
#: round number of the currency.
_MONEY_PER_POINT = {
    10: "ARS CZK DKK DOP DZD EGP HKD INR KES KGS MAD MDL MXN NGN NOK PHP RUB SEK THB TRY TWD UAH"
    " UYU ZAR",
    100: "ALL AMD CLP CRC HUF ISK JPY KZT LKR PKR RSD XAF XOF",
    1000: "COP IQD KRW LBP MNT TZS UGX UZS",
    10_000: "IDR IRR LAK PYG VND",
}
_UNITS = {code: unit for unit, codes in _MONEY_PER_POINT.items() for code in codes.split()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one channel was proposed its rates, and what else its orders suggest.

    `stats` is None where the channel had no orders to go by and a template was used.
    """

    channel: str
    currency: str
    stats: OrderStats | None
    give_back_percent: Decimal
    points_of_median_order: int | None
    minimum_spend_points: int | None
    minimum_spend: Decimal | None
    free_shipping_from: Decimal | None
    monthly_cost: Decimal | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, money as text."""
        return {
            "channel": self.channel,
            "currency": self.currency,
            "source": "template" if self.stats is None else "orders",
            "stats": None if self.stats is None else self.stats.as_json(),
            "give_back_percent": plain(self.give_back_percent),
            "points_of_median_order": self.points_of_median_order,
            "minimum_spend_points": self.minimum_spend_points,
            "minimum_spend": _text(self.minimum_spend),
            "free_shipping_from": _text(self.free_shipping_from),
            "monthly_cost": _text(self.monthly_cost),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A program ready to publish, and what it is based on."""

    program: Program
    evidence: tuple[Evidence, ...]

    def evidence_json(self) -> dict[str, Any]:
        """The evidence as it is stored beside the draft."""
        return {"days": DAYS, "channels": [item.as_json() for item in self.evidence]}


def propose(
    stats: Sequence[OrderStats],
    channels: Sequence[ChannelRef],
    *,
    language: str,
    now: datetime,
    timezone: str,
) -> Proposal:
    """A draft for the active channels of a store, from its orders or else from a template.

    Every purchase earns, points may be spent from a minimum, and the cheapest delivery is free from
    a threshold; tiers, referral and marketing stay off. `language` is the owner's.
    """
    by_channel = {(item.channel, item.currency): item for item in stats}
    active = sorted((channel for channel in channels if channel.active), key=lambda c: c.slug)
    found = [by_channel.get((channel.slug, channel.currency)) for channel in active]
    rates = tuple(_rates(channel, item) for channel, item in zip(active, found, strict=True))
    program = _program(rates, language)
    evidence = tuple(
        _evidence(program, rate, item, now, timezone)
        for rate, item in zip(rates, found, strict=True)
    )
    # A copy would keep the document and the digest that were worked out for the first.
    tiers = _tiers(rates, found)
    whole = _program(rates, language, _spending(evidence), _shipping(evidence), tiers)
    return Proposal(whole, evidence)


def _program(
    rates: tuple[ChannelRates, ...],
    language: str,
    spending: Spending | None = None,
    shipping: ShippingProgram | None = None,
    tiers: Tiers | None = None,
) -> Program:
    purchases = EarningRule(
        id="purchases",
        name={"en": "Points on every purchase", "tr": "Her alışverişe puan"},
        then=PointsPerMoney(type="points_per_money"),
    )
    return Program(
        version=1,
        name="Puan Programı" if language == "tr" else "Points program",
        texts={
            "en": Texts(program="Points program", point="point", points="points"),
            "tr": Texts(program="Puan Programı", point="puan", points="puan"),
        },
        currencies=rates,
        earning=Earning(rules=(purchases,)),
        spending=spending,
        shipping=shipping,
        tiers=tiers,
    )


def _spending(evidence: Sequence[Evidence]) -> Spending | None:
    """The least of the channels' minimum spends, as the limit holds for all of them."""
    minimums = [one.minimum_spend_points for one in evidence if one.minimum_spend_points]
    return Spending(minimum_points=min(*minimums, MOST_POINTS)) if minimums else None


def _shipping(evidence: Sequence[Evidence]) -> ShippingProgram | None:
    """Free shipping from the threshold of each channel that had orders to tell it."""
    known = [(one, one.free_shipping_from) for one in evidence]
    told = [(one, money) for one, money in known if money]
    if not told:
        return None
    free = ShippingRule(
        id="free-shipping",
        name={"en": "Free shipping", "tr": "Ücretsiz kargo"},
        prices=tuple(
            ChannelPrice(channel=one.channel, currency=one.currency, price=Decimal(0))
            for one, _ in told
        ),
        thresholds=tuple(
            ChannelMoney(channel=one.channel, currency=one.currency, money=money)
            for one, money in told
        ),
    )
    return ShippingProgram(offers=(free,))


def tiers_to_begin_with(
    stats: Mapping[tuple[str, str], OrderStats], channels: Sequence[ChannelRef]
) -> Tiers | None:
    """The tiers that a proposal has, for a program without any; None without active channels.

    `stats`: by channel and currency, for those that had orders.
    """
    active = sorted((channel for channel in channels if channel.active), key=lambda c: c.slug)
    found = [stats.get((channel.slug, channel.currency)) for channel in active]
    rates = [_rates(channel, item) for channel, item in zip(active, found, strict=True)]
    return _tiers(rates, found)


def _tiers(rates: Sequence[ChannelRates], stats: Sequence[OrderStats | None]) -> Tiers | None:
    """Tiers to begin with, switched off; the lowest takes about two orders in a year.

    Where there are no orders to go by, it takes what earns a hundred points. Of several channels in
    a currency the first one decides.
    """
    limits: dict[str, SpendLimit] = {}
    for rate, item in zip(rates, stats, strict=True):
        if rate.currency in limits or rate.earn_rate is None:
            continue
        two = 100 * rate.earn_rate.money if item is None else rounded(2 * Fraction(item.median))
        least = to_minor_unit(Fraction(two), rate.currency)
        if least > 0:
            limits[rate.currency] = SpendLimit(currency=rate.currency, min=least)
    return template(list(limits.values())) if limits else None


def _rates(channel: ChannelRef, stats: OrderStats | None) -> ChannelRates:
    unit = money_per_point(channel.currency, stats.median if stats else None)
    worth = Fraction(unit) * GIVE_BACK
    return ChannelRates(
        channel=channel.slug,
        currency=channel.currency,
        earn_rate=Rate(points=1, money=unit),
        spend_rate=Rate(points=1, money=Decimal(worth.numerator) / worth.denominator),
    )


def money_per_point(currency: str, median: Decimal | None) -> Decimal:
    """How much money earns one point: a power of ten that suits the currency.

    For a currency that is not listed it is 1; or, where the currency has no minor unit, the power
    of ten at or below a fiftieth of the median order, and 100 without orders.
    """
    if currency in _UNITS:
        return Decimal(_UNITS[currency])
    if get_currency_precision(currency) != 0:
        return Decimal(1)
    if median is None:
        return Decimal(100)
    return max(Decimal(1), Decimal(1).scaleb((median / 50).adjusted()))


def _evidence(
    program: Program, rates: ChannelRates, stats: OrderStats | None, now: datetime, timezone: str
) -> Evidence:
    percent = Decimal(int(GIVE_BACK * 100))
    if stats is None or rates.earn_rate is None or rates.spend_rate is None:
        return Evidence(rates.channel, rates.currency, None, percent, None, None, None, None, None)
    middle = Fraction(stats.median)
    worth = rates.spend_rate.money_per_point
    minimum = max(1, int(rounded(middle * MINIMUM_SPEND / worth)))
    return Evidence(
        channel=rates.channel,
        currency=rates.currency,
        stats=stats,
        give_back_percent=percent,
        points_of_median_order=int(middle * rates.earn_rate.points_per_money),
        minimum_spend_points=minimum,
        minimum_spend=to_minor_unit(minimum * worth, rates.currency),
        free_shipping_from=to_minor_unit(Fraction(rounded(middle * FREE_SHIPPING)), rates.currency),
        monthly_cost=monthly_cost(program, stats, now=now, timezone=timezone),
    )


def rounded(amount: Fraction) -> Decimal:
    """The nearest number that people would choose: 1.2, 1.25, 23, 75, 800, never 74.87.

    Steps are a twentieth of the power of ten below 2, a tenth below 5, and a half above.
    """
    if amount <= 0:
        return Decimal(0)
    value = Decimal(amount.numerator) / Decimal(amount.denominator)
    power = Decimal(1).scaleb(value.adjusted())
    lead = value / power
    step = power / (20 if lead < 2 else 10 if lead < 5 else 2)
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
