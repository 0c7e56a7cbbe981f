"""What rules ask of an event that another system reported."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.condition_base import SingleCondition, check_span
from saleor_loyalty_app.programs.events import Property, PropertyName, Whole, Word
from saleor_loyalty_app.programs.written import when_written


class EventProperty(SingleCondition):
    """An event tells one of these values, or a number between the limits, both inclusive.

    An event that does not tell it does not match.
    """

    type: Literal["event_property"]
    name: PropertyName
    values: Annotated[tuple[StrictBool | Whole | Word, ...], Field(max_length=50)] = ()
    min: Whole | None = None
    max: Whole | None = None

    @when_written
    def _check(self) -> Self:
        limited = self.min is not None or self.max is not None
        if self.values and limited:
            raise PydanticCustomError("property_one_way", "either values or limits")
        if not self.values and not limited:
            raise PydanticCustomError("property_unasked", "a value or a limit is needed")
        if limited:
            check_span(self.min, self.max)
        return self

    def can_hold(self, told: Property) -> bool:
        """Whether an event that tells this property can fulfill it."""
        if self.values:
            return any(told.takes(value) for value in self.values)
        if told.kind != "int":
            return False
        if told.allowed:
            return any(isinstance(one, int) and self._within(one) for one in told.allowed)
        above = told.max is None or self.min is None or self.min <= told.max
        return above and (told.min is None or self.max is None or self.max >= told.min)

    def _within(self, number: int) -> bool:
        return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)
