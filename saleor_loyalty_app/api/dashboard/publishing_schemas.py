"""What the page of publishing takes and answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from saleor_loyalty_app.api.dashboard.program_schemas import (
    Document,
    Finding,
    SamplingState,
    Shape,
    Version,
)
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.import_choice import MOST_CAP, MOST_DAYS

Note = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
#: A date and time, with a zone or as the clocks of the store show it.
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$",
        max_length=40,
        examples=["2027-02-01T00:00"],
    ),
]


class PublishInput(Shape):
    """What to publish, as it was seen, and when."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"digest": "0" * 64}]},
    )

    digest: Version = Field(
        description="Of the draft that was seen (`digest` of `/program/check`)."
    )
    effective_from: Moment | None = Field(
        default=None, description="When it comes into force; null = at once."
    )
    note: Note = ""


class Published(Shape):
    """The revision that is in force, or comes into force."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"revision": 1, "effective_from": "2027-01-04T12:00:00+03:00", "created": True}
            ]
        },
    )

    revision: int
    effective_from: datetime
    created: bool = Field(description="false: the same program was in force already.")


class RevisionHead(Shape):
    """A published program."""

    number: int
    state: Literal["in_force", "scheduled", "past", "canceled"]
    name: str
    version: Version
    effective_from: datetime
    published_at: datetime
    published_by: str = Field(description='"user:<id>" of Saleor, or "cli".')
    published_by_name: str = Field(description="Who that is, in words.")
    by_you: bool
    note: str
    canceled_at: datetime | None
    canceled_by: str | None


class Revisions(Shape):
    """Published programs, newest first."""

    items: list[RevisionHead]
    next: str | None = Field(description="`after` of the next page; null = this was the last.")


class RevisionSeen(Shape):
    """A published program, and what going back to it would change."""

    head: RevisionHead
    document: Document
    changes: list[str] = Field(description="Against the program in force, in words.")
    problems: list[Finding]
    publishable: bool


class RollBackInput(Shape):
    """Going back to an old program."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"note": "Too generous"}]}
    )

    note: Note = ""


class DraftSeen(Shape):
    """The draft as it would be published."""

    digest: Version | None = Field(description="null where it cannot be read.")
    name: str
    updated_at: datetime
    updated_by: str
    by_you: bool
    changes: list[str] = Field(description="Against what is in force then; empty = nothing.")
    problems: list[Finding]
    publishable: bool
    scheduled: bool = Field(description="It is published already and comes into force later.")


class PublishingPage(Shape):
    """All that the page of publishing starts from."""

    may_change: bool
    timezone: str
    now: datetime = Field(description="As the clocks of the store show it.")
    went_live_at: datetime | None = Field(
        description="The cut-over: orders made before it count only where they are imported."
    )
    draft: DraftSeen | None
    in_force: RevisionHead | None
    scheduled: list[RevisionHead]


class RuleCost(Shape):
    """What one rule gives."""

    id: str = Field(description="Of the rule; names may be the same.")
    rule: str
    points: int = Field(description="Cut to whole points.")


class TopTier(Shape):
    """What all orders would have earned if every one came from the tier that multiplies most."""

    tier: str = Field(description="What it is called.")
    points: int
    monthly: Money


class ChannelCost(Shape):
    """What the draft would have given in one channel, beside the program in force."""

    channel: str
    channel_name: str
    currency: str
    orders: int = Field(description="Paid orders.")
    turnover: Money
    earning: int = Field(description="Of these, orders that would have earned.")
    points: int
    worth: Money
    monthly: Money = Field(description="The worth of the points of 30 days.")
    share: str = Field(description="The worth as a share of what the orders cost, in words.")
    monthly_before: Money | None = Field(description="Of the program in force; null = none is.")
    tier_known: int = Field(
        description="Orders counted with the multiplier of the tier that their buyer has now; the "
        "others are counted without one."
    )
    top: TopTier | None = Field(description="null where no tier multiplies points.")
    rules: list[RuleCost]
    not_judged: list[str] = Field(
        description="Names of rules that depend on who bought, which past orders do not tell: "
        "counted only where they hold for everybody."
    )


class Cost(Shape):
    """What the draft would have given on past orders, all points spent and no goods returned.

    Orders alone: what else brings points is told by `/publishing/deeds`.
    """

    sampling: SamplingState
    days: int | None
    channels: list[ChannelCost] | None = Field(description="null until the orders were read.")


class ImportInput(Shape):
    """How orders from before the program count."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"mode": "days", "days": 180, "dry_run": True}]},
    )

    mode: Literal["none", "days", "capped", "status_only"]
    days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)] | None = None
    cap: Annotated[StrictInt, Field(ge=1, le=MOST_CAP)] | None = Field(
        default=None, description="The most points that one customer gets."
    )
    dry_run: bool = Field(description="Only report; nothing is booked.")


class ImportReport(Shape):
    """What an import counted so far; points are status points where it counts these alone."""

    points: int
    customers: int | None = Field(description="null until it is over.")
    most: int | None = Field(description="The most points of one customer; null until it is over.")
    counted: int
    reasons: dict[str, int] = Field(description="Orders that do not count, by why, in words.")


class Import(Shape):
    """An import of orders from before the program."""

    id: int
    mode: str
    days: int | None
    cap: int | None
    dry_run: bool
    state: str = Field(description="running, done or canceled.")
    progress: int = Field(ge=0, le=100)
    orders_seen: int
    started_at: datetime
    finished_at: datetime | None
    report: ImportReport


class Imports(Shape):
    """The latest imports, newest first."""

    items: list[Import]
