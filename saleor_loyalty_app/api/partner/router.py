"""The partner API `/api/partner/v1`: server to server, for a store's other systems.

A system proves itself by an API key of the store, which it sends as the bearer token or signs its
requests with; the store is the key's, and never a parameter. Browsers are sent no headers that
would let a page read the answers.
"""

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.partner.complaints import router as complaints
from saleor_loyalty_app.api.partner.estimates import router as estimates
from saleor_loyalty_app.api.partner.events import router as events
from saleor_loyalty_app.api.partner.holder import ReaderOf, store_now
from saleor_loyalty_app.api.partner.members import router as members
from saleor_loyalty_app.api.partner.points import router as points
from saleor_loyalty_app.api.partner.refusals import OF_KEYS
from saleor_loyalty_app.api.partner.schemas import KeySelf
from saleor_loyalty_app.api.routing import partner_router, put_together
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.flows.give_points import key_budget

_own = partner_router()


@_own.get("/key", responses=documented(*OF_KEYS))
async def read_own_key(
    response: Response, faces: FacesOf, partner: ReaderOf, language: Language
) -> KeySelf:
    """The key that asks: what it may do, and what is left of its limit for the day."""
    now, terms = faces.clock(), partner.key.terms

    def read(conn: Connection) -> int:
        return key_budget(conn, store_now(conn, partner), partner.key, now=now).left_today

    left = await faces.database.read_async(read)
    make_private(response, language)
    return KeySelf(
        name=terms.name,
        store=partner.store.api_url,
        scopes=terms.granted,
        day_limit=terms.day_limit,
        left_today=left,
        expires_at=terms.expires_at,
        must_sign=partner.key.must_sign,
    )


router = put_together(
    (
        _own,
        members,
        points,
        events,
        complaints,
        estimates,
    )
)
