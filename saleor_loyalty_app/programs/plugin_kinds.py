"""The kinds of conditions and effects that plugins bring, and those of this process.

A kind is a name, a model of its settings and pure functions. What `decide` is asked depends on the
program and on the kinds that the process has; they are set once, when it starts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar, get_args

from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.scalars import Section

#: What a kind is asked about: one line of an order, a whole order, or a deed of a member.
Level = Literal["line", "order", "deed"]
LEVELS: frozenset[str] = frozenset(get_args(Level))
#: What a storefront may not know of a cart before it is bought.
MAYBE_UNKNOWN = frozenset(
    {
        "country", "language", "nth_order", "product", "variant", "category", "collection",
        "product_type", "on_sale", "tier", "member_since", "member_orders", "segment", "tag",
        "order_metadata", "product_metadata",
    }
)  # fmt: skip
#: So many kinds of conditions, and as many of effects, may one plugin bring.
MOST_KINDS = 50
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 60
_LONGEST_LABEL = 120


class KindSettings(Section):
    """The base of the models of settings: immutable, and a field it does not know is an error.

    Decimals are written as text. Give every field that a later version adds a default.
    """


S = TypeVar("S", bound=KindSettings)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition or an effect of a plugin may look at: plain immutable values.

    Attributes:
        at: when the order or deed was, by the clocks of the store.
        order: None for a deed.
        line: the line that is asked about; None where the whole order or a deed is.
        member: all empty where nobody is known; `used` is always empty.
        properties: what the event told, for a rule on custom events.
    """

    at: datetime
    order: OrderFacts | None
    line: LineFacts | None
    member: MemberFacts
    properties: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class NotMatched:
    """A condition does not hold; `words` say by language what is missing ("3 more bottles")."""

    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What an effect comes to: none or more, exact; `words` say by language how it came about.

    For a deed a fraction is cut off; for orders all points are rounded once, together.
    """

    points: int | Fraction
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConditionKind(Generic[S]):
    """A kind of conditions.

    Attributes:
        name: unique among the plugin's conditions, lower-case words with hyphens.
        labels: what it is called, by language; English at least.
        settings: the model of its settings.
        test: pure, without I/O, clock or chance: True, or why not (False where no words are due).
        sentence: the condition as a clause in a language: "it was at least 25° warm that day".
        example: settings to begin with.
        levels: what it can be asked about.
        looks_at: what of `MAYBE_UNKNOWN` it looks at: where that is not known, it is not judged.
    """

    name: str
    labels: Mapping[str, str]
    settings: type[S]
    test: Callable[[S, Seen], bool | NotMatched]
    sentence: Callable[[S, str], str]
    example: S
    levels: frozenset[Level] = frozenset({"order"})
    looks_at: frozenset[str] = MAYBE_UNKNOWN


@dataclass(frozen=True)
class EffectKind(Generic[S]):
    """A kind of effects: it works out points or status points.

    Attributes:
        name: unique among the plugin's effects, lower-case words with hyphens.
        labels: what it is called, by language; English at least.
        settings: the model of its settings.
        amount: pure, without I/O, clock or chance.
        sentence: what it does in a language: "each returnable bottle earns 3 points".
        example: settings to begin with.
        unit: what it gives.
        levels: what it can be asked about.
        looks_at: what of `MAYBE_UNKNOWN` it looks at: where that is not known, it is not judged.
    """

    name: str
    labels: Mapping[str, str]
    settings: type[S]
    amount: Callable[[S, Seen], Given]
    sentence: Callable[[S, str], str]
    example: S
    unit: Literal["points", "status"] = "points"
    levels: frozenset[Level] = frozenset({"order"})
    looks_at: frozenset[str] = MAYBE_UNKNOWN


Kind = ConditionKind[Any] | EffectKind[Any]


class InvalidKind(ValueError):
    """A kind is not complete; the message says what to change."""


def _silent(_kind: str, _outcome: str, _reason: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of a process by their full names: plugin, dot, kind.

    Attributes:
        tell: hears of each trouble: the kind, the outcome (missing, failed, slow), the reason.
    """

    conditions: Mapping[str, ConditionKind[Any]] = field(default_factory=dict)
    effects: Mapping[str, EffectKind[Any]] = field(default_factory=dict)
    tell: Callable[[str, str, str], None] = _silent

    def with_plugin(
        self,
        plugin: str,
        conditions: Iterable[ConditionKind[Any]],
        effects: Iterable[EffectKind[Any]],
    ) -> "Kinds":
        """These kinds and those of one more plugin.

        Raises:
            InvalidKind: one is not complete, or has the name of another.
        """
        return Kinds(
            {**self.conditions, **_named(plugin, conditions, ConditionKind, self.conditions)},
            {**self.effects, **_named(plugin, effects, EffectKind, self.effects)},
            self.tell,
        )


