"""How long points live, and in which countries for another time than elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import CountryCode, Section
from saleor_loyalty_app.programs.written import value_when_written

Months = Annotated[StrictInt, Field(ge=1, le=120)]


@dataclass(frozen=True, slots=True)
class Life:
    """How long some points live.

    Attributes:
        months: until the end of the month so many months after they were earned; None = for ever.
        country: whose exception says so; "" = it is what holds everywhere else.
        of_order: it is the country of the order that they are given for, though it did not earn
            them.
    """

    months: int | None
    country: str = ""
    of_order: bool = False

    @property
    def reason(self) -> Mapping[str, Any]:
        """What an entry keeps of it: nothing where no exception decided.

        The country stays out of the books: it is known of a person, and they keep for ever.
        """
        if not self.country:
            return {}
        return {"expiry_months": self.months} | ({"expiry_by": "order"} if self.of_order else {})


class ExpiryException(Section):
    """Countries where points live for another time than elsewhere; without months for ever."""

    countries: Annotated[tuple[CountryCode, ...], Field(min_length=1, max_length=250)]
    months: Months | None


def _each_country_once(exceptions: tuple[ExpiryException, ...]) -> tuple[ExpiryException, ...]:
    seen: set[str] = set()
    for country in (country for one in exceptions for country in one.countries):
        if country in seen:
            raise PydanticCustomError(
                "expiry_country_twice", "{name} is named twice", {"name": country}
            )
        seen.add(country)
    return exceptions


def _none(exceptions: object) -> bool:
    """Without exceptions nothing is said, so that documents from before keep their digest."""
    return exceptions == ()


class Expiry(Section):
    """When points expire: at the end of a month, so many months after earning; none = never.

    With `notice: required`, nothing expires whose notice did not go out 30 days before. The first
    of the `exceptions` that names a country holds there.
    """

    months: Months | None = 12
    notice: Literal["required", "none"] = "required"
    exceptions: Annotated[
        tuple[ExpiryException, ...],
        Field(max_length=50),
        AfterValidator(value_when_written(_each_country_once)),
    ] = Field(default=(), exclude_if=_none)

    def life_in(self, country: str) -> Life:
        """How long points live in a country (two letters); "" = nobody knows which one."""
        for one in self.exceptions:
            if country in one.countries:
                return Life(one.months, country)
        return Life(self.months)
