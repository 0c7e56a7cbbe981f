"""Rewards and what became of them, as shoppers and staff are told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from saleor_loyalty_app.api.errors import ErrorDetail, detail_of
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.reward_board import Offer, Taken
from saleor_loyalty_app.programs.rewards import DATED_KINDS
from saleor_loyalty_app.programs.rewards_words import gift_words
from saleor_loyalty_app.programs.scalars import in_locale
from saleor_loyalty_app.rewards.claim_states import code_of, may_cancel, state_of
from saleor_loyalty_app.rewards.errors import failure_of

OFFER_EXAMPLE: dict[str, JsonValue] = {
    "id": "coffee",
    "name": "A bag of coffee",
    "text": "Our house blend, 250 g.",
    "kind": "free_product",
    "gives": "a product for free",
    "points": 500,
    "missing_points": 120,
    "amount": None,
    "picture": "https://shop.example.com/coffee.png",
    "variant": "COFFEE-250",
    "valid_days": 30,
    "left": 14,
    "until": None,
    "in_cart": False,
    "only_in_cart": False,
    "can_take": False,
    "reason": {
        "code": "not_enough_points",
        "message": "There are not enough points: 500 needed, 380 to spend.",
        "detail": {"available": 380, "needed": 500},
    },
}
CLAIM_EXAMPLE: dict[str, JsonValue] = {
    "id": "rd_3f9a61c07be24d58a1c6e092",
    "reward_id": "coffee",
    "name": "A bag of coffee",
    "kind": "free_product",
    "gives": "a product for free",
    "picture": None,
    "state": "ready",
    "points": 500,
    "restored": 0,
    "code": "LQ7KX2MWR9TB4CVE",
    "note": None,
    "valid_until": "2027-02-03T20:59:59Z",
    "valid_on": "2027-02-03",
    "claimed_at": "2027-01-04T09:30:00Z",
    "checkout_id": None,
    "order_id": None,
    "can_cancel": True,
    "error": None,
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RewardOffer(_Part):
    """A reward of the catalog, and whether the shopper may take it now."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [OFFER_EXAMPLE]}
    )

    id: str
    name: str
    text: str = Field(description="What the store says of it; may have several lines.")
    kind: str = Field(
        description="amount, percent, free_product, shipping, invitation, early_access or custom."
    )
    gives: str = Field(description="What it gives, in words.")
    points: int
    missing_points: int = Field(description="Points that are still needed; 0 = there are enough.")
    amount: Money | None = Field(description="Taken off, where it is an amount.")
    picture: str | None = Field(description="Address of a picture.")
    variant: str | None = Field(
        description="Of a free product: what to put into the cart, by SKU or Saleor's id."
    )
    valid_days: int | None = Field(description="So long it is good; null = for ever.")
    left: int | None = Field(description="How many there still are; null = no limit.")
    until: date | None = Field(description="The last day on which it can be taken.")
    in_cart: bool = Field(description="It can be put straight onto a checkout.")
    only_in_cart: bool = Field(description="It can be taken for a checkout only.")
    can_take: bool
    reason: ErrorDetail | None = Field(description="Why it cannot be taken now, if it cannot.")

    @classmethod
    def of(cls, offer: Offer, language: str) -> "RewardOffer":
        """What is told of an offer."""
        item, where = offer.item, offer.where
        amount = where.amount if item.gift.type in ("amount", "shipping") else None
        refused = offer.why_not
        return cls(
            id=item.id,
            name=item.name(language),
            text=item.text(language),
            kind=item.gift.type,
            gives=gift_words(item, where, language),
            points=item.points,
            missing_points=offer.missing,
            amount=None if amount is None else Money.of(amount, where.currency),
            picture=item.picture,
            variant=item.gift.variant if item.gift.type == "free_product" else None,
            valid_days=item.valid_days if item.gift.type in DATED_KINDS else None,
            left=offer.left,
            until=item.active_until,
            in_cart=item.takes_cart,
            only_in_cart=offer.only_cart,
            can_take=refused is None,
            reason=None if refused is None else detail_of(refused, language),
        )


class RewardClaim(_Part):
    """A reward that was taken, as it was then."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [CLAIM_EXAMPLE]}
    )

    id: str = Field(description="Opaque and stable.")
    reward_id: str
    name: str
    kind: str
    gives: str
    picture: str | None
    state: str = Field(
        description="making (its code is on its way), ready, in_cart, used; requested, preparing, "
        "handed_over, refused (what staff hand over); canceled, expired, failed (the points came "
        "back unspent); restored (they came back after an order, all or some)."
    )
    points: int
    restored: int = Field(description="Of these points, how many came back after they were spent.")
    code: str | None = Field(description="The code, while it works.")
    note: str | None = Field(description="Of an invitation: what only its taker reads.")
    valid_until: datetime | None = Field(description="Its last moment; null = it has none.")
    valid_on: date | None = Field(description="Its last day, by the clocks of the store.")
    claimed_at: datetime
    checkout_id: str | None
    order_id: str | None
    can_cancel: bool = Field(description="The shopper may give it up for its points.")
    error: ErrorDetail | None = Field(description="Why it failed, if it did.")

    @classmethod
    def of(cls, taken: Taken, language: str, timezone: str) -> "RewardClaim":
        """What is told of a claim of a store with this time zone."""
        claim, redemption = taken.claim, taken.redemption
        item = claim.reward
        where = item.in_channel(redemption.channel, redemption.currency)
        state, gift = state_of(claim, redemption), item.gift
        note = in_locale(gift.notes, language) if gift.type == "invitation" else None
        failed = state == "failed"
        until = redemption.deadline if claim.kind in DATED_KINDS else None
        return cls(
            id=redemption.public_id,
            reward_id=claim.reward_id,
            name=item.name(language),
            kind=claim.kind,
            gives="" if where is None else gift_words(item, where, language),
            picture=item.picture,
            state=state,
            points=redemption.points,
            restored=redemption.restored,
            code=code_of(claim, redemption),
            note=note if state == "handed_over" else None,
            valid_until=until,
            valid_on=None if until is None else until.astimezone(ZoneInfo(timezone)).date(),
            claimed_at=claim.claimed_at,
            checkout_id=redemption.checkout_id,
            order_id=redemption.order_id,
            can_cancel=may_cancel(claim, redemption),
            error=detail_of(failure_of(redemption.reason), language) if failed else None,
        )
