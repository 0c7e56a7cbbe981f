"""Ranges of days, the one before, and how a chart divides them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.insights.days import DAY, month_after

MOST_DAYS = 1100
USUAL = timedelta(days=30)
_WEEK = timedelta(days=7)


class Step(StrEnum):
    """What a chart shows at once."""

    day = "day"
    week = "week"


class RangeInvalid(AppError):
    """The days are in the wrong order, too many, or not over yet."""

    code: ClassVar[str] = "range_invalid"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(most=MOST_DAYS)


@dataclass(frozen=True, slots=True)
class Range:
    """The days from `since` to `until`, both included."""

    since: date
    until: date

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.until + DAY

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.since).days

    @property
    def before(self) -> "Range":
        """What it is compared with: whole months with as many months before, else as many days."""
        if self.since.day == 1 and self.end.day == 1:
            months = (self.end.year - self.since.year) * 12 + self.end.month - self.since.month
            return Range(month_after(self.since, -months), self.since - DAY)
        return Range(self.since - (self.end - self.since), self.since - DAY)

    def steps(self, step: Step) -> Iterator["Range"]:
        """Its days, or its weeks from Monday to Sunday; the first and last may be shorter."""
        start = self.since
        while start < self.end:
            length = DAY if step is Step.day else _WEEK - start.weekday() * DAY
            end = min(start + length, self.end)
            yield Range(start, end - DAY)
            start = end


def wanted_range(since: date | None, until: date | None, *, today: date) -> Range:
    """The range of these days: until today, and 30 days long, where nothing else is said.

    Raises:
        RangeInvalid: see `range_of`.
    """
    last = until or today
    if since is None and last.year > 2000:
        since = last - USUAL + DAY
    return range_of(since or last, last, today=today)


def range_of(since: date, until: date, *, today: date) -> Range:
    """The range of these days.

    Raises:
        RangeInvalid: they are in the wrong order, too many, or lie in the future.
    """
    if since > until or until > today or (until - since).days >= MOST_DAYS or since.year < 2000:
        raise RangeInvalid
    return Range(since, until)
