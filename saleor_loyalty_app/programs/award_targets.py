"""What rules give to while an order is decided: a line, shipping, the whole order. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from saleor_loyalty_app.programs.decision_plan import ReadyRule
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.look import Reason
from saleor_loyalty_app.programs.scalars import plain


@dataclass
class Target:
    """A line, the shipping or the order as a whole, with what it was given so far."""

    of: str
    line: LineFacts | None
    base: Decimal
    given: list[tuple[ReadyRule, Fraction, Reason]] = field(default_factory=list)
    multipliers: list[ReadyRule] = field(default_factory=list)
    stopped_by: str = ""

    @cached_property
    def exact(self) -> Fraction:
        """The base as a fraction."""
        return Fraction(self.base)

    @cached_property
    def told(self) -> str:
        """The base as reasons tell it."""
        return plain(self.base)


def best_of_unit(
    given: list[tuple[ReadyRule, Fraction, Reason]],
) -> list[tuple[ReadyRule, Fraction, Reason]]:
    """Of each unit the largest award, on a tie the first."""
    best: dict[str, tuple[ReadyRule, Fraction, Reason]] = {}
    for award in given:
        unit = award[0].effect.unit
        if unit not in best or award[1] > best[unit][1]:
            best[unit] = award
    return list(best.values())
