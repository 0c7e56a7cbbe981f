"""What the Dashboard API tells of members."""

from datetime import datetime
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from saleor_loyalty_app.api.opaque import cursor_of, ledger_cursor
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE as REDEMPTION
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.flows.find_members import FoundMember
from saleor_loyalty_app.ledger import LotView
from saleor_loyalty_app.ledger.balance_view import BalanceView
from saleor_loyalty_app.ledger.history_page import EntryState
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.stores.refs import StoreRef

MemberId = Annotated[str, Path(max_length=40, description="`id` of the member.")]
First = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]
#: Greater numbers are no member's.
_LONGEST_NUMBER = 18

LINE: dict[str, JsonValue] = {
    "id": "1042",
    "name": "Ayşe Yılmaz",
    "email": "ayse@example.com",
    "user_id": "VXNlcjo1",
    "state": "active",
    "blocked": [],
    "joined_at": "2026-03-02T10:00:00Z",
    "points": 165,
    "held": 0,
    "debt": 0,
}
BALANCE: dict[str, JsonValue] = {
    "unit": "points",
    "available": 120,
    "pending": 45,
    "held": 0,
    "debt": 0,
    "lifetime": 165,
    "expiring": [{"amount": 165, "expires_at": "2028-01-31T23:59:59Z"}],
}
MEMBER: dict[str, JsonValue] = {
    **LINE,
    "language": "tr",
    "confirmed": True,
    "created_at": "2026-03-02T10:00:00Z",
    "paused_at": None,
    "left_at": None,
    "hold_out": False,
    "merged_into": None,
    "merged": [],
    "balances": [BALANCE],
    "block_note": None,
    "is_you": False,
    "spending_rests_until": None,
    "collected_before": 0,
}


def number_of(member: str) -> int:
    """The number of a member behind the id.

    Raises:
        MemberNotFound: it is none.
    """
    if not (member.isascii() and member.isdigit() and len(member) <= _LONGEST_NUMBER):
        raise MemberNotFound
    return int(member)


def place_of(after: str | None) -> int | None:
    """The number behind a cursor.

    Raises:
        CursorInvalid: it did not come from here.
    """
    return None if after is None else int(ledger_cursor(after))


def next_of(place: int | None) -> str | None:
    """The cursor that goes on from a number."""
    return None if place is None else cursor_of(str(place))


