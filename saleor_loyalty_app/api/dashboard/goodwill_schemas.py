"""What the Dashboard is told of goodwill, and what it sends."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.adjustments.reasons import LONGEST_NOTE
from saleor_loyalty_app.api.dashboard.members_deed_schemas import TEXT
from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.decide_goodwill import GoodwillChoice
from saleor_loyalty_app.goodwill.prompts import OPEN, Prompt, Tally
from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs.goodwill import SIGNALS, SignalKind
from saleor_loyalty_app.rewards.quote import MOST_POINTS

#: Saleor's numbers of orders are short.
LONGEST_ORDER = 100
PROMPT_EXAMPLE: dict[str, JsonValue] = {
    "id": 7,
    "member": "1042",
    "member_name": "Ayşe Yılmaz",
    "order_number": "18",
    "signal": "late_delivery",
    "signal_name": "Late delivery",
    "told": "The last goods left on day 9 after the payment; the limit is day 5.",
    "suggested": "amount",
    "points": 500,
    "amount": {"amount": "5.00", "currency": "USD"},
    "as_code": True,
    "automatic": False,
    "state": "open",
    "choices": ["accept", "change", "decline"],
    "opened_at": "2027-01-04T09:30:00Z",
    "opened_by": None,
    "note": "",
    "given": 0,
    "decided_at": None,
    "decided_by": None,
    "decision_note": "",
    "code": None,
    "code_why": None,
}


class GoodwillPrompt(Answer):
    """Something that went wrong with an order, and what is suggested for it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [PROMPT_EXAMPLE]}
    )

    id: int
    member: str
    member_name: str
    order_number: str
    signal: SignalKind
    signal_name: str
    told: str = Field(description="What was seen, as a sentence.")
    suggested: Literal["points", "amount", "shipping"]
    points: int = Field(ge=0, description="What is suggested; 0 = it has no worth in points.")
    amount: Money | None = Field(description="The same in money; null where points were suggested.")
    as_code: bool = Field(description="Accepting makes a code of the points, where one can be.")
    automatic: bool = Field(description="It is given without a person within the next minutes.")
    state: Literal["open", "waiting", "given", "declined"] = Field(
        description="waiting = for somebody to approve the points."
    )
    choices: list[GoodwillChoice] = Field(description="How it can be decided; none = it is.")
    opened_at: datetime
    opened_by: str | None = Field(description="Who told of it; null = the app saw it.")
    note: str
    given: int = Field(ge=0, description="Points that were given.")
    decided_at: datetime | None
    decided_by: str | None
    decision_note: str
    code: Literal["wanted", "made", "refused"] | None = Field(
        description="What became of the code; null = none was wanted."
    )
    code_why: str | None = Field(description="Why there is none, as a stable word.")

    @classmethod
    def of(
        cls, one: Prompt, names: Mapping[str, str], called: Mapping[int, str], language: str
    ) -> "GoodwillPrompt":
        """A prompt as it is told.

        Args:
            names: of who opened and decided, by actor.
            called: names of members by their numbers.
        """
        amount = None
        if one.amount_milli:
            amount = Money.of(Decimal(one.amount_milli).scaleb(-3), one.currency)
        signal = translate(f"goodwill.signal.{one.signal}", language)
        values: dict[str, Any] = {
            "id": one.id,
            "member": str(one.member_id),
            "member_name": called.get(one.member_id, ""),
            "order_number": one.order_number,
            "signal": one.signal,
            "signal_name": capitalized(signal, language),
            "told": translate(f"goodwill.seen.{one.signal}", language, **one.facts),
            "suggested": one.suggested,
            "points": one.points,
            "amount": amount,
            "as_code": one.as_code,
            "automatic": one.automatic and one.state == OPEN,
            "state": one.state,
            "choices": _choices(one),
            "opened_at": one.opened_at,
            "opened_by": None if one.opened_by == "app" else names.get(one.opened_by, ""),
            "note": one.note,
            "given": one.given,
            "decided_at": one.decided_at,
            "decided_by": names.get(one.decided_by) if one.decided_by else None,
            "decision_note": one.decision_note,
            "code": one.code_state or None,
            "code_why": one.code_why or None,
        }
        return cls.model_validate(values)


def _choices(one: Prompt) -> list[GoodwillChoice]:
    if one.state != OPEN:
        return []
    every = [GoodwillChoice.accept, GoodwillChoice.change, GoodwillChoice.decline]
    return every if one.points > 0 else every[1:]


class GoodwillPage(Answer):
    """A page of prompts."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [PROMPT_EXAMPLE], "next": None, "open": 1}]},
    )

    items: list[GoodwillPrompt]
    next: str | None
    open: int = Field(ge=0, description="How many nobody has decided, in all.")


class ComplaintInput(Answer):
    """A customer complained of an order."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"order_number": "18", "note": "The box was open."}]},
    )

    order_number: str = Field(min_length=1, max_length=LONGEST_ORDER, pattern=TEXT)
    note: str = Field(default="", max_length=LONGEST_NOTE, pattern=TEXT)


class GoodwillInput(Answer):
    """What becomes of a prompt."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"choice": "change", "points": 300, "note": "Waited for two weeks."}]
        },
    )

    choice: GoodwillChoice = Field(
        description="accept gives what is suggested, change gives `points`, decline gives nothing."
    )
    points: StrictInt | None = Field(default=None, ge=1, le=MOST_POINTS)
    note: str = Field(
        default="", max_length=LONGEST_NOTE, pattern=TEXT, description="For colleagues."
    )

    @model_validator(mode="after")
    def _check(self) -> "GoodwillInput":
        if (self.points is not None) is not (self.choice is GoodwillChoice.change):
            raise PydanticCustomError("goodwill_points", "points go with change, and only with it")
        return self


class SignalNumbers(Answer):
    """What became of the prompts of one signal."""

    signal: SignalKind
    opened: int
    given: int
    declined: int
    points: int = Field(description="That were given.")


class GoodwillNumbers(Answer):
    """What goodwill did lately."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "days": 90,
                    "open": 2,
                    "signals": [
                        {
                            "signal": "late_delivery",
                            "opened": 12,
                            "given": 9,
                            "declined": 1,
                            "points": 1800,
                        }
                    ],
                    "automatic_left": 1200,
                }
            ]
        },
    )

    days: int = Field(description="So many days are counted.")
    open: int = Field(description="How many nobody has decided.")
    signals: list[SignalNumbers]
    automatic_left: int | None = Field(
        description="Points left of this month's automatic budget; null = there is none."
    )

    @staticmethod
    def by_signal(found: list[Tally]) -> list[SignalNumbers]:
        """The numbers of each signal, those without any included."""
        return [
            SignalNumbers(
                signal=kind,
                opened=sum(one.prompts for one in found if one.signal == kind),
                given=sum(
                    one.prompts for one in found if one.signal == kind and one.state == "given"
                ),
                declined=sum(
                    one.prompts for one in found if one.signal == kind and one.state == "declined"
                ),
                points=sum(
                    one.points for one in found if one.signal == kind and one.state == "given"
                ),
            )
            for kind in SIGNALS
        ]
