"""What a store's country says of its days and its language, until the owner says otherwise."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from saleor_loyalty_app import log
from saleor_loyalty_app.i18n import DEFAULT_LANGUAGE, LANGUAGES
from saleor_loyalty_app.stores.errors import UnknownLanguage, UnknownTimezone

logger = log.get(__name__)

_LANGUAGE_OF = {"TR": "tr"}


def language_of_country(country: str) -> str:
    """The language of the app's texts for an owner in this country (ISO 3166)."""
    return _LANGUAGE_OF.get(country.upper(), DEFAULT_LANGUAGE)


def timezone_of_country(country: str) -> str:
    """The time zone of a country that has one; UTC for the others, as a guess would be wrong."""
    zones = _zones().get(country.upper(), [])
    return zones[0] if len(zones) == 1 else "UTC"


def check_locale(timezone: str, language: str) -> None:
    """Whether a store may follow this time zone (IANA name) and language.

    Raises:
        UnknownTimezone, UnknownLanguage: the app knows none of this name.
    """
    if not _is_timezone(timezone):
        raise UnknownTimezone(timezone)
    if language not in LANGUAGES:
        raise UnknownLanguage(language, ", ".join(LANGUAGES))


def usable_timezone(name: str) -> str:
    """The time zone as it is stored, or UTC where nobody knows it.

    Rules on time zones come with the operating system or the package `tzdata`, and may lack what
    another machine knew. Orders are booked all the same.
    """
    return name if _is_timezone(name) else "UTC"


def last_day(until: datetime, timezone: str) -> date:
    """The last day, by the clocks of a time zone, on which something works that is over at `until`.

    What is over at midnight does not work on the day that begins then.
    """
    local = (until - timedelta(microseconds=1)).astimezone(ZoneInfo(usable_timezone(timezone)))
    return local.date()


@cache
def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        logger.warning("timezone_unknown", name=name)
        return False
    return True


@cache
def _zones() -> dict[str, list[str]]:
    """Zones by country (CLDR)."""
    found: dict[str, list[str]] = {}
    for zone, territory in get_global("zone_territories").items():
        found.setdefault(territory, []).append(zone)
    return found
