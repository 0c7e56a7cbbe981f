"""A program's rules on orders made ready for deciding, once per digest. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from saleor_loyalty_app.programs.caps import Caps, MemberCap
from saleor_loyalty_app.programs.conditions import (
    Expression,
    InSegments,
    InTags,
    InTiers,
    MemberOrders,
    MemberSince,
    NthOrder,
    leaves,
)
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.expression import Field, compile_expression
from saleor_loyalty_app.programs.matching import Tests, compile_condition
from saleor_loyalty_app.programs.plugin_calls import EffectAmount, effect_amount
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.rules import (
    EarningRule,
    Effect,
    Multiplier,
    PointsPerMoney,
    StatusPoints,
)
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.tiers import RULE_PREFIX


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule on orders made ready for deciding; `on_money` = it gives points on what was paid.

    `plugin` works out what an effect of a plugin comes to.
    """

    id: str
    effect: Effect
    tests: Tests
    on_line: bool
    on_money: bool
    stop: bool
    factor: Fraction
    factor_text: str
    caps: Caps | None = None
    plugin: EffectAmount | None = None

    def multiplies(self, unit: str, on_money: bool) -> bool:
        """Whether it is a multiplier that reaches points in a unit, on what was paid or fixed."""
        effect = self.effect
        return (
            isinstance(effect, Multiplier)
            and effect.unit == unit
            and (on_money or effect.fixed_points)
        )


@dataclass(frozen=True, slots=True)
class DecisionPlan:
    """A program's rules on orders made ready for deciding.

    `tiers` has the multiplier of each tier that has one, `caps` those of rules that have any,
    `capped` the rules with a cap per member.
    `looked_at` is what expressions on lines look at.
    `counts_orders`: some rule asks how many orders a member had, this one or those before it.
    """

    rules: tuple[ReadyRule, ...]
    tiers: Mapping[str, ReadyRule]
    caps: Mapping[str, Caps]
    capped: Mapping[str, MemberCap]
    best_of: bool
    earn_on_shipping: bool
    looked_at: frozenset[Field]
    needs_order_number: bool
    needs_member: bool
    counts_orders: bool


@lru_cache(maxsize=256)
def plan_of(program: Program) -> DecisionPlan:
    """The program's rules, compiled once per digest and sorted by falling priority."""
    rules = [rule for rule in program.earning.rules if rule.enabled and rule.trigger == "order"]
    rules.sort(key=lambda rule: -rule.priority)
    tiers = tier_multipliers(program)
    capped = {rule.id: cap for rule in rules if (cap := member_cap(rule)) is not None}
    asks_plugins = any(_asks_plugin(rule) for rule in rules)
    needs_order_number = asks_plugins or any(_asks_for_number(rule) for rule in rules)
    return DecisionPlan(
        rules=tuple(_compiled(rule) for rule in rules),
        tiers={tier: _of_tier(tier, factor) for tier, factor in tiers.items()},
        caps={rule.id: rule.caps for rule in rules if rule.caps is not None},
        capped=capped,
        best_of=program.earning.stacking == "best",
        earn_on_shipping=program.settings.earn_on_shipping,
        looked_at=_looked_at(rules),
        needs_order_number=needs_order_number,
        needs_member=asks_plugins
        or bool(tiers or capped)
        or any(_asks_for_member(rule) for rule in rules),
        counts_orders=needs_order_number or any(_asks_for_orders(rule) for rule in rules),
    )


def member_cap(rule: EarningRule) -> MemberCap | None:
    """What one member gets by a rule in a period at most; None = no such cap."""
    return None if rule.caps is None else rule.caps.per_member


def tier_multipliers(program: Program) -> dict[str, Decimal]:
    """What the points on money are multiplied by in each tier that changes them."""
    if program.tiers is None or not program.tiers.enabled:
        return {}
    return {
        level.id: level.multiplier
        for level in program.tiers.levels
        if level.multiplier is not None and level.multiplier != 1
    }


def _of_tier(tier: str, factor: Decimal) -> ReadyRule:
    effect = Multiplier(type="multiplier", factor=factor)
    return ReadyRule(
        f"{RULE_PREFIX}{tier}",
        effect,
        Tests(None, None),
        on_line=False,
        on_money=False,
        stop=False,
        factor=Fraction(factor),
        factor_text=plain(factor),
    )


def _compiled(rule: EarningRule) -> ReadyRule:
    effect = rule.then
    factor = None
    if isinstance(effect, PointsPerMoney | Multiplier | StatusPoints):
        factor = effect.factor
    factor = Decimal(1) if factor is None else factor
    return ReadyRule(
        id=rule.id,
        effect=effect,
        tests=compile_condition(rule.when, on_line=rule.scope == "line"),
        on_line=rule.scope == "line",
        on_money=isinstance(effect, PointsPerMoney)
        or (isinstance(effect, StatusPoints) and effect.factor is not None),
        stop=rule.stop,
        factor=Fraction(factor),
        factor_text=plain(factor),
        caps=rule.caps,
        plugin=effect_amount(effect) if isinstance(effect, PluginEffect) else None,
    )


def _looked_at(rules: Iterable[EarningRule]) -> frozenset[Field]:
    compiled = (
        compile_expression(leaf.cel)
        for rule in rules
        if rule.when is not None
        for leaf in leaves(rule.when)
        if isinstance(leaf, Expression)
    )
    return frozenset(field for one in compiled if one.looks_at_line for field in one.fields)


def _asks_for_number(rule: EarningRule) -> bool:
    if rule.when is None:
        return False
    return any(
        isinstance(leaf, NthOrder) or (leaf.type == "expression" and "nth_order" in leaf.cel)
        for leaf in leaves(rule.when)
    )


def _asks_plugin(rule: EarningRule) -> bool:
    """Whether it may look at anything: what a plugin looks at, only the plugin knows."""
    return isinstance(rule.then, PluginEffect) or (
        rule.when is not None
        and any(
            isinstance(leaf, PluginCondition | PluginLineCondition) for leaf in leaves(rule.when)
        )
    )


def _asks_for_member(rule: EarningRule) -> bool:
    return rule.when is not None and any(
        compile_expression(leaf.cel).looks_at_member
        if isinstance(leaf, Expression)
        else isinstance(leaf, InTiers | InSegments | InTags | MemberSince | MemberOrders)
        for leaf in leaves(rule.when)
    )


def _asks_for_orders(rule: EarningRule) -> bool:
    return rule.when is not None and any(
        compile_expression(leaf.cel).looks_at_member
        if isinstance(leaf, Expression)
        else isinstance(leaf, MemberOrders)
        for leaf in leaves(rule.when)
    )
