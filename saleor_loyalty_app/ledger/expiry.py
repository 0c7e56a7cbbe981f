"""When points expire: pure rules about dates."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

#: Nothing that needs a notice expires unless it went out so long before.
NOTICE = timedelta(days=30)
#: How long spent points that come back live at least.
GRACE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """When a lot expires by the rules, and whether that has come to pass."""

    expires_at: datetime | None
    lapsed: bool


def end_of_month_after(moment: datetime, months: int, tz: tzinfo) -> datetime:
    """The last second of the month that lies `months` after the one of `moment`, in `tz`.

    Points are good before that instant and expire at it. With 12 months, what is earned on
    15 March 2026 expires at 23:59:59 on 31 March 2027.
    """
    if moment.tzinfo is None or months < 0:
        raise ValueError("an aware time and a number of months from 0 are needed")
    local = moment.astimezone(tz)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return datetime(year, month + 1, last, 23, 59, 59, tzinfo=tz).astimezone(UTC)


def extended(expires_at: datetime) -> datetime:
    """The next expiry of a lot whose notice did not go out in time.

    The same day of the first later month that leaves at least 30 days; a last day of a month (in
    UTC) stays a last day. So what was to expire at the end of June expires at the end of July, and
    end of January becomes end of March. The rule knows only the date, so that a read without the
    task, and a task that comes months late, reach the same dates.
    """
    moment = expires_at.astimezone(UTC)
    sticks = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    for months in (1, 2):
        years, month = divmod(moment.month - 1 + months, 12)
        last = calendar.monthrange(moment.year + years, month + 1)[1]
        day = last if sticks else min(moment.day, last)
        later = moment.replace(year=moment.year + years, month=month + 1, day=day)
        if later - moment >= NOTICE:
            return later
    raise AssertionError("two months have at least 59 days")


def standing(
    expires_at: datetime | None,
    *,
    notice_required: bool,
    noticed_at: datetime | None,
    now: datetime,
) -> Standing:
    """When a lot expires as seen at `now`: put off from date to date until its notice was in time.

    A lot whose date has not come stands as written.
    """
    if expires_at is None:
        return Standing(None, lapsed=False)
    date = expires_at
    while date <= now:
        if not notice_required or (noticed_at is not None and noticed_at <= date - NOTICE):
            return Standing(date, lapsed=True)
        date = extended(date)
    return Standing(date, lapsed=False)


def expiry_after_notice(expires_at: datetime, at: datetime) -> datetime:
    """The date that a notice sent at `at` must name: the lot's first one at least 30 days off."""
    date = expires_at
    while date < at + NOTICE:
        date = extended(date)
    return date


def restored_expiry(own: datetime | None, now: datetime, grace: timedelta) -> datetime | None:
    """The expiry of points that come back: the later of their own and `now + grace`."""
    return None if own is None else max(own, now + grace)
