"""Caps on rules: how much one order, and one member in a period, gets by a rule at most."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.member_facts import Used
from saleor_loyalty_app.programs.scalars import Points, Section, absent
from saleor_loyalty_app.programs.written import when_written

Period = Literal["day", "week", "month", "year", "ever"]
Times = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class MemberCap(Section):
    """What one member gets by the rule in a period of the calendar, in the store's time zone.

    `times` counts orders and deeds; with `points` too, whichever is reached first.
    """

    points: Points | None = Field(default=None, exclude_if=absent)
    times: Times | None = Field(default=None, exclude_if=absent)
    period: Period

    @when_written
    def _check(self) -> Self:
        if self.points is None and self.times is None:
            raise PydanticCustomError("cap_missing", "a cap needs a number of points or times")
        return self


class Caps(Section):
    """The most that a rule gives, its multipliers included."""

    per_order: Points | None = Field(default=None, exclude_if=absent)
    per_member: MemberCap | None = Field(default=None, exclude_if=absent)

    @when_written
    def _check(self) -> Self:
        if self.per_order is None and self.per_member is None:
            raise PydanticCustomError("cap_missing", "a cap needs a number of points or times")
        return self


def period_of(at: datetime, period: Period, timezone: str) -> tuple[datetime, datetime] | None:
    """When the period began that `at` is in, and before when it ends; None = it is all time.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    zone = ZoneInfo(timezone)
    day = at.astimezone(zone).date()
    if period == "ever":
        return None
    first, after = _days_of(day, period)
    return _begin(first, zone), _begin(after, zone)


def _days_of(day: date, period: Literal["day", "week", "month", "year"]) -> tuple[date, date]:
    """The first day of a period, and the first after it."""
    match period:
        case "day":
            return day, day + timedelta(days=1)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=7)
        case "month":
            begin = day.replace(day=1)
            return begin, (begin + timedelta(days=31)).replace(day=1)
        case "year":
            return day.replace(month=1, day=1), date(day.year + 1, 1, 1)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def reached(caps: Caps | None, used: Used | None) -> dict[str, Any] | None:
    """Why a member gets nothing more by a rule in this period, as a reason; None = they do."""
    return reached_by(None if caps is None else caps.per_member, used)


def reached_by(cap: MemberCap | None, used: Used | None) -> dict[str, Any] | None:
    """`reached` of one cap."""
    if cap is None or used is None:
        return None
    if cap.times is not None and used.times >= cap.times:
        return {"code": "cap_times", "max": cap.times, "period": cap.period}
    if cap.points is not None and used.points >= cap.points:
        return {"code": "cap_points", "max": cap.points, "period": cap.period}
    return None


def limited(
    caps: Caps | None, used: Used | None, points: Fraction
) -> tuple[Fraction, dict[str, Any]] | None:
    """What a cap leaves of the points of a rule, and which cap it is; None = all of them."""
    if caps is None:
        return None
    found: tuple[Fraction, dict[str, Any]] | None = None
    if caps.per_order is not None and points > caps.per_order:
        found = Fraction(caps.per_order), {"max": caps.per_order, "period": "order"}
    return limited_for(caps.per_member, used, found[0] if found else points) or found


def limited_for(
    cap: MemberCap | None, used: Used | None, points: Fraction
) -> tuple[Fraction, dict[str, Any]] | None:
    """`limited` by what one member gets in a period."""
    if cap is None or cap.points is None:
        return None
    left = max(0, cap.points - (used.points if used is not None else 0))
    if points <= left:
        return None
    return Fraction(left), {"max": cap.points, "left": left, "period": cap.period}


def whole(points: Fraction) -> int:
    """What a cap counts: a point that has begun is one, so that no sum of parts exceeds it."""
    return points.__ceil__()
