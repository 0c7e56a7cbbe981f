"""What the shop's own server does for the loyalty components: their script tag, and the token.

The components come from the app's address and ask it themselves. Saleor's tokens never reach them:
the server keeps the refresh token in a cookie that no script can read, one for each tab, as people
try the sandbox as two customers at once, and exchanges what it gives for a loyalty token.
"""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.pages.loyalty import app_url_of, asking, here

SCRIPT = "loyalty.js"
TAB = re.compile(r"[a-z0-9]{8,40}")
REFRESH = """mutation ($token: String!) {
  tokenRefresh(refreshToken: $token) { token errors { code } }
}"""


@dataclass(frozen=True, slots=True)
class Components:
    """The script of the components: where it is, and the hash that vouches for it."""

    origin: str
    address: str
    integrity: str


async def components_of(request: Request) -> Components | None:
    """The components of the installed app; None while there is none, or it does not answer."""
    app_url = await app_url_of(request)
    if app_url is None:
        return None
    try:
        async with asking(seconds=2.0) as client:
            answer = await client.get(f"{app_url}/storefront/v1/manifest.json")
            file = answer.raise_for_status().json()["files"][SCRIPT]
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    return Components(app_url, f"{app_url}{file['path']}", file["integrity"])


def policy_of(components: Components | None) -> str:
    """The shop's content security policy: as strict as a shop with our components can be."""
    app = f" {components.origin}" if components else ""
    return "; ".join(
        (
            "default-src 'none'", f"script-src 'self'{app}", f"connect-src 'self'{app}",
            "style-src 'self'", "img-src 'self'", "base-uri 'none'", "form-action 'self'",
            "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        )
    )  # fmt: skip


async def session(request: Request) -> Response:
    """`POST` signs a tab in with Saleor's refresh token, `DELETE` signs it out."""
    cookie = _cookie_of(request)
    if cookie is None:
        return _nobody(400)
    done = Response(status_code=204, headers={"Cache-Control": "no-store"})
    if request.method == "DELETE":
        done.delete_cookie(cookie, path="/shop")
        return done
    try:
        token = (await request.json())["refresh_token"]
    except (ValueError, TypeError, KeyError):
        return _nobody(400)
    if not isinstance(token, str) or len(token) > 4000:
        return _nobody(400)
    done.set_cookie(cookie, token, path="/shop", httponly=True, samesite="strict")
    return done


async def loyalty_token(request: Request) -> Response:
    """The token endpoint of the components: a loyalty token for who is signed in."""
    cookie = _cookie_of(request)
    refresh = request.cookies.get(cookie) if cookie else None
    if refresh is None:
        return _nobody(401)
    async with here(request) as store:
        asked = {"query": REFRESH, "variables": {"token": refresh}}
        refreshed = (await store.post("/graphql/", json=asked)).json()
    token = ((refreshed.get("data") or {}).get("tokenRefresh") or {}).get("token")
    if token is None:
        return _nobody(401)
    app_url = await app_url_of(request)
    if app_url is None:
        return _nobody(409)
    return await _exchanged(app_url, token, f"{request.url.scheme}://{request.url.netloc}")


async def _exchanged(app_url: str, token: str, origin: str) -> Response:
    try:
        async with asking() as client:
            answer = await client.post(
                f"{app_url}/api/storefront/v1/session",
                headers={"Authorization": f"Bearer {token}"},
                json={"origin": origin},
            )
            found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        return _nobody(502)
    if answer.is_error:
        return _nobody(answer.status_code)
    return JSONResponse({"token": found["token"]}, headers={"Cache-Control": "no-store"})


def _cookie_of(request: Request) -> str | None:
    tab = request.query_params.get("tab", "")
    return f"sandbox_session_{tab}" if TAB.fullmatch(tab) else None


def _nobody(status: int) -> Response:
    return JSONResponse({"token": None}, status_code=status, headers={"Cache-Control": "no-store"})
