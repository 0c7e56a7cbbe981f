"""What a checkout would earn, takes and lacks: `GET /checkouts/{id}`."""

from functools import partial
from typing import Annotated

from fastapi import Path, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.cross_origin import require_origin
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.cart_page import cart_page
from saleor_loyalty_app.api.storefront.cart_schemas import CheckoutPage
from saleor_loyalty_app.api.storefront.public import StoreName
from saleor_loyalty_app.api.storefront.refusals import OF_NAMED_STORES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import (
    Shopper,
    reader_if_told,
    shopper_now,
    signed_in_now,
)
from saleor_loyalty_app.api.storefront.store_named import store_named
from saleor_loyalty_app.flows.preview_checkout import (
    CheckoutUnknown,
    Preview,
    preview_checkout,
    read_checkout,
)
from saleor_loyalty_app.members.refs import SignedIn
from saleor_loyalty_app.stores.refs import StoreRef

router = storefront_router()

CheckoutId = Annotated[
    str, Path(min_length=1, max_length=200, description="Saleor's id of the checkout.")
]


@router.get(
    "/checkouts/{checkout_id}",
    responses=documented(
        *OF_SHOPPERS,
        *OF_NAMED_STORES,
        *OF_SALEOR,
        (400, "store_missing", {}),
        (404, "checkout_unknown", {}),
    ),
)
async def checkout(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    checkout_id: CheckoutId,
    store: StoreName | None = None,
) -> CheckoutPage:
    """What a cart would earn, how many points it takes, and what it lacks for better delivery.

    The shopper's token is optional: without it `store` names the store, and nothing is told of
    anybody's points.
    """
    shopper = await reader_if_told(request, faces)
    owner = await _store(request, faces, shopper, store)
    cart = await faces.calls.run(partial(read_checkout, faces.access, owner, checkout_id))
    if shopper is not None and cart.user_id not in (None, shopper.user_id):
        raise CheckoutUnknown
    now = faces.clock()

    def look(conn: Connection) -> Preview:
        current, member = (still_active(conn, owner), None)
        signed_in: SignedIn | None = None
        if shopper is not None:
            current, member = shopper_now(conn, shopper)
            signed_in = signed_in_now(shopper, member)
        return preview_checkout(
            conn,
            current,
            cart,
            member,
            is_owner=shopper is not None and cart.user_id == shopper.user_id,
            now=now,
            language=language,
            keys=faces.email_keys,
            signed_in=signed_in,
        )

    preview = await faces.database.read_async(look)
    make_private(response, language)
    return cart_page(cart.id, preview, language)


async def _store(
    request: Request, faces: Faces, shopper: Shopper | None, named: str | None
) -> StoreRef:
    """The store of the token; without one, the one that is named."""
    if shopper is not None:
        return shopper.store
    owner = await faces.database.read_async(lambda conn: store_named(conn, named))
    require_origin(request, owner.id)
    return owner
