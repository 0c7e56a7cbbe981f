"""Plugins' kinds on deeds, and for carts of which not everything is known."""

from collections.abc import Iterator
from typing import Any

import pytest

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.decide_deed import DeedDecision, decide_deed, most_points
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.plugin_kinds import Given, Kinds, Seen
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from saleor_loyalty_app.programs.walk import Miss
from tests.plugin_samples import (
    EVERYWHERE,
    KINDS,
    condition,
    effect,
    for_each,
    if_plugin,
    then_plugin,
)
from tests.program_samples import MOMENT, PURCHASES, line_of, order_of, program_of, rule_of


def visit(**properties: Any) -> DeedFacts:
    return DeedFacts("custom_event", "visit", MOMENT, "visit:1", properties=properties)


def decide(program: Program, member: MemberFacts | None = None, **properties: Any) -> DeedDecision:
    return decide_deed(program, visit(**properties), member or MemberFacts(), "UTC")


def on_visit(then: dict[str, Any], **values: Any) -> dict[str, Any]:
    return rule_of(then, trigger="custom_event", **values)


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    def minutes(settings: Any, seen: Seen) -> Given:
        assert seen.order is None
        assert seen.line is None
        told = seen.properties.get("minutes", 0)
        return Given(settings.points * int(told), {"en": f"{told} minutes"})

    def gold(_settings: Any, seen: Seen) -> bool:
        return seen.member.tier == "gold"

    def hats(_settings: Any, seen: Seen) -> bool:
        return seen.line is not None and "hats" in seen.line.categories

    extra = KINDS.with_plugin(
        "visits",
        (
            condition("gold", gold, looks_at=frozenset({"tier"})),
            condition("hats", hats, looks_at=frozenset({"category"})),
        ),
        (
            effect("minutes", minutes, levels=frozenset({"deed"})),
            effect("by-tier", for_each, levels=EVERYWHERE, looks_at=frozenset({"tier"})),
        ),
    )
    with plugin_kinds.using(extra):
        yield


def test_a_deed_brings_what_the_plugin_works_out_within_the_rule() -> None:
    rule = on_visit(then_plugin("visits.minutes", most=50, points=2))
    [grant] = decide(program_of(rule), minutes=7).grants
    assert (grant.unit, grant.points) == ("points", 14)
    assert grant.reason["words"] == {"en": "7 minutes"}
    [capped] = decide(program_of(rule), minutes=70).grants
    assert capped.points == 50
    assert most_points(program_of(rule), "custom_event", "visit") == 50


def test_a_fraction_is_cut_off_and_less_than_one_is_nothing() -> None:
    decision = decide(program_of(on_visit(then_plugin("acme.half"))))
    assert decision.grants == ()
    [miss] = decision.misses
    assert (miss.rule_id, miss.reason["code"]) == ("rule", "plugin_nothing")


def test_what_cannot_be_worked_out_brings_nothing_and_does_not_stop_others() -> None:
    program = program_of(
        on_visit(then_plugin("acme.raising"), rule_id="bad", stop=True),
        on_visit({"type": "points", "points": 5}, rule_id="good"),
    )
    decision = decide(program)
    assert [one.rule_id for one in decision.grants] == ["good"]
    assert decision.misses == (
        Miss("bad", {"code": "plugin_failed", "kind": "acme.raising", "why": "raised"}),
    )


def test_caps_of_a_member_hold_for_plugins() -> None:
    rule = on_visit(
        then_plugin("visits.minutes", points=2),
        caps={"per_member": {"points": 20, "period": "day"}},
    )
    member = MemberFacts(used={"rule": Used(points=15)})
    [grant] = decide(program_of(rule), member, minutes=9).grants
    assert grant.points == 5


def test_a_condition_sees_the_member_but_not_what_caps_used() -> None:
    rule = on_visit({"type": "points", "points": 5}, when=if_plugin("visits.gold"))
    assert decide(program_of(rule), MemberFacts(tier="gold")).grants[0].points == 5
    assert decide(program_of(rule), MemberFacts()).grants == ()


def test_a_program_that_asks_plugins_asks_for_the_member_and_the_number_of_the_order() -> None:
    assert not plan_of(program_of()).needs_member
    for rule in (rule_of(then_plugin()), rule_of({"type": "points_per_money"}, when=if_plugin())):
        with plugin_kinds.using(Kinds()):
            plan = plan_of(program_of(rule))
        assert (plan.needs_member, plan.needs_order_number, plan.counts_orders) == (True,) * 3


def unjudged(rule: dict[str, Any], *unknown: Fact) -> dict[str, frozenset[Fact]]:
    order = order_of(line_of("10", quantity=5))
    decision, lacks = decide_as_known(program_of(PURCHASES, rule), order, frozenset(unknown), "UTC")
    assert decision.totals()["points", "points"] >= 10
    return lacks


def test_only_what_a_kind_looks_at_keeps_it_from_being_judged() -> None:
    tier = frozenset({Fact.tier})
    by_tier = rule_of(then_plugin("visits.by-tier"))
    if_gold = rule_of({"type": "points_per_money"}, when=if_plugin("visits.gold"))
    for rule in (by_tier, if_gold, by_tier | {"scope": "order"}):
        assert unjudged(rule, Fact.tier, Fact.country) == {"rule": tier}
        assert unjudged(rule, Fact.country) == {}
    negated = if_gold | {"when": {"type": "not", "of": if_plugin("visits.gold")}}
    assert unjudged(negated, Fact.tier) == {"rule": tier}
    status = rule_of({**then_plugin("acme.merit"), "unit": "status"})
    assert unjudged(status, *Fact) == {}


def test_a_missing_kind_is_judged_as_nothing_and_again_once_it_is_there() -> None:
    rule = rule_of(then_plugin("visits.by-tier"))
    with plugin_kinds.using(Kinds()):
        assert unjudged(rule, Fact.tier) == {}
    assert unjudged(rule, Fact.tier) == {"rule": frozenset({Fact.tier})}
