"""The words of a message: the app's own, or the owner's for a kind and language.

A text is a small Jinja template: it shows values and chooses by `if`, and can do nothing else. It
has no loops, calls or arithmetic, so that its length bounds the time and space that it takes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from jinja2 import TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.i18n import DEFAULT_LANGUAGE, LANGUAGES, catalogue, translate
from saleor_loyalty_app.messages.errors import SettingsChanged, TextInvalid
from saleor_loyalty_app.messages.kinds import COMMON_FIELDS, KINDS, Kind
from saleor_loyalty_app.messages.models import MessageText

FIELDS = ("subject", "preheader", "heading", "body", "button", "sms")
#: What a text may become; a mail client shows no more of a subject.
LONGEST_RENDERED = {"subject": 200, "preheader": 200, "heading": 200, "button": 60, "sms": 480}
LONGEST_BODY = 20_000
#: How deep a text may nest.
DEEPEST = 30
#: Beside the fields of the kinds: numbers and facts to choose by.
CHOICES = ("balance_points", "available_points", "expired_points", "given_points", "pending")

_text = table(MessageText)
_FILTERS = frozenset({"upper", "lower", "capitalize", "default", "trim"})
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)


class Words(BaseModel):
    """The texts of one message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(default="", max_length=500)
    preheader: str = Field(default="", max_length=500)
    heading: str = Field(default="", max_length=500)
    body: str = Field(default="", max_length=8000)
    button: str = Field(default="", max_length=200)
    sms: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True)
class OwnText:
    """An owner's text as it is stored; version 0 = the app's own."""

    words: Words
    version: int


