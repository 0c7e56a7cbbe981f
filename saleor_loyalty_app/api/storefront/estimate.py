"""What goods would earn, for product pages and carts that Saleor does not know: `/estimate`."""

from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import Header, Query, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.cross_origin import require_origin
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.board import ChannelUnknown
from saleor_loyalty_app.api.storefront.estimate_page import estimate_page
from saleor_loyalty_app.api.storefront.estimate_schemas import (
    Amount,
    Country,
    Currency,
    EstimateInput,
    EstimatePage,
    GoodsInput,
    Locale,
    Reference,
)
from saleor_loyalty_app.api.storefront.program_page import (
    ProgramNotPublished,
    etag_of,
    is_known,
)
from saleor_loyalty_app.api.storefront.public import CACHED, StoreName
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_NAMED_STORES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.schemas import Slug
from saleor_loyalty_app.api.storefront.shopper import reader_if_told, shopper_now, signed_in_now
from saleor_loyalty_app.api.storefront.store_named import store_named
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.estimate_cart import Buyer, CartToEstimate, Goods, estimate_cart
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef
from saleor_loyalty_app.stores.repository import channels

router = storefront_router()


class CurrencyMismatch(AppError):
    """The channel sells in another currency than the one that the amounts are in."""

    code: ClassVar[str] = "currency_mismatch"
    status: ClassVar[int] = 400

    def __init__(self, channel: ChannelRef, given: str) -> None:
        super().__init__(channel=channel.slug, given=given, expected=channel.currency)


class PriceMissing(AppError):
    """Neither the price with tax nor the one without was sent."""

    code: ClassVar[str] = "price_missing"
    status: ClassVar[int] = 422


#: Of what is asked for, whoever asks.
OF_READING_ESTIMATES: tuple[Refusal, ...] = (
    (400, "channel_unknown", {"channel": "no-such-channel"}),
    (
        400,
        "currency_mismatch",
        {"channel": "default-channel", "given": "EUR", "expected": "USD"},
    ),
    (404, "program_not_published", {}),
)
OF_ESTIMATES: tuple[Refusal, ...] = (
    *OF_SHOPPERS,
    (422, "price_missing", {}),
    (400, "store_missing", {}),
    *OF_NAMED_STORES,
    *OF_READING_ESTIMATES,
)


@router.post(
    "/estimate",
    responses=documented(*OF_ESTIMATES, (400, "request_unreadable", {}), *OF_CHANGES[:1]),
)
async def estimate_cart_of(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    what: EstimateInput,
    store: StoreName | None = None,
) -> EstimatePage:
    """What a cart would earn a member, and what it lacks for the next step and for free shipping.

    The shopper's token is optional: with it, it is what their order would earn, and the store is
    that of the token; without it `store` names the store. Saleor is not asked.
    """
    page = await _answer(request, faces, store, what, language)
    make_private(response, language)
    return page


@router.get(
    "/estimate",
    responses={
        304: {"description": "It is still what `If-None-Match` names."},
        **documented(*OF_ESTIMATES),
    },
    response_model=EstimatePage,
)
async def estimate_product(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    channel: Annotated[Slug, Query()],
    currency: Annotated[Currency, Query()],
    store: StoreName | None = None,
    quantity: Annotated[int, Query(ge=1, le=10_000)] = 1,
    gross: Annotated[Amount | None, Query()] = None,
    net: Annotated[Amount | None, Query()] = None,
    product_id: Annotated[Reference | None, Query()] = None,
    product_slug: Annotated[Reference | None, Query()] = None,
    variant_id: Annotated[Reference | None, Query()] = None,
    sku: Annotated[str | None, Query(max_length=255)] = None,
    category: Annotated[
        list[Reference] | None, Query(max_length=100, description="May be repeated.")
    ] = None,
    collection: Annotated[
        list[Reference] | None, Query(max_length=100, description="May be repeated.")
    ] = None,
    product_type: Annotated[Reference | None, Query()] = None,
    on_sale: Annotated[bool | None, Query()] = None,
    country: Annotated[Country | None, Query()] = None,
    locale: Annotated[Locale | None, Query()] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> EstimatePage | Response:
    """What one product would earn a member: `POST /estimate` of one line.

    Without a token it needs `store`, and is kept by caches.
    """
    if gross is None and net is None:
        raise PriceMissing
    line = GoodsInput(
        quantity=quantity,
        gross=gross,
        net=net,
        product_id=product_id,
        product_slug=product_slug,
        variant_id=variant_id,
        sku=sku,
        categories=category,
        collections=collection,
        product_type=product_type,
        on_sale=on_sale,
    )
    what = EstimateInput(
        channel=channel, currency=currency, lines=[line], country=country, locale=locale
    )
    page = await _answer(request, faces, store, what, language)
    if "authorization" in request.headers:
        make_private(response, language)
        return page
    headers = {
        "ETag": etag_of(page, language),
        "Cache-Control": CACHED,
        "Content-Language": language,
        "Vary": "Authorization, Accept-Language",
    }
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return page


async def _answer(
    request: Request, faces: Faces, named: str | None, what: EstimateInput, language: str
) -> EstimatePage:
    shopper = await reader_if_told(request, faces)
    now = faces.clock()
    if shopper is not None:

        def read(conn: Connection) -> EstimatePage:
            store, member = shopper_now(conn, shopper)
            buyer = Buyer(member, faces.email_keys, signed_in_now(shopper, member))
            return read_estimate(conn, store, what, now=now, language=language, buyer=buyer)

        return await faces.database.read_async(read)
    store = await faces.database.read_async(lambda conn: store_named(conn, named))
    require_origin(request, store.id)
    await faces.gate.estimate(request, store.id)
    return await faces.database.read_async(
        lambda conn: read_estimate(conn, store, what, now=now, language=language)
    )


def read_estimate(
    conn: Connection,
    store: StoreRef,
    what: EstimateInput,
    *,
    now: datetime,
    language: str,
    buyer: Buyer | None = None,
) -> EstimatePage:
    """What goods would earn at a store; None = nobody knows who will buy.

    Raises:
        ChannelUnknown, CurrencyMismatch: the store sells nowhere like that.
        ProgramNotPublished: nothing is in force.
    """
    channel = _channel(conn, store, what)
    found = estimate_cart(conn, store, channel, _cart(what), now=now, buyer=buyer)
    if found is None:
        raise ProgramNotPublished
    return estimate_page(found, channel, language)


def _channel(conn: Connection, store: StoreRef, what: EstimateInput) -> ChannelRef:
    for known in channels(conn, store.id):
        if known.slug == what.channel:
            if known.currency != what.currency:
                raise CurrencyMismatch(known, what.currency)
            return known
    raise ChannelUnknown(what.channel)


def _cart(what: EstimateInput) -> CartToEstimate:
    return CartToEstimate(
        goods=tuple(_goods(line) for line in what.lines),
        country=what.country or "",
        language=what.locale or "",
        voucher_used=what.voucher_used,
    )


def _goods(line: GoodsInput) -> Goods:
    return Goods(
        quantity=line.quantity,
        gross=line.price("gross"),
        net=line.price("net"),
        product_id=line.product_id,
        product_slug=line.product_slug,
        variant_id=line.variant_id,
        sku=line.sku,
        categories=None if line.categories is None else tuple(line.categories),
        collections=None if line.collections is None else tuple(line.collections),
        product_type=line.product_type,
        on_sale=line.on_sale,
    )
