"""Events of other systems as staff see and try them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.dashboard.program_schemas import DOCUMENT_EXAMPLE, Document
from saleor_loyalty_app.api.partner.events_schemas import (
    Moment,
    Number,
    Outcome,
    PropertyName,
    Told,
    Why,
)
from saleor_loyalty_app.api.partner.schemas import TEXT
from saleor_loyalty_app.programs.scalars import Identifier

_TYPE: dict[str, Any] = {
    "type": "store-visit",
    "received": 42,
    "given": 30,
    "nothing": 8,
    "withheld": 1,
    "unknown_member": 2,
    "refused": 1,
    "reversed": 0,
    "points": 600,
}
_LINE: dict[str, Any] = {
    "id": "17",
    "type": "store-visit",
    "type_name": "Visit to a shop",
    "external_id": "visit-4711",
    "member_id": "1042",
    "member_name": "Ayşe Yılmaz",
    "system": "Cash registers",
    "at": "2027-01-04T09:30:00Z",
    "received_at": "2027-01-04T09:30:02Z",
    "tries": 1,
    "outcome": "nothing",
    "points": 0,
    "status_points": 0,
    "taken_back": 0,
    "reversed_at": None,
    "properties": {"shop": "kadikoy"},
    "why": [{"code": "cap_times", "message": "Visits: a member gets it 1 × each day at most"}],
    "perks": [],
}


def _example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class EventsOfType(Answer):
    """What came of one type lately; those that were taken back are in `reversed` alone."""

    type: str
    received: int
    given: int
    nothing: int
    withheld: int
    unknown_member: int
    refused: int
    reversed: int
    points: int = Field(description="What they brought, less what was taken back.")


class EventsOverview(Answer):
    """What other systems reported in the last days."""

    model_config = _example(
        {"days": 30, "types": [_TYPE], "api_url": "https://loyalty.example.com/api/partner/v1"}
    )

    days: int = Field(description="So many days are counted.")
    types: list[EventsOfType] = Field(description="Those of which something came.")
    api_url: str = Field(description="Where systems reach the API.")


class EventLine(Answer):
    """An event as it came, and what became of it."""

    model_config = _example(_LINE)

    id: str
    type: str
    type_name: str = Field(description="Its id, where the program has no such type any more.")
    external_id: str = Field(description="The other system’s id; empty once it was forgotten.")
    member_id: str | None
    member_name: str = Field(description="Empty where nobody was found, or is known by name.")
    system: str = Field(description="What the API key is called by which it came first.")
    at: datetime
    received_at: datetime
    tries: int = Field(description="How often it came until it was decided.")
    outcome: Outcome
    points: int
    status_points: int
    taken_back: int
    reversed_at: datetime | None
    properties: dict[str, StrictBool | int | str]
    why: list[Why]
    perks: list[str] = Field(
        description="What it brought beside points, and what became of that, as sentences."
    )


class EventLog(Answer):
    """A page of events, newest first."""

    model_config = _example({"items": [_LINE], "next": None})

    items: list[EventLine]
    next: str | None = Field(description="Give it as `after` for the next page.")


class TryEventInput(Answer):
    """An event that did not happen, and the document that decides it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "document": DOCUMENT_EXAMPLE,
                    "type": "store-visit",
                    "member": "ayse@example.com",
                    "at": None,
                    "properties": {"shop": "kadikoy"},
                }
            ]
        },
    )

    document: Document
    type: Identifier
    member: Annotated[
        str,
        Field(
            max_length=254,
            pattern=TEXT,
            description="A member’s number or address, or Saleor’s id of the customer; empty for "
            "somebody new.",
        ),
    ] = ""
    at: Moment | None = None
    properties: Annotated[dict[PropertyName, StrictBool | Number | Told], Field(max_length=50)] = {}


class TriedRule(Answer):
    """What one rule would give."""

    rule: str
    name: str
    unit: str
    points: int
    perk: str = Field(description="What it would give beside points; empty for points.")


class TriedEvent(Answer):
    """What the event would bring."""

    model_config = _example(
        {
            "outcome": "given",
            "member_name": "Ayşe Yılmaz",
            "rules": [
                {"rule": "visits", "name": "Visits", "unit": "points", "points": 20, "perk": ""}
            ],
            "why": [],
        }
    )

    outcome: Outcome
    member_name: str = Field(description="Whose caps and tier counted; empty for somebody new.")
    rules: list[TriedRule]
    why: list[Why]
