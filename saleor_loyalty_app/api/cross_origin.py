"""Lets the browsers of any storefront call the storefront API, and nothing else of the app.

Shoppers are known by their Saleor token, never by a cookie, so every origin may ask.
"""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

STOREFRONT = "/api/storefront/"


class StorefrontOrigins:
    """ASGI middleware: cross-origin answers below `/api/storefront/` only."""

    def __init__(self, app: ASGIApp) -> None:
        self._closed = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language"],
            expose_headers=["Content-Language", "Retry-After"],
            max_age=7200,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        is_open = scope["type"] == "http" and scope["path"].startswith(STOREFRONT)
        await (self._open if is_open else self._closed)(scope, receive, send)
