"""The shopper's tier: `/me/tier`."""

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.newcomers import member_shown
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.api.storefront.tier_schemas import MyTier
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS
from saleor_loyalty_app.flows.tier_standing import tier_standing

router = storefront_router("/me")


@router.get("/tier", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def my_tier(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> MyTier:
    """The shopper's tier, what is missing to the next, and when this one would end."""
    now = faces.clock()

    def read(conn: Connection) -> MyTier:
        store, member = member_shown(conn, shopper, now=now, language=language)
        return MyTier.of(tier_standing(conn, store, member, now=now), language)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page
