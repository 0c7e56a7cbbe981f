"""What a store's country says of its days and its language, until the owner says otherwise."""

from functools import cache

from babel.core import get_global

from saleor_loyalty_app.i18n import DEFAULT_LANGUAGE

_LANGUAGE_OF = {"TR": "tr"}


def language_of_country(country: str) -> str:
    """The language of the app's texts for an owner in this country (ISO 3166)."""
    return _LANGUAGE_OF.get(country.upper(), DEFAULT_LANGUAGE)


def timezone_of_country(country: str) -> str:
    """The time zone of a country that has one; UTC for the others, as a guess would be wrong."""
    zones = _zones().get(country.upper(), [])
    return zones[0] if len(zones) == 1 else "UTC"


@cache
def _zones() -> dict[str, list[str]]:
    """Zones by country (CLDR)."""
    found: dict[str, list[str]] = {}
    for zone, territory in get_global("zone_territories").items():
        found.setdefault(territory, []).append(zone)
    return found
