"""What the partner API answers, and what it is asked."""

import hashlib
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.adjustments.reasons import LONGEST_NOTE, Reason
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.ledger.history_page import EntryState
from saleor_loyalty_app.rewards.quote import MOST_POINTS

#: PostgreSQL stores no NUL in texts.
TEXT = r"^[^\x00]*$"
UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$", examples=["VXNlcjo1"])]
AddressHash = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the e-mail address without spaces around it, A to Z made small; "
        "64 small hexadecimal digits.",
    ),
]
Version = Annotated[str, Field(max_length=60, pattern=TEXT)]

EXPIRING: dict[str, JsonValue] = {"amount": 165, "expires_at": "2028-01-31T23:59:59Z"}
MEMBER: dict[str, JsonValue] = {
    "id": "1042",
    "user_id": "VXNlcjo1",
    "name": "Ayşe Yılmaz",
    "email": "ayse@example.com",
    "confirmed": True,
    "language": "tr",
    "state": "active",
    "blocked": [],
    "joined_at": "2027-01-04T09:30:00Z",
    "tier": {"id": "gold", "name": "Gold"},
    "points": {
        "available": 120,
        "pending": 45,
        "held": 0,
        "debt": 0,
        "lifetime": 165,
        "worth": {"amount": "2.40", "currency": "USD"},
        "expiring": [EXPIRING],
    },
}
MOVEMENT: dict[str, JsonValue] = {
    "id": "ZW50cnk6MQ",
    "kind": "earn",
    "amount": 45,
    "state": "pending",
    "at": "2027-01-04T09:30:00Z",
    "order_number": "18",
    "reason": "order_earned",
    "explanation": ["Order 18 earned 45 points."],
    "available_from": "2027-01-18T09:30:00Z",
    "expires_at": "2028-01-31T23:59:59Z",
}


def _example(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeySelf(_Part):
    """The key that asks."""

    model_config = _example(
        {
            "name": "Cash registers",
            "store": "https://shop.example.com/graphql/",
            "scopes": ["members:read", "points:write"],
            "day_limit": 5000,
            "left_today": 4750,
            "expires_at": None,
            "must_sign": True,
        }
    )

    name: str
    store: str = Field(description="Saleor's address of the store that the key belongs to.")
    scopes: list[str] = Field(
        description="members:read, members:identify, members:write, points:write, "
        "complaints:write, events:<type>."
    )
    day_limit: int = Field(
        ge=0, description="Points that it may give and take in a day of the store's, added up."
    )
    left_today: int = Field(ge=0)
    expires_at: datetime | None = Field(description="null = it works until it is revoked.")
    must_sign: bool = Field(description="Its requests are signed with the key, never sent with it.")


class ExpiringLots(_Part):
    """Points that expire together."""

    amount: int = Field(ge=1)
    expires_at: datetime


class MemberPoints(_Part):
    """What a member has now, in whole points."""

    available: int = Field(ge=0, description="Can be spent now.")
    pending: int = Field(ge=0, description="Earned, but not yet spendable.")
    held: int = Field(ge=0, description="Set aside for a checkout or a code.")
    debt: int = Field(ge=0, description="Owed; what comes in pays it first.")
    lifetime: int = Field(description="Ever earned, less what was taken back; never spent.")
    worth: Money | None = Field(
        description="What `available` is worth; null where channels differ, or while points cannot "
        "be spent."
    )
    expiring: list[ExpiringLots] = Field(
        description="Soonest first, without those that never expire."
    )


class MemberTier(_Part):
    """The tier that a member holds now."""

    id: str
    name: str = Field(description="In the language of Accept-Language.")


class PartnerMember(_Part):
    """A member with what they have."""

    model_config = _example(MEMBER)

    id: str = Field(description="The member's number. Stable, unless they are merged into another.")
    user_id: str | None = Field(description="Saleor's id of the customer; null for guests.")
    name: str | None = Field(
        description="As Saleor knows it; empty where it is not known. null for keys without "
        "members:identify."
    )
    email: str | None = Field(
        description="null for guests and for who was erased, and for keys without members:identify."
    )
    confirmed: bool = Field(
        description="The customer proved to own the address. Anybody can open an account with "
        "somebody else's: give nothing for an address alone that was not proved."
    )
    language: str = Field(description="Of the customer, such as tr; empty where it is not known.")
    state: str = Field(description="guest, invited, active, paused, blocked, left or erased.")
    blocked: list[str] = Field(description="Of spending, earning, codes: what is blocked.")
    joined_at: datetime | None
    tier: MemberTier | None = Field(description="null = none, or the program has no tiers.")
    points: MemberPoints


class Enrolled(_Part):
    """That somebody takes part: no more of them than a key that may only enroll is to know."""

    model_config = _example(
        {name: MEMBER[name] for name in ("id", "user_id", "state", "joined_at")}
    )

    id: str = Field(description="The member's number. Stable, unless they are merged into another.")
    user_id: str | None = Field(description="Saleor's id of the customer.")
    state: str = Field(description="active, or what else became of them at the same moment.")
    joined_at: datetime | None


class FoundMembers(_Part):
    """Whom a look-up found: nobody, one, or more (an account and a guest with one address)."""

    model_config = _example({"items": [MEMBER]})

    items: list[PartnerMember] = Field(description="Who proved the address first.")


class LookupInput(_Part):
    """By what a member is looked up: one of these."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"email": "ayse@example.com"},
                {"user_id": "VXNlcjo1"},
                {"email_sha256": hashlib.sha256(b"ayse@example.com").hexdigest()},
            ]
        },
    )

    user_id: UserId | None = Field(default=None, description="Saleor's id of the customer.")
    email: str | None = Field(
        default=None, min_length=3, max_length=254, pattern=r"^[^\x00]*@[^\x00]*$"
    )

    email_sha256: AddressHash | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(one is not None for one in (self.user_id, self.email, self.email_sha256)) != 1:
            raise PydanticCustomError("one_of_both", "give user_id, email or email_sha256")
        return self


class EnrollInput(_Part):
    """Which customer joins, and which texts they were shown."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"user_id": "VXNlcjo1", "terms_version": "2027-01", "privacy_version": "2027-01"}
            ]
        },
    )

    user_id: UserId = Field(description="Saleor's id of the customer.")
    terms_version: Version = Field(
        default="", description='Of the terms that they agreed to; "" = the program names none.'
    )
    privacy_version: Version = Field(
        default="", description='Of the notice that they were shown; "" = the program names none.'
    )


