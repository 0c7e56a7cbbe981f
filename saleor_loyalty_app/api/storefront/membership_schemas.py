"""How a shopper stands to the program, as the storefront is told."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from saleor_loyalty_app.api.money import Money

Version = Field(default="", max_length=60)
EXAMPLE: dict[str, Any] = {
    "state": "active",
    "takes_part": True,
    "may_join": False,
    "member_since": "2027-01-04T09:30:00Z",
    "enrollment": "opt_in",
    "join_text": "Collect points on every purchase.",
    "terms": {
        "version": "2027-01",
        "url": "https://shop.example.com/points/terms",
        "agreed_version": "2027-01",
        "agreed_at": "2027-01-04T09:30:00Z",
        "source": "storefront",
    },
    "privacy": {
        "version": "2027-01",
        "url": "https://shop.example.com/privacy",
        "agreed_version": "2027-01",
        "agreed_at": "2027-01-04T09:30:00Z",
        "source": "storefront",
    },
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AgreedText(_Part):
    """A text of the program, and which version of it the shopper agreed to or was shown."""

    version: str = Field(description='In force now; "" = the program names none.')
    url: str | None
    agreed_version: str | None = Field(description="null = none so far.")
    agreed_at: datetime | None
    source: str | None = Field(description="Where: storefront, rewards_page, automatic, import, …")


class Membership(_Part):
    """How a shopper stands to the program."""

    state: Literal["none", "invited", "active", "paused", "blocked", "left"]
    takes_part: bool = Field(description="Whether the program is for them now.")
    may_join: bool = Field(
        description="Whether they are outside until they join: show them how. Who was erased and "
        "keeps the account is, in either kind of program."
    )
    member_since: datetime | None
    enrollment: Literal["automatic", "opt_in"] | None = Field(
        description="How shoppers come in: by themselves or by joining; null without a program."
    )
    join_text: str | None = Field(description="What shoppers read before they join.")
    terms: AgreedText
    privacy: AgreedText

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})


class JoinInput(_Part):
    """The versions of the texts that were shown; they have to be those in force."""

    terms_version: str = Version
    privacy_version: str = Version

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"terms_version": "2027-01", "privacy_version": "2027-01"}]
        },
    )


class Leaving(_Part):
    """What leaving the program would cost."""

    loses: int = Field(ge=0, description="Points that would be gone: spendable and pending.")
    available: int = Field(ge=0)
    pending: int = Field(ge=0)
    worth: Money | None = Field(description="Of `available`, in the channel asked for.")
    redemption: str | None = Field(
        description="Id of a discount that is under way: use it or give it up first."
    )
    says: str = Field(description="All of that in words.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "loses": 165,
                    "available": 120,
                    "pending": 45,
                    "worth": {"amount": "2.40", "currency": "USD"},
                    "redemption": None,
                    "says": "You would lose 165 points. They do not come back if you join again.",
                }
            ]
        },
    )


class ErasureInput(_Part):
    """The shopper really wants it."""

    confirm: Literal[True]
    loses: StrictInt = Field(ge=0, description="The points that were shown as lost.")

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"confirm": True, "loses": 165}]}
    )


class Erasure(_Part):
    """What became of the wish to be forgotten."""

    state: Literal["done", "asked"]
    due_on: str | None = Field(description="Until when staff do it (YYYY-MM-DD), if it is asked.")
    says: str

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "state": "asked",
                    "due_on": "2027-02-03",
                    "says": "The shop was asked to erase your data and does so by Feb 3, 2027.",
                }
            ]
        },
    )