@lru_cache(maxsize=64)
def built_in(kind: Kind, language: str) -> Words:
    """The app's own words, in English or Turkish."""
    known = catalogue(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    return Words(**{name: known.get(f"mail.{kind}.{name}", "") for name in FIELDS})


def own_text(conn: Connection, store_id: int, kind: Kind, language: str) -> OwnText:
    """The owner's words for a kind in exactly this language, or the app's in the nearest."""
    row = conn.execute(
        sa.select(_text.c.document, _text.c.version).where(
            _text.c.store_id == store_id,
            _text.c.kind == kind.value,
            _text.c.language == language,
        )
    ).one_or_none()
    if row is None:
        return OwnText(built_in(kind, language), 0)
    return OwnText(_read(row.document), row.version)


def own_texts(conn: Connection, store_id: int) -> dict[tuple[str, str], Words]:
    """All of a store's own words, by kind and language."""
    rows = conn.execute(sa.select(_text).where(_text.c.store_id == store_id))
    return {(row.kind, row.language): _read(row.document) for row in rows}


def words_for(
    own: Mapping[tuple[str, str], Words], kind: Kind, preferences: tuple[str, ...]
) -> tuple[Words, str]:
    """The words in the first language of `preferences` that there are any in, with that language.

    "de-at" is met by "de" too. English is the last resort.
    """
    for language in _fallbacks(preferences):
        if (kind.value, language) in own:
            return own[kind.value, language], language
        if language in LANGUAGES:
            return built_in(kind, language), language
    return built_in(kind, DEFAULT_LANGUAGE), DEFAULT_LANGUAGE


def store_text(
    conn: Connection,
    store_id: int,
    kind: Kind,
    language: str,
    words: Words,
    *,
    version: int,
    now: datetime,
) -> OwnText:
    """Replaces the owner's words that were read as `version`.

    Raises:
        TextInvalid: they cannot be used.
        SettingsChanged: somebody else was faster.
    """
    check(kind, words)
    values: dict[str, Any] = {
        "document": words.model_dump(),
        "version": version + 1,
        "updated_at": now,
    }
    where = {"store_id": store_id, "kind": kind.value, "language": language}
    if version == 0:
        insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        written = conn.execute(
            insert(_text)
            .values(**where, **values)
            .on_conflict_do_nothing()
            .returning(_text.c.version)
        )
    else:
        same = [_text.c[name] == value for name, value in where.items()]
        written = conn.execute(
            sa.update(_text)
            .where(*same, _text.c.version == version)
            .values(values)
            .returning(_text.c.version)
        )
    if written.scalar_one_or_none() is None:
        raise SettingsChanged
    return OwnText(words, version + 1)


def forget_text(conn: Connection, store_id: int, kind: Kind, language: str) -> bool:
    """Goes back to the app's own words; False where they are used already."""
    gone = conn.execute(
        sa.delete(_text)
        .where(
            _text.c.store_id == store_id,
            _text.c.kind == kind.value,
            _text.c.language == language,
        )
        .returning(_text.c.id)
    )
    return gone.scalar_one_or_none() is not None


def check(kind: Kind, words: Words) -> None:
    """Whether all texts can be used for the kind.

    Raises:
        TextInvalid: naming each field with what is wrong.
    """
    known = {*COMMON_FIELDS, *CHOICES, *KINDS[kind].fields}
    problems: list[dict[str, str]] = []
    for name in FIELDS:
        text = getattr(words, name)
        problems += [
            {"field": name, "problem": problem, "at": at} for problem, at in _faults(text, known)
        ]
    problems += [
        {"field": name, "problem": "missing", "at": ""}
        for name in ("subject", "body")
        if not getattr(words, name).strip()
    ]
    if problems:
        raise TextInvalid(
            problems=problems[:20],
            words="; ".join(
                f"{one['field']}: {one['problem']} {one['at']}" for one in problems[:5]
            ),
        )


def fill(words: Words, values: Mapping[str, Any]) -> dict[str, str]:
    """The words by name with the values in them, as plain text, each cut to its length.

    Raises:
        TextInvalid: a text that was checked by an older version of the app cannot be used.
    """
    filled: dict[str, str] = {}
    for name in FIELDS:
        text = UNPRINTABLE.sub("", _rendered(getattr(words, name), values))
        if name == "body":
            filled[name] = text.strip()[:LONGEST_BODY].strip()
        else:
            filled[name] = " ".join(text.split())[: LONGEST_RENDERED[name]]
    return filled


def _rendered(text: str, values: Mapping[str, Any]) -> str:
    try:
        return str(_template(text).render(values))
    except (TemplateSyntaxError, UndefinedError, SecurityError, TypeError) as failure:
        raise TextInvalid(problems=[], words=type(failure).__name__) from failure


@lru_cache(maxsize=512)
def _template(text: str) -> Any:
    for _ in _forbidden(_ENVIRONMENT.parse(text)):
        raise SecurityError("not allowed in a text")
    return _ENVIRONMENT.from_string(text)


def _faults(text: str, known: set[str]) -> Iterator[tuple[str, str]]:
    try:
        parsed = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as failure:
        yield "syntax", str(failure.lineno)
        return
    except RecursionError:
        yield "not_allowed", "nesting"
        return
    for name in dict.fromkeys(_forbidden(parsed)):
        yield "not_allowed", name
    for name in sorted({node.name for node in parsed.find_all(nodes.Name)} - known):
        yield "unknown_field", name


def _forbidden(parsed: nodes.Template) -> Iterator[str]:
    for node, depth in _walk(parsed, 0):
        if depth > DEEPEST:
            yield "nesting"
            return
        if not isinstance(node, _ALLOWED):
            yield type(node).__name__.lower()
        elif isinstance(node, nodes.Filter):
            if node.name not in _FILTERS or len(node.args) > 1:
                yield node.name
        elif isinstance(node, nodes.Name) and node.ctx != "load":
            yield node.name


def _walk(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    yield node, depth
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1)


def _fallbacks(preferences: tuple[str, ...]) -> Iterator[str]:
    for wanted in preferences:
        tag = wanted.replace("_", "-").lower()
        while tag:
            yield tag
            tag = tag.rpartition("-")[0]


def _read(document: Mapping[str, Any]) -> Words:
    return Words(**{name: str(document.get(name, "")) for name in FIELDS})


class _Absent(Undefined):
    """A value that a message does not have is shown as nothing, and counts as none."""

    def __gt__(self, other: object) -> bool:  # type: ignore[override]
        return False

    __lt__ = __ge__ = __le__ = __gt__  # type: ignore[assignment]


#: What no XML may hold (XML 1.0, production 2), and so no mail: a name may bring it.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=_Absent, autoescape=False)
_ENVIRONMENT.globals.clear()


def describe(problems: list[dict[str, str]], language: str) -> str:
    """What is wrong with texts, in words."""
    return "; ".join(
        translate(f"text_problem.{one['problem']}", language, **one) for one in problems
    )