K = TypeVar("K", ConditionKind[Any], EffectKind[Any])
_current = Kinds()


def current() -> Kinds:
    """The kinds that this process has."""
    return _current


def use(kinds: Kinds) -> None:
    """Makes these the kinds of this process; for its start."""
    global _current
    _current = kinds


@contextmanager
def using(kinds: Kinds) -> Iterator[None]:
    """These are the kinds for a while; for tests."""
    before = current()
    use(kinds)
    try:
        yield
    finally:
        use(before)


def _named(
    plugin: str, kinds: Iterable[K], wanted: type, taken: Mapping[str, object]
) -> dict[str, K]:
    named: dict[str, K] = {}
    for kind in kinds:
        if not isinstance(kind, wanted):
            raise InvalidKind(f"{plugin}: {type(kind).__name__} is no {wanted.__name__}")
        name = f"{plugin}.{kind.name}"
        if name in named or name in taken:
            raise InvalidKind(f"two kinds are named {name}")
        try:
            _check(kind, name)
        except InvalidKind:
            raise
        except Exception as failure:
            raise InvalidKind(f"{name}: {type(failure).__name__}: {failure}") from failure
        named[name] = kind
    if len(named) > MOST_KINDS:
        raise InvalidKind(f"{plugin}: more than {MOST_KINDS} kinds")
    return named


def _check(kind: Any, name: str) -> None:
    """Refuses what would fail later; the example is what the sentences are tried on."""
    if not _NAME.fullmatch(kind.name) or len(kind.name) > _LONGEST_NAME:
        raise InvalidKind(f"{name!r}: a name is lower-case words with hyphens")
    if not isinstance(kind.settings, type) or not issubclass(kind.settings, KindSettings):
        raise InvalidKind(f"{name}: its settings are no model of KindSettings")
    if not kind.levels or kind.levels - LEVELS:
        raise InvalidKind(f"{name}: levels are some of {', '.join(sorted(LEVELS))}")
    if kind.looks_at - MAYBE_UNKNOWN:
        raise InvalidKind(f"{name}: looks_at is some of {', '.join(sorted(MAYBE_UNKNOWN))}")
    if not kind.labels.get("en"):
        raise InvalidKind(f"{name}: it has no English label")
    for label in kind.labels.values():
        if not isinstance(label, str) or not label.isprintable() or len(label) > _LONGEST_LABEL:
            raise InvalidKind(f"{name}: a label is one line of {_LONGEST_LABEL} characters")
    if isinstance(kind, EffectKind) and kind.unit not in ("points", "status"):
        raise InvalidKind(f"{name}: an effect gives points or status")
    works_out = kind.test if isinstance(kind, ConditionKind) else kind.amount
    if not callable(works_out) or not callable(kind.sentence):
        raise InvalidKind(f"{name}: its functions cannot be called")
    kind.settings.model_json_schema()
    example = kind.settings.model_validate(kind.example.model_dump(mode="json"))
    for language in ("en", "tr"):
        said = kind.sentence(example, language)
        if not isinstance(said, str) or not said.strip():
            raise InvalidKind(f"{name}: it says nothing of its example in {language!r}")
