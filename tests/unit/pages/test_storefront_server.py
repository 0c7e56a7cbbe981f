"""What the shop's own server does for the components: their script tag, sessions, the token."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.pages import routes

TAB = "abcdefgh1234"
APP = {"identifier": "saleor.loyalty", "is_active": True, "app_url": "http://app.test/"}
FILE = {"path": "/storefront/v1/loyalty.js?v=1f", "integrity": "sha384-abc"}
Upstream = dict[str, httpx.Response | Exception]


class Shop:
    """The pages of a store that refreshes the token "good", in front of an app."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, app: Upstream, *, installed: bool = True):
        self.asked: list[httpx.Request] = []

        async def state(_request: Request) -> Response:
            return JSONResponse({"apps": [APP] if installed else []})

        async def graphql(request: Request) -> Response:
            token = (await request.json())["variables"]["token"]
            fresh = {"token": "saleor-token"} if token == "good" else None
            return JSONResponse({"data": {"tokenRefresh": fresh}})

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            found = app[request.url.path]
            if isinstance(found, Exception):
                raise found
            return found

        self.app = Starlette(
            routes=[
                *routes(),
                Route("/_control/state", state),
                Route("/graphql/", graphql, methods=["POST"]),
            ]
        )
        transport = httpx.MockTransport(answer)
        real = httpx.AsyncClient

        def client(**options: Any) -> httpx.AsyncClient:
            return real(**{"transport": transport, **options})

        self._client = real
        monkeypatch.setattr("sandbox.pages.loyalty.httpx.AsyncClient", client)

    def send(self, method: str, path: str, *, cookie: str = "", **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            headers = {"cookie": cookie} if cookie else {}
            async with self._client(transport=transport, base_url="http://shop.test") as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(ask())


def test_the_shop_names_the_script_with_its_hash_and_allows_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest = httpx.Response(200, json={"files": {"loyalty.js": FILE}})
    page = Shop(monkeypatch, {"/storefront/v1/manifest.json": manifest}).send("GET", "/shop")
    assert 'src="http://app.test/storefront/v1/loyalty.js?v=1f" integrity="sha384-abc"' in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self' http://app.test;" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "manifest",
    [
        httpx.ConnectError("refused"),
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"files": {}}),
    ],
    ids=["down", "failing", "no JSON", "nothing in it"],
)
def test_the_shop_sells_without_the_components(
    monkeypatch: pytest.MonkeyPatch, manifest: httpx.Response | Exception
) -> None:
    page = Shop(monkeypatch, {"/storefront/v1/manifest.json": manifest}).send("GET", "/shop")
    assert page.status_code == 200
    assert "loyalty-components" not in page.text
    assert "http://app.test" not in page.headers["content-security-policy"]


def test_a_tab_that_signed_in_gets_loyalty_tokens_for_the_shops_origin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = httpx.Response(201, json={"token": "ls1.x", "expires_at": "", "origin": ""})
    shop = Shop(monkeypatch, {"/api/storefront/v1/session": session})
    signed_in = shop.send("POST", f"/shop/session?tab={TAB}", json={"refresh_token": "good"})
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    answer = shop.send("POST", f"/shop/loyalty-token?tab={TAB}", cookie=cookie.split(";")[0])
    assert answer.json() == {"token": "ls1.x"}
    assert answer.headers["cache-control"] == "no-store"
    (asked,) = shop.asked
    assert asked.headers["authorization"] == "Bearer saleor-token"
    assert asked.content == b'{"origin":"http://shop.test"}'
    other = shop.send("POST", "/shop/loyalty-token?tab=another12345", cookie=cookie.split(";")[0])
    assert (other.status_code, other.json()) == (401, {"token": None})


@pytest.mark.parametrize(
    ("refresh", "installed", "session", "status"),
    [
        ("dead", True, httpx.Response(201, json={"token": "t"}), 401),
        ("good", False, httpx.Response(201, json={"token": "t"}), 409),
        ("good", True, httpx.Response(403, json={"error": {}}), 403),
        ("good", True, httpx.ConnectError("refused"), 502),
    ],
    ids=["dead session", "no app", "refused", "app down"],
)
def test_without_a_token_there_is_none_and_the_status_says_why(
    monkeypatch: pytest.MonkeyPatch,
    refresh: str,
    installed: bool,
    session: httpx.Response | Exception,
    status: int,
) -> None:
    shop = Shop(monkeypatch, {"/api/storefront/v1/session": session}, installed=installed)
    cookie = f"sandbox_session_{TAB}={refresh}"
    answer = shop.send("POST", f"/shop/loyalty-token?tab={TAB}", cookie=cookie)
    assert (answer.status_code, answer.json()) == (status, {"token": None})


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"refresh_token": "good"}),
        ("?tab=A;b", {"refresh_token": "good"}),
        (f"?tab={TAB}", {"refresh_token": 7}),
        (f"?tab={TAB}", {"refresh_token": "x" * 5000}),
        (f"?tab={TAB}", []),
    ],
)
def test_a_session_needs_a_tab_and_a_token(
    monkeypatch: pytest.MonkeyPatch, query: str, body: Any
) -> None:
    answer = Shop(monkeypatch, {}).send("POST", f"/shop/session{query}", json=body)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
