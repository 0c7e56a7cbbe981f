"""Goods that only some members may buy yet, as public metadata in Saleor says. Pure.

`loyalty_access` on a product, its type or its collections names tiers, segments and rewards, apart
by commas: "gold", "tier:gold", "segment:vip", "reward:drop". One of them is enough, and a higher
tier is as good.
`loyalty_access_until` says when everybody may buy: a day of the store's time zone, or a moment.
What a product says of itself stands for what its type and collections say; of these each counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.rewards import NO_REWARDS

KEY = "loyalty_access"
UNTIL_KEY = "loyalty_access_until"
#: Says on a product that everybody may buy it, whatever its type and collections say.
OPEN = "open"
#: So much of the metadata is looked at.
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Notice:
    """What the two keys say on one thing of the catalog; None or "" = nothing."""

    access: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may pass, and from when everybody may.

    Attributes:
        names: (kind, id); the kind is "tier", "segment", "reward", or "" for one of the first two.
        until: None = never; also where it cannot be read, so that a slip opens nothing.
    """

    names: tuple[tuple[str, str], ...]
    until: date | datetime | None = None

    @property
    def text(self) -> str:
        """By what the gate is known, whatever its date: "tier:gold,vip"."""
        return ",".join(f"{kind}:{name}" if kind else name for kind, name in self.names)

    def opens_at(self, zone: ZoneInfo) -> datetime | None:
        """When everybody may pass; None = never."""
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return datetime.combine(self.until, time(), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who asks: the tier, segments and taken rewards in force; a guest has none of them."""

    known: bool = False
    tier: str = ""
    segments: frozenset[str] = frozenset()
    rewards: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Whether somebody may buy.

    Attributes:
        code: "open", "tier", "segment", "reward" (by what), or "closed", "sign_in".
        gate: the one that it hangs on; None for goods that everybody may buy.
        opens_at: when everybody may; None = not said.
    """

    entitled: bool
    code: str
    gate: Gate | None = None
    opens_at: datetime | None = None


FREE = Entitlement(entitled=True, code="open")


def gates_of(own: Notice, others: Iterable[Notice]) -> tuple[Gate, ...]:
    """All gates of a product, each once; none for goods that everybody may buy."""
    if (own.access or "").strip():
        found = [gate_of(own.access or "", own.until or "")]
    else:
        found = [gate_of(one.access or "", one.until or "") for one in others if one.access]
    return tuple(dict.fromkeys(gate for gate in found if gate is not None))


@lru_cache(maxsize=4096)
def gate_of(access: str, until: str) -> Gate | None:
    """The gate that the two keys make; None where nothing is kept back."""
    names = []
    for part in access[:LONGEST].split(","):
        kind, colon, name = part.strip().partition(":")
        if not colon:
            kind, name = "", kind
        if name.strip():
            names.append((kind.strip().lower(), name.strip().lower()))
    if not names or names == [("", OPEN)]:
        return None
    return Gate(tuple(dict.fromkeys(names)), _moment(until[:LONGEST].strip()))


def judge(
    gates: Sequence[Gate], shopper: Shopper, program: Program, *, now: datetime, timezone: str
) -> Entitlement:
    """Whether a shopper passes all gates; the first that stays shut says why not."""
    zone = ZoneInfo(timezone)
    passed = FREE
    for gate in gates:
        opens_at = gate.opens_at(zone)
        if opens_at is not None and opens_at <= now:
            continue
        kind = _passes(gate, shopper, program)
        if not kind:
            code = "closed" if shopper.known else "sign_in"
            return Entitlement(False, code, gate, opens_at)
        if passed.gate is None:
            passed = Entitlement(True, kind, gate, opens_at)
    return passed


def shut(gates: Iterable[Gate], *, now: datetime, timezone: str) -> list[str]:
    """By what the gates are known that do not stand open to everybody."""
    zone = ZoneInfo(timezone)
    texts = []
    for gate in gates:
        opens_at = gate.opens_at(zone)
        if opens_at is None or opens_at > now:
            texts.append(gate.text)
    return sorted(set(texts))


def entitlement_words(
    found: Entitlement,
    program: Program | None,
    language: str,
    *,
    timezone: str,
    place: Literal["cart", "product"] = "cart",
) -> str:
    """Why somebody may or may not buy, as one sentence; `place` is where it is told."""
    gate = found.gate
    if gate is None or program is None:
        return translate("access.open", language)
    names = {
        "who": f" {translate('words.or', language)} ".join(_called(gate, program, language)),
        "day": ""
        if found.opens_at is None
        else words.day_words(found.opens_at.astimezone(ZoneInfo(timezone)).date(), language),
    }
    key = found.code if found.opens_at is None else f"{found.code}_until"
    if not names["who"]:
        key = "nobody" if found.opens_at is None else "nobody_until"
    if not found.entitled:
        key = f"{place}.{key}"
    return capitalized(translate(f"access.{key}", language, **names), language)


def lets_in(kind: str, name: str, program: Program, language: str) -> str:
    """Whom one name of a gate lets in, in words; "" = nobody, as the program has none such."""
    tiers = program.tiers if program.tiers is not None and program.tiers.enabled else None
    if kind in ("", "tier") and tiers is not None and tiers.rank_of(name) >= 0:
        level = words.tier_names(program, language)[name]
        return translate("access.tier_and_above", language, tier=level)
    if kind in ("", "segment"):
        for segment in program.segments or ():
            if segment.id == name:
                return segment.label(language)
    if kind == "reward":
        for item in (program.rewards or NO_REWARDS).items:
            if item.id == name and item.gift.type == "early_access":
                return translate("access.reward_takers", language, reward=item.name(language))
    return ""


def _called(gate: Gate, program: Program, language: str) -> list[str]:
    """What the names of a gate are called, without those that let nobody in."""
    called = (lets_in(kind, name, program, language) for kind, name in gate.names)
    return [one for one in called if one]


def _passes(gate: Gate, shopper: Shopper, program: Program) -> str:
    """By what a shopper passes a gate: "tier", "segment", "reward", or "" = not at all."""
    if not shopper.known:
        return ""
    tiers = program.tiers if program.tiers is not None and program.tiers.enabled else None
    for kind, name in gate.names:
        if kind in ("", "tier") and tiers is not None:
            needed = tiers.rank_of(name)
            if 0 <= needed <= tiers.rank_of(shopper.tier):
                return "tier"
        if kind in ("", "segment") and name in shopper.segments:
            return "segment"
        if kind == "reward" and name in shopper.rewards:
            return "reward"
    return ""


def _moment(text: str) -> date | datetime | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    # Some clocks would show an hour of these years in a year that there is not.
    return moment.date() if moment.year in (MINYEAR, MAXYEAR) else moment
