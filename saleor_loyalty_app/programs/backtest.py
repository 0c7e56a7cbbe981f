"""What a program would have given on past orders. Pure: the very decision that books.

Points are counted as if nothing came back and every point were spent. Past orders do not tell who
bought: rules that ask for it are counted only where they hold for everybody, and are named; caps
per member are not drawn. What a tier multiplies is counted by the buyer's tier where it is given
beside the order, else by the tier that everybody has, and once more as if every order came from the
tier that multiplies most.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.programs.cost import DAYS_OF_MONTH, to_minor_unit
from saleor_loyalty_app.programs.decide import POINTS, Decision
from saleor_loyalty_app.programs.decision_plan import tier_multipliers
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.member_facts import NOBODY
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.programs.tiers import at_least_entry, entry_tier
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
    `tier_known` of the orders count with the tier of who bought; `top_points` are what all orders
    would have earned if every one came from the tier that multiplies most.
    """

    channel: str
    currency: str
    orders: int = 0
    earning: int = 0
    turnover: Decimal = Decimal(0)
    points: int = 0
    tier_known: int = 0
    top_points: int = 0
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

    def top(self) -> "ChannelResult":
        """The same orders as if every one came from the tier that multiplies most."""
        return replace(self, points=self.top_points)

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
    """Lets a program decide on one past order after the other.

    `tiers`: by order, the tier of who bought it ("" = none); of others it is not known: they count
    as from somebody new.
    """

    def __init__(
        self, program: Program, timezone: str, tiers: Mapping[str, str] | None = None
    ) -> None:
        self.program = program
        self._timezone = timezone
        self._tiers = tiers or {}
        self._top = top_tier(program)
        self._newcomer = replace(NOBODY, tier=entry_tier(program.tiers))
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
        tier = self._tiers.get(facts.order_id)
        decision, unjudged = self._decide(facts, tier)
        points = decision.totals().get((_UNIT, POINTS), 0)
        top = points
        if self._top and self._top != tier:
            top = self._decide(facts, self._top)[0].totals().get((_UNIT, POINTS), 0)
        found.tier_known += tier is not None
        found.top_points += top
        found.unjudged |= unjudged.keys()
        found.orders += 1
        found.turnover += order.total
        found.points += points
        found.earning += points > 0
        for award in decision.awards():
            if award.unit == _UNIT:
                found.points_by_rule[award.rule_id] += award.points

    def _decide(
        self, facts: OrderFacts, tier: str | None
    ) -> tuple[Decision, dict[str, frozenset[Fact]]]:
        if tier is None:
            return decide_as_known(self.program, facts, _UNKNOWN, self._timezone, self._newcomer)
        member = replace(NOBODY, tier=at_least_entry(self.program.tiers, tier))
        unknown = _UNKNOWN - {Fact.tier}
        return decide_as_known(self.program, facts, unknown, self._timezone, member)


def top_tier(program: Program) -> str:
    """The id of the tier that multiplies points most, the lowest of several; "" = none does."""
    factors = {tier: factor for tier, factor in tier_multipliers(program).items() if factor > 1}
    return max(factors, key=factors.__getitem__, default="")


def days_between(start: datetime, end: datetime) -> int:
    """Whole days, at least 1: what a sum over orders is spread over."""
    return max(1, round((end - start).total_seconds() / 86_400))
