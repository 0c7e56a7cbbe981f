"""Templates, texts and GraphQL documents of the pages, read once."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "tr")
COOKIE = "sandbox_language"

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class MissingText(KeyError):
    """A page asks for a text that the catalogue of its language does not have."""


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of the pages in `language` by id."""
    loaded: dict[str, str] = json.loads((FOLDER / "texts" / f"{language}.json").read_text("utf-8"))
    return loaded


@cache
def documents() -> dict[str, str]:
    """The GraphQL documents that the pages send, by name."""
    files = sorted((FOLDER / "documents").glob("*.graphql"))
    return {file.stem: file.read_text("utf-8") for file in files}


def documents_module() -> str:
    """The documents as a JavaScript module."""
    return f"export const documents = {json.dumps(documents(), indent=1)};\n"


def language_of(request: Request) -> str:
    """The language that was asked for by `?lang=`, chosen before, or preferred by the browser."""
    for choice in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    accepted = request.headers.get("accept-language", "").strip().lower()
    return "tr" if accepted.startswith("tr") else "en"


def page(request: Request, name: str, **values: object) -> HTMLResponse:
    """The page `name` in the language of the request, which it remembers."""
    language = language_of(request)
    html = _environment.get_template(f"{name}.html").render(
        page=name,
        language=language,
        other_language="en" if language == "tr" else "tr",
        texts=texts(language),
        t=_translator(language),
        **values,
    )
    response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return response


def _translator(language: str) -> Callable[[str], str]:
    def translate(text_id: str) -> str:
        try:
            return texts(language)[text_id]
        except KeyError:
            raise MissingText(text_id) from None

    return translate
