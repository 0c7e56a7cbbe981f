"""How requests for redemptions are answered, to shoppers and staff alike."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import Header, Path, Response

from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.errors import Refusal
from saleor_loyalty_app.api.redemption_schemas import Redemption, has_ended
from saleor_loyalty_app.ledger.errors import IdempotencyConflict
from saleor_loyalty_app.rewards.errors import failure_of
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import SpendRequest
from saleor_loyalty_app.stores.refs import StoreRef

#: Whoever spends is kept waiting this long; what is not done by then goes on by itself.
PATIENCE = timedelta(seconds=3)
#: Seconds after which it is worth asking again.
POLL_AFTER = 1

IdempotencyKey = Annotated[
    str,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Of this wish: the same key with the same body is the same request, however "
        "often it is sent.",
        examples=["0b9ff1c2-6f0f-4a3e-8c42-5a4a1d2b9f6e"],
    ),
]
RedemptionId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="`id` of the redemption.")
]

#: Why points are not spent, for the documentation.
OF_SPENDING: tuple[Refusal, ...] = (
    (400, "request_unreadable", {}),
    (403, "spending_blocked", {"reason": "blocked"}),
    (403, "user_inactive", {}),
    (404, "cart_unknown", {}),
    (409, "idempotency_conflict", {"key": "0b9ff1c2"}),
    (409, "spending_off", {}),
    (409, "no_program", {}),
    (409, "currency_without_rate", {"channel": "default-channel", "currency": "USD"}),
    (409, "not_enough_points", {"available": 120, "needed": 250}),
    (409, "below_minimum_order", {"minimum": "20", "missing": "5", "currency": "USD"}),
    (409, "above_maximum", {"maximum": 2250}),
    (409, "other_code", {}),
    (409, "redemption_live", {"id": "rd_3f9a61c07be24d58a1c6e092"}),
    (409, "payment_under_way", {}),
    (409, "cart_changing", {}),
    (409, "cart_completed", {}),
    (409, "code_refused", {}),
    (409, "saleor_refused", {}),
    (409, "worse_off", {"promised": "5.00", "saved": "-2.50", "currency": "USD"}),
    (409, "delivery_lost", {}),
    (409, "gift_lost", {}),
    (422, "invalid_points", {"maximum": 10_000_000}),
    (422, "below_minimum_points", {"minimum": 100}),
    (422, "not_a_multiple", {"step": 50}),
    (422, "worth_nothing", {"minimum": 2}),
    (422, "request_invalid", {"fields": []}),
)
#: Why a redemption is not ended.
OF_RELEASING: tuple[Refusal, ...] = (
    (404, "redemption_unknown", {}),
    (409, "payment_under_way", {}),
    (409, "redemption_consumed", {}),
)


async def spend(faces: Faces, store: StoreRef, request: SpendRequest, *, key: str) -> RedemptionRef:
    """Has points spent, as far as that is done soon.

    Args:
        key: the idempotency key as it was sent; that of `request` also says who sent it.

    Raises:
        SpendingRefused: one of its kinds, also where it failed on the way.
        IdempotencyConflict: the key was used for another request.
        SaleorUnavailable and the like, SaleorBusy, SaleorSlow: the same request may be sent again.
    """
    try:
        found = await faces.calls.run(
            partial(faces.spender.spend, store, request, patience=PATIENCE)
        )
    except IdempotencyConflict as conflict:
        raise IdempotencyConflict(key=key) from conflict
    if "failed" in (found.state, found.ending):
        raise failure_of(found.reason)
    return found


async def release(
    faces: Faces, store: StoreRef, public_id: str, *, user_id: str | None, actor: str
) -> RedemptionRef:
    """Has points given back, as far as that is done soon.

    Raises:
        RedemptionUnknown, RedemptionConsumed, PaymentUnderWay: see `Spender.release`.
        SaleorUnavailable and the like, SaleorBusy, SaleorSlow: the same request may be sent again.
    """
    return await faces.calls.run(
        partial(
            faces.spender.release,
            store,
            public_id,
            user_id=user_id,
            actor=actor,
            patience=PATIENCE,
        )
    )


def answer_spent(
    response: Response, ref: RedemptionRef, *, location: str, language: str
) -> Redemption:
    """201 once the discount can be used; before that 202, with where and when to ask."""
    ready = ref.state == "issued" if ref.is_bearer else ref.state == "attached"
    done = ready or has_ended(ref)
    response.status_code = 201 if done else 202
    response.headers["Location"] = location
    if not done:
        response.headers["Retry-After"] = str(POLL_AFTER)
    return Redemption.of(ref, language)


def answer_released(response: Response, ref: RedemptionRef, *, language: str) -> Redemption:
    """200 once the points are back; before that 202, with when to ask."""
    if not has_ended(ref):
        response.status_code = 202
        response.headers["Retry-After"] = str(POLL_AFTER)
    return Redemption.of(ref, language)


def answer_state(response: Response, ref: RedemptionRef, *, language: str) -> Redemption:
    """How it stands; with when to ask again, while it is on its way."""
    on_its_way = ref.state == "held" or (ref.state == "issued" and not ref.is_bearer)
    if on_its_way or (ref.ending and not has_ended(ref)):
        response.headers["Retry-After"] = str(POLL_AFTER)
    return Redemption.of(ref, language)
