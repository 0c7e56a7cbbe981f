"""The section on events: what other systems of the store may report that members did.

How many points an event brings is said by earning rules on the trigger `custom_event`, narrowed
by `on` to the ids of types.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import (
    ONE_LINE,
    PROPERTY_NAME,
    Identifier,
    Label,
    Locale,
    Section,
    first_twice,
    in_locale,
)
from saleor_loyalty_app.programs.written import when_written

Purpose = Literal["review", "social", "store_visit", "community", "custom"]
PropertyKind = Literal["string", "int", "bool"]
IdentifiedBy = Literal["user_id", "email_sha256"]
PropertyName = Annotated[str, StringConstraints(pattern=PROPERTY_NAME)]
Whole = Annotated[StrictInt, Field(ge=-(10**12), le=10**12)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
#: The longest text of a property, and the length where the type says none.
LONGEST_TEXT, USUAL_TEXT = 500, 200
_KINDS: dict[PropertyKind, type] = {"string": str, "int": int, "bool": bool}


class Property(Section):
    """Something that an event tells besides who and when.

    `min` and `max`: of a number its bounds, of a text its length. `allowed`: the only values.
    """

    name: PropertyName
    kind: PropertyKind
    required: StrictBool = False
    min: Whole | None = None
    max: Whole | None = None
    allowed: Annotated[tuple[Whole | Word, ...], Field(max_length=50)] = ()

    @when_written
    def _check(self) -> Self:
        if self.kind == "bool" and (self.min, self.max, self.allowed) != (None, None, ()):
            raise PydanticCustomError("property_of_two", "yes or no has no bounds or values")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError(
                "limits_crossed",
                "the lower limit is above the upper",
                {"low": self.min, "high": self.max},
            )
        if self.kind == "string" and not all(
            0 <= limit <= LONGEST_TEXT for limit in (self.min, self.max) if limit is not None
        ):
            raise PydanticCustomError(
                "property_length", "a text has up to {id} letters", {"id": str(LONGEST_TEXT)}
            )
        wanted = str if self.kind == "string" else int
        for value in self.allowed:
            if not isinstance(value, wanted):
                raise PydanticCustomError(
                    "property_value_kind",
                    "{name} is of another kind",
                    {"name": str(value), "kind": self.kind},
                )
        return self

    def takes(self, value: str | int | bool) -> bool:
        """Whether the property may have a value: of its kind, and an allowed one. Yes is not 1."""
        if type(value) is not _KINDS[self.kind]:
            return False
        if self.allowed and value not in self.allowed:
            return False
        size = len(value) if isinstance(value, str) else value
        return self.kind == "bool" or (
            (self.min is None or size >= self.min) and (self.max is None or size <= self.max)
        )


class EventType(Section):
    """A kind of event that other systems report by the partner API.

    `identity`: by what they may name the member. `max_age_days`: what is older is refused.
    `own_reviews`: the owner confirms that reviews are collected by the store itself; platforms of
    others (Google, Trustpilot, marketplaces) forbid rewarding them, so that a type on reviews is
    closed without it.
    """

    id: Identifier
    enabled: StrictBool = True
    name: Annotated[dict[Locale, Label], Field(min_length=1, max_length=20)]
    purpose: Purpose = "custom"
    properties: Annotated[tuple[Property, ...], Field(max_length=20)] = ()
    identity: Annotated[tuple[IdentifiedBy, ...], Field(min_length=1, max_length=2)] = (
        "user_id",
        "email_sha256",
    )
    max_age_days: Annotated[StrictInt, Field(ge=1, le=90)] = 7
    own_reviews: StrictBool = False

    @when_written
    def _check(self) -> Self:
        names = [one.name for one in self.properties]
        twice = first_twice(names)
        if twice is not None:
            raise PydanticCustomError("property_twice", "property {name} twice", {"name": twice})
        return self

    @property
    def is_open(self) -> bool:
        """Whether such events are taken now."""
        return self.enabled and (self.purpose != "review" or self.own_reviews)

    def label(self, locale: str) -> str:
        """What the type is called in a locale."""
        return in_locale(self.name, locale) or self.id

    def property(self, name: str) -> Property | None:
        """The property of a name; None where the type has none of it."""
        return next((one for one in self.properties if one.name == name), None)


class Events(Section):
    """The types of events that other systems report."""

    types: Annotated[tuple[EventType, ...], Field(max_length=50)] = ()

    @when_written
    def _check(self) -> Self:
        ids = [one.id for one in self.types]
        twice = first_twice(ids)
        if twice is not None:
            raise PydanticCustomError("event_type_twice", "event type {id} twice", {"id": twice})
        return self

    def type(self, type_id: str) -> EventType | None:
        """The type of an id; None where there is none."""
        return next((one for one in self.types if one.id == type_id), None)


#: Where a document says nothing of events.
NO_EVENTS = Events()