class Answer(BaseModel):
    """What every answer of this API has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnswerOf = TypeVar("AnswerOf", bound=Answer)


def on_its_clocks(answer: AnswerOf, store: StoreRef) -> AnswerOf:
    """The same answer with its times as the clocks of the store show them."""
    return type(answer).model_validate(_turned(answer.model_dump(), ZoneInfo(store.timezone)))


def _turned(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, dict):
        return {name: _turned(one, zone) for name, one in value.items()}
    if isinstance(value, list):
        return [_turned(one, zone) for one in value]
    return value


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class MemberLine(Answer):
    """A member in a list."""

    model_config = _example(**LINE)

    id: str = Field(description="The member's number; stable.")
    name: str = Field(description="As Saleor knows it; empty where it is not known.")
    email: str | None = Field(description="null for guests and for who was erased.")
    user_id: str | None = Field(description="Saleor's id of the customer; null for guests.")
    state: str = Field(description="guest, invited, active, paused, blocked, left or erased.")
    blocked: list[str] = Field(description="Of spending, earning, codes: what is blocked.")
    joined_at: datetime | None
    points: int = Field(ge=0, description="Spendable and pending together, as booked.")
    held: int = Field(ge=0, description="Set aside for a checkout or a code.")
    debt: int = Field(ge=0, description="Owed.")

    @classmethod
    def of(cls, found: FoundMember) -> "MemberLine":
        """A line of the list."""
        return cls(
            id=str(found.id),
            name=f"{found.first_name} {found.last_name}".strip(),
            email=found.email or None,
            user_id=found.user_id,
            state=found.state,
            blocked=blocked_words(
                found.spending_blocked, found.earning_blocked, found.codes_blocked
            ),
            joined_at=found.first_enrolled_at,
            points=found.points,
            held=found.held,
            debt=found.debt,
        )


def blocked_words(spending: bool, earning: bool, codes: bool) -> list[str]:
    """What is blocked, as stable words."""
    stands = (("spending", spending), ("earning", earning), ("codes", codes))
    return [word for word, is_blocked in stands if is_blocked]


class MemberPage(Answer):
    """A page of members, the newest first."""

    model_config = _example(items=[LINE], next=None)

    items: list[MemberLine]
    next: str | None = Field(description="Give it as `after` for the next page.")


class ExpiringPoints(Answer):
    """Points that expire together."""

    amount: int = Field(ge=1)
    expires_at: datetime


class UnitBalance(Answer):
    """What a member has in one unit now; status points are never pending, held or owed."""

    model_config = _example(**BALANCE)

    unit: str = Field(description="points, or status: those that count for tiers alone.")
    available: int = Field(ge=0, description="Can be spent now; of status points: are there.")
    pending: int = Field(ge=0, description="Earned, but not yet spendable.")
    held: int = Field(ge=0, description="Set aside for a checkout or a code.")
    debt: int = Field(ge=0, description="Owed; what comes in pays it first.")
    lifetime: int = Field(description="Ever earned, less what was taken back.")
    expiring: list[ExpiringPoints] = Field(description="Soonest first.")

    @classmethod
    def of(cls, unit: str, held: BalanceView) -> "UnitBalance":
        """A balance as it is told."""
        return cls(
            unit=unit,
            available=held.available,
            pending=held.pending,
            held=held.held,
            debt=held.debt,
            lifetime=held.lifetime,
            expiring=[
                ExpiringPoints(amount=one.amount, expires_at=one.at) for one in held.expiring
            ],
        )


class Remark(Answer):
    """Something that somebody wrote."""

    text: str
    by: str = Field(description="The e-mail address of the staff member, or `user:<id>`.")
    at: datetime


class MemberDetail(MemberLine):
    """One member."""

    model_config = _example(**MEMBER)

    language: str = Field(description="Of the customer, such as tr; empty where it is not known.")
    confirmed: bool = Field(description="The customer proved to own the address.")
    created_at: datetime
    paused_at: datetime | None
    left_at: datetime | None
    hold_out: bool = Field(description="Belongs to the group that the program is compared with.")
    merged_into: str | None = Field(description="The member that this one became.")
    merged: list[str] = Field(description="The members that became this one.")
    balances: list[UnitBalance]
    block_note: Remark | None = Field(description="Why they were blocked or freed last.")
    is_you: bool = Field(description="The member is who asks: their points are others' business.")
    spending_rests_until: datetime | None = Field(
        description="After a change of the e-mail address nothing can be spent for a while."
    )
    collected_before: int = Field(
        ge=0, description="All that they collected in the system before, as an import told it."
    )


class LotLine(Answer):
    """Points of one earning that are left."""

    amount: int = Field(ge=0, description="What it brought.")
    remaining: int = Field(ge=0)
    held: int = Field(ge=0)
    pending: bool
    available_from: datetime | None = Field(description="null = not known yet.")
    expires_at: datetime | None = Field(description="null = never.")
    noticed_at: datetime | None = Field(description="When the customer was told of the expiry.")
    earned_at: datetime
    source: str = Field(description="What brought it, such as order:<id> or adjustment:<number>.")
    channel: str

    @classmethod
    def of(cls, lot: LotView) -> "LotLine":
        """A lot as it is told."""
        return cls(
            amount=lot.amount,
            remaining=lot.remaining,
            held=lot.held,
            pending=lot.pending,
            available_from=lot.available_from,
            expires_at=lot.expires_at,
            noticed_at=lot.noticed_at,
            earned_at=lot.earned_at,
            source=lot.source,
            channel=lot.channel,
        )


class LotPage(Answer):
    """A page of lots, in the order in which they are spent."""

    model_config = _example(
        items=[
            {
                "amount": 165,
                "remaining": 120,
                "held": 0,
                "pending": False,
                "available_from": "2027-01-18T09:30:00Z",
                "expires_at": "2028-01-31T23:59:59Z",
                "noticed_at": None,
                "earned_at": "2027-01-04T09:30:00Z",
                "source": "order:T3JkZXI6MTg=",
                "channel": "default-channel",
            }
        ],
        next=None,
    )

    items: list[LotLine]
    next: str | None


class StatementLine(Answer):
    """One movement of a member's points, or status points."""

    id: str = Field(description="Opaque and stable.")
    kind: str
    kind_name: str = Field(description="The kind in the language of the answer.")
    amount: int = Field(description="Signed whole points.")
    state: EntryState
    state_name: str
    at: datetime = Field(description="When it took effect.")
    posted_at: datetime
    order_number: str | None
    source: str
    by: str = Field(
        description="app, app:goodwill (given automatically), shopper, or a staff member by "
        "address."
    )
    available_from: datetime | None
    expires_at: datetime | None
    remaining: int = Field(ge=0)
    explanation: list[str] = Field(description="Why it has its amount, for who reads this.")
    for_customer: list[str] = Field(description="The same in the customer's language.")


class StatementPage(Answer):
    """A page of movements, newest first."""

    model_config = _example(
        items=[
            {
                "id": "ZW50cnk6MQ",
                "kind": "earn",
                "kind_name": "Points earned",
                "amount": 45,
                "state": "pending",
                "state_name": "pending",
                "at": "2027-01-04T09:30:00Z",
                "posted_at": "2027-01-04T09:30:00Z",
                "order_number": "18",
                "source": "order:T3JkZXI6MTg=",
                "by": "app",
                "available_from": "2027-01-18T09:30:00Z",
                "expires_at": "2028-01-31T23:59:59Z",
                "remaining": 45,
                "explanation": ["Order 18 earned 45 points."],
                "for_customer": ["18 numaralı sipariş 45 puan kazandırdı."],
            }
        ],
        next=None,
        customer_language="tr",
    )

    items: list[StatementLine]
    next: str | None
    customer_language: str = Field(description="Of `for_customer`: en or tr.")


class MemberRedemptions(Answer):
    """A page of a member's redemptions, newest first."""

    model_config = _example(items=[REDEMPTION], next=None)

    items: list[Redemption]
    next: str | None
