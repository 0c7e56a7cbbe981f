"""Asking the kinds of plugins: whatever they do, a decision goes on, and loses or invents nothing.

A kind that this process lacks, that raises or that answers nonsense decides nothing: its condition
holds neither way, its effect gives nothing, and the reason says so.
"""

import copy
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.plugin_kinds import (
    ConditionKind,
    EffectKind,
    Given,
    Kinds,
    KindSettings,
    NotMatched,
    Seen,
)
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)

#: Codes of reasons that say nothing of the order: a "not" around them does not hold either.
UNDECIDED = frozenset(("plugin_missing", "plugin_failed"))
#: No plugin brings it: a condition of this kind is one of which nothing can be said.
NO_KIND = ""
#: What an effect may come to at a time, as for any other effect, and how finely.
MOST_POINTS = 10_000_000
FINEST = 10**9
#: Words of plugins that are kept: so many languages, each named by and saying so much.
MOST_LANGUAGES = 10
LONGEST_LANGUAGE = 6
LONGEST_WORDS = 200
#: A call that takes longer is told; nothing can stop it.
SLOW_SECONDS = 0.05

K = TypeVar("K", ConditionKind[Any], EffectKind[Any])
T = TypeVar("T")
_UNUSED: Mapping[str, Any] = MappingProxyType({})


class _Unusable(Exception):
    """The kind cannot be asked; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason["code"])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PluginAward:
    """What an effect came to; `trouble` says why it could not be worked out."""

    points: Fraction
    reason: Reason
    trouble: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Misfit:
    """Why a kind cannot be asked with these settings: for the decision, and for the process."""

    why: str
    told: str


EffectAmount = Callable[[Look, LineFacts | None], PluginAward]


class _Asked(Generic[K]):
    """A kind with its settings, as the document names them, looked up when it is first asked."""

    def __init__(self, find: Callable[[Kinds], K | None], name: str, settings: object) -> None:
        self._find: Callable[[Kinds], K | None] = find
        self._name = name
        self._settings = settings
        self._found: tuple[Kinds, K, KindSettings | _Misfit] | None = None

    def ready(self, level: str) -> tuple[K, KindSettings]:
        """The kind and its settings.

        Raises:
            _Unusable: this process lacks it, or it is not made for this.
        """
        kinds = plugin_kinds.current()
        found = self._found
        if found is None or found[0] is not kinds:
            kind = self._find(kinds)
            if kind is None:
                kinds.tell(self._name, "missing", "missing")
                raise _Unusable({"code": "plugin_missing", "kind": self._name})
            found = self._found = kinds, kind, self._read(kind)
        _, kind, settings = found
        if isinstance(settings, _Misfit):
            raise _unfit(self._name, settings)
        if level not in kind.levels:
            raise _unfit(self._name, _Misfit("level", "level"))
        return kind, settings

    def _read(self, kind: K) -> "KindSettings | _Misfit":
        try:
            read: object = kind.settings.model_validate(copy.deepcopy(self._settings))
        except ValidationError:
            return _Misfit("settings", "settings")
        except Exception as failure:  # noqa: BLE001 - whatever a stranger's model raises
            return _Misfit("raised", type(failure).__name__)
        return read if isinstance(read, KindSettings) else _Misfit("answer", type(read).__name__)


def condition_test(
    condition: PluginCondition | PluginLineCondition,
) -> Callable[[Look, LineFacts | None], Reason | None]:
    """A plugin's condition as a function that tells why it does not hold, or None."""
    name = condition.kind
    if name == NO_KIND:
        return lambda _look, _line: {"code": "plugin_missing", "kind": name}
    asked = _Asked(lambda kinds: kinds.conditions.get(name), name, condition.settings)

    def test(look: Look, line: LineFacts | None) -> Reason | None:
        try:
            kind, settings = asked.ready(_level(look, line))
            answer: object = _called(name, lambda: kind.test(settings, seen_of(look, line)))
        except _Unusable as trouble:
            return trouble.reason
        if answer is True:
            return None
        if answer is False:
            return {"code": "plugin_condition", "kind": name}
        if isinstance(answer, NotMatched):
            return {"code": "plugin_condition", "kind": name, "words": kept_words(answer.words)}
        tell(name, TypeError(type(answer).__name__))
        return failed(name, "answer")

    return test


