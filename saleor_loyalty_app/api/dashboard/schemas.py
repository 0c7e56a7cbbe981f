"""What the Dashboard API takes and answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.stores.switches import Part


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(_Model):
    """The orders that the rates of a channel are based on."""

    orders: int
    days: int
    median: Money = Field(description="What the middle one of these orders cost.")


class ChannelTerms(_Model):
    """What the program gives in one channel, in words and numbers."""

    channel: str
    channel_name: str
    currency: str
    earn: str = Field(description='In words: "1 point per $1.00".')
    worth: str = Field(description='In words: "1 point worth $0.02".')
    give_back: str | None = Field(description='Of what is spent, in words: "2%".')
    basis: Basis | None = Field(description="null where a template was used for want of orders.")
    monthly_cost: Money | None = Field(
        description="If every point is spent; null without orders to estimate it from."
    )


class Term(_Model):
    """A setting of the program, in words."""

    name: str
    value: str


class Notice(_Model):
    """A problem of the draft."""

    code: str
    severity: str
    text: str


class Draft(_Model):
    """The draft as it would be published."""

    digest: str = Field(description="Names what was seen; publishing needs it.")
    name: str
    updated_at: datetime
    channels: list[ChannelTerms]
    changes: list[str] = Field(description="What publishing changes, in words; empty = nothing.")
    notices: list[Notice]
    publishable: bool


class InForce(_Model):
    """The program in force."""

    revision: int
    name: str
    since: datetime
    channels: list[ChannelTerms]
    terms: list[Term] = Field(description="When points become spendable and expire, in words.")


class Scheduled(_Model):
    """A program that comes into force later."""

    revision: int
    name: str
    effective_from: datetime
    channels: list[ChannelTerms]
    changes: list[str] = Field(description="What changes then, in words.")


class Switch(_Model):
    """A part of the program that can be stopped at once."""

    part: Part
    on: bool


class StoreTrouble(_Model):
    """A problem of the store that its owner should know of."""

    key: str
    message: str
    since: datetime


class Numbers(_Model):
    """How large the program is."""

    members: int
    outstanding: int = Field(description="Points that members hold, pending ones included.")
    pending: int


class Overview(_Model):
    """All that the app's page shows."""

    may_change: bool = Field(description="Whether the person may publish and switch.")
    in_force: InForce | None
    scheduled: list[Scheduled] = Field(description="What comes into force later, soonest first.")
    draft: Draft | None = Field(
        description="null where it would change nothing, or is scheduled as it is."
    )
    draft_waits: bool = Field(
        description="Neither program nor draft yet: the orders are being read."
    )
    switches: list[Switch]
    problems: list[StoreTrouble]
    figures: Numbers


class SwitchInput(_Model):
    """On or off."""

    on: bool
