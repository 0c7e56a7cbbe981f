"""The addresses of the rewards page."""

import hashlib
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.errors import NotFound
from saleor_loyalty_app.api.rewards.answers import PageRoute, done_words, place_of
from saleor_loyalty_app.api.rewards.catalog import router as catalog
from saleor_loyalty_app.api.rewards.claiming import router as claiming
from saleor_loyalty_app.api.rewards.codes import router as codes
from saleor_loyalty_app.api.rewards.entering import router as entering
from saleor_loyalty_app.api.rewards.looks import FOLDER, asked_language, render, style_sheet
from saleor_loyalty_app.api.rewards.sums import (
    day_of,
    read_faq,
    read_preferred_language,
    read_sums,
)
from saleor_loyalty_app.api.rewards.telling import router as telling
from saleor_loyalty_app.api.rewards.visits import visitor_of
from saleor_loyalty_app.api.rewards.wishes import router as wishes
from saleor_loyalty_app.api.routing import put_together
from saleor_loyalty_app.api.storefront.program_page import is_known
from saleor_loyalty_app.members.mailed_links import new_token
from saleor_loyalty_app.programs.words import day_words

_STATIC = {"rewards.css": "text/css"}

_own = APIRouter(include_in_schema=False, route_class=PageRoute)


@_own.get("/rewards-page/{name}")
async def show_static(name: str) -> FileResponse:
    """The style sheet of all rewards pages."""
    if name not in _STATIC:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return FileResponse(FOLDER / "static" / name, media_type=_STATIC[name], headers=headers)


@_own.get("/rewards/{name}/brand.css")
async def show_brand(request: Request, faces: FacesOf, name: str) -> Response:
    """The colors of a store's page."""
    place = await place_of(faces, name)
    text = style_sheet(place.setup.looks)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=60",
        "X-Content-Type-Options": "nosniff",
    }
    if is_known(etag, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    return PlainTextResponse(text, headers=headers, media_type="text/css")


@_own.get("/rewards/{name}")
async def show_page(request: Request, faces: FacesOf, name: str) -> Response:
    """The page: of who is signed in, else how to sign in and how the program works."""
    place = await place_of(faces, name)
    if name != place.name:
        return RedirectResponse(place.path, status_code=307, headers=place.headers)
    visitor = await visitor_of(request, place, faces.database, faces.clock)
    now = faces.clock()
    if visitor is None:
        await faces.gate.read_unknown(request)
        language = asked_language(request)
        faq = await faces.database.read_async(
            lambda conn: read_faq(conn, place.store, now=now, language=language)
        )
        return render(place, "welcome", language, faq=faq, wrong_address=False)
    await faces.gate.read(visitor.shopper.key)
    preferred = await faces.database.read_async(lambda conn: read_preferred_language(conn, visitor))
    language = asked_language(request, preferred)
    after = request.query_params.get("after")
    sums = await faces.database.read_async(
        lambda conn: read_sums(
            conn, visitor, after=after, keys=faces.email_keys, now=now, language=language
        )
    )
    return render(
        place,
        "points",
        language,
        sums=sums,
        form=visitor.form_key,
        wish=new_token(),
        done=done_words(request, language),
        day=partial(day_of, store=place.store, language=language),
        date=partial(day_words, language=language),
        is_first_page=after is None,
    )


router = put_together(
    (
        entering,
        codes,
        claiming,
        wishes,
        telling,
        catalog,
        _own,
    )
)
