"""A message as it is read: subject, HTML made by MJML, and plain text. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import mrml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from saleor_loyalty_app.i18n import LANGUAGES, language_of, translate
from saleor_loyalty_app.messages.kinds import KINDS, Kind, MessageClass
from saleor_loyalty_app.messages.setup import MailSetup
from saleor_loyalty_app.messages.texts import UNPRINTABLE, Words, fill

DEFAULT_COLOR = "#1f6f54"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message with everything filled in."""

    subject: str
    preheader: str
    html: str
    text: str
    sms: str
    language: str


def render(
    kind: Kind,
    words: Words,
    language: str,
    values: Mapping[str, Any],
    setup: MailSetup,
    *,
    unsubscribe_url: str = "",
) -> Rendered:
    """The message in the language of `words`.

    Args:
        values: of the fields of the kind and of every message, as text.
        unsubscribe_url: a link that ends offers; for marketing only.

    Raises:
        TextInvalid: the words cannot be used.
    """
    filled = fill(words, values)
    ours = language if language in LANGUAGES else language_of([language])
    name = str(values.get("name", ""))
    greeting = (
        translate("mail.greeting", ours, name=name)
        if name
        else translate("mail.greeting_unknown", ours)
    )
    link = str(values.get("link") or values.get("link_to_points") or "")
    paragraphs = [part for part in _paragraphs(filled["body"]) if part]
    small_print = _small_print(kind, values, setup, ours)
    unsubscribe = translate("mail.unsubscribe", ours)
    shown = {
        "language": language,
        "rtl": language.partition("-")[0] in _RIGHT_TO_LEFT,
        "subject": filled["subject"],
        "preheader": filled["preheader"],
        "heading": filled["heading"] or filled["subject"],
        "greeting": greeting,
        "paragraphs": [_with_breaks(part) for part in paragraphs],
        "button": filled["button"],
        "link": link,
        "color": (setup.look.color or DEFAULT_COLOR),
        "on_color": readable_on(setup.look.color or DEFAULT_COLOR),
        "logo_url": setup.look.logo_url,
        "shop": values.get("shop", ""),
        "small_print": [_with_breaks(line) for line in small_print],
        "unsubscribe_url": unsubscribe_url,
        "unsubscribe": unsubscribe,
    }
    html = mrml.to_html(UNPRINTABLE.sub("", _layout().render(shown))).content
    text = _plain_text(
        [filled["heading"] or filled["subject"], greeting, *paragraphs],
        f"{filled['button']}: {link}" if filled["button"] and link else "",
        [*small_print, *([f"{unsubscribe}: {unsubscribe_url}"] if unsubscribe_url else [])],
    )
    return Rendered(filled["subject"], filled["preheader"], html, text, filled["sms"], language)


def readable_on(color: str) -> str:
    """Black or white, whichever is easier to read on `color` (WCAG 2.2, relative luminance)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _small_print(
    kind: Kind, values: Mapping[str, Any], setup: MailSetup, language: str
) -> list[str]:
    """Why somebody gets the message, and who writes it."""
    marketing = KINDS[kind].message_class is MessageClass.marketing
    why = "mail.why_marketing" if marketing else "mail.why_transactional"
    footer = setup.footer
    lines = [
        translate(why, language, program=values.get("program", ""), shop=values.get("shop", "")),
        footer.company,
        footer.postal_address,
        translate("mail.mersis", language, number=footer.mersis) if footer.mersis else "",
    ]
    return [line for line in lines if line]


def _paragraphs(body: str) -> list[str]:
    return [part.strip() for part in body.replace("\r\n", "\n").split("\n\n")]


def _with_breaks(text: str) -> Markup:
    return Markup("<br />").join(escape(line) for line in text.split("\n"))


def _plain_text(paragraphs: list[str], call: str, small_print: list[str]) -> str:
    blocks = [*paragraphs, *([call] if call else []), "--\n" + "\n".join(small_print)]
    return UNPRINTABLE.sub("", "\n\n".join(blocks) + "\n")


@cache
def _layout() -> Any:
    environment = Environment(
        loader=PackageLoader("saleor_loyalty_app.messages"),
        autoescape=select_autoescape(default=True, enabled_extensions=("mjml",)),
        undefined=StrictUndefined,
    )
    return environment.get_template("mail.mjml")
