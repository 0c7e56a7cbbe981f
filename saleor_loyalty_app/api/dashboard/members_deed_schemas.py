"""What is sent and answered where staff do something with one member."""

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt

from saleor_loyalty_app.api.dashboard.members_schemas import BALANCE, Answer, UnitBalance
from saleor_loyalty_app.flows.claim_order import LARGEST_NUMBER, Claimed
from saleor_loyalty_app.flows.merge_members import Merging
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members import notes

#: No text of a person holds a NUL, and PostgreSQL stores none.
TEXT = r"^[^\x00]*$"


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class MemberBlocksInput(Answer):
    """What is blocked from now on, and why."""

    model_config = _example(
        spending=True, earning=False, codes=True, reason="Codes of this account are being resold."
    )

    spending: StrictBool = Field(description="Points cannot be spent.")
    earning: StrictBool = Field(description="Nothing is earned and nothing given.")
    codes: StrictBool = Field(description="No codes are made to be used later.")
    reason: str = Field(min_length=1, max_length=notes.LONGEST, pattern=TEXT)


class MemberStateInput(Answer):
    """Where the member is to stand."""

    model_config = _example(state="paused")

    state: Literal["active", "paused", "left"] = Field(
        description="active also takes in who was invited, paused or had left."
    )


class MergeInput(Answer):
    """Which member becomes this one."""

    model_config = _example(other="1007", dry_run=True)

    other: str = Field(max_length=40, description="`id` of the member that is merged into this.")
    dry_run: StrictBool = Field(description="Only tell what would move.")


class MergeResult(Answer):
    """What moves, or moved."""

    model_config = _example(
        member="1042",
        other="1007",
        done=False,
        balances=[BALANCE],
        orders=3,
        redemptions=0,
        notes=1,
        has_account=True,
    )

    member: str = Field(description="The member that stays.")
    other: str = Field(description="The member that becomes the other.")
    done: bool
    balances: list[UnitBalance] = Field(description="What goes over.")
    orders: int = Field(ge=0)
    redemptions: int = Field(ge=0, description="On their way.")
    notes: int = Field(ge=0)
    has_account: bool = Field(description="Its account in Saleor leads to the member that stays.")

    @classmethod
    def of(cls, moving: Merging, *, done: bool) -> "MergeResult":
        """What is told of a merge."""
        return cls(
            member=str(moving.winner),
            other=str(moving.loser),
            done=done,
            balances=[UnitBalance.of(unit, held) for unit, held in moving.balances.items()],
            orders=moving.orders,
            redemptions=moving.redemptions,
            notes=moving.notes,
            has_account=moving.has_account,
        )


class MemberErasure(Answer):
    """What is lost where a member is erased, or was."""

    model_config = _example(
        member="1042", done=False, balances=[BALANCE], redemptions=0, has_account=True
    )

    member: str
    done: bool
    balances: list[UnitBalance] = Field(description="Written off; what is held, once it is free.")
    redemptions: int = Field(ge=0, description="On their way: they end as they would.")
    has_account: bool = Field(
        description="The customer is still there in Saleor: what they do next makes a new member."
    )


class EraseMemberInput(Answer):
    """The confirmation that this member is meant."""

    model_config = _example(confirm="1042")

    confirm: str = Field(max_length=40, description="The member's number once more.")


class OrderClaimInput(Answer):
    """The order whose points are missing."""

    model_config = _example(number=18)

    number: StrictInt = Field(ge=1, le=LARGEST_NUMBER, description="As customers see it.")


class OrderClaim(Answer):
    """What came of it."""

    model_config = _example(
        order_id="T3JkZXI6MTg=",
        number="18",
        outcome="booked",
        message="The order was booked.",
        points=45,
        member="1042",
    )

    order_id: str
    number: str
    outcome: str = Field(
        description="booked, known, unpaid, not_live, elsewhere, earning_off, withheld, nothing or "
        "torn."
    )
    message: str = Field(description="The same in the language of the answer.")
    points: int = Field(description="In the books for the order now.")
    member: str | None = Field(description="Who has them.")

    @classmethod
    def of(cls, claimed: Claimed, language: str) -> "OrderClaim":
        """What is told of a claim."""
        return cls(
            order_id=claimed.order_id,
            number=claimed.number,
            outcome=claimed.ending.value,
            message=translate(f"claim.{claimed.ending.value}", language),
            points=claimed.points,
            member=None if claimed.owner is None else str(claimed.owner),
        )


NOTE: dict[str, JsonValue] = {
    "id": 7,
    "kind": "note",
    "text": "Wants to be called back about order 18.",
    "due_on": "2027-01-11",
    "by": "agent@example.com",
    "at": "2027-01-04T09:30:00Z",
    "done_by": None,
    "done_at": None,
}


class NoteLine(Answer):
    """What somebody wrote down about a member."""

    model_config = _example(**NOTE)

    id: int
    kind: str = Field(description="note, or block: why they were blocked or freed.")
    text: str
    due_on: date | None = Field(description="A day of the store's.")
    by: str
    at: datetime
    done_by: str | None
    done_at: datetime | None


class NoteList(Answer):
    """A member's notes: what is to do first, then the newest."""

    model_config = _example(items=[NOTE])

    items: list[NoteLine]


class NoteInput(Answer):
    """A note to write down."""

    model_config = _example(text="Wants to be called back about order 18.", due_on="2027-01-11")

    text: str = Field(min_length=1, max_length=notes.LONGEST, pattern=TEXT)
    due_on: date | None = Field(default=None, description="When it is to be done.")


class RecordedText(Answer):
    """A text that a member agreed to or was shown."""

    kind: str = Field(description="terms or privacy.")
    version: str
    source: str
    at: datetime


class ChannelState(Answer):
    """Whether offers may be sent by a channel."""

    channel: str = Field(description="email or sms.")
    granted: bool
    source: str
    text_version: str
    at: datetime | None


class MailStop(Answer):
    """Whether mail to a member's address was stopped as the mail server refused it for good."""

    model_config = _example(
        stopped=True, answer="550 5.1.1 No such user", at="2026-03-02T10:00:00Z"
    )

    stopped: bool
    answer: str = Field(description="What the mail server said, without the address.")
    at: datetime | None


class ConsentList(Answer):
    """What a member agreed to, with its proof."""

    model_config = _example(
        texts=[
            {
                "kind": "terms",
                "version": "2026-01",
                "source": "automatic",
                "at": "2026-03-02T10:00:00Z",
            }
        ],
        channels=[
            {
                "channel": "email",
                "granted": True,
                "source": "storefront",
                "text_version": "2026-01",
                "at": "2026-03-02T10:00:00Z",
            }
        ],
        history=[],
        phone=None,
    )

    texts: list[RecordedText]
    channels: list[ChannelState] = Field(description="As it stands now.")
    history: list[ChannelState] = Field(description="All changes, newest first.")
    phone: str | None
