"""How requests to the rewards page are answered: failures are pages too."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from saleor_loyalty_app import log
from saleor_loyalty_app.api.context import Faces, faces_of
from saleor_loyalty_app.api.errors import NotFound, detail_of
from saleor_loyalty_app.api.rewards.looks import asked_language, render
from saleor_loyalty_app.api.rewards.places import Place, place_named
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import translate

#: What a page says after something was done, by the word in its address.
DONE = frozenset({"joined", "saved", "agreed", "withdrawn", "code", "given_up", "taken"})
_log = log.get(__name__)


async def place_of(faces: Faces, name: str) -> Place:
    """The page under a name.

    Raises:
        NotFound: no store has such a page.
    """
    return await faces.database.read_async(lambda conn: place_named(conn, name, faces.public_url))


def back(place: Place, done: str, language: str, *, to: str = "") -> RedirectResponse:
    """Back to the page, which says what was done; a reload does not do it again."""
    where = f"{place.path}?done={done}&lang={language}{'#' + to if to else ''}"
    return RedirectResponse(where, status_code=303, headers=place.headers)


def done_words(request: Request, language: str) -> str:
    """What was done before the page was shown; "" = nothing."""
    done = request.query_params.get("done", "")
    return translate(f"rewards.done.{done}", language) if done in DONE else ""


class PageRoute(APIRoute):
    """A route whose failures are told as a page with a way back."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI made, with failures turned into pages."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except AppError as failure:
                return await _failed(request, failure)

        return handled


async def _failed(request: Request, failure: AppError) -> Response:
    if failure.status >= 500:
        _log.error("request_failed", error_code=failure.code, exc_info=failure)
    faces = faces_of(request)
    try:
        place = await place_of(faces, str(request.path_params.get("name", "")))
    except NotFound:
        raise failure from None
    language = asked_language(request)
    headers = {}
    if (retry_after := getattr(failure, "retry_after", None)) is not None:
        headers["Retry-After"] = str(max(1, round(retry_after)))
    told = detail_of(failure, language)
    status = failure.status
    return render(place, "problem", language, status=status, headers=headers, message=told.message)
