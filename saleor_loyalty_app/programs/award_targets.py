"""What rules give to while an order is decided: a line, shipping, the whole order. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from saleor_loyalty_app.programs.decision_plan import ReadyRule
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.look import Reason
from saleor_loyalty_app.programs.scalars import plain

#: A rule, the exact points that it gives before all multipliers, and how that came about.
Given = tuple[ReadyRule, Fraction | int, Reason]


@dataclass
class Target:
    """A line, the shipping or the order as a whole, with what it was given so far."""

    of: str
    line: LineFacts | None
    base: Decimal
    given: list[Given] = field(default_factory=list)
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

    def counting(self, *, best_of: bool) -> list[Given]:
        """What counts of what was given: all, or of each unit the largest, on a tie the first."""
        if not best_of or len(self.given) < 2:
            return self.given
        best: dict[str, Given] = {}
        for award in self.given:
            unit = award[0].effect.unit
            if unit not in best or award[1] > best[unit][1]:
                best[unit] = award
        return list(best.values())

    def hands(self, *, best_of: bool) -> set[str]:
        """The rules that had a hand in what counts, by id, multipliers among them."""
        rules = [rule for rule, _, _ in self.counting(best_of=best_of)]
        hands = {rule.id for rule in rules}
        for unit, on_money in {(rule.effect.unit, rule.on_money) for rule in rules}:
            hands |= {one.id for one in self.multipliers if one.multiplies(unit, on_money)}
        return hands
