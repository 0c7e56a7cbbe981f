"""Days and months as the store's clocks show them. Pure, but for how SQL counts quarters.

Databases know different time zones, so SQL counts quarters of an hour since 1970 (every zone is
off UTC by whole quarters) and Python tells the day of each.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

QUARTER = 900
DAY = timedelta(days=1)


class quarter(FunctionElement[int]):  # noqa: N801 - stands in statements as SQL's functions do
    """The number of the quarter of an hour in which an instant lies."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(quarter, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {inner}) / {QUARTER}) AS BIGINT)"


@compiles(quarter, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"(CAST(STRFTIME('%s', {inner}) AS INTEGER) / {QUARTER})"


def day_of_quarter(number: int, tz: tzinfo) -> date:
    """The day of a quarter of an hour."""
    return datetime.fromtimestamp(number * QUARTER, tz).date()


def day_of(moment: datetime, tz: tzinfo) -> date:
    """The day of an instant."""
    return moment.astimezone(tz).date()


def start_of(day: date, tz: tzinfo) -> datetime:
    """The first instant of a day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month so many months later (or earlier, below zero)."""
    years, rest = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(years, rest + 1, 1)


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)
