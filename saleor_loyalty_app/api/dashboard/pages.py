"""The built pages of `dashboard_extension/`: who opens them, and with what they may be loaded.

They are public and empty: no data of any store is in them.
"""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from saleor_loyalty_app import assets
from saleor_loyalty_app.api.errors import NotFound
from saleor_loyalty_app.api.html import security_headers
from saleor_loyalty_app.errors import AppError

#: Addresses of the page and all below them: the Dashboard opens any of them directly.
PAGES = (
    "program",
    "rules",
    "publish",
    "tiers",
    "bonuses",
    "events",
    "reward-catalog",
    "campaigns",
    "segments",
    "members",
    "overview",
    "month-end",
    "activity",
    "settings",
)
#: Addresses of single widgets and popups.
WIDGETS = ("widget", "popup")
_DIST = "dashboard_extension/dist"
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "md": "text/plain"}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_SMALL = 1024
#: The Dashboard may stand at any address: its own domain, or a path of the API's. Whoever frames
#: the page sees nothing without a staff token, and the page uses no cookies.
_PAGE_HEADERS = {
    **security_headers(
        script_src="'self'",
        style_src="'self'",
        img_src="'self'",
        connect_src="'self'",
        frame_ancestors="https: http:",
    ),
    "Cache-Control": "no-cache",
}
_FILE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}

router = APIRouter(include_in_schema=False)


class PagesMissing(AppError):
    """The pages of the Dashboard were not built: `make pages` does."""

    code: ClassVar[str] = "pages_missing"
    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it leaves the app, plain and compressed."""

    content: bytes
    compressed: bytes | None
    media_type: str


@cache
def _file(name: str) -> _File:
    content = assets.read_bytes(f"{_DIST}/{name}")
    media_type = _TYPES.get(name.rpartition(".")[2], "text/html")
    small = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else None
    return _File(content, small, media_type)


def _answer(request: Request, name: str, headers: dict[str, str]) -> Response:
    file = _file(name)
    takes = "gzip" in request.headers.get("accept-encoding", "")
    headers = {**headers, "Vary": "Accept-Encoding"}
    if file.compressed is None or not takes:
        return Response(file.content, media_type=file.media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(file.compressed, media_type=file.media_type, headers=headers)


def _page(request: Request, name: str) -> Response:
    try:
        return _answer(request, name, _PAGE_HEADERS)
    except assets.AssetMissing as failure:
        raise PagesMissing from failure


def show_page(request: Request) -> Response:
    """The page that the Dashboard shows in its frame; it finds out itself what to show."""
    return _page(request, "index.html")


def show_widget(request: Request) -> Response:
    """The page of a widget or popup."""
    return _page(request, "widget.html")


@router.get("/dashboard-page/assets/{name}")
def show_file(request: Request, name: str) -> Response:
    """A script or style sheet; its name changes with its content."""
    if not _NAME.fullmatch(name):
        raise NotFound
    try:
        return _answer(request, f"assets/{name}", _FILE_HEADERS)
    except assets.AssetMissing as failure:
        raise NotFound from failure


@router.get("/dashboard-page/licenses.md")
def show_licenses(request: Request) -> Response:
    """The licenses of the libraries that the pages are built with."""
    return _page(request, "licenses.md")


router.add_api_route("/", show_page)
for _name in PAGES:
    router.add_api_route(f"/{_name}", show_page)
    router.add_api_route(f"/{_name}/{{below:path}}", show_page)
for _name in WIDGETS:
    router.add_api_route(f"/{_name}/{{below:path}}", show_widget)
