"""The catalog of rewards, and what the shopper took: `/me/rewards` and `/me/claims`."""

from functools import partial
from typing import Annotated, Self

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import cursor_of, ledger_cursor
from saleor_loyalty_app.api.redemption_answers import (
    OF_RELEASING,
    OF_SPENDING,
    POLL_AFTER,
    IdempotencyKey,
    RedemptionId,
    release,
    spend,
)
from saleor_loyalty_app.api.redemption_schemas import has_ended
from saleor_loyalty_app.api.reward_schemas import (
    CLAIM_EXAMPLE,
    OFFER_EXAMPLE,
    RewardClaim,
    RewardOffer,
)
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.board import require_channel
from saleor_loyalty_app.api.storefront.newcomers import newcomer_of, shopper_shown
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.schemas import PageInfo, Slug
from saleor_loyalty_app.api.storefront.shopper import (
    GiverBackOf,
    ReaderOf,
    Shopper,
    SpenderOf,
    shopper_now,
)
from saleor_loyalty_app.flows.redemption_posting import belongs_to
from saleor_loyalty_app.flows.reward_board import Taken, claim_of, claims_of, offers
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.errors import CartUnknown, RedemptionUnknown
from saleor_loyalty_app.rewards.redemptions import RedemptionRef, by_public_id
from saleor_loyalty_app.rewards.spend_request import Bearer, OnCheckout, SpendRequest, Target
from saleor_loyalty_app.saleor.checkout_preview import is_checkout_id
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef

router = storefront_router("/me")

RewardId = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="`id` of the reward.")
]
OF_CLAIMING: tuple[Refusal, ...] = (
    (403, "reward_for_tier", {"tiers": ["gold"]}),
    (403, "reward_for_segment", {"reward": "coffee"}),
    (403, "reward_for_older", {"days": 90, "missing": 12}),
    (404, "reward_unknown", {"reward": "coffee"}),
    (409, "reward_not_here", {"reward": "coffee", "channel": "default-channel"}),
    (409, "reward_gone", {"reward": "coffee"}),
    (409, "reward_limit", {"times": 1, "period": "month"}),
    (409, "reward_worth_nothing", {"reward": "coffee"}),
    (422, "reward_needs_cart", {"reward": "coffee"}),
    (422, "reward_by_code", {"reward": "coffee"}),
)


class Rewards(BaseModel):
    """The rewards of a channel, in the order of the store."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"rewards": [OFFER_EXAMPLE]}]},
    )

    rewards: list[RewardOffer]


class ClaimWish(BaseModel):
    """Where a reward is taken: for a checkout, or as a code in a channel."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"channel": "default-channel"}]}
    )

    channel: Slug | None = Field(default=None, description="Take a code for this channel.")
    checkout_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Put it onto this checkout of the shopper.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.channel is None) == (self.checkout_id is None):
            raise PydanticCustomError("one_target", "one of channel, checkout_id")
        return self

    @property
    def target(self) -> Target:
        """Where to spend."""
        if self.checkout_id is not None:
            return OnCheckout(self.checkout_id)
        return Bearer(self.channel or "")


