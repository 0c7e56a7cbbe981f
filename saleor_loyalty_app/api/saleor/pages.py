"""The public pages to which the manifest points: what the app is, privacy, support."""

from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from saleor_loyalty_app import __version__
from saleor_loyalty_app.api.errors import NotFound, request_language
from saleor_loyalty_app.api.html import security_headers, templates
from saleor_loyalty_app.i18n import LANGUAGES, translate
from saleor_loyalty_app.saleor.version import OLDEST
from saleor_loyalty_app.settings import Settings

NAMES = ("about", "support", "privacy")
PROJECT = "https://github.com/saleor-loyalty/saleor-loyalty"
_FOLDER = Path(__file__).parent
_STATIC = {"logo.png": "image/png", "logo.svg": "image/svg+xml", "pages.css": "text/css"}
_HEADERS = {
    **security_headers(style_src="'self'", img_src="'self'", frame_ancestors="'none'"),
    "Vary": "Accept-Language",
}
_environment = templates(_FOLDER / "templates")


def page(name: str, language: str, settings: Settings) -> str:
    """One of the pages in HTML, with the retention times of this installation."""
    return _environment.get_template("layout.html").render(
        name=name,
        names=NAMES,
        language=language,
        languages=LANGUAGES,
        t=partial(translate, language=language),
        version=__version__,
        oldest=str(OLDEST),
        project=PROJECT,
        example="https://shop.example.com/graphql/",
        inbox_days=settings.inbox_days,
        dead_letter_days=settings.dead_letter_days,
        uninstalled_days=settings.uninstalled_days,
    )


def build_router(settings: Settings) -> APIRouter:
    """The pages and what they are made with."""
    router = APIRouter(include_in_schema=False)

    for name in NAMES:
        router.add_api_route(
            f"/{name}",
            partial(_show, name, settings),
            methods=["GET", "HEAD"],
            response_class=HTMLResponse,
            name=name,
        )

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    async def show_static(name: str) -> FileResponse:
        """The logo, which Saleor fetches too, and the style sheet."""
        if name not in _STATIC:
            raise NotFound
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return FileResponse(_FOLDER / "static" / name, media_type=_STATIC[name], headers=headers)

    return router


async def _show(name: str, settings: Settings, request: Request) -> HTMLResponse:
    wished = request.query_params.get("lang", "")
    language = wished if wished in LANGUAGES else request_language(request)
    headers = {**_HEADERS, "Content-Language": language}
    return HTMLResponse(page(name, language, settings), headers=headers)
