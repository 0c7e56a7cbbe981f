"""What a program gives to a cart of which not everything is known. Pure.

Of each rule two readings are made: one that holds only where the rule surely holds, and one that
holds wherever it could. Where the two decide differently, the rule cannot be judged.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.boosts import Boost
from saleor_loyalty_app.programs.decide import (
    Decision,
    decide_look,
    decide_walk,
    look_at,
    walk_look,
)
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.plugin_calls import NO_KIND
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.rules import (
    EarningRule,
    Effect,
    PointsPerOrder,
    PointsPerUnit,
    StatusPoints,
)
from saleor_loyalty_app.programs.walk import Walk


class Fact(StrEnum):
    """What may be unknown of a cart."""

    country = "country"
    language = "language"
    nth_order = "nth_order"
    product = "product"
    variant = "variant"
    category = "category"
    collection = "collection"
    product_type = "product_type"
    on_sale = "on_sale"
    tier = "tier"
    member_since = "member_since"
    member_orders = "member_orders"
    segment = "segment"
    tag = "tag"
    order_metadata = "order_metadata"
    product_metadata = "product_metadata"


_OF_LEAF: dict[str, Fact] = {fact.value: fact for fact in Fact}
#: How expressions name them; metadata they do not see.
_IN_CEL: dict[Fact, str] = {
    Fact.country: "country",
    Fact.language: "language",
    Fact.nth_order: "nth_order",
    Fact.product: "product|product_id",
    Fact.variant: "variant_id|sku",
    Fact.category: "categories",
    Fact.collection: "collections",
    Fact.product_type: "product_type",
    Fact.on_sale: "on_sale",
    Fact.tier: r"member\s*\.\s*tier",
    Fact.segment: r"member\s*\.\s*segments",
    Fact.tag: r"member\s*\.\s*tags",
    Fact.member_since: r"member\s*\.\s*days",
    Fact.member_orders: r"member\s*\.\s*orders",
}
_ALWAYS = c.OrderQuantity(type="order_quantity", min=0)
_NEVER = c.OrderQuantity(type="order_quantity", max=0)
#: As a plugin's condition that fails: neither it holds nor a "not" around it.
_NEITHER = PluginCondition.model_construct(type="plugin", kind=NO_KIND, settings={})


def decide_as_known(
    program: Program,
    facts: OrderFacts,
    unknown: frozenset[Fact],
    timezone: str,
    member: MemberFacts = NOBODY,
    boosts: Sequence[Boost] = (),
) -> tuple[Decision, dict[str, frozenset[Fact]]]:
    """What an order surely earns, and the rules that could not be judged with what they lack.

    Args:
        facts: with nothing in the place of what is unknown: "", no categories, no number.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    lacking = {
        rule_id: needed
        for rule_id, looked_at in _looked_at(program, plugin_kinds.current()).items()
        if (needed := looked_at & unknown)
    }
    look = look_at(facts, timezone, member)
    if not lacking:
        return decide_look(program, look, boosts), {}
    sure, possible = _readings(program, unknown, plugin_kinds.current())
    sure_walk, possible_walk = walk_look(sure, look), walk_look(possible, look)
    if sure_walk is None or possible_walk is None:
        return decide_look(sure, look, boosts), {}
    surely = decide_walk(sure, look, sure_walk, boosts)
    if boosts:
        # What their budgets leave goes by the points.
        perhaps = decide_walk(possible, look, possible_walk, boosts)
        unlike = _applied(surely) ^ _applied(perhaps)
        met = _missed(surely) - _missed(perhaps)
    else:
        unlike = sure_walk.hands() ^ possible_walk.hands()
        met = _missed(sure_walk) - _missed(possible_walk)
    unlike_rules = {rule_id for _, rule_id in unlike} | met
    if unlike_rules - lacking.keys():
        # A multiplier that stops others before they gave anything leaves no other trace.
        unlike_rules |= {rule.id for rule in program.earning.rules if rule.stop}
    return surely, {name: lacks for name, lacks in lacking.items() if name in unlike_rules}


def facts_of(condition: c.Condition | None) -> frozenset[Fact]:
    """The facts that a condition looks at and that may be unknown."""
    if condition is None:
        return frozenset()
    found: set[Fact] = set()
    for leaf in c.leaves(condition):
        if isinstance(leaf, PluginCondition | PluginLineCondition):
            found |= _of_kind(plugin_kinds.current().conditions.get(leaf.kind))
        elif isinstance(leaf, c.Expression):
            found |= {
                fact for fact, name in _IN_CEL.items() if re.search(rf"\b({name})\b", leaf.cel)
            }
        elif leaf.type in _OF_LEAF:
            found.add(_OF_LEAF[leaf.type])
    return frozenset(found)


