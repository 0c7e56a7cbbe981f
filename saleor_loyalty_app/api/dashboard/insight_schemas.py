"""What the Dashboard API tells of figures."""

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.insights import overview as seen
from saleor_loyalty_app.insights.orders import Tally
from saleor_loyalty_app.insights.ranges import Range, Step
from saleor_loyalty_app.insights.valuation import Liability, average

_SHARE = "As text of a decimal to four places, 0.25 = a quarter; null of nothing."


class InsightAnswer(BaseModel):
    """What is told of the books."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Days(InsightAnswer):
    """Days by the store's clocks, both included."""

    since: date
    until: date

    @classmethod
    def of(cls, days: Range) -> Self:
        """The days of a range."""
        return cls(since=days.since, until=days.until)


class LiabilityOf(InsightAnswer):
    """What members hold in one currency, at the spend rate of that day."""

    points: int
    value: Money


class OrderFigures(InsightAnswer):
    """Orders of one currency that were paid in full then."""

    currency: str
    orders: int
    of_members: int
    with_points: int = Field(description="Orders on which points were spent.")
    average: Money | None
    average_with_points: Money | None
    average_without_points: Money | None
    unpriced: int = Field(description="Orders whose totals are not known; no average has them.")


class GroupFigures(InsightAnswer):
    """What a group of members bought."""

    members: int
    orders: int
    revenue: Money
    average: Money | None
    per_member: Money | None


class HoldOutFigures(InsightAnswer):
    """Members who take part beside the control group that gets no points, in one currency."""

    currency: str
    taking_part: GroupFigures
    control: GroupFigures


class RangeFigures(InsightAnswer):
    """The figures of one range. Points are whole; redeemed is less what came back."""

    days: Days
    members: int = Field(description="At the end.")
    joined: int
    active: int = Field(description="Members who earned or spent something.")
    issued: int
    redeemed: int
    expired: int
    outstanding: int = Field(description="Points that members hold at the end, less their debt.")
    liability: list[LiabilityOf]
    unvalued: int = Field(description="Points of these that no spend rate values.")
    redemption_rate: str | None = Field(description=f"Redeemed of issued. {_SHARE}")
    orders: int
    with_points_share: str | None = Field(
        description=f"Orders on which points were spent. {_SHARE}"
    )
    by_currency: list[OrderFigures]
    hold_out: list[HoldOutFigures] = Field(description="Empty where there is no control group.")

    @classmethod
    def of(cls, side: seen.Side) -> Self:
        """What is told of a range."""
        liability = side.liability
        return cls(
            days=Days.of(side.range),
            members=side.members,
            joined=side.joined,
            active=side.active,
            issued=side.issued,
            redeemed=side.redeemed,
            expired=side.expired,
            outstanding=liability.points,
            liability=liabilities(liability),
            unvalued=liability.unvalued,
            redemption_rate=_text(side.redemption_rate),
            orders=side.order_count,
            with_points_share=_text(side.with_points_share),
            by_currency=[
                OrderFigures(
                    currency=one.currency,
                    orders=one.all.orders,
                    of_members=one.of_members.orders + one.of_control.orders,
                    with_points=one.with_points.orders,
                    average=_average(one.all, one.currency),
                    average_with_points=_average(one.with_points, one.currency),
                    average_without_points=_average(one.without_points, one.currency),
                    unpriced=one.all.orders - one.all.priced,
                )
                for one in side.orders
            ],
            hold_out=[
                HoldOutFigures(
                    currency=one.currency,
                    taking_part=_group(one.taking_part, one.currency),
                    control=_group(one.control, one.currency),
                )
                for one in side.hold_out
            ],
        )


class ChartPoint(InsightAnswer):
    """One day or week of the chart; outstanding at its end."""

    days: Days
    issued: int
    redeemed: int
    expired: int
    outstanding: int


class RangeOverview(InsightAnswer):
    """The figures of a range, those of the range before, and the chart."""

    timezone: str
    today: date = Field(description="By the store's clocks; no range goes beyond.")
    step: Step
    now: RangeFigures
    before: RangeFigures
    series: list[ChartPoint]

    @classmethod
    def of(cls, overview: seen.Overview, timezone: str, *, today: date) -> Self:
        """What is told of an overview."""
        return cls(
            timezone=timezone,
            today=today,
            step=overview.step,
            now=RangeFigures.of(overview.now),
            before=RangeFigures.of(overview.before),
            series=[
                ChartPoint(
                    days=Days.of(point.range),
                    issued=point.issued,
                    redeemed=point.redeemed,
                    expired=point.expired,
                    outstanding=point.outstanding,
                )
                for point in overview.series
            ],
        )


def liabilities(liability: Liability) -> list[LiabilityOf]:
    """What is told of a liability, by currency."""
    return [
        LiabilityOf(points=one.points, value=Money.of(one.value, one.currency))
        for one in liability.valued
    ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _average(tally: Tally, currency: str) -> Money | None:
    amount = average(tally.total_milli, tally.priced, currency)
    return None if amount is None else Money.of(amount, currency)


def _group(group: seen.Group, currency: str) -> GroupFigures:
    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money.of(amount, currency)

    return GroupFigures(
        members=group.members,
        orders=group.orders,
        revenue=Money.of(group.revenue, currency),
        average=money(group.average),
        per_member=money(group.per_member),
    )
