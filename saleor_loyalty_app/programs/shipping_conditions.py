"""When a shipping offer is made: conditions on the shopper, the place and the time.

They are composed by all, any and not. What the cart costs is no condition but the offer's
threshold, so that it can be told what is missing.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool

from saleor_loyalty_app.programs.condition_base import check_span
from saleor_loyalty_app.programs.conditions import (
    DateWindow,
    InCountries,
    InHours,
    InSegments,
    InTiers,
    OnWeekdays,
)
from saleor_loyalty_app.programs.scalars import Count, Section
from saleor_loyalty_app.programs.written import when_written


class OrderCount(Section):
    """The shopper has so many paid orders; a guest has none that are known."""

    type: Literal["order_count"]
    min: Count | None = None
    max: Count | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


class IsMember(Section):
    """The shopper is a member of the program, or is not."""

    type: Literal["member"]
    value: StrictBool = True


class ShippingAllOf(Section):
    """Each of these holds."""

    type: Literal["all"]
    of: Annotated["tuple[ShippingCondition, ...]", Field(min_length=1, max_length=30)]


class ShippingAnyOf(Section):
    """One of these holds."""

    type: Literal["any"]
    of: Annotated["tuple[ShippingCondition, ...]", Field(min_length=1, max_length=30)]


class ShippingNot(Section):
    """This does not hold."""

    type: Literal["not"]
    of: "ShippingCondition"


ShippingLeaf = (
    InCountries | OnWeekdays | InHours | DateWindow | OrderCount | IsMember | InTiers | InSegments
)
ShippingCondition = Annotated[
    ShippingLeaf | ShippingAllOf | ShippingAnyOf | ShippingNot, Field(discriminator="type")
]

for _model in (ShippingAllOf, ShippingAnyOf, ShippingNot):
    _model.model_rebuild()


def parts_of(condition: ShippingCondition) -> "tuple[ShippingCondition, ...]":
    """What a condition is composed of; nothing for one without parts."""
    match condition:
        case ShippingAllOf() | ShippingAnyOf():
            return condition.of
        case ShippingNot():
            return (condition.of,)
        case _:
            return ()


def shipping_leaves(condition: ShippingCondition) -> Iterator[ShippingLeaf]:
    """All conditions without parts, in the order of the document."""
    if isinstance(condition, ShippingAllOf | ShippingAnyOf | ShippingNot):
        for part in parts_of(condition):
            yield from shipping_leaves(part)
    else:
        yield condition


def shipping_depth(condition: ShippingCondition) -> int:
    """How deep the condition is nested; 1 for one without parts."""
    return 1 + max((shipping_depth(part) for part in parts_of(condition)), default=0)


def shipping_size(condition: ShippingCondition) -> int:
    """How many conditions it is made of, itself included."""
    return 1 + sum(shipping_size(part) for part in parts_of(condition))