class RewardClaims(BaseModel):
    """A page of what the shopper took, newest first."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "claims": [CLAIM_EXAMPLE],
                    "page_info": {"has_next_page": False, "end_cursor": None},
                }
            ]
        },
    )

    claims: list[RewardClaim]
    page_info: PageInfo


@router.get(
    "/rewards",
    responses=documented(*OF_SHOPPERS, (400, "channel_unknown", {"channel": "no-such-channel"})),
)
async def my_rewards(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    channel: Annotated[Slug, Query(description="Slug of the channel they are taken in.")],
) -> Rewards:
    """What points can be exchanged for, which of it the shopper may take, and why not the rest."""
    now = faces.clock()

    def read(conn: Connection) -> Rewards:
        store, member = shopper_shown(conn, shopper, now=now, language=language)
        require_channel(conn, store.id, channel)
        store = wind_downs.as_of(conn, store, now)
        revision = revision_at(conn, store.id, now)
        program = None if revision is None else revision.program
        found = offers(conn, store, member, program, [channel], now=now, keys=faces.email_keys)
        return Rewards(rewards=[RewardOffer.of(one, language) for one in found.get(channel, ())])

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.post(
    "/rewards/{reward_id}/claims",
    status_code=201,
    responses={
        202: {
            "model": RewardClaim,
            "description": "The points are set aside; ask at Location after Retry-After seconds.",
        },
        **documented(*OF_SHOPPERS, *OF_SPENDING, *OF_CLAIMING, *OF_SALEOR, *OF_CHANGES),
    },
)
async def claim_reward(
    request: Request,
    response: Response,
    faces: FacesOf,
    shopper: SpenderOf,
    language: Language,
    reward_id: RewardId,
    what: ClaimWish,
    idempotency_key: IdempotencyKey,
) -> RewardClaim:
    """Takes a reward for its points: a code, a discount on the checkout, or what staff hand over.

    Answered within about three seconds; what takes longer goes on by itself.
    """
    if what.checkout_id is not None and not is_checkout_id(what.checkout_id):
        raise CartUnknown
    store = await faces.database.read_async(partial(still_active, store=shopper.store))
    wish = SpendRequest(
        user_id=shopper.user_id,
        actor=shopper.actor,
        target=what.target,
        points=0,
        key=f"shopper:{idempotency_key}",
        reward=reward_id,
        newcomer=await newcomer_of(faces, shopper),
    )
    found = await spend(faces, store, wish, key=idempotency_key)
    taken = await _taken(faces, store, found)
    response.headers["Location"] = request.url_for("read_claim", claim_id=found.public_id).path
    if found.state == "held" or (found.state == "issued" and not found.is_bearer):
        response.status_code = 202
        response.headers["Retry-After"] = str(POLL_AFTER)
    make_private(response, language)
    return RewardClaim.of(taken, language, store.timezone)


@router.get("/claims", responses=documented(*OF_SHOPPERS, (400, "invalid_cursor", {})))
async def my_claims(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    after: Annotated[
        str | None, Query(max_length=100, description="`end_cursor` of the page before.")
    ] = None,
    only_open: Annotated[
        bool,
        Query(
            alias="open",
            description="Only what can still be used or is waited for, and invitations to be read.",
        ),
    ] = False,
) -> RewardClaims:
    """The rewards that the shopper took, newest first, with their codes and states."""
    before = None if after is None else int(ledger_cursor(after))
    now = faces.clock()

    def read(conn: Connection) -> list[Taken]:
        store, member = shopper_now(conn, shopper)
        if member is None:
            return []
        open_at = now if only_open else None
        return claims_of(conn, store, member, first=first + 1, before=before, open_at=open_at)

    found = await faces.database.read_async(read)
    more = len(found) > first
    make_private(response, language)
    return RewardClaims(
        claims=[RewardClaim.of(one, language, shopper.store.timezone) for one in found[:first]],
        page_info=PageInfo(
            has_next_page=more,
            end_cursor=cursor_of(str(found[first - 1].claim.id)) if more else None,
        ),
    )


@router.get(
    "/claims/{claim_id}", responses=documented(*OF_SHOPPERS, (404, "redemption_unknown", {}))
)
async def read_claim(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    claim_id: RedemptionId,
) -> RewardClaim:
    """How a reward stands that the shopper took."""
    taken = await faces.database.read_async(lambda conn: _own(conn, shopper, claim_id))
    make_private(response, language)
    return RewardClaim.of(taken, language, shopper.store.timezone)


@router.delete(
    "/claims/{claim_id}",
    responses={
        202: {
            "model": RewardClaim,
            "description": "It is being given back; ask again after Retry-After seconds.",
        },
        **documented(
            *OF_SHOPPERS,
            *OF_RELEASING,
            (409, "claim_in_preparation", {}),
            (409, "reward_given", {}),
            *OF_SALEOR,
            *OF_CHANGES,
        ),
    },
)
async def cancel_claim(
    response: Response,
    faces: FacesOf,
    shopper: GiverBackOf,
    language: Language,
    claim_id: RedemptionId,
) -> RewardClaim:
    """Gives an unused reward back for its points; done before is no failure."""
    await faces.database.read_async(lambda conn: _own(conn, shopper, claim_id))
    store = await faces.database.read_async(partial(still_active, store=shopper.store))
    found = await release(faces, store, claim_id, user_id=shopper.user_id, actor=shopper.actor)
    if not has_ended(found):
        response.status_code = 202
        response.headers["Retry-After"] = str(POLL_AFTER)
    make_private(response, language)
    return RewardClaim.of(await _taken(faces, store, found), language, store.timezone)


def _own(conn: Connection, shopper: Shopper, claim_id: str) -> Taken:
    store = still_active(conn, shopper.store)
    found = by_public_id(conn, store.id, claim_id)
    if found is None or not belongs_to(conn, store, found, shopper.user_id):
        raise RedemptionUnknown
    return _claim(conn, store, found)


async def _taken(faces: Faces, store: StoreRef, redemption: RedemptionRef) -> Taken:
    return await faces.database.read_async(lambda conn: _claim(conn, store, redemption))


def _claim(conn: Connection, store: StoreRef, redemption: RedemptionRef) -> Taken:
    taken = claim_of(conn, store, redemption)
    if taken is None:
        raise RedemptionUnknown
    return taken
