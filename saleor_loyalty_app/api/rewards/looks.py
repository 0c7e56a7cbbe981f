"""The rewards pages in HTML, and the style sheet in the brand's colors."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from saleor_loyalty_app.api.errors import request_language
from saleor_loyalty_app.api.html import templates
from saleor_loyalty_app.api.rewards.places import Place
from saleor_loyalty_app.i18n import LANGUAGES, translate
from saleor_loyalty_app.programs.words import points_words
from saleor_loyalty_app.stores.colors import Palette
from saleor_loyalty_app.stores.storefront_setup import Looks

FOLDER = Path(__file__).parent
_environment = templates(FOLDER / "templates")


def asked_language(request: Request, preferred: str = "") -> str:
    """The language of a page: asked for in the address, preferred by the member, or accepted."""
    wished = request.query_params.get("lang", "")
    if wished in LANGUAGES:
        return wished
    return preferred or request_language(request)


def render(
    place: Place,
    name: str,
    language: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page by the name of its template."""
    text = _environment.get_template(f"{name}.html").render(
        place=place,
        brand=place.setup.words(language),
        language=language,
        languages=LANGUAGES,
        t=partial(translate, language=language),
        points=partial(points_words, language=language),
        **values,
    )
    sent = {**place.headers, "Content-Language": language, **(headers or {})}
    return HTMLResponse(text, status_code=status, headers=sent)


def style_sheet(looks: Looks) -> str:
    """The colors of a brand as CSS variables, by day and by night."""
    night = f"@media (prefers-color-scheme: dark) {{\n{_variables(looks.dark)}\n}}"
    return f"{_variables(looks.light)}\n{night}\n"


def _variables(palette: Palette) -> str:
    named = {
        "ground": palette.ground,
        "ink": palette.ink,
        "soft": palette.soft,
        "line": palette.line,
        "panel": palette.panel,
        "accent": palette.accent,
        "on-accent": palette.on_accent,
    }
    return ":root { " + " ".join(f"--{name}: {color};" for name, color in named.items()) + " }"
