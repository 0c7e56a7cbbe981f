"""Texts in English and Turkish, from gettext catalogues whose ids are stable codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Self

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = ("en", "tr")
DEFAULT_LANGUAGE = "en"


def language_of(preferences: Iterable[str]) -> str:
    """The language among ours that fits the first of `preferences` (BCP 47 or Saleor's codes)."""
    wanted = [tag.replace("_", "-").lower() for tag in preferences]
    return negotiate_locale(wanted, list(LANGUAGES), sep="-") or DEFAULT_LANGUAGE


def language_of_header(accept_language: str | None) -> str:
    """The language that fits an Accept-Language header best; quality values are obeyed."""
    weighted: list[tuple[float, int, str]] = []
    for position, item in enumerate((accept_language or "")[:1000].split(",")):
        tag, _, parameters = item.strip().partition(";")
        quality = _quality(parameters)
        if tag and tag != "*" and quality > 0:
            weighted.append((-quality, position, tag))
    return language_of(tag for _, _, tag in sorted(weighted))


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0


def translate(message_id: str, language: str, **arguments: object) -> str:
    """The text of `message_id` with its named placeholders filled.

    Falls back to English, then to the id itself, so that a missing text never hides a failure.
    """
    return filled(message_id, language, arguments)


def filled(message_id: str, language: str, arguments: Mapping[str, object]) -> str:
    """`translate` with placeholders of any name, such as "language"."""
    text = catalogue(language).get(message_id) or catalogue(DEFAULT_LANGUAGE).get(message_id)
    if text is None:
        return message_id
    return text.format_map(_Arguments(arguments))


def capitalized(text: str, language: str) -> str:
    """The text as a sentence begins; in Turkish i becomes İ. A name in quotes stays as it is."""
    first = "İ" if language == "tr" and text.startswith("i") else text[:1].upper()
    return first + text[1:]


@dataclass(frozen=True, slots=True)
class Words:
    """A text that is said later, in the language of whoever reads it.

    `arguments` fill its places; those that are words themselves are said in the same language.
    """

    id: str
    arguments: Mapping[str, "str | int | Words"] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The text in one language."""
        arguments = {
            name: one.said(language) if isinstance(one, Words) else one
            for name, one in self.arguments.items()
        }
        return filled(self.id, language, arguments)

    def document(self) -> dict[str, Any]:
        """As JSON keeps it; `of` reads it again."""
        arguments = {
            name: one.document() if isinstance(one, Words) else one
            for name, one in self.arguments.items()
        }
        return {"id": self.id, "arguments": arguments}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The words that `document` made."""
        arguments = {
            name: cls.of(one) if isinstance(one, dict) else one
            for name, one in document["arguments"].items()
        }
        return cls(document["id"], arguments)


class _Arguments(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language by id; the files of the rooms are read together, once."""
    texts: dict[str, str] = {}
    folder = resources.files("saleor_loyalty_app") / "locales" / language / "LC_MESSAGES"
    if not folder.is_dir():
        return texts
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                for message in read_po(stream, locale=language):
                    if isinstance(message.id, str) and message.id and message.string:
                        texts[message.id] = str(message.string)
    return texts
