"""The way from the shop's pages to the loyalty app, as a storefront's own server would go it.

For what the components do not do: the terms at the head of the shop, and giving points back before
somebody signs out. The shopper's token is passed on unchanged.
"""

import re
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.wire import trusted

APP_IDENTIFIER = "saleor.loyalty"
PATIENCE_SECONDS = 15.0
_ID = r"[A-Za-z0-9_=-]{1,200}"
#: What may be asked, by method.
PATHS = {
    "GET": re.compile(rf"program|me|me/history|checkouts/{_ID}|redemptions/{_ID}"),
    "POST": re.compile(r"redemptions"),
    "DELETE": re.compile(rf"redemptions/{_ID}"),
}
PASSED_ON = ("authorization", "accept-language", "content-type", "idempotency-key")
PASSED_BACK = ("retry-after",)


async def loyalty(request: Request) -> Response:
    """Asks the app's storefront API what `/shop/loyalty/<path>` asks."""
    path = request.path_params["path"]
    allowed = PATHS.get(request.method)
    if allowed is None or not allowed.fullmatch(path):
        return _problem(404, "not_found")
    app_url = await app_url_of(request)
    if app_url is None:
        return _problem(409, "app_not_installed")
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    try:
        async with asking() as client:
            answer = await client.request(
                request.method,
                f"{app_url}/api/storefront/v1/{quote(path, safe='/=')}",
                params=request.query_params,
                headers=headers,
                content=await request.body(),
            )
    except httpx.HTTPError:
        return _problem(502, "app_unreachable")
    passed = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    return Response(
        answer.content,
        status_code=answer.status_code,
        media_type=answer.headers.get("content-type", "application/json"),
        headers={**passed, "Cache-Control": "no-store"},
    )


def asking(seconds: float = PATIENCE_SECONDS) -> httpx.AsyncClient:
    """A client for requests to the app."""
    return httpx.AsyncClient(timeout=seconds, trust_env=False, verify=trusted())


def here(request: Request) -> httpx.AsyncClient:
    """A client for requests to the sandbox itself."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=request.app), base_url="http://sandbox"
    )


async def app_url_of(request: Request) -> str | None:
    """The address of the installed loyalty app, asked of the sandbox's own control API."""
    async with here(request) as client:
        state = (await client.get("/_control/state")).raise_for_status().json()
    for app in state["apps"]:
        if app["identifier"] == APP_IDENTIFIER and app["is_active"]:
            return str(app["app_url"]).rstrip("/")
    return None


def _problem(status: int, code: str) -> JSONResponse:
    body = {"error": {"code": code, "message": code, "detail": {}}}
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