class Movement(_Part):
    """One movement of a member's points, or status points."""

    id: str = Field(description="Opaque and stable.")
    kind: str = Field(
        description="earn, redeem, reverse, restore, expire, adjust, transfer, donate, merge "
        "or waive."
    )
    amount: int = Field(description="Signed whole points.")
    state: EntryState
    at: datetime = Field(description="When it took effect.")
    order_number: str | None = Field(description="Of the order that caused it, if one did.")
    reason: str = Field(description="Stable code of why.")
    explanation: list[str] = Field(
        description="Why it has its amount, in the language of Accept-Language; the first sentence "
        "is enough by itself."
    )
    available_from: datetime | None
    expires_at: datetime | None


class Movements(_Part):
    """A page of movements, newest first."""

    model_config = _example({"items": [MOVEMENT], "next": None})

    items: list[Movement]
    next: str | None = Field(description="Give it as `after` for the next page; null = the last.")


class MoveInput(_Part):
    """Points to give (above zero) or to take (below)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"points": 75, "reason": "shop_purchase", "note": "Receipt 4711"},
                {"points": -75, "reason": "shop_purchase", "note": "Receipt 4711 returned"},
            ]
        },
    )

    points: StrictInt = Field(ge=-MOST_POINTS, le=MOST_POINTS, description="Not 0.")
    reason: Reason = Field(
        description="The customer reads it. Taken are points for shop_purchase, correction, misuse "
        "and other; given for all but misuse."
    )
    note: str = Field(
        default="",
        max_length=LONGEST_NOTE,
        pattern=TEXT,
        description="For staff. Needed where points are taken, and for other.",
    )


class Moved(_Part):
    """Points that were given or taken."""

    model_config = _example(
        {
            "id": "31",
            "member_id": "1042",
            "points": 75,
            "reason": "shop_purchase",
            "reason_name": "Purchase in a shop",
            "entry_id": "ZW50cnk6MQ",
            "at": "2027-01-04T09:30:00Z",
        }
    )

    id: str = Field(description="The same whenever the same wish comes again.")
    member_id: str
    points: int
    reason: str
    reason_name: str = Field(description="The reason in the language of the answer.")
    entry_id: str = Field(description="`id` of the movement in the statement.")
    at: datetime
