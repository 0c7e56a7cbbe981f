"""What everybody may see of a store's program: `GET /program`."""

from typing import Annotated

from fastapi import Header, Query, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.cross_origin import require_origin
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.program_page import etag_of, is_known, read_program_page
from saleor_loyalty_app.api.storefront.program_schemas import ProgramPage
from saleor_loyalty_app.api.storefront.refusals import OF_ALL, OF_NAMED_STORES
from saleor_loyalty_app.api.storefront.schemas import Slug
from saleor_loyalty_app.api.storefront.store_named import store_named
from saleor_loyalty_app.stores.refs import StoreRef

#: A program that changed, or a part that was switched off, is seen by all within this time.
CACHED = "public, max-age=30, stale-while-revalidate=30"

StoreName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        description="The store: the address of its Saleor API, or the host of it.",
        examples=["https://shop.example.com/graphql/", "shop.example.com"],
    ),
]

router = storefront_router(signed_in=False)


@router.get(
    "/program",
    responses={
        304: {"description": "It is still what `If-None-Match` names."},
        **documented(
            *OF_ALL,
            *OF_NAMED_STORES,
            (400, "channel_unknown", {"channel": "no-such-channel"}),
            (404, "program_not_published", {}),
        ),
    },
    response_model=ProgramPage,
)
async def program(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    store: StoreName,
    channel: Annotated[
        Slug | None, Query(description="Slug of a channel; all channels of the program without.")
    ] = None,
    if_none_match: Annotated[
        str | None, Header(max_length=4000, description="`ETag` of an answer that is kept.")
    ] = None,
) -> ProgramPage | Response:
    """What a store's program gives: how points are earned, what they are worth, what ships free."""
    await faces.gate.read_unknown(request)
    now = faces.clock()

    def read(conn: Connection) -> tuple[StoreRef, ProgramPage]:
        owner = store_named(conn, store)
        return owner, read_program_page(conn, owner, channel=channel, now=now, language=language)

    owner, page = await faces.database.read_async(read)
    require_origin(request, owner.id)
    headers = {
        "ETag": etag_of(page, language),
        "Cache-Control": CACHED,
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return page
