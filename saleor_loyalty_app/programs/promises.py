"""Which rules shoppers are told of before they order: not of what is the store's own business.

A hint such as "40 TL more" would promise them a tag, or an offer that they may not have agreed to.
"""

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import UNPROMISED
from saleor_loyalty_app.programs.rules import EarningRule


def is_promised(rule: EarningRule) -> bool:
    """Whether shoppers may read of a rule."""
    return not isinstance(rule.then, UNPROMISED)


def unpromised(program: Program) -> frozenset[str]:
    """The ids of the rules of which shoppers are told nothing."""
    return frozenset(rule.id for rule in program.earning.rules if not is_promised(rule))
