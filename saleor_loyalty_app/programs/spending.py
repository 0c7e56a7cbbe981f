"""How points are spent: limits, and how long points stay set aside."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import CurrencyCode, Points, PositiveMoney, Section, Slug
from saleor_loyalty_app.programs.written import when_written


class ChannelMoney(Section):
    """An amount of money in one channel, in its currency."""

    channel: Slug
    currency: CurrencyCode
    money: PositiveMoney


class Spending(Section):
    """Limits on spending; what points are worth stands with the rates of each channel.

    `minimum_points` and `step`: how many points at least, and in which steps. `maximum_share`: of
    the goods' price, in whole percent. `minimum_orders`: the goods' price from which points may be
    spent. `hold_minutes`: how long points wait for a checkout to be completed. `code_days`: how
    long a code that was handed out is good. `grace_days`: points that come back live at least so
    long.
    """

    minimum_points: Points = 1
    step: Points = 1
    maximum_share: Annotated[StrictInt, Field(ge=1, le=100)] = 100
    minimum_orders: Annotated[tuple[ChannelMoney, ...], Field(max_length=200)] = ()
    hold_minutes: Annotated[StrictInt, Field(ge=10, le=1440)] = 60
    code_days: Annotated[StrictInt, Field(ge=1, le=90)] = 14
    grace_days: Annotated[StrictInt, Field(ge=1, le=365)] = 30

    @when_written
    def _check(self) -> Self:
        channels: set[str] = set()
        for minimum in self.minimum_orders:
            if minimum.channel in channels:
                raise PydanticCustomError(
                    "minimum_order_twice",
                    "{channel} has two minimum orders",
                    {"channel": minimum.channel},
                )
            channels.add(minimum.channel)
        return self

    @property
    def least_points(self) -> int:
        """The fewest points that may be spent at once: the first step at or above the minimum."""
        return -(-self.minimum_points // self.step) * self.step

    def minimum_order(self, channel: str, currency: str) -> Decimal | None:
        """The goods' price from which points may be spent in a channel; None = any."""
        for minimum in self.minimum_orders:
            if (minimum.channel, minimum.currency) == (channel, currency):
                return minimum.money
        return None


#: What holds where a program has no section on spending.
DEFAULTS = Spending()
