"""The addresses of the pages."""

import os

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.pages.loyalty import loyalty
from sandbox.pages.render import FOLDER, documents_module, page
from sandbox.pages.storefront import components_of, loyalty_token, policy_of, session

#: Offered in the Dashboard's dialog for installing an app.
MANIFEST_VARIABLE = "SANDBOX_MANIFEST_URL"
DEFAULT_MANIFEST_URL = "http://127.0.0.1:8000/api/manifest"


def routes() -> list[BaseRoute]:
    """All routes of the pages; their files are under `/pages/`."""
    return [
        Route("/", _home),
        Route("/shop", _shop),
        Route("/shop/session", session, methods=["POST", "DELETE"]),
        Route("/shop/loyalty-token", loyalty_token, methods=["POST"]),
        Route("/shop/loyalty/{path:path}", loyalty, methods=["GET", "POST", "DELETE"]),
        Route("/desk", _desk),
        Route("/dashboard", _dashboard),
        Route("/dashboard/{path:path}", _dashboard),
        Route("/faults", _faults),
        Route("/inbox", _inbox),
        Route("/pages/js/documents.js", _documents),
        Mount("/pages", StaticFiles(directory=FOLDER / "static"), name="pages"),
    ]


async def _home(request: Request) -> Response:
    return page(request, "home")


async def _shop(request: Request) -> Response:
    components = await components_of(request)
    shown = page(request, "shop", components=components)
    shown.headers["Content-Security-Policy"] = policy_of(components)
    return shown


async def _desk(request: Request) -> Response:
    return page(request, "desk")


async def _dashboard(request: Request) -> Response:
    manifest_url = os.environ.get(MANIFEST_VARIABLE, DEFAULT_MANIFEST_URL)
    return page(request, "dashboard", manifest_url=manifest_url)


async def _faults(request: Request) -> Response:
    return page(request, "faults")


async def _inbox(request: Request) -> Response:
    return page(request, "inbox")


async def _documents(_request: Request) -> Response:
    return Response(
        documents_module(), media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )
