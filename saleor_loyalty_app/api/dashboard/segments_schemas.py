"""What the Dashboard API tells of segments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.dashboard.program_schemas import Document
from saleor_loyalty_app.flows.segment_standing import SegmentStanding
from saleor_loyalty_app.programs.scalars import Reference
from saleor_loyalty_app.programs.segment_reasons import Line, Reason
from saleor_loyalty_app.programs.segments import Agreed, Segment
from saleor_loyalty_app.programs.segments_words import (
    Names,
    came_in_words,
    number_words,
    part_words,
    segment_sentence,
)
from saleor_loyalty_app.segments.sweeps import Sweep

_REASON: dict[str, JsonValue] = {
    "condition": "spent at least ₺5,000.00 in the last 365 days",
    "number": "₺6,240.00",
    "holds": True,
    "kind": "condition",
    "of": [],
}
_EITHER: dict[str, JsonValue] = {
    "condition": "At least one of these:",
    "number": "",
    "holds": True,
    "kind": "any",
    "of": [
        {
            "condition": "the last order did not go to Türkiye",
            "number": "Germany",
            "holds": True,
            "kind": "condition",
            "of": [],
        },
        _REASON | {"number": "₺120.00", "holds": False},
    ],
}
_SEGMENT: dict[str, JsonValue] = {
    "id": "loyal",
    "name": "Loyal customers",
    "told": "Members for whom this holds: spent at least ₺5,000.00 in the last 365 days.",
    "members": 412,
}
_SWEEP: dict[str, JsonValue] = {
    "running": False,
    "total": 12000,
    "done": 12000,
    "started_at": "2027-01-04T00:00:30Z",
    "finished_at": "2027-01-04T00:01:10Z",
}
_MEMBER: dict[str, JsonValue] = {
    "member": "1042",
    "name": "Ayşe Yılmaz",
    "since": "2027-01-04T09:30:00Z",
    "why": [_REASON],
    "came_in": "Came in with: spent ₺5,010.00 in the last 365 days.",
}
_STANDING: dict[str, JsonValue] = {
    "id": "worth-it",
    "name": "Worth a parcel abroad",
    "since": "2027-01-04T09:30:00Z",
    "fits": True,
    "told": "Members for whom this holds: the last order did not go to Türkiye or spent at least "
    "₺5,000.00 in the last 365 days.",
    "why": [_EITHER],
    "came_in": "Came in with: the last order went to Germany; spent ₺0.00 in the last 365 days.",
}

_WHY = Field(
    description="What is asked for, all of it. Empty for who takes no part in the program now."
)
_CAME_IN = Field(
    description="What the member had when they came in, as a sentence. Empty: they are not in it, "
    "or it is not known."
)


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class SegmentReason(Answer):
    """One condition and what the member has, or a group of them.

    What a rule turns around is told as what it asks for: "not (a and b)" as a group of which one
    holds, "not a" and "not b". So each condition counts for being in where it holds.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_REASON, _EITHER]}
    )

    kind: Literal["condition", "all", "any"] = Field(
        description="A condition; or a group, of which all or at least one must hold."
    )
    condition: str = Field(description="The line in words; of a group, how many of it must hold.")
    number: str = Field(
        description="What the member has now; – = nothing. Empty for a group, and where the "
        "condition says it."
    )
    holds: bool
    of: list["SegmentReason"] = Field(description="What a group is made of.")

    @classmethod
    def of_reason(cls, reason: Reason, language: str, names: Names) -> "SegmentReason":
        """A condition or a group as it is told."""
        part = reason.part
        number = ""
        # Of an agreement the condition and its mark say all.
        if isinstance(part, Line) and not isinstance(part.leaf, Agreed):
            number = number_words(part.leaf, reason.number, language, names)
        return cls(
            kind="condition" if isinstance(part, Line) else part.joint,
            condition=part_words(part, language, names),
            number=number,
            holds=reason.holds,
            of=told_reasons(reason.of, language, names),
        )


