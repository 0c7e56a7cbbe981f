"""The decision on a deed: which rule gives how much for it, and why others give nothing. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from saleor_loyalty_app.programs.caps import Caps, MemberCap, limited, reached
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.leaf_tests import OrderTest
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.matching import compile_condition
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.perks import Perk, PerkEffect, PlannedEffect
from saleor_loyalty_app.programs.plugin_calls import EffectAmount, PluginAward, effect_amount
from saleor_loyalty_app.programs.plugin_parts import PluginEffect
from saleor_loyalty_app.programs.rules import EarningRule, PointsGiven, StatusPoints
from saleor_loyalty_app.programs.tiers import Level
from saleor_loyalty_app.programs.walk import Miss


@dataclass(frozen=True, slots=True)
class Grant:
    """What one rule gives for a deed; `reason` tells how it came about.

    Attributes:
        perk: what it gives beside points, in the unit "perk"; None = points.
    """

    rule_id: str
    unit: str
    points: int
    reason: Reason
    perk: PlannedEffect | None = None


@dataclass(frozen=True, slots=True)
class DeedDecision:
    """What a deed brings, at most once a rule, and why other rules of its trigger give nothing."""

    grants: tuple[Grant, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    on: frozenset[str]
    test: OrderTest | None
    unit: str
    points: int
    caps: Caps | None
    stop: bool
    plugin: EffectAmount | None = None
    perk: PlannedEffect | None = None


def decide_deed(
    program: Program, deed: DeedFacts, member: MemberFacts, timezone: str
) -> DeedDecision:
    """Decides what a deed brings under a program, as of the deed's own time.

    Args:
        member: as they were then; `used` says what caps leave.
        timezone: the store's, an IANA name.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    look = _look(deed, member, timezone)
    about = {deed.on, str(deed.number)} if deed.trigger == "anniversary" else {deed.on}
    grants: list[Grant] = []
    misses: list[Miss] = []
    stopped_by = ""
    for rule in _rules_by_trigger(program).get(deed.trigger, ()):
        reason = _why_not(rule, look, about, member, stopped_by)
        award = None
        if reason is None and rule.plugin is not None:
            award = rule.plugin(look, None)
            reason = _without_award(award)
        if reason is not None:
            misses.append(Miss(rule.id, reason))
            continue
        grants.append(_grant(rule, deed, member, award))
        stopped_by = rule.id if rule.stop else stopped_by
    if program.earning.stacking == "best":
        grants, outdone = _best(grants)
        misses += outdone
    return DeedDecision(tuple(grants), tuple(misses))


def awaits(program: Program, trigger: str) -> bool:
    """Whether a program has rules on such deeds."""
    return trigger in _rules_by_trigger(program)


def most_points(program: Program, trigger: str, on: str) -> int:
    """The points that a deed brings at most: to whom every rule on it applies, before any cap."""
    given = [
        rule.points
        for rule in _rules_by_trigger(program).get(trigger, ())
        if rule.unit == "points" and (not rule.on or on in rule.on)
    ]
    return max(given, default=0) if program.earning.stacking == "best" else sum(given)


def caps_of(program: Program, trigger: str) -> dict[str, MemberCap]:
    """By rule id, what one member gets in a period by the rules on such deeds."""
    return {
        rule.id: rule.caps.per_member
        for rule in _rules_by_trigger(program).get(trigger, ())
        if rule.caps is not None and rule.caps.per_member is not None
    }


@lru_cache(maxsize=256)
def _rules_by_trigger(program: Program) -> dict[str, tuple[_Rule, ...]]:
    rules: dict[str, list[_Rule]] = {}
    if program.tiers is not None and program.tiers.enabled:
        entries = [_of_entry(level) for level in program.tiers.levels if level.entry_points]
        if entries:
            rules["tier_reached"] = entries
    for rule in sorted(program.earning.rules, key=lambda rule: -rule.priority):
        if rule.enabled and rule.trigger != "order":
            rules.setdefault(rule.trigger, []).append(_compiled(rule))
    return {trigger: tuple(ready) for trigger, ready in rules.items()}


