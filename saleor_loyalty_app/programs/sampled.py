"""Past orders by which a program is tried out: reduced to what rules look at, without people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.stats import OrderStats, OrderTotal, stats_of


@dataclass(frozen=True, slots=True)
class SampledOrder:
    """One past order.

    Attributes:
        total: what it cost, shipping and tax included.
        paid: it was paid in full, so that it would have earned.
        shows_gross: its channel displays prices with tax.
        gross: the facts where points are given on prices with tax.
        net: the same without tax; None = no difference.
    """

    total: Decimal
    paid: bool
    shows_gross: bool
    gross: OrderFacts
    net: OrderFacts | None = None

    def facts(self, program: Program) -> OrderFacts:
        """What the rules of a program look at."""
        basis = program.settings.price_basis
        on_gross = self.shows_gross if basis == "displayed" else basis == "gross"
        return self.gross if on_gross or self.net is None else self.net

    def to_json(self) -> dict[str, Any]:
        """The order as JSON values, without loss."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "SampledOrder":
        """The order that `to_json` wrote."""
        return shapes.convert(document, cls)


def stats_of_sample(orders: Iterable[SampledOrder], *, days: int) -> list[OrderStats]:
    """What the orders say for a proposal: count, median and total per channel."""
    totals = (OrderTotal(one.gross.channel, one.gross.currency, one.total) for one in orders)
    return stats_of(totals, days=days)
