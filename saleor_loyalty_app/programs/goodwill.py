"""The section on goodwill: what may go wrong with an order, and what to suggest for it.

Nothing is given without a person, unless the owner switches a signal to automatic and says how many
points a month that may cost.
"""

from decimal import ROUND_CEILING
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import (
    CurrencyCode,
    Locale,
    Paragraphs,
    Points,
    PositiveMoney,
    Section,
    Slug,
    absent,
    first_twice,
)
from saleor_loyalty_app.programs.written import when_written

#: What may go wrong: it was sent late, the store cancelled a line, somebody complained.
SignalKind = Literal["late_delivery", "cancelled_line", "complaint"]
SIGNALS: tuple[SignalKind, ...] = ("late_delivery", "cancelled_line", "complaint")
Days = Annotated[StrictInt, Field(ge=1, le=365)]


class GivePoints(Section):
    """So many points."""

    type: Literal["points"]
    points: Points


class Amount(Section):
    """An amount in one currency."""

    currency: CurrencyCode
    amount: PositiveMoney

    @cached_property
    def milli(self) -> int:
        """In thousandths of the major unit."""
        return int((self.amount * 1000).to_integral_value(ROUND_CEILING))


class GiveAmount(Section):
    """An amount in the order's currency: a code worth it, or points worth it."""

    type: Literal["amount"]
    amounts: Annotated[tuple[Amount, ...], Field(min_length=1, max_length=50)]
    as_code: StrictBool = True

    @when_written
    def _check(self) -> Self:
        twice = first_twice([one.currency for one in self.amounts])
        if twice is not None:
            raise PydanticCustomError("currency_twice", "{currency}", {"currency": twice})
        return self


class GiveShipping(Section):
    """What the order's shipping cost: a code worth it, or points worth it."""

    type: Literal["shipping"]
    as_code: StrictBool = False


Suggestion = Annotated[GivePoints | GiveAmount | GiveShipping, Field(discriminator="type")]


class Signal(Section):
    """What to suggest when something went wrong; `automatic` gives it without a person."""

    suggest: Suggestion
    automatic: StrictBool = False


class ChannelDays(Section):
    """Another number of days in one channel."""

    channel: Slug
    days: Days


class LateDelivery(Signal):
    """The last goods left more than `days` whole days after the order was paid in full."""

    days: Days = 5
    channels: Annotated[tuple[ChannelDays, ...], Field(max_length=200)] = ()

    @when_written
    def _check(self) -> Self:
        twice = first_twice([one.channel for one in self.channels])
        if twice is not None:
            raise PydanticCustomError("goodwill_channel_twice", "{channel}", {"channel": twice})
        return self

    def days_in(self, channel: str) -> int:
        """After how many days an order of a channel is late."""
        return next((one.days for one in self.channels if one.channel == channel), self.days)


class Limit(Section):
    """So often at most one member gets something in so many days, whoever gives it."""

    times: Annotated[StrictInt, Field(ge=1, le=100)] = 2
    days: Days = 90


class Goodwill(Section):
    """The signals that are watched; each is off until it is there.

    `automatic_points`: what all automatic signals may give in a calendar month together.
    `apology`: what the message begins with, per locale.
    """

    late_delivery: LateDelivery | None = Field(default=None, exclude_if=absent)
    cancelled_line: Signal | None = Field(default=None, exclude_if=absent)
    complaint: Signal | None = Field(default=None, exclude_if=absent)
    limit: Limit = Limit()
    automatic_points: Points | None = Field(default=None, exclude_if=absent)
    apology: Annotated[dict[Locale, Paragraphs], Field(max_length=20)] = {}

    def signal(self, kind: str) -> Signal | None:
        """A signal that is watched; None = it is not."""
        match kind:
            case "late_delivery":
                return self.late_delivery
            case "cancelled_line":
                return self.cancelled_line
            case "complaint":
                return self.complaint
        return None