class SegmentLine(Answer):
    """A segment in force, and how many members are in it."""

    model_config = _example(**_SEGMENT)

    id: str
    name: str
    told: str = Field(description="Who is meant, as a sentence.")
    members: int = Field(ge=0)

    @classmethod
    def of(cls, segment: Segment, members: int, language: str, names: Names) -> "SegmentLine":
        """A segment as it is told."""
        return cls(
            id=segment.id,
            name=segment.label(language),
            told=segment_sentence(segment.rule, language, names),
            members=members,
        )


class SegmentSweepState(Answer):
    """How far members were looked at, and when that was."""

    model_config = _example(**_SWEEP)

    running: bool
    total: int = Field(ge=0)
    done: int = Field(ge=0)
    started_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, sweep: Sweep) -> "SegmentSweepState":
        """A walk over all members."""
        return cls(
            running=sweep.running,
            total=sweep.total,
            done=min(sweep.done, sweep.total),
            started_at=sweep.started_at,
            finished_at=sweep.finished_at,
        )


class SegmentBoard(Answer):
    """The segments in force. `sweep`: null before members were looked at for the first time."""

    model_config = _example(segments=[_SEGMENT], sweep=_SWEEP)

    segments: list[SegmentLine]
    sweep: SegmentSweepState | None


class SegmentMemberLine(Answer):
    """Somebody in a segment, since when, and why."""

    model_config = _example(**_MEMBER)

    member: str
    name: str
    since: datetime
    why: list[SegmentReason] = _WHY
    came_in: str = _CAME_IN


class SegmentMemberPage(Answer):
    """The members of a segment, in the order of their numbers."""

    model_config = _example(items=[_MEMBER], next=None)

    items: list[SegmentMemberLine]
    next: str | None


class SegmentStandingLine(Answer):
    """A segment and one member: whether they are in it, and what each condition finds."""

    model_config = _example(**_STANDING)

    id: str
    name: str
    since: datetime | None = Field(description="When they came in; null = they are not in it.")
    fits: bool = Field(description="They fulfill the rule now.")
    told: str = Field(description="Who is meant, as a sentence.")
    why: list[SegmentReason] = _WHY
    came_in: str = _CAME_IN

    @classmethod
    def of(cls, found: SegmentStanding, language: str, names: Names) -> "SegmentStandingLine":
        """A standing as it is told."""
        return cls(
            id=found.segment.id,
            name=found.segment.label(language),
            since=found.since,
            fits=found.fits,
            told=segment_sentence(found.segment.rule, language, names),
            why=told_reasons(found.reasons, language, names),
            came_in=came_in_words(found.came_in, language, names),
        )


class MemberSegments(Answer):
    """All segments in force, and where a member stands in each."""

    model_config = _example(segments=[_STANDING])

    segments: list[SegmentStandingLine]


_Name = Annotated[str, StringConstraints(max_length=300)]


class SegmentTrial(Answer):
    """A rule to be tried. `names`: what categories are called in the store, by slug."""

    model_config = _example(rule={"type": "orders", "min": 3, "days": 90}, names={})

    rule: Document
    names: Annotated[dict[Reference, _Name], Field(max_length=300)] = {}


class SegmentFits(Answer):
    """What a rule comes to: on all members, or on a sample of them."""

    model_config = _example(
        told="Members for whom this holds: orders in the last 90 days: at least 3.",
        total=12000,
        looked_at=4011,
        sample=True,
        fit=90,
        expected=269,
        shown=[{"member": "1042", "name": "Ayşe Yılmaz"}],
    )

    told: str
    total: int = Field(ge=0, description="Members of the store.")
    looked_at: int = Field(ge=0)
    sample: bool = Field(description="Not everybody was looked at.")
    fit: int = Field(ge=0, description="Of those who were looked at.")
    expected: int = Field(ge=0, description="Of all members, about.")
    shown: list["NamedMember"] = Field(description="Some who fit, with who may see members.")


class NamedMember(Answer):
    """Somebody by number and name."""

    model_config = _example(member="1042", name="Ayşe Yılmaz")

    member: str
    name: str


SegmentFits.model_rebuild()


def told_reasons(reasons: Sequence[Reason], language: str, names: Names) -> list[SegmentReason]:
    """The reasons of a segment as they are told."""
    return [SegmentReason.of_reason(reason, language, names) for reason in reasons]
