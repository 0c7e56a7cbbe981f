"""What the Dashboard API tells of months, what is held at their end, and closed periods."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from saleor_loyalty_app.api.dashboard.insight_schemas import InsightAnswer, LiabilityOf
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.insights.accounts import CODE, Purpose
from saleor_loyalty_app.insights.aging import BOUNDS, AgeClass
from saleor_loyalty_app.insights.closing import Closed, MonthReport
from saleor_loyalty_app.insights.journal import unvalued_points, values_of
from saleor_loyalty_app.insights.month import MonthRow

_SHARE = "As text of a decimal to four places, 0.25 = a quarter; null of nothing."


class RollForwardOf(InsightAnswer):
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


class AgedPoints(InsightAnswer):
    """Points of one currency in one class of days."""

    currency: str
    from_days: int
    up_to_days: int | None = Field(description="null = longer than all others.")
    never: bool = Field(default=False, description="They never expire.")
    points: int

    @classmethod
    def of(cls, one: AgeClass) -> Self:
        """What is told of a class."""
        bound = BOUNDS[one.number] if one.number < len(BOUNDS) else None
        never = one.number > len(BOUNDS)
        return cls(
            currency=one.currency,
            from_days=0 if one.number == 0 or never else BOUNDS[one.number - 1] + 1,
            up_to_days=bound,
            never=never,
            points=one.points,
        )


class BreakageOf(InsightAnswer):
    """Of the points whose fate was decided by then: how many expired unspent."""

    expired: int
    redeemed: int
    rate: str | None = Field(description=_SHARE)
    expected: int | None = Field(description="Points held that would expire at this rate.")


class ClosedBy(InsightAnswer):
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


class LatePoints(InsightAnswer):
    """Points that an open month took up although they belong to a closed one by their date."""

    month: str
    channel: str
    currency: str
    kind: str
    points: int


class Difference(InsightAnswer):
    """What the books say otherwise of a closed month by now; the open month carries it."""

    channel: str
    currency: str
    points: int


class MonthFigures(InsightAnswer):
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


class MonthInList(InsightAnswer):
    """A month of the books, and who closed it."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    closed: ClosedBy | None
    closable: bool


class MonthsOfBooks(InsightAnswer):
    """All months of the books, newest first; empty before anything was booked."""

    months: list[MonthInList]


class StandingFigures(InsightAnswer):
    """What members held at the end of a day."""

    on: date
    outstanding: int
    liability: list[LiabilityOf]
    unvalued: int
    by_age: list[AgedPoints]
    by_expiry: list[AgedPoints]
    owed: int
    breakage: BreakageOf


class JournalAccountCodes(InsightAnswer):
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
