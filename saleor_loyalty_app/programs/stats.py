"""What a store sold lately, per channel and currency: the ground of proposals and cost notes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

#: How far back the orders go.
DAYS = 90


@dataclass(frozen=True, slots=True)
class OrderTotal:
    """What one order cost, shipping included, in major units of its currency."""

    channel: str
    currency: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class OrderStats:
    """The orders of one channel and currency in the last `days` days."""

    channel: str
    currency: str
    count: int
    median: Decimal
    total: Decimal
    days: int = DAYS

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, money as text."""
        return {
            "channel": self.channel,
            "currency": self.currency,
            "count": self.count,
            "median": str(self.median),
            "total": str(self.total),
            "days": self.days,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "OrderStats":
        """What `as_json` wrote."""
        return cls(
            channel=values["channel"],
            currency=values["currency"],
            count=values["count"],
            median=Decimal(values["median"]),
            total=Decimal(values["total"]),
            days=values["days"],
        )


def stats_of(orders: Iterable[OrderTotal], *, days: int = DAYS) -> list[OrderStats]:
    """Count, median and total per channel and currency, sorted by them; free orders count not."""
    amounts: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for order in orders:
        if order.total > 0:
            amounts[order.channel, order.currency].append(order.total)
    return [
        OrderStats(channel, currency, len(found), median(found), sum(found, Decimal(0)), days)
        for (channel, currency), found in sorted(amounts.items())
    ]
