"""What an order cost when its award plan was frozen: the measure of what is kept of it. Pure.

Saleor lets staff edit an order after it was paid. What an award was given on is therefore kept with
the plan, and not looked up in the order as it is later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Priced:
    """One line: its units, what they cost together with tax, and what of it rules looked at."""

    id: str
    quantity: int
    gross: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    """What was paid for, in major units of the order's currency.

    Attributes:
        total: what was to be paid, with tax and shipping, and without gift cards.
        shipping: the price of shipping with tax.
        shipping_base: what of it rules looked at; 0 where shipping earns nothing.
        lines: all lines, also those that earn nothing.
    """

    total: Decimal
    shipping: Decimal
    shipping_base: Decimal
    lines: tuple[Priced, ...]

    def to_json(self) -> dict[str, Any]:
        """The amounts as JSON values, without loss."""
        return {
            "total": str(self.total),
            "shipping": str(self.shipping),
            "shipping_base": str(self.shipping_base),
            "lines": [
                {
                    "id": line.id,
                    "quantity": line.quantity,
                    "gross": str(line.gross),
                    "base": str(line.base),
                }
                for line in self.lines
            ],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Worth":
        """The amounts that `to_json` wrote."""
        return cls(
            total=Decimal(document["total"]),
            shipping=Decimal(document["shipping"]),
            shipping_base=Decimal(document["shipping_base"]),
            lines=tuple(
                Priced(line["id"], line["quantity"], Decimal(line["gross"]), Decimal(line["base"]))
                for line in document["lines"]
            ),
        )


def worth_of(snapshot: OrderSnapshot, facts: OrderFacts, settings: Settings) -> Worth:
    """What the order costs now; `facts` is what rules look at of the same snapshot."""
    bases = {line.id: line.base for line in facts.lines}
    return Worth(
        total=snapshot.total.gross.amount,
        shipping=snapshot.shipping_price.gross.amount,
        shipping_base=facts.shipping if settings.earn_on_shipping else ZERO,
        lines=tuple(
            Priced(line.id, line.quantity, line.total_price.gross.amount, bases.get(line.id, ZERO))
            for line in snapshot.lines
        ),
    )
