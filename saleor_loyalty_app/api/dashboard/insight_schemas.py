"""What the Dashboard API tells of figures, months and closed periods."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.insights import overview as seen
from saleor_loyalty_app.insights.accounts import CODE, Purpose
from saleor_loyalty_app.insights.aging import BOUNDS, AgeClass
from saleor_loyalty_app.insights.closing import Closed, MonthReport
from saleor_loyalty_app.insights.journal import unvalued_points, values_of
from saleor_loyalty_app.insights.month import MonthRow
from saleor_loyalty_app.insights.orders import Tally
from saleor_loyalty_app.insights.ranges import Range, Step
from saleor_loyalty_app.insights.valuation import Liability, average

_SHARE = "As text of a decimal to four places, 0.25 = a quarter; null of nothing."


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Days(_Model):
    """Days by the store's clocks, both included."""

    since: date
    until: date

    @classmethod
    def of(cls, days: Range) -> Self:
        """The days of a range."""
        return cls(since=days.since, until=days.until)


class LiabilityOf(_Model):
    """What members hold in one currency, at the spend rate of that day."""

    points: int
    value: Money


class OrderFigures(_Model):
    """Orders of one currency that were paid in full then."""

    currency: str
    orders: int
    of_members: int
    with_points: int = Field(description="Orders on which points were spent.")
    average: Money | None
    average_with_points: Money | None
    average_without_points: Money | None
    unpriced: int = Field(description="Orders whose totals are not known; no average has them.")


class GroupFigures(_Model):
    """What a group of members bought."""

    members: int
    orders: int
    revenue: Money
    average: Money | None
    per_member: Money | None


class HoldOutFigures(_Model):
    """Members who take part beside the control group that gets no points, in one currency."""

    currency: str
    taking_part: GroupFigures
    control: GroupFigures


class RangeFigures(_Model):
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


class ChartPoint(_Model):
    """One day or week of the chart; outstanding at its end."""

    days: Days
    issued: int
    redeemed: int
    expired: int
    outstanding: int


class RangeOverview(_Model):
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


class RollForwardOf(_Model):
    """One channel and currency of a month.

    opening + carried + issued − redeemed + restored − expired − reversed + adjusted = closing.
    """

    channel: str = Field(description='"" = points without a channel.')
    currency: str
    unit: str
    opening: int
    carried: int = Field(description="What was booked into closed months after they were closed.")
    issued: int
    redeemed: int
    restored: int
    expired: int
    reversed: int
    adjusted: int
    closing: int
    opening_value: Money | None
    closing_value: Money | None = Field(description="null where no rate values the points.")

    @classmethod
    def of(cls, row: MonthRow) -> Self:
        """What is told of a row."""
        values = values_of(row)
        money = row.money or ""
        return cls(
            channel=row.channel,
            currency=row.currency,
            unit=row.unit,
            opening=row.opening,
            carried=row.carried,
            issued=row.issued,
            redeemed=row.redeemed,
            restored=row.restored,
            expired=row.expired,
            reversed=row.reversed,
            adjusted=row.adjusted,
            closing=row.closing,
            opening_value=None if values is None else Money.of(values[0], money),
            closing_value=None if values is None else Money.of(values[1], money),
        )


class AgedPoints(_Model):
    """Points of one currency in one class of days."""

    currency: str
    up_to_days: int | None = Field(description="null = longer than all others.")
    never: bool = Field(default=False, description="They never expire.")
    points: int

    @classmethod
    def of(cls, one: AgeClass) -> Self:
        """What is told of a class."""
        bound = BOUNDS[one.number] if one.number < len(BOUNDS) else None
        return cls(
            currency=one.currency,
            up_to_days=bound,
            never=one.number > len(BOUNDS),
            points=one.points,
        )


