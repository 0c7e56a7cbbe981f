"""Lets browsers call the storefront API from the origins that a store takes, and nothing else.

Shoppers are known by their Saleor token, never by a cookie, so a store takes any origin unless it
named some. A preflight carries no token: it is answered for every origin that any store takes. The
answer itself is readable for the origins of the very store that it is about, and what changes
something is refused from others.
"""

from dataclasses import dataclass
from typing import ClassVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saleor_loyalty_app.api.errors import request_language, response_of
from saleor_loyalty_app.api.origin_book import OriginBook
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.origins import Origins

STOREFRONT = "/api/storefront/"
METHODS = "GET, POST, PUT, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Accept-Language, Idempotency-Key, If-None-Match"
EXPOSED = "Content-Language, ETag, Location, Retry-After"
#: Seconds for which a browser remembers a preflight.
REMEMBERED = 7200
_READS = frozenset({"GET", "HEAD"})
_SCOPE_KEY = "loyalty.cross_origin"


class OriginNotAllowed(AppError):
    """The store does not take requests from web pages of this origin."""

    code: ClassVar[str] = "origin_not_allowed"
    status: ClassVar[int] = 403

    def __init__(self, origin: str) -> None:
        super().__init__(origin=origin[:100])


@dataclass(slots=True)
class _Asked:
    """A request from a browser, until it is known which store it is about."""

    origin: str
    origins: Origins
    store_id: int | None = None

    @property
    def readable_by(self) -> str:
        """Who may read the answer; "" = no page of another origin."""
        if self.store_id is None:
            # Mostly a failure, which tells of no store.
            if not self.origins.named:
                return "*"
            return self.origin if self.origins.somebody_allows(self.origin) else ""
        if self.origins.is_open(self.store_id):
            return "*"
        return self.origin if self.origins.allows(self.store_id, self.origin) else ""


def require_origin(request: Request, store_id: int) -> None:
    """Notes which store a request is about.

    Raises:
        OriginNotAllowed: it would change something, and comes from an origin that the store does
            not take.
    """
    asked = request.scope.get(_SCOPE_KEY)
    if not isinstance(asked, _Asked):
        return
    asked.store_id = store_id
    if asked.origin and request.method not in _READS and not asked.readable_by:
        raise OriginNotAllowed(asked.origin)


class StorefrontOrigins:
    """ASGI middleware: cross-origin answers below `/api/storefront/` only."""

    def __init__(self, app: ASGIApp, book: OriginBook) -> None:
        self._app = app
        self._book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(STOREFRONT):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = _Asked(headers.get("origin", ""), await self._book.origins())
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(asked, Request(scope))(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                _make_readable(MutableHeaders(scope=message), asked)
            await send(message)

        await self._app({**scope, _SCOPE_KEY: asked}, receive, send_readable)


def _preflight(asked: _Asked, request: Request) -> Response:
    if not asked.readable_by:
        refused = response_of(OriginNotAllowed(asked.origin), request_language(request))
        refused.headers.add_vary_header("Origin")
        return refused
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": asked.readable_by,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": str(REMEMBERED),
            "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        },
    )


def _make_readable(headers: MutableHeaders, asked: _Asked) -> None:
    readable_by = asked.readable_by
    if readable_by != "*":
        headers.add_vary_header("Origin")
    if readable_by:
        headers["Access-Control-Allow-Origin"] = readable_by
        headers["Access-Control-Expose-Headers"] = EXPOSED
