"""Whether a member fulfills the rule of a segment, and the number each condition looked at. Pure.

What is counted of a member is asked for by `Measure`: which sum, over which days, in which
currency. Whoever reads the books reads just those that the rules of a store's segments need.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import segments as s
from saleor_loyalty_app.programs.scalars import plain

#: A number, a word, yes or no; None where there is nothing to look at.
Number = int | str | bool | None
Holds = Callable[["Facts"], bool]


class Measure(NamedTuple):
    """A sum over a member's orders.

    `kind`: "spend" (thousandths of the currency), "orders", or "category" (spend in `category`).
    `days`: so many days until today; 0 = all time.
    """

    kind: str
    days: int = 0
    currency: str = ""
    category: str = ""


class Ranking(NamedTuple):
    """By what the buyers of a store are divided into fifths."""

    score: str
    days: int
    currency: str = ""

    @property
    def key(self) -> str:
        """As text, to be kept under."""
        return f"{self.score}:{self.days}:{self.currency}"

    @property
    def measure(self) -> Measure:
        """What is counted of each buyer; of recency, that there was an order."""
        if self.score == "monetary":
            return Measure("spend", self.days, self.currency)
        return Measure("orders", self.days)


#: By `Ranking.key`, the highest number of each of the lower four fifths, rising: counts, or times.
Fifths = Mapping[str, Sequence[int | datetime]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A member on one day of the store's time zone.

    Attributes:
        tier: the id of the tier in force; "" = none.
        language: as in Saleor or as the member chose; "" = not known.
        country: of the last paid order; "" = not known.
        consents: the channels by which they agreed to get offers.
        tags: what rules and staff marked them with.
        last_order: when the last order that counts was paid.
        last_order_days: whole days since then.
    """

    today: date
    joined_on: date
    tier: str = ""
    language: str = ""
    country: str = ""
    consents: frozenset[str] = frozenset()
    last_order: datetime | None = None
    last_order_days: int | None = None
    sums: Mapping[Measure, int] = field(default_factory=dict)
    fifths: Fifths = field(default_factory=dict)
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be read for the rules of some segments."""

    measures: frozenset[Measure] = frozenset()
    rankings: frozenset[Ranking] = frozenset()
    last_order: bool = False
    country: bool = False
    consents: bool = False
    tags: bool = False


def needs_of(rules: Iterable[s.SegmentRule]) -> Needs:
    """What has to be read for these rules."""
    measures: set[Measure] = set()
    rankings: set[Ranking] = set()
    found = [leaf for rule in rules for leaf in s.segment_leaves(rule)]
    for leaf in found:
        measures.update(measures_of(leaf))
        if isinstance(leaf, s.BuyersFifth):
            rankings.add(ranking_of(leaf))
    return Needs(
        frozenset(measures),
        frozenset(rankings),
        last_order=any(
            isinstance(leaf, s.LastOrder)
            or (isinstance(leaf, s.BuyersFifth) and leaf.score == "recency")
            for leaf in found
        ),
        country=any(isinstance(leaf, c.InCountries) for leaf in found),
        consents=any(isinstance(leaf, s.Agreed) for leaf in found),
        tags=any(isinstance(leaf, c.InTags) for leaf in found),
    )


def measures_of(leaf: s.SegmentLeaf) -> tuple[Measure, ...]:
    """The sums that a condition looks at."""
    match leaf:
        case s.SpendWithin():
            return (Measure("spend", leaf.days or 0, leaf.currency),)
        case s.OrdersWithin():
            return (Measure("orders", leaf.days or 0),)
        case s.BuyersFifth():
            return (ranking_of(leaf).measure,)
        case s.CategoryShare():
            days = leaf.days or 0
            return (
                Measure("spend", days, leaf.currency),
                Measure("category", days, leaf.currency, leaf.category),
            )
        case _:
            return ()


def ranking_of(leaf: s.BuyersFifth) -> Ranking:
    """By what the buyers are divided for a condition."""
    return Ranking(leaf.score, leaf.days, leaf.currency or "")


def number_of(leaf: s.SegmentLeaf, facts: Facts) -> Number:
    """What a condition looks at: a count, an amount in major units as text, words, yes or no."""
    match leaf:
        case s.SpendWithin():
            [measure] = measures_of(leaf)
            return plain(Decimal(facts.sums.get(measure, 0)).scaleb(-3))
        case s.OrdersWithin():
            [measure] = measures_of(leaf)
            return facts.sums.get(measure, 0)
        case s.LastOrder():
            return facts.last_order_days
        case s.BuyersFifth():
            return _fifth(ranking_of(leaf), facts)
        case s.CategoryShare():
            return _share(leaf, facts)
        case s.Agreed():
            return leaf.channel in facts.consents
        case s.Joined():
            return facts.joined_on.isoformat()
        case c.MemberSince():
            return max(0, (facts.today - facts.joined_on).days)
        case c.InTiers():
            return facts.tier
        case c.InTags():
            return ", ".join(tag for tag in leaf.tags if tag in facts.tags)
        case c.InLanguages():
            return facts.language
        case c.InCountries():
            return facts.country


def holds(rule: s.SegmentRule, facts: Facts) -> bool:
    """Whether a member fulfills a rule."""
    match rule:
        case s.SegmentAllOf():
            return all(holds(part, facts) for part in rule.of)
        case s.SegmentAnyOf():
            return any(holds(part, facts) for part in rule.of)
        case s.SegmentNot():
            return not holds(rule.of, facts)
        case _:
            return leaf_holds(rule, number_of(rule, facts))


def leaf_holds(leaf: s.SegmentLeaf, number: Number) -> bool:
    """Whether a condition holds for the number it looks at."""
    match leaf:
        case s.SpendWithin():
            return _within(Decimal(str(number)), leaf.min, leaf.max)
        case s.OrdersWithin() | s.LastOrder() | s.CategoryShare() | c.MemberSince():
            return isinstance(number, int) and _within(number, leaf.min, leaf.max)
        case s.BuyersFifth():
            return isinstance(number, int) and number > 0 and _within(number, leaf.min, leaf.max)
        case s.Agreed():
            return number is leaf.value
        case s.Joined():
            return _within(date.fromisoformat(str(number)), leaf.start, leaf.end)
        case c.InTiers():
            return number in leaf.tiers
        case c.InTags():
            # What is looked at of tags are those that are asked for and that the member has.
            return number != ""
        case c.InCountries():
            return number in leaf.codes
        case c.InLanguages():
            spoken = str(number).replace("_", "-").lower()
            wanted = {code.lower() for code in leaf.codes}
            return spoken in wanted or spoken.partition("-")[0] in wanted


def numbers_of(rule: s.SegmentRule, facts: Facts) -> list[dict[str, Any]]:
    """Why: for each condition its kind, the number it looks at and whether it holds."""
    told = []
    for leaf in s.segment_leaves(rule):
        number = number_of(leaf, facts)
        told.append({"type": leaf.type, "number": number, "holds": leaf_holds(leaf, number)})
    return told


def fifth_of(value: int | datetime, ends: Sequence[int | datetime]) -> int:
    """In which fifth a value is, 1 the lowest; equal values are all in the lowest of theirs."""
    return 1 + bisect_left(ends, value)


def _fifth(ranking: Ranking, facts: Facts) -> int:
    """The member's fifth; 0 = bought nothing in the window, or nothing was counted yet."""
    ends = facts.fifths.get(ranking.key)
    count = facts.sums.get(ranking.measure, 0)
    if ends is None or count <= 0:
        return 0
    if ranking.score != "recency":
        return fifth_of(count, ends)
    return 0 if facts.last_order is None else fifth_of(facts.last_order, ends)


def _share(leaf: s.CategoryShare, facts: Facts) -> int | None:
    spend, part = (facts.sums.get(measure, 0) for measure in measures_of(leaf))
    return None if spend <= 0 else min(100, part * 100 // spend)


def _within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
