"""Which day is celebrated when. Pure: days in the store's zone, instants in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

LeapDay = Literal["feb_28", "mar_1"]
_LEAP = (2, 29)
#: A year in which every day of any year is there.
_LEAP_YEAR = 2024
#: Older days than these are not caught up: a store that was away greets nobody for a lost season.
LONGEST_CATCH_UP = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Birthday:
    """A day of the year, without the year."""

    month: int
    day: int

    @property
    def is_possible(self) -> bool:
        """Whether any year has such a day."""
        try:
            date(_LEAP_YEAR, self.month, self.day)
        except ValueError:
            return False
        return True


def is_leap(year: int) -> bool:
    """Whether a year has 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def celebrated_in(born: Birthday, year: int, leap_day: LeapDay) -> date:
    """The date on which a day of the year is celebrated in a year."""
    if (born.month, born.day) == _LEAP and not is_leap(year):
        return date(year, 2, 28) if leap_day == "feb_28" else date(year, 3, 1)
    return date(year, born.month, born.day)


def birthdays_on(day: date, leap_day: LeapDay) -> list[Birthday]:
    """Whose birthdays are celebrated on a date: one day of the year, or two."""
    found = [Birthday(day.month, day.day)]
    born = Birthday(*_LEAP)
    if not is_leap(day.year) and celebrated_in(born, day.year, leap_day) == day:
        found.append(born)
    return found


def next_celebration(born: Birthday, today: date, leap_day: LeapDay) -> date:
    """The next date on which a birthday is celebrated: today, or later."""
    this_year = celebrated_in(born, today.year, leap_day)
    return this_year if this_year >= today else celebrated_in(born, today.year + 1, leap_day)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def years_since(joined: datetime, day: date, zone: ZoneInfo, leap_day: LeapDay) -> int:
    """The whole years between the day of joining and a date; 0 in the first year."""
    began = joined.astimezone(zone).date()
    years = day.year - began.year
    reached = celebrated_in(Birthday(began.month, began.day), day.year, leap_day) <= day
    return max(years if reached else years - 1, 0)


@dataclass(frozen=True, slots=True)
class JoinedBetween:
    """Who joined in this span has so many years on the date that was asked for."""

    years: int
    begin: datetime
    end: datetime


def joined_years_before(
    day: date, first_year: int, zone: ZoneInfo, leap_day: LeapDay
) -> list[JoinedBetween]:
    """The spans of joining whose anniversary is on a date, from `first_year` on."""
    found = []
    for year in range(first_year, day.year):
        for born in birthdays_on(day, leap_day):
            if (born.month, born.day) == _LEAP and not is_leap(year):
                continue
            joined = date(year, born.month, born.day)
            begin, end = start_of(joined, zone), start_of(joined + timedelta(days=1), zone)
            found.append(JoinedBetween(day.year - year, begin, end))
    return found


def day_to_do(at_work: date | None, today: date) -> date | None:
    """The day to celebrate: the one at work, not older than is caught up; None = all are done."""
    if at_work is None:
        return today
    oldest = max(at_work, today - LONGEST_CATCH_UP)
    return oldest if oldest <= today else None


def years_in(fact: Sequence[JoinedBetween], joined: datetime) -> int:
    """Which of the anniversaries somebody has who joined then; 0 = none."""
    return next((one.years for one in fact if one.begin <= joined < one.end), 0)