def facts_of_effect(effect: Effect) -> frozenset[Fact]:
    """The facts that an effect looks at and that may be unknown."""
    if not isinstance(effect, PluginEffect):
        return frozenset()
    return _of_kind(plugin_kinds.current().effects.get(effect.kind))


def _of_kind(kind: plugin_kinds.Kind | None) -> frozenset[Fact]:
    """Nothing of a kind that is missing: whatever the order, it decides nothing."""
    return frozenset(Fact(name) for name in kind.looks_at) if kind is not None else frozenset()


@lru_cache(maxsize=256)
def _looked_at(program: Program, _kinds: plugin_kinds.Kinds) -> dict[str, frozenset[Fact]]:
    """By the id of each rule that counts for orders, what it looks at that may be unknown."""
    return {
        rule.id: facts_of(rule.when) | facts_of_effect(rule.then)
        for rule in program.earning.rules
        if rule.enabled and rule.trigger == "order"
    }


@lru_cache(maxsize=256)
def _readings(
    program: Program, unknown: frozenset[Fact], _kinds: plugin_kinds.Kinds
) -> tuple[Program, Program]:
    return (
        _reading(program, unknown, could=False),
        _reading(program, unknown, could=True),
    )


def _reading(program: Program, unknown: frozenset[Fact], *, could: bool) -> Program:
    rules = tuple(_rule(rule, unknown, could) for rule in program.earning.rules)
    earning = program.earning.model_copy(update={"rules": rules})
    # Made of its parts: a copy would keep the digest, by which decisions are remembered.
    parts = {name: getattr(program, name) for name in type(program).model_fields}
    return Program.model_construct(**(parts | {"earning": earning}))


def _rule(rule: EarningRule, unknown: frozenset[Fact], could: bool) -> EarningRule:
    if facts_of_effect(rule.then) & unknown:
        # What it would come to is not known: perhaps something, surely nothing.
        rule = rule.model_copy(update={"then": _something(rule)} if could else {"when": _NEVER})
    if rule.when is None:
        return rule
    return rule.model_copy(update={"when": _read(rule.when, unknown, could, surely=not could)})


def _something(rule: EarningRule) -> Effect:
    if rule.then.unit == "status":
        return StatusPoints(type="status_points", points=1)
    if rule.scope == "line":
        return PointsPerUnit(type="points_per_unit", points=1)
    return PointsPerOrder(type="points_per_order", points=1)


def _read(
    condition: c.Condition, unknown: frozenset[Fact], could: bool, *, surely: bool
) -> c.Condition:
    """`could` turns with each "not"; `surely` stays what the whole reading is."""
    match condition:
        case c.AllOf() | c.AnyOf():
            parts = tuple(_read(part, unknown, could, surely=surely) for part in condition.of)
            return condition.model_copy(update={"of": parts})
        case c.Not():
            turned = _read(condition.of, unknown, not could, surely=surely)
            return condition.model_copy(update={"of": turned})
        case c.AnyLine():
            of_line = _read(condition.of, unknown, could, surely=surely)
            return condition.model_copy(update={"of": of_line})
        case _:
            return _read_leaf(condition, unknown, could, surely)


def _read_leaf(leaf: c.Leaf, unknown: frozenset[Fact], could: bool, surely: bool) -> c.Condition:
    if not facts_of(leaf) & unknown:
        return leaf
    if surely and isinstance(leaf, PluginCondition | PluginLineCondition):
        return _NEITHER
    if could:
        return _ALWAYS
    # What is not known stands as nothing, of which no list has a match, but a tier as the one that
    # everybody has: these might hold.
    unsure = isinstance(
        leaf, c.Expression | c.InTiers | c.MemberOrders | PluginCondition | PluginLineCondition
    ) or (isinstance(leaf, c.OnSale) and not leaf.value)
    return _NEVER if unsure else leaf


def _applied(decision: Decision) -> set[tuple[str, str]]:
    """Which rule had a hand in which line; "" = the order."""
    of_lines = {
        (line, rule_id)
        for line, awards in decision.line_awards.items()
        for award in awards
        for rule_id in award.rule_ids
    }
    of_order = {("", rule_id) for award in decision.order_awards for rule_id in award.rule_ids}
    return of_lines | of_order


def _missed(found: Decision | Walk) -> set[str]:
    return {miss.rule_id for miss in found.misses}
