"""What the storefront API answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.ledger.history_page import EntryState

Slug = Annotated[str, StringConstraints(pattern=r"^[-A-Za-z0-9_]{1,255}$")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expiring(_Answer):
    """Points that expire together."""

    amount: int = Field(ge=1)
    expires_at: datetime


class Points(_Answer):
    """A shopper's points now, in whole points."""

    available: int = Field(ge=0, description="Can be spent now.")
    pending: int = Field(ge=0, description="Earned, but not yet spendable.")
    held: int = Field(ge=0, description="Set aside for a checkout that is under way.")
    lifetime: int = Field(ge=0, description="Ever earned, less what was taken back; never spent.")
    worth: Money | None = Field(
        description="What `available` is worth in the channel; null without a channel, or while "
        "points cannot be spent there."
    )
    expiring: list[Expiring] = Field(description="Soonest first, without those that never expire.")


class ProgramNames(_Answer):
    """What the program and its points are called in the language of the answer."""

    name: str
    point_name: str = Field(description="One of them.")
    points_name: str = Field(description="More of them.")


class Me(_Answer):
    """The shopper's board."""

    program: ProgramNames | None = Field(description="null until the store publishes one.")
    member_since: datetime | None = Field(description="null for who is not (yet) a member.")
    points: Points
    status_points: int | None = Field(
        ge=0,
        description="Those there are; which of them count for a tier is its period's. null where "
        "the program has none.",
    )

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "program": {
                        "name": "Points program",
                        "point_name": "point",
                        "points_name": "points",
                    },
                    "member_since": "2027-01-04T09:30:00Z",
                    "points": {
                        "available": 120,
                        "pending": 45,
                        "held": 0,
                        "lifetime": 165,
                        "worth": {"amount": "2.40", "currency": "USD"},
                        "expiring": [{"amount": 165, "expires_at": "2028-01-31T23:59:59Z"}],
                    },
                    "status_points": 40,
                }
            ]
        },
    )


class Entry(_Answer):
    """One movement of the shopper's points, or status points."""

    id: str = Field(description="Opaque and stable.")
    kind: str = Field(
        description="earn, redeem, reverse, restore, expire, adjust, transfer, donate, merge "
        "or waive."
    )
    amount: int = Field(description="Signed whole points.")
    state: EntryState
    time: datetime = Field(description="When it took effect.")
    order_number: str | None = Field(description="Of the order that caused it, if one did.")
    reason: str = Field(description="Stable code of why.")
    explanation: list[str] = Field(
        description="Why it has its amount, in sentences in the language of the answer; the first "
        "is enough by itself."
    )
    available_from: datetime | None = Field(
        description="When these points become (or became) spendable; null if that is not known yet "
        "or the entry brought none."
    )
    expires_at: datetime | None = Field(description="null = never, or nothing of it can expire.")


class PageInfo(_Answer):
    """How to go on."""

    has_next_page: bool
    end_cursor: str | None = Field(description="Give it as `after` for the next page.")


class History(_Answer):
    """A page of the shopper's movements, newest first."""

    entries: list[Entry]
    page_info: PageInfo

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "entries": [
                        {
                            "id": "ZW50cnk6MQ",
                            "kind": "earn",
                            "amount": 45,
                            "state": "pending",
                            "time": "2027-01-04T09:30:00Z",
                            "order_number": "17",
                            "reason": "order_earned",
                            "explanation": ["45 points for order 17"],
                            "available_from": "2027-01-18T09:30:00Z",
                            "expires_at": "2028-01-31T23:59:59Z",
                        }
                    ],
                    "page_info": {"has_next_page": True, "end_cursor": "YWZ0ZXI6MQ"},
                }
            ]
        },
    )
