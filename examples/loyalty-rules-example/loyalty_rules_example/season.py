"""A condition: the order or deed falls into a season of the year."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints, field_validator

from saleor_loyalty_app.ext import ConditionKind, KindSettings, NotMatched, Seen

#: A year with a 29 February, to check days by.
LEAP_YEAR = 2028
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")]


class Season(KindSettings):
    """From a day to a day of any year, both inclusive; it may pass New Year."""

    start: Day
    end: Day

    @field_validator("start", "end")
    @classmethod
    def _is_a_day(cls, day: str) -> str:
        date.fromisoformat(f"{LEAP_YEAR}-{day}")
        return day


def is_in_season(settings: Season, seen: Seen) -> bool | NotMatched:
    """By the clocks of the store."""
    today = f"{seen.at:%m-%d}"
    if settings.start <= settings.end:
        inside = settings.start <= today <= settings.end
    else:
        inside = today >= settings.start or today <= settings.end
    if inside:
        return True
    return NotMatched({"en": f"from {settings.start}", "tr": f"{settings.start} gününden itibaren"})


def sentence(settings: Season, language: str) -> str:
    """The condition as a clause."""
    if language == "tr":
        return f"tarih {settings.start} ile {settings.end} arasında"
    return f"the day is between {settings.start} and {settings.end}"


SEASON = ConditionKind(
    name="season",
    labels={"en": "Season of the year", "tr": "Yılın mevsimi"},
    settings=Season,
    test=is_in_season,
    sentence=sentence,
    example=Season(start="01-10", end="02-28"),
    levels=frozenset({"order", "deed"}),
    looks_at=frozenset(),
)
