"""The app's page in HTML: a frame that waits for the Dashboard, and what it fills it with."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from saleor_loyalty_app.api.dashboard.schemas import Overview
from saleor_loyalty_app.api.html import security_headers, templates
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.i18n import LANGUAGES, catalogue, translate

_FOLDER = Path(__file__).parent
ASSETS = _FOLDER / "assets"
#: The Dashboard may stand at any address: its own domain, or a path of the API's. Whoever frames
#: the page sees nothing without a staff token, and the page uses no cookies.
SECURITY_HEADERS = security_headers(
    script_src="'self'",
    style_src="'self'",
    img_src="'self'",
    connect_src="'self'",
    frame_ancestors="https: http:",
)
_environment = templates(_FOLDER / "templates")


def frame(language: str, theme: str) -> str:
    """The page as it is served to anybody: no data of any store is in it."""
    return _environment.get_template("frame.html").render(
        language=language,
        theme=theme,
        t=partial(translate, language=language),
        texts={code: _script_texts(code) for code in LANGUAGES},
    )


def content(overview: Overview, language: str) -> str:
    """What the page shows of a store, as HTML to be put into the frame."""
    return _environment.get_template("content.html").render(
        view=overview,
        t=partial(translate, language=language),
        number=lambda value: format_decimal(value, locale=language),
        money=lambda value: _money(value, language),
        day=lambda value: _day(value, language),
        moment=lambda value: _moment(value, language),
    )


def _script_texts(language: str) -> dict[str, str]:
    """The texts that the page's script puts in by itself."""
    prefix = "page.script."
    return {
        text_id.removeprefix(prefix): text
        for text_id, text in catalogue(language).items()
        if text_id.startswith(prefix)
    }


def _money(value: Money, language: str) -> str:
    return str(format_currency(Decimal(value.amount), value.currency, locale=language))


def _moment(value: datetime, language: str) -> str:
    time = format_time(value, "short", tzinfo=value.tzinfo, locale=language)
    return f"{_day(value, language)}, {time}"


def _day(value: datetime, language: str) -> str:
    return str(format_date(value, "long", locale=language))
