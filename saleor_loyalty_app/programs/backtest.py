"""What a program would have given on past orders. Pure: the very decision that books.

Points are counted as if nothing came back and every point were spent, so that the result is the
most that the program costs. Past orders do not tell who bought: rules that ask for it are counted
only where they hold for everybody, and are named; caps per member are not drawn.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.programs.cost import DAYS_OF_MONTH, to_minor_unit
from saleor_loyalty_app.programs.decide import POINTS
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known

_UNIT = "points"
#: What a past order does not tell of who bought, and what is not kept of it.
_UNKNOWN = frozenset(
    (
        Fact.nth_order,
        Fact.tier,
        Fact.segment,
        Fact.tag,
        Fact.member_since,
        Fact.member_orders,
        Fact.order_metadata,
        Fact.product_metadata,
    )
)


@dataclass(slots=True)
class ChannelResult:
    """What the orders of one channel and currency would have earned.

    `earning` of the `orders` would have earned something; `points_by_rule` is exact. `unjudged`
    are the rules that depend on who bought, and may have given more or less than was counted.
    """

    channel: str
    currency: str
    orders: int = 0
    earning: int = 0
    turnover: Decimal = Decimal(0)
    points: int = 0
    points_by_rule: defaultdict[str, Fraction] = field(
        default_factory=lambda: defaultdict(Fraction)
    )
    unjudged: set[str] = field(default_factory=set)

    def worth(self, program: Program) -> Decimal:
        """What the points are worth; 0 where they cannot be spent."""
        return to_minor_unit(self._exact_worth(program), self.currency)

    def monthly(self, program: Program, days: int) -> Decimal:
        """The worth of the points of 30 such days."""
        exact = self._exact_worth(program) * DAYS_OF_MONTH / max(1, days)
        return to_minor_unit(exact, self.currency)

    def share(self, program: Program) -> Fraction:
        """The worth of the points as a share of what the orders cost, to a ten-thousandth."""
        if not self.turnover:
            return Fraction(0)
        exact = self._exact_worth(program) / Fraction(self.turnover)
        return Fraction(round(exact * 10_000), 10_000)

    def _exact_worth(self, program: Program) -> Fraction:
        rates = program.rates(self.channel, self.currency)
        if rates is None or rates.spend_rate is None:
            return Fraction(0)
        return self.points * rates.spend_rate.money_per_point


class BackTest:
    """Lets a program decide on one past order after the other."""

    def __init__(self, program: Program, timezone: str) -> None:
        self.program = program
        self._timezone = timezone
        self._results: dict[tuple[str, str], ChannelResult] = {}

    def add(self, orders: Iterable[SampledOrder]) -> None:
        """Counts some orders; those that were never paid earn nothing."""
        for order in orders:
            if order.paid:
                self._add(order)

    def results(self) -> list[ChannelResult]:
        """What was found, by channel."""
        return [self._results[key] for key in sorted(self._results)]

    def _add(self, order: SampledOrder) -> None:
        facts = order.facts(self.program)
        key = (facts.channel, facts.currency)
        found = self._results.setdefault(key, ChannelResult(*key))
        decision, unjudged = decide_as_known(self.program, facts, _UNKNOWN, self._timezone)
        points = decision.totals().get((_UNIT, POINTS), 0)
        found.unjudged |= unjudged.keys()
        found.orders += 1
        found.turnover += order.total
        found.points += points
        found.earning += points > 0
        for award in decision.awards():
            if award.unit == _UNIT:
                found.points_by_rule[award.rule_id] += award.points


def days_between(start: datetime, end: datetime) -> int:
    """Whole days, at least 1: what a sum over orders is spread over."""
    return max(1, round((end - start).total_seconds() / 86_400))
