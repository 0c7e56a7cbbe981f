"""The last day of an API key, by the calendar of its store. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from saleor_loyalty_app.stores.errors import ExpiryUnfit

LONGEST_LIFE = timedelta(days=3653)


def end_of(last_day: date, timezone: str, now: datetime) -> datetime:
    """When a key ends that works up to and with a day of the store's.

    Raises:
        ExpiryUnfit: the day is over, or too far away.
    """
    latest = (now + LONGEST_LIFE).date()
    if last_day > latest:
        raise ExpiryUnfit(latest=latest.isoformat())
    ends = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))
    if ends <= now:
        raise ExpiryUnfit(latest=latest.isoformat())
    return ends
