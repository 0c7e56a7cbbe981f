"""Several multipliers taken together: what an award is multiplied by. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from saleor_loyalty_app.programs.decision_plan import ReadyRule
from saleor_loyalty_app.programs.look import Reason


@dataclass(frozen=True, slots=True)
class Product:
    """Several multipliers as one fraction, not in its lowest terms, and how reasons tell of each.

    Fractions are reduced with each multiplication, which takes longer than all the rest of it.
    """

    numerator: int
    denominator: int
    told: list[Reason]

    def times(self, points: Fraction | int) -> Fraction:
        """Exact points, multiplied."""
        return Fraction(points.numerator * self.numerator, points.denominator * self.denominator)


def product_of(multipliers: Iterable[ReadyRule], unit: str, on_money: bool) -> Product:
    """What awards in a unit are multiplied by; those of fixed points not by every multiplier."""
    numerator, denominator, told = 1, 1, []
    for rule in multipliers:
        if rule.multiplies(unit, on_money):
            numerator *= rule.factor.numerator
            denominator *= rule.factor.denominator
            told.append({"rule_id": rule.id, "factor": rule.factor_text})
    return Product(numerator, denominator, told)
