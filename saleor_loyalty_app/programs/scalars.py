"""The exact values that a program document is made of."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class Section(BaseModel):
    """A part of the document: immutable, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def absent(value: object) -> bool:
    """What a document that was written before the field does not say keeps its digest unsaid."""
    return value is None


#: Decimals as text: no exponent, which could stand for a number of a million digits.
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise PydanticCustomError("decimal_as_float", "write exact decimals as text")
    if isinstance(value, bool) or (isinstance(value, str) and not _DECIMAL.fullmatch(value)):
        raise PydanticCustomError("not_a_decimal", "a decimal is needed")
    return value


def plain(value: Decimal) -> str:
    """A decimal as text without exponent and without zeros that say nothing: 1.50 → "1.5"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _canonical(value: Decimal) -> Decimal:
    return Decimal(plain(value))


#: A decimal that is written as text and never passes through a float.
ExactDecimal = Annotated[
    Decimal,
    BeforeValidator(_exact),
    AfterValidator(_canonical),
    PlainSerializer(plain, return_type=str, when_used="json"),
]

#: An amount of money in a currency's major unit; the currency stands beside it.
Money = Annotated[ExactDecimal, Field(ge=Decimal(0), le=Decimal(1_000_000_000), decimal_places=6)]
PositiveMoney = Annotated[
    ExactDecimal, Field(gt=Decimal(0), le=Decimal(1_000_000_000), decimal_places=6)
]

#: What an award is multiplied by; 0 takes it away.
Factor = Annotated[ExactDecimal, Field(ge=Decimal(0), le=Decimal(1000), decimal_places=6)]

Points = Annotated[StrictInt, Field(ge=1, le=10_000_000)]
Count = Annotated[StrictInt, Field(ge=0, le=1_000_000)]

#: One line of printable text: no control characters and no line breaks of any kind.
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"

IDENTIFIER = r"^[a-z0-9][a-z0-9_-]{0,59}$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
NO_SPACES = r"^\S+$"
Slug = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=NO_SPACES)]
#: A slug, SKU or Saleor id.
Reference = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=ONE_LINE)]
CURRENCY = r"^[A-Z]{3}$"
CurrencyCode = Annotated[str, StringConstraints(pattern=CURRENCY)]
COUNTRY = r"^[A-Z]{2}$"
CountryCode = Annotated[str, StringConstraints(pattern=COUNTRY)]
#: A language, with a region where it matters: "en", "tr", "pt-BR".
LOCALE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
Locale = Annotated[str, StringConstraints(pattern=LOCALE)]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)
]
#: The name of a version of a text, or nothing.
VersionName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=ONE_LINE)
]
#: The name of something that an event of another system tells.
PROPERTY_NAME = r"^[a-z][a-z0-9_]{0,39}$"
COLOR = r"^#[0-9a-fA-F]{6}$"
#: Printable text of one paragraph or several.
PARAGRAPHS = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$"
#: A few sentences for people, of one paragraph or several.
Paragraphs = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=2000,
        pattern=PARAGRAPHS,
    ),
]
PAGE_URL = r"^https://[^\s\x00-\x1f\x7f\"'<>`\\]+$"
#: The address of a page that shoppers can open.
PageUrl = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=PAGE_URL)]
ICON = r"^[^\p{L}\p{N}\p{Z}\p{Cc}\p{Cf}\p{M}<>&\"'][^\p{L}\p{N}\p{Z}\p{Cc}<>&\"']*$"
#: A sign that stands for the unit beside its number, such as ★: no letters, digits or markup.
Icon = Annotated[str, StringConstraints(max_length=8, pattern=ICON)]
#: A short text for people, per locale.
Labels = Annotated[dict[Locale, Label], Field(max_length=20)]


def first_twice(names: Sequence[T]) -> T | None:
    """The first name that stands there before already; None where each stands once."""
    return next((name for at, name in enumerate(names) if name in names[:at]), None)


def in_locale(texts: Mapping[str, T], locale: str) -> T | None:
    """The entry of `texts` for a locale: itself, its language, English, else the first; or None."""
    for candidate in (locale, locale.partition("-")[0], "en"):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()), None)
