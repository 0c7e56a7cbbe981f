"""When a message goes out: quiet hours, the weekly cap, and how long until the next try. Pure."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
#: Pauses after a try that failed for a reason that may pass; the last one is repeated.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
#: So often one message is tried.
MOST_ATTEMPTS = 10
#: After the attempts of the Standard Webhooks scheme (https://www.standardwebhooks.com).
_WEBHOOK_PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
MOST_WEBHOOK_ATTEMPTS = len(_WEBHOOK_PAUSES) + 1


def next_try(attempts: int, *, spread: float = 0.0) -> timedelta:
    """The pause after the attempt number `attempts` (from 1).

    Args:
        spread: 0..1, chosen by who asks: makes the pause up to a tenth longer, so that what failed
            together is not tried together.
    """
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return pause * (1 + spread / 10)


def next_webhook_try(attempts: int, *, spread: float = 0.0) -> timedelta | None:
    """The pause after the attempt number `attempts`; None = that was the last one."""
    if attempts >= MOST_WEBHOOK_ATTEMPTS:
        return None
    return _WEBHOOK_PAUSES[attempts - 1] * (1 + spread / 10)


def end_of_quiet(now: datetime, begin: time, end: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which `now` lies; None = it is not quiet.

    The hours may reach over midnight (21:00 to 09:00); equal times mean that it is never quiet.
    """
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if begin == end:
        return None
    if begin < end:
        quiet, later = begin <= clock < end, False
    else:
        quiet, later = clock >= begin or clock < end, clock >= begin
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if later else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(now.tzinfo)


def room_in_week(sent: Sequence[datetime], cap: int, now: datetime) -> datetime | None:
    """When one more message may go, with those `sent` before; None = now."""
    recent = sorted(at for at in sent if at > now - WEEK)
    if len(recent) < cap:
        return None
    return recent[len(recent) - cap] + WEEK
