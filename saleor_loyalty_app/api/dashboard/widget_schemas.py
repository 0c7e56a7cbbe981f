"""What the widgets on the Dashboard's own pages are told: one answer a widget."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from saleor_loyalty_app.api.errors import ErrorDetail
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE as REDEMPTION_EXAMPLE
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.api.storefront.schemas import Points

SaleorId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$")]
#: A refund of more lines than Saleor lets an order have is none.
MOST_LINES = 500


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WidgetMember(_Answer):
    """A customer as the program knows them."""

    id: str = Field(description="Opaque and stable; the app's page of them is /members/{id}.")
    user_id: str | None = Field(description="Saleor's id; null for a guest.")
    state: str = Field(description="guest, invited, active, paused, blocked, left or erased.")
    since: datetime | None = Field(description="When they joined; null for who has not.")
    language: str = Field(description="In which they are written to: en or tr.")
    spending_blocked: bool
    earning_blocked: bool
    codes_blocked: bool


class Explanation(_Answer):
    """Why an entry has its amount; `text` can be given to a customer as it is."""

    language: str
    text: str


class WidgetEntry(_Answer):
    """One movement of points."""

    id: str = Field(description="Opaque and stable.")
    kind: str
    amount: int = Field(description="Signed whole points.")
    state: str = Field(
        description="pending, available, held, spent, expired, reversed, or booked (brought none)."
    )
    time: datetime = Field(description="When it took effect.")
    order_number: str | None
    explanation: list[str] = Field(
        description="In the language of the answer; the first is enough by itself."
    )
    for_customer: Explanation = Field(description="The same in the customer's language.")
    available_from: datetime | None
    expires_at: datetime | None


ENTRY: dict[str, JsonValue] = {
    "id": "ZW50cnk6MQ",
    "kind": "earn",
    "amount": 45,
    "state": "pending",
    "time": "2027-01-04T09:30:00Z",
    "order_number": "17",
    "explanation": ["45 points for order 17"],
    "for_customer": {"language": "tr", "text": "17 numaralı sipariş için 45 puan"},
    "available_from": "2027-01-18T09:30:00Z",
    "expires_at": "2028-01-31T23:59:59Z",
}
MEMBER: dict[str, JsonValue] = {
    "id": "12",
    "user_id": "VXNlcjo1",
    "state": "active",
    "since": "2027-01-04T09:30:00Z",
    "language": "tr",
    "spending_blocked": False,
    "earning_blocked": False,
    "codes_blocked": False,
}
POINTS: dict[str, JsonValue] = {
    "available": 120,
    "pending": 45,
    "held": 0,
    "lifetime": 165,
    "worth": {"amount": "2.40", "currency": "USD"},
    "expiring": [{"amount": 165, "expires_at": "2028-01-31T23:59:59Z"}],
}


class CustomerWidget(_Answer):
    """The widget beside a customer."""

    live: bool = Field(description="Whether a program is in force.")
    member: WidgetMember | None = Field(description="null for who is not in the books yet.")
    points: Points
    debt: int = Field(ge=0, description="Owed; later earnings settle it first.")
    entries: list[WidgetEntry] = Field(description="The last few, newest first.")
    more: bool = Field(description="Whether there are older entries.")
    may_give: bool = Field(description="Whether this staff member may give and take points.")

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "live": True,
                    "member": MEMBER,
                    "points": POINTS,
                    "debt": 0,
                    "entries": [ENTRY],
                    "more": False,
                    "may_give": True,
                }
            ]
        },
    )


class WidgetLine(_Answer):
    """A line of the order, as Saleor has it now."""

    id: str
    name: str
    quantity: int = Field(ge=0)
    left: int = Field(ge=0, description="Units that did not come back and were not refunded.")


class SpentOnOrder(_Answer):
    """A redemption whose code the order used."""

    id: str
    points: int = Field(ge=1)
    restored: int = Field(ge=0)
    discount: Money = Field(description="What it took off; 0 where that is no amount.")
    gives: str | None = Field(
        description="Of a reward that is no amount off the goods, what it gave, in words."
    )


class OrderWidget(_Answer):
    """The widget beside an order."""

    live: bool = Field(description="Whether a program is in force.")
    number: str | None = Field(description="null for an order that was never seen.")
    member: WidgetMember | None
    earned: int = Field(description="What the order brought so far, less what was taken back.")
    taken_back: int = Field(ge=0)
    forgiven: int = Field(ge=0, description="What refunds should have taken and the policy forgave")
    state: str = Field(description="Of what was earned: none, pending or available.")
    available_from: datetime | None = Field(
        description="Until then it is pending; null where that is not known yet, or no matter."
    )
    waits_for: str | None = Field(
        description="What has to happen before points come or can be spent: payment, fulfillment; "
        "null = nothing."
    )
    spent: list[SpentOnOrder]
    note: str | None = Field(description="Why it earned nothing, in words; null where it did.")
    entries: list[WidgetEntry] = Field(description="All that it moved, newest first.")
    lines: list[WidgetLine] | None = Field(
        description="What can be refunded; null where Saleor does not answer or has no such order."
    )
    problem: ErrorDetail | None = Field(description="Why there are no lines.")

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "live": True,
                    "number": "17",
                    "member": MEMBER,
                    "earned": 45,
                    "taken_back": 0,
                    "forgiven": 0,
                    "state": "pending",
                    "available_from": "2027-01-18T09:30:00Z",
                    "waits_for": None,
                    "spent": [
                        {
                            "id": "rd_3f9a61c07be24d58a1c6e092",
                            "points": 250,
                            "restored": 0,
                            "discount": {"amount": "5.00", "currency": "USD"},
                            "gives": None,
                        }
                    ],
                    "note": None,
                    "entries": [ENTRY],
                    "lines": [
                        {"id": "T3JkZXJMaW5lOjE=", "name": "Wool scarf", "quantity": 2, "left": 2}
                    ],
                    "problem": None,
                }
            ]
        },
    )


class RefundLine(_Answer):
    """So many units of a line."""

    id: SaleorId
    quantity: int = Field(ge=1, le=1_000_000)


class RefundInput(_Answer):
    """A refund that somebody thinks of."""

    order_id: SaleorId
    lines: list[RefundLine] = Field(min_length=1, max_length=MOST_LINES)

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "order_id": "T3JkZXI6MTc=",
                    "lines": [{"id": "T3JkZXJMaW5lOjE=", "quantity": 1}],
                }
            ]
        },
    )


class RefundTold(_Answer):
    """What the refund would do to the customer's points; nothing was changed."""

    takes_back: int = Field(ge=0, description="Of what the order earned.")
    forgiven: int = Field(ge=0, description="What the refund policy would not take.")
    restores: int = Field(ge=0, description="Of what was spent on the order.")
    sentences: list[str] = Field(description="The same in words.")

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "takes_back": 22,
                    "forgiven": 0,
                    "restores": 125,
                    "sentences": [
                        "22 points are taken back.",
                        "125 spent points return to the customer.",
                    ],
                }
            ]
        },
    )


