"""What is told of a cart of which not everything is known is true whatever the rest is."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.plugin_kinds import Given, Kinds, Seen
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from tests.plugin_samples import condition, effect, raising, then_plugin
from tests.program_samples import PURCHASES, line_of, order_of, program_of, rule_of

UNKNOWN = frozenset({Fact.category, Fact.on_sale})
LEAVES: list[dict[str, Any]] = [
    {"type": "category", "slugs": ["shoes"]},
    {"type": "category", "slugs": ["hats"]},
    {"type": "on_sale", "value": True},
    {"type": "on_sale", "value": False},
    {"type": "variant", "variants": ["SKU-1"]},
    {"type": "quantity", "min": 2},
    {"type": "expression", "cel": "'shoes' in line.categories && line.quantity > 1"},
    {"type": "expression", "cel": "line.sku == 'SKU-1'"},
    {"type": "order_value", "limits": [{"currency": "USD", "min": "15"}]},
    {"type": "country", "codes": ["US"]},
    {"type": "plugin_line", "kind": "test.shoes"},
    {"type": "plugin_line", "kind": "test.broken"},
    {"type": "plugin_line", "kind": "gone.away"},
]


def in_shoes(_settings: Any, seen: Seen) -> bool:
    assert seen.line is not None
    return "shoes" in seen.line.categories


def points_on_sale(_settings: Any, seen: Seen) -> Given:
    assert seen.line is not None
    return Given(7 if seen.line.on_sale else 2)


LINES: Any = frozenset({"line"})
KINDS = Kinds().with_plugin(
    "test",
    (
        condition("shoes", in_shoes, levels=LINES, looks_at=frozenset({"category"})),
        condition("broken", raising, levels=LINES, looks_at=frozenset({"category"})),
    ),
    (effect("sale", points_on_sale, levels=LINES, looks_at=frozenset({"on_sale"})),),
)


@pytest.fixture(autouse=True, scope="module")
def kinds() -> Iterator[None]:
    with plugin_kinds.using(KINDS):
        yield


def composed(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda parts: {"type": "all", "of": parts}),
        several.map(lambda parts: {"type": "any", "of": parts}),
        inner.map(lambda part: {"type": "not", "of": part}),
    )


CONDITIONS = st.recursive(st.sampled_from(LEAVES), composed, max_leaves=5)
EFFECTS = st.sampled_from(
    [
        {"type": "points_per_unit", "points": 5},
        {"type": "points_per_money", "factor": "2"},
        {"type": "multiplier", "factor": "3"},
        then_plugin("test.sale"),
    ]
)
DOUBLE = {"type": "multiplier", "factor": "2"}
CATEGORIES = [frozenset[str](), frozenset({"shoes"}), frozenset({"hats"})]


@given(condition=CONDITIONS, effect=EFFECTS, whole_order=st.booleans(), stop=st.booleans())
def test_rules_that_are_judged_give_the_same_whatever_is_not_known(
    condition: dict[str, Any], effect: dict[str, Any], whole_order: bool, stop: bool
) -> None:
    scope = {"scope": "line", "when": condition}
    if whole_order and effect["type"] not in ("points_per_unit", "plugin"):
        scope = {"scope": "order", "when": {"type": "any_line", "of": condition}}
    program = program_of(rule_of(effect, "tested", priority=200, stop=stop, **scope), PURCHASES)
    lines = (line_of("10", "one", sku="SKU-1"), line_of("20", "two", quantity=2, sku="SKU-2"))
    told, unjudged = decide_as_known(program, order_of(*lines), UNKNOWN, "UTC")
    outcomes = set()
    for known in itertools.product(itertools.product(CATEGORIES, (False, True)), repeat=2):
        completed = [
            line_of(str(line.base), line.id, quantity=line.quantity, sku=line.sku,
                    categories=categories, on_sale=on_sale)
            for line, (categories, on_sale) in zip(lines, known, strict=True)
        ]  # fmt: skip
        outcomes.add(str(sorted(_awards(decide_order(program, order_of(*completed), "UTC")))))
    if not unjudged:
        assert outcomes == {str(sorted(_awards(told)))}
    if len(outcomes) > 1:
        assert unjudged.keys() == {"tested"}
        assert unjudged["tested"] <= UNKNOWN


def _awards(decision: Any) -> list[tuple[str, str, str]]:
    of_lines = [
        (line, str(award.points), str(award.rule_ids))
        for line, awards in decision.line_awards.items()
        for award in awards
    ]
    return of_lines + [("", str(one.points), str(one.rule_ids)) for one in decision.order_awards]


def test_a_rule_that_cannot_hold_anyway_is_judged() -> None:
    elsewhere = {"type": "country", "codes": ["TR"]}
    shoes = {"type": "category", "slugs": ["shoes"]}
    program = program_of(
        PURCHASES,
        rule_of(DOUBLE, "both", when={"type": "all", "of": [elsewhere, shoes]}),
        rule_of(DOUBLE, "open", when=shoes),
    )
    _, unjudged = decide_as_known(program, order_of(), frozenset({Fact.category}), "UTC")
    assert unjudged == {"open": frozenset({Fact.category})}


def test_a_multiplier_that_may_keep_others_from_giving_is_not_judged() -> None:
    shoes = {"type": "category", "slugs": ["shoes"]}
    either = {"type": "any", "of": [shoes, {"type": "variant", "variants": ["SKU-1"]}]}
    program = program_of(rule_of(DOUBLE, "tested", priority=200, stop=True, when=either), PURCHASES)
    lines = (line_of("10", "one", sku="SKU-1"), line_of("20", "two", sku="SKU-2"))
    _, unjudged = decide_as_known(program, order_of(*lines), frozenset({Fact.category}), "UTC")
    assert unjudged == {"tested": frozenset({Fact.category})}


def test_what_may_fail_is_not_taken_for_a_no_by_the_not_around_it() -> None:
    broken = {"type": "plugin_line", "kind": "test.broken"}
    other = {"type": "variant", "variants": ["SKU-9"]}
    neither = {"type": "not", "of": {"type": "all", "of": [broken, other]}}
    program = program_of(rule_of(DOUBLE, "tested", priority=200, when=neither), PURCHASES)
    cart = order_of(line_of("10", "one", sku="SKU-1"))
    surely, unjudged = decide_as_known(program, cart, frozenset({Fact.category}), "UTC")
    assert surely.totals() == decide_order(program, cart, "UTC").totals()
    assert unjudged == {"tested": frozenset({Fact.category})}


def test_rules_on_the_member_are_not_judged_for_nobody_and_judged_for_somebody() -> None:
    gold, regular = {"type": "tier", "tiers": ["gold"]}, {"type": "member_orders", "max": 0}
    program = program_of(
        PURCHASES,
        rule_of(DOUBLE, "gold", when=gold),
        rule_of(DOUBLE, "first", when={"type": "not", "of": {"type": "not", "of": regular}}),
        rule_of(DOUBLE, "cel", when={"type": "expression", "cel": "member.days > 10"}),
    )
    of_members = frozenset({Fact.tier, Fact.member_since, Fact.member_orders})
    told, unjudged = decide_as_known(program, order_of(), of_members, "UTC")
    assert told.totals() == {("points", "points"): 10}
    assert unjudged == {
        "gold": frozenset({Fact.tier}),
        "first": frozenset({Fact.member_orders}),
        "cel": frozenset({Fact.member_since}),
    }
    member = MemberFacts(tier="gold", orders=2)
    told, unjudged = decide_as_known(program, order_of(), frozenset(), "UTC", member)
    assert (told.totals(), unjudged) == ({("points", "points"): 20}, {})


def test_the_number_of_the_order_is_not_known_of_anybody() -> None:
    first = rule_of(
        {"type": "points_per_order", "points": 100},
        "first",
        scope="order",
        when={"type": "nth_order", "max": 1},
    )
    decision, unjudged = decide_as_known(
        program_of(PURCHASES, first), order_of(nth_order=None), frozenset({Fact.nth_order}), "UTC"
    )
    assert decision.totals() == {("points", "points"): 10}
    assert unjudged == {"first": frozenset({Fact.nth_order})}
