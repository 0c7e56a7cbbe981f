"""Points on their way into a price, as shoppers and staff are told of them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from saleor_loyalty_app.api.errors import ErrorDetail, detail_of
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.rewards.errors import failure_of
from saleor_loyalty_app.rewards.gift_told import gives_words, takes_off
from saleor_loyalty_app.rewards.redemptions import RedemptionRef

#: States in which the code works.
_WITH_CODE = frozenset(("issued", "attached"))
_ENDED = frozenset(("consumed", "restored", "released", "expired", "failed"))
EXAMPLE: dict[str, JsonValue] = {
    "id": "rd_3f9a61c07be24d58a1c6e092",
    "state": "attached",
    "points": 250,
    "restored": 0,
    "code": "LQ7KX2MWR9TB4CVE",
    "discount": {"amount": "5.00", "currency": "USD"},
    "gives": None,
    "checkout_id": "Q2hlY2tvdXQ6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy",
    "order_id": None,
    "created_at": "2027-01-04T09:30:00Z",
    "expires_at": "2027-01-04T10:30:00Z",
    "ending": None,
    "error": None,
}


class Redemption(BaseModel):
    """Points that were set aside for a discount, and what became of them."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    id: str = Field(description="Opaque and stable.")
    state: str = Field(
        description="held (set aside), issued (the code exists), attached (it is on the checkout), "
        "consumed (an order was made with it), restored (its points came back, all or some), "
        "released, expired or failed (the points were given back unspent)."
    )
    points: int = Field(ge=1)
    restored: int = Field(ge=0, description="Of these points, how many came back after an order.")
    code: str | None = Field(description="The code in Saleor, while it works.")
    discount: Money = Field(description="What the points take off; 0 where that is no amount.")
    gives: str | None = Field(
        description="Of a reward that is no amount off the goods, what it gives, in words."
    )
    checkout_id: str | None
    order_id: str | None = Field(description="The order that they were spent on.")
    created_at: datetime
    expires_at: datetime = Field(description="Until then the points wait without a question.")
    ending: str | None = Field(
        description="Where it is being ended (released, expired, failed); null = it is not."
    )
    error: ErrorDetail | None = Field(description="Why it failed, if it did.")

    @classmethod
    def of(cls, ref: RedemptionRef, language: str) -> "Redemption":
        """What is told of a redemption."""
        failed = "failed" in (ref.state, ref.ending)
        return cls(
            id=ref.public_id,
            state=ref.state,
            points=ref.points,
            restored=ref.restored,
            code=ref.code if ref.state in _WITH_CODE and not ref.ending else None,
            discount=Money.of(takes_off(ref.terms, ref.amount), ref.currency),
            gives=gives_words(ref.terms, ref.amount, ref.currency, language),
            checkout_id=ref.checkout_id,
            order_id=ref.order_id,
            created_at=ref.created_at,
            expires_at=ref.deadline,
            ending=ref.ending if ref.ending and ref.state not in _ENDED else None,
            error=detail_of(failure_of(ref.reason), language) if failed else None,
        )


def has_ended(ref: RedemptionRef) -> bool:
    """Whether nothing more will happen by itself, until an order comes back."""
    return ref.state in _ENDED
