"""A shopper's birthday and answers, as the storefront is told and tells them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from saleor_loyalty_app.api.errors import ErrorDetail

BIRTHDAY_EXAMPLE: dict[str, Any] = {
    "asked": True,
    "birthday": {"month": 2, "day": 29},
    "next_on": "2027-02-28",
    "changeable_from": None,
    "brings": 100,
    "rewards": ["10 % off"],
    "not_now": [
        {
            "reward": "10 % off",
            "reason": {
                "code": "reward_gone",
                "message": "The last one was taken.",
                "detail": {"reward": "ten-percent"},
            },
        }
    ],
    "known_days": 7,
}
QUESTIONS_EXAMPLE: dict[str, Any] = {
    "questions": [
        {
            "id": "size",
            "text": "Which size do you wear?",
            "kind": "choice",
            "options": [{"id": "s", "label": "Small"}, {"id": "m", "label": "Medium"}],
            "shown": ["panel", "page"],
            "asked": True,
            "brings": 0,
            "rewards": [],
            "not_now": [],
            "answer": {"value": "m", "label": "Medium", "answered_at": "2027-01-04T09:30:00Z"},
        }
    ],
    "given": 50,
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DayOfYear(_Part):
    """Day and month, never the year."""

    month: StrictInt = Field(ge=1, le=12)
    day: StrictInt = Field(ge=1, le=31)


class BirthdayInput(DayOfYear):
    """The birthday to keep."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"month": 2, "day": 29}]}
    )


class RewardNotNow(_Part):
    """A reward that would not be given as things are."""

    reward: str = Field(description="What it is called.")
    reason: ErrorDetail = Field(description="Such as that none is left.")


class BirthdayPage(_Part):
    """The shopper's birthday, and what it brings."""

    asked: bool = Field(description="Whether the program asks for it.")
    birthday: DayOfYear | None
    next_on: date | None = Field(description="When it is celebrated next, in the store's zone.")
    changeable_from: datetime | None = Field(
        description="From when another day is taken: one change a year. null = now."
    )
    brings: int = Field(description="Points on the next birthday.")
    rewards: list[str] = Field(description="What the rewards are called that come with it.")
    not_now: list[RewardNotNow] = Field(
        description="Those of the rewards that would not be given as things are."
    )
    known_days: int = Field(description="It counts if it was told so many days before.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [BIRTHDAY_EXAMPLE]})


class QuestionOption(_Part):
    """One of the answers to choose from."""

    id: str
    label: str


class GivenAnswer(_Part):
    """What the shopper answered."""

    value: str = Field(description="An option's id, a number, YYYY-MM-DD, or words.")
    label: str = Field(description="The answer as people read it.")
    answered_at: datetime


class QuestionLine(_Part):
    """A question with the shopper's answer."""

    id: str
    text: str
    kind: Literal["choice", "number", "date", "text"]
    options: list[QuestionOption]
    shown: list[Literal["panel", "page"]] = Field(description="Where the owner wants it asked.")
    asked: bool = Field(description="false = only the answer is left; it can be deleted.")
    brings: int = Field(description="Points for answering now; 0 once they were given.")
    rewards: list[str] = Field(description="What the rewards are called that come with it.")
    not_now: list[RewardNotNow] = Field(
        description="Those of the rewards that would not be given as things are."
    )
    answer: GivenAnswer | None


class Questions(_Part):
    """What is asked, and what was answered."""

    questions: list[QuestionLine]
    given: int = Field(default=0, description="Points that came with this change.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [QUESTIONS_EXAMPLE]})


class AnswerInput(_Part):
    """An answer, written as the question's kind wants it."""

    answer: str = Field(
        min_length=1,
        max_length=600,
        description="An option's id, a number such as 12.5, YYYY-MM-DD, or up to 500 letters.",
    )

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"answer": "m"}]})
