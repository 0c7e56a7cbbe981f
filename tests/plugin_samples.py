"""Kinds of conditions and effects for tests: good ones, and all ways of being bad."""

import sys
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.programs.plugin_kinds import (
    ConditionKind,
    EffectKind,
    Given,
    Kinds,
    KindSettings,
    NotMatched,
    Seen,
)
from saleor_loyalty_app.programs.scalars import Count

EVERYWHERE: Any = frozenset({"line", "order", "deed"})


class AtLeast(KindSettings):
    """So many units."""

    units: Count = 2


class Each(KindSettings):
    """So many points for each unit."""

    points: Count = 3


def units_of(seen: Seen) -> int:
    if seen.line is not None:
        return seen.line.quantity
    return 1 if seen.order is None else sum(line.quantity for line in seen.order.lines)


def enough(settings: AtLeast, seen: Seen) -> bool | NotMatched:
    missing = settings.units - units_of(seen)
    if missing <= 0:
        return True
    return NotMatched({"en": f"{missing} more bottles", "tr": f"{missing} şişe daha"})


def for_each(settings: Each, seen: Seen) -> Given:
    units = units_of(seen)
    words = {"en": f"{units} bottles", "tr": f"{units} şişe"}
    return Given(settings.points * units, words)


def condition(name: str, test: Any, **values: Any) -> ConditionKind[Any]:
    given: dict[str, Any] = {
        "labels": {"en": "Enough bottles", "tr": "Yeterince şişe"},
        "settings": AtLeast,
        "sentence": lambda one, language: (
            f"en az {one.units} şişe" if language == "tr" else f"at least {one.units} bottles"
        ),
        "example": AtLeast(),
        "levels": EVERYWHERE,
        "looks_at": frozenset(),
    }
    return ConditionKind(name=name, test=test, **(given | values))


def effect(name: str, amount: Any, **values: Any) -> EffectKind[Any]:
    given: dict[str, Any] = {
        "labels": {"en": "Points for bottles", "tr": "Şişelere puan"},
        "settings": Each,
        "sentence": lambda one, language: (
            f"her şişe {one.points} puan" if language == "tr" else f"{one.points} points a bottle"
        ),
        "example": Each(),
        "levels": EVERYWHERE,
        "looks_at": frozenset(),
    }
    return EffectKind(name=name, amount=amount, **(given | values))


def raising(_settings: Any, _seen: Seen) -> Any:
    raise RuntimeError("ayse@example.com")


def leaving(_settings: Any, _seen: Seen) -> Any:
    sys.exit(3)


def deep(settings: Any, seen: Seen) -> Any:
    return deep(settings, seen)


#: What no condition may answer, and no effect.
BAD_ANSWERS = {
    "none": None, "one": 1, "text": "yes", "class": NotMatched, "kind": Given(1),
}  # fmt: skip
BAD_AMOUNTS: dict[str, Any] = {
    "none": None,
    "bare": 5,
    "negative": Given(-1),
    "huge": Given(10_000_001),
    "float": Given(2.5),  # type: ignore[arg-type]
    "yes": Given(True),
    "text": Given("5"),  # type: ignore[arg-type]
    "too-fine": Given(Fraction(1, 10**9 + 1)),
    "not-matched": NotMatched({}),
}
RAISING = {"raising": raising, "leaving": leaving, "deep": deep}

KINDS = Kinds().with_plugin(
    "acme",
    (
        condition("enough", enough),
        condition("never", lambda _settings, _seen: False),
        condition("of-lines", enough, levels=frozenset({"line"})),
        *(condition(name, test) for name, test in RAISING.items()),
        *(
            condition(f"says-{name}", lambda _settings, _seen, answer=answer: answer)
            for name, answer in BAD_ANSWERS.items()
        ),
    ),
    (
        effect("each", for_each),
        effect("half", lambda _settings, seen: Given(Fraction(units_of(seen), 2))),
        effect("nothing", lambda _settings, _seen: Given(0, {"en": "No bottle is returnable."})),
        effect("merit", for_each, unit="status"),
        effect("of-lines", for_each, levels=frozenset({"line"})),
        *(effect(name, amount) for name, amount in RAISING.items()),
        *(
            effect(f"gives-{name}", lambda _settings, _seen, answer=answer: answer)
            for name, answer in BAD_AMOUNTS.items()
        ),
    ),
)


def if_plugin(kind: str = "acme.enough", **settings: Any) -> dict[str, Any]:
    """A condition on the order or deed."""
    return {"type": "plugin", "kind": kind, "settings": settings}


def if_line(kind: str = "acme.enough", **settings: Any) -> dict[str, Any]:
    """A condition on a line."""
    return if_plugin(kind, **settings) | {"type": "plugin_line"}


def then_plugin(kind: str = "acme.each", most: int = 1000, **settings: Any) -> dict[str, Any]:
    """An effect that gives points."""
    return {"type": "plugin", "kind": kind, "settings": settings, "most": most}
