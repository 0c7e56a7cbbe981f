"""Events as other systems report them, and what they are answered."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SkipValidation,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.api.errors import ErrorDetail
from saleor_loyalty_app.api.partner.schemas import TEXT, AddressHash, UserId
from saleor_loyalty_app.custom_events.incoming import REFERENCE, Incoming
from saleor_loyalty_app.programs.scalars import Identifier

#: So many events are sent together at most.
MOST_EVENTS = 100
_HASH = "b6fbd675f98e2abd22d4ed29fdc83150fedc48597e92dd1a7a24381d44a27451"
_SENT: dict[str, JsonValue] = {
    "type": "store-visit",
    "external_id": "visit-4711",
    "user_id": "VXNlcjo1",
    "at": "2027-01-04T09:30:00Z",
    "properties": {"shop": "kadikoy"},
}
_ANSWER: dict[str, JsonValue] = {
    "id": "store-visit:visit-4711",
    "type": "store-visit",
    "external_id": "visit-4711",
    "member_id": "1042",
    "at": "2027-01-04T09:30:00Z",
    "received_at": "2027-01-04T09:30:02Z",
    "outcome": "given",
    "points": 20,
    "status_points": 0,
    "rewards": ["Coffee mug"],
    "why": [],
    "reversed_at": None,
    "taken_back": 0,
    "repeated": False,
}
Outcome = Literal["given", "nothing", "withheld", "unknown_member", "refused", "reversed"]
ExternalId = Annotated[str, StringConstraints(pattern=REFERENCE)]
PropertyName = Annotated[str, StringConstraints(max_length=60, pattern=TEXT)]
Told = Annotated[str, StringConstraints(max_length=1000, pattern=TEXT)]
Number = Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]


def _usual(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise PydanticCustomError("time_unusual", "no such time is meant")
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_usual)]


class EventInput(BaseModel):
    """Something that a member did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [_SENT, {**_SENT, "user_id": None, "email_sha256": _HASH, "at": None}]
        },
    )

    type: Identifier = Field(description="The id of its type in the program.")
    external_id: ExternalId = Field(
        description="Your id of the event, and no personal data: letters, digits, `.`, `_`, `:` "
        "and `-`. One of a type pays once, however often it is sent."
    )
    user_id: UserId | None = Field(default=None, description="Saleor’s id of the customer.")
    email_sha256: AddressHash | None = None
    at: Moment | None = Field(
        default=None, description="When it happened, with its zone; null = now."
    )
    properties: dict[PropertyName, StrictBool | Number | Told] = Field(
        default={}, max_length=50, description="What the type asks for."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.user_id is None) is (self.email_sha256 is None):
            raise PydanticCustomError("one_of_both", "give user_id or email_sha256")
        return self

    def incoming(self) -> Incoming:
        """As it is decided."""
        by_user = self.user_id is not None
        return Incoming(
            type=self.type,
            reference=self.external_id,
            identity="user_id" if by_user else "email_sha256",
            who=self.user_id or self.email_sha256 or "",
            at=self.at,
            properties=self.properties,
        )


class Why(BaseModel):
    """Why nothing was given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(description="Stable; compare this, never the message.")
    message: str = Field(description="For people, in the language of Accept-Language.")


class EventAnswer(BaseModel):
    """An event, and what became of it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_ANSWER]}
    )

    id: str = Field(description="The type and your id, with a colon between them.")
    type: str
    external_id: str = Field(description="Empty once it was forgotten.")
    member_id: str | None = Field(description="The member; null for keys without members:read.")
    at: datetime
    received_at: datetime
    outcome: Outcome = Field(
        description="given: points, or something beside them; nothing: no rule gave anything, and "
        "that stays so; withheld: nothing is given now, and it may be sent again; reversed: it was "
        "taken back. An event that is read may also be refused or unknown_member: it may be sent "
        "again, corrected."
    )
    points: int = Field(ge=0, description="Points that it brought.")
    status_points: int = Field(ge=0, description="Points that count for tiers alone.")
    rewards: list[str] = Field(
        description="What the rewards are called that it brought, in the language of "
        "Accept-Language; without those that were refused or taken back."
    )
    why: list[Why] = Field(description="Why nothing was given; empty where something was.")
    reversed_at: datetime | None
    taken_back: int = Field(ge=0, description="Points that were taken back, by the refund policy.")
    repeated: bool = Field(description="It had been decided before; nothing was done now.")


class EventBatchInput(BaseModel):
    """Events, each of which is looked at by itself."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"events": [_SENT]}]})

    events: Annotated[list[SkipValidation[EventInput]], Field(min_length=1, max_length=MOST_EVENTS)]


class EventResult(BaseModel):
    """What became of one event of several: what it would have been answered alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(description="201, or the status of the failure.")
    event: EventAnswer | None
    error: ErrorDetail | None


class EventBatch(BaseModel):
    """What became of events, in the order in which they were sent."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"results": [{"status": 201, "event": _ANSWER, "error": None}]}]
        },
    )

    results: list[EventResult]
