"""What the page of publishing tells of who moves and of what deeds cost."""

from datetime import datetime
from fractions import Fraction
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.cost_of_deeds import DeedCosts
from saleor_loyalty_app.flows.preview_segment_moves import SegmentFlow, SegmentMoves
from saleor_loyalty_app.programs.cost import to_minor_unit
from saleor_loyalty_app.programs.deed_costs import DeedCost
from saleor_loyalty_app.programs.deed_costs_words import deed_words, uncounted_words
from saleor_loyalty_app.programs.document import Program

_FLOW: dict[str, JsonValue] = {
    "id": "loyal",
    "name": "Loyal customers",
    "changed": "changed",
    "before": 412,
    "after": 397,
    "come": 20,
    "gone": 35,
}
_DEED: dict[str, JsonValue] = {
    "id": "birthday",
    "what": "Birthdays",
    "times": 41,
    "each": 100,
    "points": 4100,
    "points_before": 0,
    "about": False,
    "at_once": False,
}
_WORTH: dict[str, JsonValue] = {"amount": "82.00", "currency": "USD"}


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class SegmentFlowLine(Answer):
    """A segment whose rule differs, and who would come and go; of a sample, about."""

    model_config = _example(**_FLOW)

    id: str
    name: str
    changed: Literal["new", "removed", "changed"]
    before: int = Field(ge=0, description="Members whom the rule in force takes in now.")
    after: int = Field(ge=0, description="Members whom the rule of the draft takes in now.")
    come: int = Field(ge=0)
    gone: int = Field(ge=0)

    @classmethod
    def of(cls, flow: SegmentFlow, moves: SegmentMoves, language: str) -> "SegmentFlowLine":
        """A line of the list."""
        return cls(
            id=flow.segment.id,
            name=flow.segment.label(language),
            changed=flow.changed,
            before=moves.expected(flow.before),
            after=moves.expected(flow.after),
            come=moves.expected(flow.come),
            gone=moves.expected(flow.gone),
        )


class SegmentsPreview(Answer):
    """Who would come into segments and leave them if the draft were published now."""

    model_config = _example(total=12000, looked_at=4012, sample=True, segments=[_FLOW])

    total: int = Field(ge=0, description="Members of the store.")
    looked_at: int = Field(ge=0, description="Members on whom the numbers rest.")
    sample: bool = Field(
        description="Not everybody was looked at: the numbers are of all members, about."
    )
    segments: list[SegmentFlowLine] = Field(description="Those that differ; empty = none does.")

    @classmethod
    def of(cls, found: SegmentMoves, language: str) -> "SegmentsPreview":
        """The preview as it is told."""
        return cls(
            total=found.total,
            looked_at=found.looked_at,
            sample=found.is_sample,
            segments=[SegmentFlowLine.of(one, found, language) for one in found.flows],
        )


class DeedLine(Answer):
    """What happened so often, and what it brings."""

    model_config = _example(**_DEED)

    id: str = Field(description="Of this line among the others; words may be the same.")
    what: str
    times: int = Field(ge=0)
    each: int = Field(ge=0, description="Points that one brings at most, before caps.")
    points: int = Field(ge=0, description="Points that all of them bring at most.")
    points_before: int = Field(ge=0, description="The same by the program in force.")
    about: bool = Field(description="An estimate: not everybody was looked at.")
    at_once: bool = Field(description="Not of the past: given as soon as the draft is in force.")

    @classmethod
    def of(cls, one: DeedCost, draft: Program, live: Program | None, language: str) -> "DeedLine":
        """A line of the list."""
        return cls(
            id=":".join([one.trigger, *filter(None, [one.on]), *["at_once"] * one.at_once]),
            what=deed_words(one, draft, live, language),
            times=one.times,
            each=one.each,
            points=one.points,
            points_before=one.points_before,
            about=one.about,
            at_once=one.at_once,
        )


class DeedsCost(Answer):
    """What the draft would have given for what members did beside ordering, at most."""

    model_config = _example(
        since="2026-10-06T09:30:00Z",
        items=[_DEED],
        points=4100,
        points_before=0,
        at_once=0,
        worth=[_WORTH],
        at_once_worth=[],
        goodwill=5000,
        goodwill_before=5000,
        not_counted=["Cheaper deliveries: what they cost is not counted."],
    )

    since: datetime = Field(description="Counted from then on: 90 days, or since the installation.")
    items: list[DeedLine]
    points: int = Field(ge=0, description="Of the items of the past.")
    points_before: int | None = Field(description="By the program in force; null = none is.")
    at_once: int = Field(ge=0, description="Points given as soon as the draft is in force.")
    worth: list[Money] = Field(
        description="What `points` are worth, in each currency in which points are spent."
    )
    at_once_worth: list[Money] = Field(description="The same of `at_once`; empty where it is 0.")
    goodwill: int = Field(
        ge=0, description="Points a month that goodwill without a person gives at most."
    )
    goodwill_before: int = Field(ge=0)
    not_counted: list[str] = Field(description="What the draft may cost besides, in words.")

    @classmethod
    def of(
        cls, found: DeedCosts, draft: Program, live: Program | None, language: str
    ) -> "DeedsCost":
        """The costs as they are told."""
        return cls(
            since=found.since,
            items=[DeedLine.of(one, draft, live, language) for one in found.items],
            points=found.points,
            points_before=None if live is None else found.points_before,
            at_once=found.at_once,
            worth=worth_of(found.points, draft),
            at_once_worth=worth_of(found.at_once, draft) if found.at_once else [],
            goodwill=found.goodwill,
            goodwill_before=found.goodwill_before,
            not_counted=[uncounted_words(one, draft, language) for one in found.uncounted],
        )


def worth_of(points: int, program: Program) -> list[Money]:
    """What points are worth in each currency; where its channels differ, by the best rate."""
    best: dict[str, Fraction] = {}
    for rates in program.currencies:
        if rates.spend_rate is not None:
            rate = rates.spend_rate.money_per_point
            best[rates.currency] = max(best.get(rates.currency, Fraction(0)), rate)
    return [
        Money.of(to_minor_unit(points * rate, currency), currency)
        for currency, rate in sorted(best.items())
    ]