def _of_entry(level: Level) -> _Rule:
    """The reward that a level itself gives to who reaches it."""
    return _Rule(
        id=level.rule_id,
        on=frozenset((level.id,)),
        test=None,
        unit="points",
        points=level.entry_points or 0,
        caps=None,
        stop=False,
    )


def _compiled(rule: EarningRule) -> _Rule:
    effect = rule.then
    points = effect.points if isinstance(effect, PointsGiven | StatusPoints) else None
    perk = None
    if isinstance(effect, PluginEffect):
        points = effect.most
    elif isinstance(effect, PerkEffect):
        points, perk = 0, Perk(rule.id, effect).planned
    if points is None:
        raise TypeError(f"{effect.type} needs an order")
    return _Rule(
        id=rule.id,
        on=frozenset((rule.id,) if rule.milestone is not None else rule.on or ()),
        test=compile_condition(rule.when, on_line=False).order,
        unit=effect.unit,
        points=points,
        caps=rule.caps,
        stop=rule.stop,
        plugin=effect_amount(effect) if isinstance(effect, PluginEffect) else None,
        perk=perk,
    )


def _look(deed: DeedFacts, member: MemberFacts, timezone: str) -> Look:
    """The deed as conditions look at it: like an order of nothing, at its time, of the member."""
    facts = OrderFacts(
        order_id="",
        channel="",
        currency="",
        created_at=deed.at,
        country=member.country,
        language=member.language,
        voucher_used=False,
        nth_order=None,
        subtotal=Decimal(0),
        lines=(),
        shipping=Decimal(0),
    )
    return Look(facts, deed.at.astimezone(ZoneInfo(timezone)), member, deed.properties)


def _why_not(
    rule: _Rule, look: Look, about: set[str], member: MemberFacts, stopped_by: str
) -> Reason | None:
    if rule.on and rule.on.isdisjoint(about):
        return {"code": "on_another", "wanted": sorted(rule.on)}
    if stopped_by:
        return {"code": "stopped", "by": stopped_by}
    if (reason := reached(rule.caps, member.used.get(rule.id))) is not None:
        return reason
    return None if rule.test is None else rule.test(look)


def _without_award(award: PluginAward) -> Reason | None:
    """Why a plugin's effect brings nothing for the deed; None where it brings something."""
    if award.trouble is not None or award.points >= 1:
        return award.trouble
    return {"code": "plugin_nothing", "kind": award.reason["kind"], "words": award.reason["words"]}


def _grant(
    rule: _Rule, deed: DeedFacts, member: MemberFacts, award: PluginAward | None = None
) -> Grant:
    points = rule.points if award is None else int(award.points)
    reason: Reason = {"code": deed.trigger}
    if rule.perk is None:
        reason["points"] = points
    if award is not None:
        reason |= {"kind": award.reason["kind"], "words": award.reason["words"]}
    if deed.on:
        reason["on"] = deed.on
    if deed.number:
        reason["number"] = deed.number
    if rule.perk is not None:
        return Grant(rule.id, rule.unit, 0, reason, rule.perk)
    less = limited(rule.caps, member.used.get(rule.id), Fraction(points))
    if less is not None:
        points, reason["cap"] = int(less[0]), less[1]
    return Grant(rule.id, rule.unit, points, reason)


def _best(grants: list[Grant]) -> tuple[list[Grant], list[Miss]]:
    """Of each unit the largest grant, on a tie the first; what is no points is not compared."""
    best: dict[str, Grant] = {}
    for grant in grants:
        if grant.perk is not None:
            continue
        if grant.unit not in best or grant.points > best[grant.unit].points:
            best[grant.unit] = grant
    kept = [one for one in grants if one.perk is not None or best[one.unit] is one]
    return kept, [Miss(one.rule_id, {"code": "outdone"}) for one in grants if one not in kept]
