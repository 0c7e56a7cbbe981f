"""What a shopper prefers and agreed to, as the storefront is told and tells it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

Locale = Literal["en", "tr"]
EXAMPLE: dict[str, Any] = {
    "language": "tr",
    "languages": ["en", "tr"],
    "news": {"email": True, "sms": False},
    "offers": {
        "email": {
            "granted": True,
            "at": "2027-01-04T09:30:00Z",
            "source": "storefront",
            "text_version": "2027-01",
        },
        "sms": {"granted": False, "at": None, "source": "", "text_version": ""},
    },
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Consent(_Part):
    """Whether the shopper agreed to offers by a channel, and the proof of it."""

    granted: bool
    at: datetime | None = Field(description="Of the last change; null = there was none.")
    source: str
    text_version: str


class Offers(_Part):
    """Consents to offers, by channel; off until given."""

    email: Consent
    sms: Consent


class News(_Part):
    """By which channels the shopper wants to hear of their own points."""

    email: StrictBool
    sms: StrictBool


class NewsInput(_Part):
    """What to change; null = nothing."""

    email: StrictBool | None = None
    sms: StrictBool | None = None


class Preferences(_Part):
    """What a shopper prefers and agreed to."""

    language: str = Field(description="Of what is sent to them.")
    languages: list[str] = Field(description="To choose from.")
    news: News
    offers: Offers

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})


class PreferencesInput(_Part):
    """What to change; null = nothing."""

    language: Locale | None = None
    news: NewsInput | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"language": "tr", "news": {"sms": False}}]},
    )


class ConsentInput(_Part):
    """The text that the shopper agreed to."""

    text_version: str = Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Version of the text that was shown.",
    )
    phone: str = Field(
        default="",
        max_length=40,
        description="For sms: the number with its country code; needed the first time.",
    )

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text_version": "2027-01"}]}
    )