class BreakageOf(_Model):
    """Of the points whose fate was decided by then: how many expired unspent."""

    expired: int
    redeemed: int
    rate: str | None = Field(description=_SHARE)
    expected: int | None = Field(description="Points held that would expire at this rate.")


class ClosedBy(_Model):
    """Who closed a month and when."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    closed_at: datetime
    closed_by: str
    closed_by_name: str = Field(description="Who that is, in words.")

    @classmethod
    def of(cls, closed: Closed, name: str, zone: ZoneInfo) -> Self:
        """What is told of a closed month."""
        return cls(
            month=f"{closed.month:%Y-%m}",
            closed_at=closed.closed_at.astimezone(zone),
            closed_by=closed.closed_by,
            closed_by_name=name,
        )


class LatePoints(_Model):
    """Points that an open month took up although they belong to a closed one by their date."""

    month: str
    channel: str
    currency: str
    kind: str
    points: int


class Difference(_Model):
    """What the books say otherwise of a closed month by now; the open month carries it."""

    channel: str
    currency: str
    points: int


class MonthFigures(_Model):
    """A month as it was closed, or as the books stand."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    rows: list[RollForwardOf]
    unvalued: int = Field(description="Closing points that the journal leaves out.")
    by_age: list[AgedPoints]
    by_expiry: list[AgedPoints]
    owed: int = Field(description="Points that members owe; no part of the classes.")
    breakage: BreakageOf
    accounts: dict[Purpose, str]
    closed: ClosedBy | None
    closable: bool = Field(description="Whether it can be closed now.")
    late: list[LatePoints]
    since_closed: list[Difference]

    @classmethod
    def of(cls, report: MonthReport, *, closable: bool, closed_by: str, zone: ZoneInfo) -> Self:
        """What is told of a month."""
        return cls(
            month=f"{report.month:%Y-%m}",
            rows=[RollForwardOf.of(row) for row in report.rows],
            unvalued=unvalued_points(report.rows),
            by_age=[AgedPoints.of(one) for one in report.aging.by_age],
            by_expiry=[AgedPoints.of(one) for one in report.aging.by_expiry],
            owed=report.aging.owed,
            breakage=BreakageOf(
                expired=report.breakage.expired,
                redeemed=report.breakage.redeemed,
                rate=report.breakage.rate,
                expected=report.breakage.expected,
            ),
            accounts=dict(report.accounts),
            closed=None if report.closed is None else ClosedBy.of(report.closed, closed_by, zone),
            closable=closable,
            late=[
                LatePoints(
                    month=f"{one.month:%Y-%m}",
                    channel=one.channel,
                    currency=one.currency,
                    kind=one.kind,
                    points=one.amount,
                )
                for one in report.late
            ],
            since_closed=[
                Difference(channel=place.channel, currency=place.currency, points=points)
                for place, points in (report.since_closed or {}).items()
            ],
        )


class MonthInList(_Model):
    """A month of the books, and who closed it."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    closed: ClosedBy | None
    closable: bool


class MonthsOfBooks(_Model):
    """All months of the books, newest first; empty before anything was booked."""

    months: list[MonthInList]


class StandingFigures(_Model):
    """What members held at the end of a day."""

    on: date
    outstanding: int
    liability: list[LiabilityOf]
    unvalued: int
    by_age: list[AgedPoints]
    by_expiry: list[AgedPoints]
    owed: int
    breakage: BreakageOf


class JournalAccountCodes(_Model):
    """The account codes of the journal."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "liability": "380.01",
                    "expense": "760.10",
                    "redemption": "611.02",
                    "breakage": "649.01",
                    "adjustment": "760.11",
                    "revaluation": "656.01",
                }
            ]
        },
    )

    liability: str = Field(pattern=CODE)
    expense: str = Field(pattern=CODE)
    redemption: str = Field(pattern=CODE)
    breakage: str = Field(pattern=CODE)
    adjustment: str = Field(pattern=CODE)
    revaluation: str = Field(pattern=CODE)


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
