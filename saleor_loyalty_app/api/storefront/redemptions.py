"""A shopper spends points on a checkout: `/redemptions`."""

from functools import partial

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.redemption_answers import (
    OF_RELEASING,
    OF_SPENDING,
    IdempotencyKey,
    RedemptionId,
    answer_released,
    answer_spent,
    answer_state,
    release,
    spend,
)
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE, Redemption
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.newcomers import newcomer_of
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import GiverBackOf, ReaderOf, SpenderOf
from saleor_loyalty_app.rewards.errors import CartUnknown, RedemptionUnknown
from saleor_loyalty_app.rewards.quote import MOST_POINTS
from saleor_loyalty_app.rewards.redemptions import by_public_id
from saleor_loyalty_app.rewards.spend_request import OnCheckout, SpendRequest
from saleor_loyalty_app.saleor.checkout_preview import is_checkout_id

router = storefront_router("/redemptions")


class SpendInput(BaseModel):
    """What to spend, and where."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"checkout_id": EXAMPLE["checkout_id"], "points": 250}]},
    )

    checkout_id: str = Field(
        min_length=1, max_length=200, description="Saleor's id of the shopper's checkout."
    )
    points: StrictInt = Field(ge=1, le=MOST_POINTS)


@router.post(
    "",
    status_code=201,
    responses={
        202: {
            "model": Redemption,
            "description": "The points are set aside; ask at Location after Retry-After seconds.",
        },
        **documented(*OF_SHOPPERS, *OF_SPENDING, *OF_SALEOR, *OF_CHANGES),
    },
)
async def spend_points(
    request: Request,
    response: Response,
    faces: FacesOf,
    shopper: SpenderOf,
    language: Language,
    what: SpendInput,
    idempotency_key: IdempotencyKey,
) -> Redemption:
    """Spends points on a checkout of the shopper: they are set aside, and the discount is put on.

    Answered within about three seconds; what takes longer goes on by itself.
    """
    if not is_checkout_id(what.checkout_id):
        raise CartUnknown
    store = await faces.database.read_async(partial(still_active, store=shopper.store))
    wish = SpendRequest(
        user_id=shopper.user_id,
        actor=shopper.actor,
        target=OnCheckout(what.checkout_id),
        points=what.points,
        key=f"shopper:{idempotency_key}",
        newcomer=await newcomer_of(faces, shopper),
    )
    found = await spend(faces, store, wish, key=idempotency_key)
    make_private(response, language)
    where = request.url_for("read_redemption", redemption_id=found.public_id).path
    return answer_spent(response, found, location=where, language=language)


@router.get("/{redemption_id}", responses=documented(*OF_SHOPPERS, (404, "redemption_unknown", {})))
async def read_redemption(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    redemption_id: RedemptionId,
) -> Redemption:
    """How a redemption of the shopper stands."""
    found = await faces.database.read_async(
        lambda conn: by_public_id(conn, still_active(conn, shopper.store).id, redemption_id)
    )
    if found is None or found.user_id != shopper.user_id:
        raise RedemptionUnknown
    make_private(response, language)
    return answer_state(response, found, language=language)


@router.delete(
    "/{redemption_id}",
    responses={
        202: {
            "model": Redemption,
            "description": "The discount is being taken off; ask again after Retry-After seconds.",
        },
        **documented(
            *OF_SHOPPERS, *OF_RELEASING, (409, "reward_given", {}), *OF_SALEOR, *OF_CHANGES
        ),
    },
)
async def give_up(
    response: Response,
    faces: FacesOf,
    shopper: GiverBackOf,
    language: Language,
    redemption_id: RedemptionId,
) -> Redemption:
    """Takes the discount off the checkout and gives the points back; done before is no failure."""
    store = await faces.database.read_async(partial(still_active, store=shopper.store))
    found = await release(faces, store, redemption_id, user_id=shopper.user_id, actor=shopper.actor)
    make_private(response, language)
    return answer_released(response, found, language=language)
