"""The storefront API `/api/storefront/v1`: a shopper's points, and the way to spend them.

A shopper proves who they are by Saleor's access token (`tokenCreate`) as a bearer token, or by a
loyalty token that was made from one.
"""

from typing import Annotated

from fastapi import Query, Response

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import put_together, storefront_router
from saleor_loyalty_app.api.storefront.access import router as access
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.board import read_board
from saleor_loyalty_app.api.storefront.bonuses import router as bonuses
from saleor_loyalty_app.api.storefront.campaigns import router as campaigns
from saleor_loyalty_app.api.storefront.carts import router as carts
from saleor_loyalty_app.api.storefront.claims import router as claims
from saleor_loyalty_app.api.storefront.estimate import router as estimate
from saleor_loyalty_app.api.storefront.membership import router as membership
from saleor_loyalty_app.api.storefront.milestones import router as milestones
from saleor_loyalty_app.api.storefront.my_data import router as my_data
from saleor_loyalty_app.api.storefront.past import read_history
from saleor_loyalty_app.api.storefront.prices import router as prices
from saleor_loyalty_app.api.storefront.public import router as public
from saleor_loyalty_app.api.storefront.redemptions import router as redemptions
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.rewards import router as rewards
from saleor_loyalty_app.api.storefront.schemas import History, Me, Slug
from saleor_loyalty_app.api.storefront.session import router as session
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.api.storefront.tier import router as tier
from saleor_loyalty_app.api.storefront.wishes import router as wishes
from saleor_loyalty_app.api.units import POINTS, AskedUnit

_own = storefront_router()


@_own.get(
    "/me",
    responses=documented(*OF_SHOPPERS, (400, "channel_unknown", {"channel": "no-such-channel"})),
)
async def me(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    channel: Annotated[
        Slug | None,
        Query(description="Slug of the channel in whose currency the points are valued."),
    ] = None,
) -> Me:
    """The shopper's points: what can be spent, what is pending, what expires when."""
    now = faces.clock()
    board = await faces.database.read_async(
        lambda conn: read_board(conn, shopper, channel=channel, now=now, language=language)
    )
    make_private(response, language)
    return board


@_own.get(
    "/me/history",
    responses=documented(*OF_SHOPPERS, (400, "invalid_cursor", {})),
)
async def my_history(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    unit: AskedUnit = POINTS,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    after: Annotated[
        str | None, Query(max_length=100, description="`end_cursor` of the page before.")
    ] = None,
) -> History:
    """The movements of the shopper's points or status points, newest first, with their reasons."""
    now = faces.clock()
    page = await faces.database.read_async(
        lambda conn: read_history(
            conn, shopper, unit=unit, first=first, after=after, now=now, language=language
        )
    )
    make_private(response, language)
    return page


router = put_together(
    (
        public,
        estimate,
        claims,
        session,
        carts,
        redemptions,
        membership,
        wishes,
        my_data,
        bonuses,
        tier,
        campaigns,
        access,
        prices,
        rewards,
        milestones,
        _own,
    )
)