def effect_amount(effect: PluginEffect) -> EffectAmount:
    """A plugin's effect as a function of what it is asked about."""
    name, nothing = effect.kind, Fraction(0)
    asked = _Asked(lambda kinds: kinds.effects.get(name), name, effect.settings)

    def amount(look: Look, line: LineFacts | None) -> PluginAward:
        try:
            kind, settings = asked.ready(_level(look, line))
            if kind.unit != effect.unit:
                raise _unfit(name, _Misfit("unit", "unit"))
            given = _called(name, lambda: kind.amount(settings, seen_of(look, line)))
        except _Unusable as trouble:
            return PluginAward(nothing, {}, trouble.reason)
        points = _points(given)
        if points is None:
            tell(name, TypeError(type(given).__name__))
            return PluginAward(nothing, {}, failed(name, "answer"))
        reason: Reason = {"kind": name, "words": kept_words(given.words)}
        if points > effect.most:
            points, reason["most"] = Fraction(effect.most), effect.most
        return PluginAward(points, {**reason, "points": str(points)})

    return amount


def plugin_sentence(
    part: PluginCondition | PluginLineCondition | PluginEffect, language: str
) -> str | None:
    """What a kind says of its settings in a language; None where it cannot."""
    kinds = plugin_kinds.current()
    effect = isinstance(part, PluginEffect)
    kind = kinds.effects.get(part.kind) if effect else kinds.conditions.get(part.kind)
    if kind is None:
        return None
    try:
        settings = kind.settings.model_validate(copy.deepcopy(part.settings))
        said: object = kind.sentence(settings, language)
    except ValidationError:
        return None
    except Exception as failure:  # noqa: BLE001 - whatever a stranger's function raises
        tell(part.kind, failure)
        return None
    return _one_line(said) or None if isinstance(said, str) else None


def kept_words(words: object) -> dict[str, str]:
    """The texts of a plugin that may be kept: by language, each one short line."""
    if not isinstance(words, dict | MappingProxyType):
        return {}
    given: Iterable[tuple[object, object]] = list(words.items())[:MOST_LANGUAGES]
    return {
        language: line
        for language, text in given
        if isinstance(language, str)
        and len(language) <= LONGEST_LANGUAGE
        and isinstance(text, str)
        and (line := _one_line(text))
    }


def failed(name: str, why: str) -> Reason:
    """Why a kind decides nothing: raised, answer, settings, level or unit."""
    return {"code": "plugin_failed", "kind": name, "why": why}


def _unfit(name: str, misfit: _Misfit) -> _Unusable:
    """Tells the process that a kind does not fit where it stands."""
    plugin_kinds.current().tell(name, "failed", misfit.told)
    return _Unusable(failed(name, misfit.why))


def tell(name: str, failure: BaseException) -> None:
    """Tells the process that a kind failed; the message may hold data and is left out."""
    plugin_kinds.current().tell(name, "failed", type(failure).__name__)


def seen_of(look: Look, line: LineFacts | None) -> Seen:
    """What a kind is shown of an order or a deed."""
    member = look.member
    return Seen(
        at=look.local,
        order=look.shown if look.facts.currency else None,
        line=None if line is None else look.shown_lines[line.id],
        member=MemberFacts(
            tier=member.tier,
            joined_at=member.joined_at,
            orders=member.orders,
            language=member.language,
            country=member.country,
            segments=member.segments,
            used=_UNUSED,
            tags=member.tags,
        ),
        properties=MappingProxyType(dict(look.properties)),
    )


def _level(look: Look, line: LineFacts | None) -> str:
    if line is not None:
        return "line"
    # A deed is looked at like an order of nothing, in no currency.
    return "order" if look.facts.currency else "deed"


def _called(name: str, call: Callable[[], T]) -> T:
    began = time.perf_counter()
    try:
        return call()
    except (Exception, SystemExit) as failure:
        tell(name, failure)
        raise _Unusable(failed(name, "raised")) from failure
    finally:
        if time.perf_counter() - began > SLOW_SECONDS:
            plugin_kinds.current().tell(name, "slow", "slow")


def _points(given: object) -> Fraction | None:
    """The points of an answer; None where it is not one that can be booked."""
    if not isinstance(given, Given):
        return None
    points = given.points
    if isinstance(points, bool) or not isinstance(points, int | Fraction):
        return None
    exact = Fraction(points)
    return exact if 0 <= exact <= MOST_POINTS and exact.denominator <= FINEST else None


def _one_line(text: str) -> str:
    shown = text[: 10 * LONGEST_WORDS]
    line = " ".join("".join(one if one.isprintable() else " " for one in shown).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"