class VoucherWidget(_Answer):
    """The widget beside a voucher."""

    redemption: Redemption | None = Field(description="null: the voucher is not of points.")
    member: WidgetMember | None = Field(
        description="Whose points they were; null where this staff member may not see customers."
    )
    order_number: str | None = Field(description="Of the order that used the code.")
    sentences: list[str] = Field(description="What became of it, in words.")

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "redemption": REDEMPTION_EXAMPLE,
                    "member": MEMBER,
                    "order_number": None,
                    "sentences": ["Made for 250 points, which are set aside for it."],
                }
            ]
        },
    )


class HomeTrouble(_Answer):
    """A problem of the store that its owner should know of."""

    key: str
    message: str


class HomeWidget(_Answer):
    """The widget on the Dashboard's first page."""

    live: bool = Field(description="Whether a program is in force.")
    days: int = Field(description="What `issued`, `redeemed` and `joined` look back at.")
    members: int = Field(ge=0)
    joined: int = Field(ge=0)
    issued: int = Field(description="Points earned.")
    redeemed: int = Field(description="Points spent, less what came back.")
    outstanding: int = Field(description="Points that members hold, less what they owe.")
    liability: list[Money] = Field(description="What they are worth, by currency.")
    cases: int = Field(ge=0, description="Uses of codes that wait for staff.")
    problems: list[HomeTrouble] = Field(description="Oldest first.")

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "live": True,
                    "days": 30,
                    "members": 1204,
                    "joined": 41,
                    "issued": 18250,
                    "redeemed": 6400,
                    "outstanding": 92410,
                    "liability": [{"amount": "1848.20", "currency": "USD"}],
                    "cases": 0,
                    "problems": [],
                }
            ]
        },
    )
