"""How many points a staff member may still move by hand. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Allowance:
    """Points, given and taken together, that need no approval in a day and in a month."""

    per_day: int
    per_month: int


#: For staff of a store that set nothing: a few friendly gestures a day.
DEFAULT = Allowance(per_day=2_000, per_month=20_000)


@dataclass(frozen=True, slots=True)
class Moved:
    """Points moved without approval so far, given and taken together."""

    today: int = 0
    this_month: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """An allowance, and what was drawn of it."""

    allowance: Allowance
    moved: Moved

    @property
    def left_today(self) -> int:
        """Points that may still be moved today: the day's and the month's limits both hold."""
        return max(0, min(self.allowance.per_day - self.moved.today, self.left_this_month))

    @property
    def left_this_month(self) -> int:
        """Points that may still be moved this month."""
        return max(0, self.allowance.per_month - self.moved.this_month)

    def allows(self, points: int) -> bool:
        """Whether so many points (signed) may be moved without approval."""
        return abs(points) <= self.left_today


def day_of(now: datetime, timezone: str) -> date:
    """The day that `now` belongs to in a store."""
    return now.astimezone(ZoneInfo(timezone)).date()
