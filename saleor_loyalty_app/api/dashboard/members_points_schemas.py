"""What the Dashboard API is told and tells of points by hand."""

from datetime import datetime

from pydantic import ConfigDict, Field, JsonValue, StrictInt

from saleor_loyalty_app.adjustments.reasons import LONGEST_NOTE, Reason
from saleor_loyalty_app.adjustments.repository import AdjustmentRef
from saleor_loyalty_app.api.dashboard.members_deed_schemas import TEXT
from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.flows.give_points import Decision
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.rewards.quote import MOST_POINTS

_ADJUSTMENT: dict[str, JsonValue] = {
    "id": 31,
    "member": "1042",
    "member_name": "Ayşe Yılmaz",
    "points": 250,
    "reason": "late_delivery",
    "reason_name": "Late delivery",
    "note": "Order 18 came a week late.",
    "state": "posted",
    "requested_by": "agent@example.com",
    "requested_at": "2027-01-04T09:30:00Z",
    "is_yours": True,
    "decided_by": None,
    "decided_at": None,
    "decision_note": "",
}


class PointsInput(Answer):
    """Points to give (above zero) or to take (below)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"points": 250, "reason": "late_delivery", "note": "Order 18 came a week late."},
                {"points": -250, "reason": "correction", "note": "Given twice."},
            ]
        },
    )

    points: StrictInt = Field(ge=-MOST_POINTS, le=MOST_POINTS, description="Not 0.")
    reason: Reason
    note: str = Field(
        default="",
        max_length=LONGEST_NOTE,
        pattern=TEXT,
        description="For colleagues. Needed where points are taken, and for other reasons.",
    )


class AdjustmentLine(Answer):
    """Points moved by hand, or a request for it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_ADJUSTMENT]}
    )

    id: int
    member: str
    member_name: str = Field(description="Empty where it is not known.")
    points: int
    reason: str
    reason_name: str = Field(description="The reason in the language of the answer.")
    note: str
    state: str = Field(
        description="posted (it is in the books), waiting (for approval), refused or withdrawn."
    )
    requested_by: str
    requested_at: datetime
    is_yours: bool = Field(description="Who reads this asked for it: another decides.")
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str

    @classmethod
    def of(
        cls,
        made: AdjustmentRef,
        names: dict[str, str],
        called: dict[int, str],
        staff: Staff,
        language: str,
    ) -> "AdjustmentLine":
        """What is told of an adjustment."""
        return cls(
            id=made.id,
            member=str(made.member_id),
            member_name=called.get(made.member_id, ""),
            points=made.points,
            reason=made.reason,
            reason_name=translate(f"reason.{made.reason}", language),
            note=made.note,
            state=made.state,
            requested_by=names[made.requested_by],
            requested_at=made.requested_at,
            is_yours=made.requested_by == staff.actor,
            decided_by=names[made.decided_by] if made.decided_by else None,
            decided_at=made.decided_at,
            decision_note=made.decision_note,
        )


class AdjustmentPage(Answer):
    """A page of adjustments, newest first."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [_ADJUSTMENT], "next": None, "waiting": 0}]},
    )

    items: list[AdjustmentLine]
    next: str | None
    waiting: int = Field(ge=0, description="How many wait for approval in all.")


class DecisionInput(Answer):
    """What becomes of a request."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "approve", "note": "Agreed by phone."}]},
    )

    decision: Decision = Field(
        description="approve and refuse are another person's, withdraw is who asked."
    )
    note: str = Field(default="", max_length=LONGEST_NOTE, pattern=TEXT)


class ReasonTerms(Answer):
    """A reason to move points by hand."""

    code: str
    name: str
    gives: bool
    takes: bool


class SpendingChannel(Answer):
    """A channel in which points have a worth."""

    slug: str
    name: str
    currency: str


class PointsTerms(Answer):
    """What the person may do by hand."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "may_give": True,
                    "may_decide": False,
                    "per_day": 2000,
                    "per_month": 20000,
                    "left_today": 1750,
                    "left_this_month": 19750,
                    "reasons": [
                        {"code": "goodwill", "name": "Goodwill", "gives": True, "takes": False}
                    ],
                    "waiting": 0,
                    "channels": [{"slug": "default-channel", "name": "Default", "currency": "USD"}],
                }
            ]
        },
    )

    may_give: bool
    may_decide: bool = Field(description="May approve what others ask for.")
    per_day: int
    per_month: int
    left_today: int = Field(description="Without approval; given and taken points both count.")
    left_this_month: int
    reasons: list[ReasonTerms]
    waiting: int = Field(ge=0, description="Requests of the store that wait for approval.")
    channels: list[SpendingChannel] = Field(description="Where codes can be made for customers.")
