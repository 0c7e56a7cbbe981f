"""Which days count for a tier, and how long a period lasts. Pure; days of the store's time zone."""

import calendar
from datetime import date, timedelta

from saleor_loyalty_app.programs.tiers import Window

DAY = timedelta(days=1)


def counting_from(window: Window, on: date, joined_on: date) -> date | None:
    """The first of the days that count on a day, which counts itself; None = all before it do."""
    match window.type:
        case "lifetime":
            return None
        case "calendar_year":
            return date(on.year, 1, 1)
        case "membership_year":
            return _year_of_membership(on, joined_on)
        case "rolling":
            return plus_months(on, -(window.months or 1)) + DAY


def period_after(window: Window, begun: date, joined_on: date) -> date | None:
    """The first day after the period in which a tier is held that began on a day; None = no end.

    A year ends as the calendar or the membership has it. A rolling period ends when what was
    bought on its first day has left the window, so that one purchase is held once; where the last
    month is too short for that day, it leaves with the first day of the next month.
    """
    match window.type:
        case "lifetime":
            return None
        case "calendar_year":
            return date(begun.year + 1, 1, 1)
        case "membership_year":
            start = _year_of_membership(begun, joined_on)
            return _anniversary(joined_on, start.year + 1)
        case "rolling":
            leaves = plus_months(begun, window.months or 1)
            return leaves + DAY if leaves.day == begun.day else leaves + DAY + DAY


def plus_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    year = max(year, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _year_of_membership(on: date, joined_on: date) -> date:
    start = _anniversary(joined_on, on.year)
    return start if start <= on else _anniversary(joined_on, on.year - 1)


def _anniversary(joined_on: date, year: int) -> date:
    """The day in a year; of 29 February the 28th where there is none."""
    last = calendar.monthrange(year, joined_on.month)[1]
    return date(year, joined_on.month, min(joined_on.day, last))
