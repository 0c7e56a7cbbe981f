"""API keys as staff see and make them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.programs.scalars import Identifier
from saleor_loyalty_app.rewards.quote import MOST_POINTS
from saleor_loyalty_app.stores.partner_keys import (
    LONGEST_GRACE,
    LONGEST_NAME,
    MOST_EVENT_TYPES,
    MOST_KEYS,
    Scope,
)

_KEY: dict[str, JsonValue] = {
    "id": 3,
    "prefix": "slk_7hq2m0x4c9ab_…",
    "name": "Cash registers",
    "scopes": ["members:read", "points:write"],
    "event_types": ["store-visit"],
    "day_limit": 5000,
    "moved_today": 250,
    "state": "active",
    "must_sign": True,
    "expires_on": None,
    "secret_at": "2027-01-04T09:30:00Z",
    "old_secret_until": None,
    "last_used_at": "2027-01-05T14:02:00Z",
    "created_by": "owner@example.com",
    "created_at": "2027-01-04T09:30:00Z",
    "revoked_by": None,
    "revoked_at": None,
}
_TOKEN = "slk_7hq2m0x4c9ab_" + "x" * 40
_LONGEST_GRACE_HOURS = int(LONGEST_GRACE.total_seconds()) // 3600


def _example(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class PartnerKeyLine(Answer):
    """An API key, without its secret."""

    model_config = _example(_KEY)

    id: int
    prefix: str = Field(description="The public part, by which it is told from others.")
    name: str
    scopes: list[str] = Field(description="Such as members:read; see PartnerKeyInput.")
    event_types: list[str] = Field(description="Ids of the types of events that it may report.")
    day_limit: int = Field(
        ge=0, description="Points that it may give and take in a day of the store's, added up."
    )
    moved_today: int = Field(ge=0)
    state: Literal["active", "expired", "revoked"]
    must_sign: bool = Field(
        description="Its requests are signed with its secret, which is never sent."
    )
    expires_on: date | None = Field(description="The last day on which it works; null = for ever.")
    secret_at: datetime = Field(description="Since when it has its secret.")
    old_secret_until: datetime | None = Field(
        description="The secret before the last rotation works until then; null = no more."
    )
    last_used_at: datetime | None = Field(description="Within a minute; null = never.")
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


class PartnerKeyPage(Answer):
    """A page of API keys, the newest first."""

    model_config = _example(
        {
            "items": [_KEY],
            "next": None,
            "api_url": "https://loyalty.example.com/api/partner/v1",
            "most": MOST_KEYS,
        }
    )

    items: list[PartnerKeyLine]
    next: str | None = Field(description="Give it as `after` for the next page.")
    api_url: str = Field(description="Where systems reach the API.")
    most: int = Field(description="Keys that a store may have, without the revoked ones.")


class PartnerKeyMade(Answer):
    """A key with its secret, which is told here and never again."""

    model_config = _example({"key": _KEY, "token": _TOKEN})

    key: PartnerKeyLine
    token: str = Field(
        description="What the system sends (`Authorization: Bearer <token>`), or, where the key "
        "must sign, what it signs its requests with."
    )


class PartnerKeyInput(Answer):
    """What an API key may do."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Cash registers",
                    "scopes": ["members:read", "points:write"],
                    "event_types": ["store-visit"],
                    "day_limit": 5000,
                    "expires_on": "2027-12-31",
                }
            ]
        },
    )

    name: Annotated[
        str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")
    ]
    scopes: Annotated[
        list[Scope],
        Field(
            max_length=len(Scope),
            description="members:read tells what members have; with members:identify also who they "
            "are, by name and address.",
        ),
    ]
    event_types: Annotated[list[Identifier], Field(max_length=MOST_EVENT_TYPES)] = Field(
        default=[],
        description="Ids of the types of events that it may report; one that the program does not "
        "have yet is fine.",
    )
    day_limit: StrictInt = Field(
        default=0,
        ge=0,
        le=MOST_POINTS,
        description="Points that it may give and take in a day, added up; needed for points:write.",
    )
    expires_on: date | None = Field(
        default=None, description="The last day on which it works; null = until it is revoked."
    )

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if not self.scopes and not self.event_types:
            raise PydanticCustomError("scope_missing", "a key needs something that it may do")
        if Scope.move_points in self.scopes and self.day_limit < 1:
            raise PydanticCustomError("day_limit_missing", "points:write needs a limit for the day")
        if Scope.identify_members in self.scopes and Scope.read_members not in self.scopes:
            raise PydanticCustomError("scope_needs_read", "members:identify needs members:read")
        return self

    @property
    def gives(self) -> bool:
        """Whether whoever has the key could make points."""
        return Scope.move_points in self.scopes or bool(self.event_types)


_MUST_SIGN = (
    "Requests are signed with the secret, which is then never sent. Of a key that is sent, whoever "
    "reads a request has it."
)


class NewPartnerKeyInput(PartnerKeyInput):
    """What a new API key may do, and how its system proves itself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Cash registers",
                    "scopes": ["members:read", "points:write"],
                    "event_types": ["store-visit"],
                    "day_limit": 5000,
                    "expires_on": None,
                    "must_sign": True,
                }
            ]
        },
    )

    must_sign: StrictBool | None = Field(
        default=None,
        description=f"{_MUST_SIGN} null = where the key may give points or report events.",
    )


class RotationInput(Answer):
    """For how long the old secret works beside the new one, and how the new one is used."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"old_works_hours": 24, "must_sign": True}]},
    )

    old_works_hours: StrictInt = Field(
        default=24, ge=0, le=_LONGEST_GRACE_HOURS, description="0 = not at all."
    )
    must_sign: StrictBool | None = Field(
        default=None,
        description=f"{_MUST_SIGN} null = as it is. The old secret is used as it was.",
    )
