"""Milestones: lines of what a member earned, spent or ordered; passing one is a deed, once.

What counts is the member's whole time with the store, what went back left out; nothing is spent.
"""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from saleor_loyalty_app.programs.scalars import Points, Section, plain
from saleor_loyalty_app.programs.tiers import SpendAtLeast

#: The trigger of rules that wait for a line.
MILESTONE = "milestone"


class PointsLine(Section):
    """So many points earned, whether they were spent since or not."""

    type: Literal["points"]
    min: Points

    @property
    def text(self) -> str:
        """What tells the line from others."""
        return f"{self.type}:{self.min}"


class OrdersLine(Section):
    """So many paid orders."""

    type: Literal["orders"]
    min: Points

    @property
    def text(self) -> str:
        """What tells the line from others."""
        return f"{self.type}:{self.min}"


class SpendLine(SpendAtLeast):
    """So much money in one of these currencies; amounts are never converted nor added up."""

    type: Literal["spend"]

    @property
    def text(self) -> str:
        """What tells the line from others."""
        limits = sorted(f"{limit.currency}={plain(limit.min)}" for limit in self.limits)
        return f"{self.type}:{','.join(limits)}"


Line = Annotated[PointsLine | OrdersLine | SpendLine, Field(discriminator="type")]


class Milestone(Section):
    """The line that a rule waits for, and what becomes of the perk around it.

    `keep`: a member whom a refund takes below the line keeps the perk. `retroactive`: also those
    get it who had passed the line before it came into force.
    """

    line: Line
    keep: StrictBool = True
    retroactive: StrictBool = False


def deed_key(rule_id: str, kind: str) -> str:
    """What makes a milestone happen once: a rule gives for one kind of line (`type`) only once.

    So nobody gets it again where its owner moves the line, or adds a currency.
    """
    return f"{MILESTONE}:{rule_id}:{kind}"
