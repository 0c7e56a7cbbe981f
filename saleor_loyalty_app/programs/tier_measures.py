"""What counts for tiers: what a member bought and earned, added up over days. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.tier_calendar import counting_from
from saleor_loyalty_app.programs.tiers import Level, Requirements, Tiers


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of one day, as it stands now: what went back since is left out.

    Attributes:
        spend: by currency, in thousandths of its major unit.
    """

    on: date
    spend: Mapping[str, int] = field(default_factory=dict)
    orders: int = 0
    status: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What counts of a member, in any order, and the day of joining."""

    joined_on: date
    counted: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Measures:
    """What counts on one day: sums over its window, and the whole days since joining."""

    spend: Mapping[str, int] = field(default_factory=dict)
    orders: int = 0
    status: int = 0
    tenure_days: int = 0

    def to_json(self) -> dict[str, Any]:
        """The measures as JSON values, amounts as text in major units; nothing for none."""
        values = {
            "spend": {
                currency: money_text(milli)
                for currency, milli in sorted(self.spend.items())
                if milli
            },
            "orders": self.orders,
            "status_points": self.status,
            "tenure_days": self.tenure_days,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing to one requirement; `amount` of money is in thousandths."""

    kind: str
    amount: int
    currency: str = ""


def money_text(milli: int) -> str:
    """Thousandths as a decimal: 1250 → "1.25"."""
    return plain(Decimal(milli).scaleb(-3))


def measured(
    tiers: Tiers, history: History, days: Iterable[date]
) -> Iterator[tuple[date, Measures]]:
    """What counts on each of several days, which are given in rising order."""
    ahead = deque(sorted(history.counted, key=lambda one: one.on))
    inside: deque[Counted] = deque()
    spend: defaultdict[str, int] = defaultdict(int)
    orders = status = 0
    for day in days:
        since = counting_from(tiers.window, day, history.joined_on)
        while ahead and ahead[0].on <= day:
            one = ahead.popleft()
            inside.append(one)
            orders, status = orders + one.orders, status + one.status
            for currency, milli in one.spend.items():
                spend[currency] += milli
        while inside and since is not None and inside[0].on < since:
            one = inside.popleft()
            orders, status = orders - one.orders, status - one.status
            for currency, milli in one.spend.items():
                spend[currency] -= milli
        tenure = max(0, (day - history.joined_on).days)
        yield day, Measures(dict(spend), orders, status, tenure)


def measures_on(tiers: Tiers, history: History, day: date) -> Measures:
    """What counts on one day."""
    return next(measured(tiers, history, (day,)))[1]


def qualify(tiers: Tiers, measures: Measures) -> Level | None:
    """The highest level whose requirements the measures meet; None = not even the lowest."""
    rank = rank_by_merit(tiers, measures)
    return tiers.levels[rank] if rank >= 0 else None


def rank_by_merit(tiers: Tiers, measures: Measures) -> int:
    """The place of the highest level that the measures meet; -1 = none."""
    for rank in range(len(tiers.levels) - 1, -1, -1):
        if not missing_to(tiers.levels[rank].requirements, measures):
            return rank
    return -1


def missing_to(requirements: Requirements, measures: Measures) -> tuple[Missing, ...]:
    """What is missing to a level; empty when it is reached.

    Where any requirement is enough, each that is not met is told; likewise of several currencies.
    """
    groups = [group for group in _groups(requirements, measures) if group is not None]
    unmet = [group for group in groups if group]
    if requirements.match == "any" and len(unmet) < len(groups):
        return ()
    return tuple(one for group in unmet for one in group)


def _groups(requirements: Requirements, measures: Measures) -> Iterator[tuple[Missing, ...] | None]:
    """For each requirement what is missing to it: None = not asked for, () = met."""
    counts = (
        ("status_points", requirements.status_points, measures.status),
        ("orders", requirements.orders, measures.orders),
        ("tenure_days", requirements.tenure_days, measures.tenure_days),
    )
    if requirements.spend is not None:
        short = tuple(
            Missing("spend", limit.milli - measures.spend.get(limit.currency, 0), limit.currency)
            for limit in requirements.spend.limits
            if limit.milli > measures.spend.get(limit.currency, 0)
        )
        yield short if len(short) == len(requirements.spend.limits) else ()
    for kind, limit, reached in counts:
        if limit is not None:
            yield (Missing(kind, limit.min - reached),) if reached < limit.min else ()
