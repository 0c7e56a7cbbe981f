"""Segments: groups of members by what they bought, when, how much of it, and who they are.

A segment is a rule, composed by all, any and not. Who fulfills it is found again each day and when
a member's orders change; other rules, offers and campaigns ask for it by its id.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.condition_base import check_measure, check_span
from saleor_loyalty_app.programs.conditions import (
    InCountries,
    InLanguages,
    InTags,
    InTiers,
    MemberSince,
)
from saleor_loyalty_app.programs.scalars import (
    Count,
    CurrencyCode,
    Identifier,
    Label,
    Locale,
    Money,
    Reference,
    Section,
    in_locale,
)
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.programs.written import value_when_written, when_written

MAX_SEGMENTS = 50
#: How far back a window reaches, and what it is where nothing is said.
Window = Annotated[StrictInt, Field(ge=1, le=3_650)]
YEAR = 365
Fifth = Annotated[StrictInt, Field(ge=1, le=5)]
Percent = Annotated[StrictInt, Field(ge=0, le=100)]
DayCount = Annotated[StrictInt, Field(ge=0, le=36_500)]


class _Span(Section):
    """A number between two limits, both inclusive; one of them may be left out."""

    @when_written
    def _check_span(self) -> Self:
        check_span(getattr(self, "min", None), getattr(self, "max", None))
        return self


class SpendWithin(_Span):
    """What the member spent in one currency, what went back left out.

    `days`: of so many days until today; without it, of all time.
    """

    type: Literal["spend"]
    currency: CurrencyCode
    min: Money | None = None
    max: Money | None = None
    days: Window | None = None


class OrdersWithin(_Span):
    """How many orders the member paid and kept, of so many days or of all time."""

    type: Literal["orders"]
    min: Count | None = None
    max: Count | None = None
    days: Window | None = None


class LastOrder(_Span):
    """So many days since the last paid order; who never bought is not meant."""

    type: Literal["recency"]
    min: DayCount | None = None
    max: DayCount | None = None


class BuyersFifth(_Span):
    """In which fifth of the store's buyers the member is, 5 being the best.

    `score`: by how lately they bought, how often, or for how much in a currency. Who bought nothing
    in the window is in none.
    """

    type: Literal["rfm"]
    score: Literal["recency", "frequency", "monetary"]
    currency: CurrencyCode | None = None
    min: Fifth | None = None
    max: Fifth | None = None
    days: Window = YEAR

    @when_written
    def _check_currency(self) -> Self:
        if (self.score == "monetary") != (self.currency is not None):
            case = {"case": "missing"} if self.currency is None else {}
            raise PydanticCustomError(
                "segment_currency", "a currency goes with monetary, and only with it", case
            )
        return self


class CategoryShare(_Span):
    """Which share of the member's spend, in whole percent, went into a category or one below it.

    Who spent nothing in the currency is not meant.
    """

    type: Literal["category_share"]
    category: Reference
    currency: CurrencyCode
    min: Percent | None = None
    max: Percent | None = None
    days: Window | None = None


class Agreed(Section):
    """The member agreed to offers by a channel, or did not."""

    type: Literal["consent"]
    channel: Literal["email", "sms"]
    value: StrictBool = True


class Joined(Section):
    """The member joined on a day of this window (inclusive), in the store's time zone."""

    type: Literal["joined"]
    start: date | None = None
    end: date | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.start, self.end)
        return self


class SegmentAllOf(Section):
    """Each of these holds."""

    type: Literal["all"]
    of: Annotated["tuple[SegmentRule, ...]", Field(min_length=1, max_length=30)]


class SegmentAnyOf(Section):
    """One of these holds."""

    type: Literal["any"]
    of: Annotated["tuple[SegmentRule, ...]", Field(min_length=1, max_length=30)]


class SegmentNot(Section):
    """This does not hold."""

    type: Literal["not"]
    of: "SegmentRule"


SegmentLeaf = (
    InTiers
    | InTags
    | SpendWithin
    | OrdersWithin
    | LastOrder
    | BuyersFifth
    | CategoryShare
    | InLanguages
    | InCountries
    | Agreed
    | Joined
    | MemberSince
)
SegmentRule = Annotated[
    SegmentLeaf | SegmentAllOf | SegmentAnyOf | SegmentNot, Field(discriminator="type")
]

for _model in (SegmentAllOf, SegmentAnyOf, SegmentNot):
    _model.model_rebuild()


class Segment(Section):
    """A group of members; `names` are what it is called, per locale."""

    id: Identifier
    names: Annotated[dict[Locale, Label], Field(max_length=20)] = {}
    rule: SegmentRule

    @when_written
    def _check(self) -> Self:
        check_measure(depth_of(self.rule), size_of(self.rule))
        return self

    def label(self, locale: str) -> str:
        """What the segment is called in a locale; its id where it has no name."""
        return in_locale(self.names, locale) or self.id


def _check_once(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    seen: set[str] = set()
    for segment in segments:
        if segment.id in seen:
            raise PydanticCustomError(
                "segment_id_twice", "{id} is the id of two segments", {"id": segment.id}
            )
        seen.add(segment.id)
    return segments


Segments = Annotated[
    tuple[Segment, ...],
    Field(max_length=MAX_SEGMENTS),
    AfterValidator(value_when_written(_check_once)),
]


def parts_of(rule: SegmentRule) -> "tuple[SegmentRule, ...]":
    """What a rule is composed of; nothing for a condition without parts."""
    match rule:
        case SegmentAllOf() | SegmentAnyOf():
            return rule.of
        case SegmentNot():
            return (rule.of,)
        case _:
            return ()


def segment_leaves(rule: SegmentRule) -> Iterator[SegmentLeaf]:
    """All conditions without parts, in the order of the document."""
    if isinstance(rule, SegmentAllOf | SegmentAnyOf | SegmentNot):
        for part in parts_of(rule):
            yield from segment_leaves(part)
    else:
        yield rule


def depth_of(rule: SegmentRule) -> int:
    """How deep the rule is nested; 1 for one without parts."""
    return 1 + max((depth_of(part) for part in parts_of(rule)), default=0)


def size_of(rule: SegmentRule) -> int:
    """How many conditions it is made of, itself included."""
    return 1 + sum(size_of(part) for part in parts_of(rule))


def digest_of(segments: Sequence[Segment] | None, tiers: Tiers | None) -> str:
    """SHA-256 of what decides who is in which segment, in hexadecimal; "" without segments."""
    if not segments:
        return ""
    rules: dict[str, Any] = {one.id: one.rule.model_dump(mode="json") for one in segments}
    asked = any(isinstance(leaf, InTiers) for one in segments for leaf in segment_leaves(one.rule))
    if asked and tiers is not None and tiers.enabled:
        rules["tiers in force"] = [level.id for level in tiers.levels]
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()
