"""Conditions and effects of plugins decide like any other, and bad ones harm nobody's points."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

import jsonschema_rs
import pytest
from pydantic import AfterValidator

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.plugin_kinds import InvalidKind, Kinds, KindSettings, Seen
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from saleor_loyalty_app.programs.schema import document_schema
from saleor_loyalty_app.programs.unknown_facts import Fact
from saleor_loyalty_app.programs.walk import Miss
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests.plugin_samples import (
    BAD_AMOUNTS,
    BAD_ANSWERS,
    KINDS,
    RAISING,
    AtLeast,
    condition,
    effect,
    enough,
    for_each,
    if_line,
    if_plugin,
    then_plugin,
)
from tests.program_samples import PURCHASES, line_of, order_of, program_of, rule_of

MONEY = {"type": "points_per_money"}
TEN = {"type": "points_per_order", "points": 10}


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with plugin_kinds.using(KINDS):
        yield


def decide(program: Program, *lines: Any) -> Decision:
    return decide_order(program, order_of(*lines), "Europe/Istanbul")


def points(decision: Decision) -> int:
    return decision.totals().get(("points", "points"), 0)


def miss_of(decision: Decision, rule_id: str = "rule") -> dict[str, Any]:
    [miss] = [one for one in decision.misses if one.rule_id == rule_id]
    return miss.reason


def per_order(when: dict[str, Any]) -> dict[str, Any]:
    return rule_of(TEN, when=when, scope="order")


def test_a_condition_holds_or_says_in_both_languages_what_is_missing() -> None:
    program = program_of(per_order(if_plugin(units=3)))

    assert points(decide(program, line_of(quantity=3))) == 10
    missed = decide(program, line_of(quantity=1))
    assert points(missed) == 0
    reason = miss_of(missed)
    told = [explain_miss("rule", reason, language=one, program=program) for one in ("en", "tr")]
    assert told == ["rule: 2 more bottles", "rule: 2 şişe daha"]


def test_a_condition_on_lines_is_asked_line_by_line() -> None:
    program = program_of(rule_of(MONEY, when=if_line(units=2)))
    decision = decide(program, line_of("10", "few"), line_of("20", "many", quantity=2))

    assert list(decision.line_awards) == ["many"]
    within = program_of(per_order({"type": "any_line", "of": if_line(units=2)}))
    assert points(decide(within, line_of("10", "few"), line_of("20", "many", quantity=2))) == 10


def test_an_effect_gives_to_lines_or_to_the_order_with_its_words() -> None:
    lines = (line_of("10", "one", quantity=2), line_of("10", "two", quantity=5))
    by_line = decide(program_of(rule_of(then_plugin(points=4))), *lines)
    whole = decide(program_of(rule_of(then_plugin(points=4), scope="order")), *lines)

    assert [award.points for award in by_line.awards()] == [8, 20]
    [award] = whole.awards()
    assert award.points == 28
    assert award.reason == {
        "code": "plugin",
        "of": "order",
        "kind": "acme.each",
        "points": "28",
        "words": {"en": "7 bottles", "tr": "7 şişe"},
    }


def test_halves_are_rounded_once_and_status_points_are_their_own_unit() -> None:
    program = program_of(
        rule_of(then_plugin("acme.half"), "halves"),
        rule_of({**then_plugin("acme.merit"), "unit": "status"}, "merit", scope="order"),
    )
    decision = decide(program, line_of("10", "one"), line_of("10", "two", quantity=2))

    assert decision.totals() == {("points", "points"): 1, ("status", "tiers"): 9}
    assert decision.line_awards["one"][0].points == Fraction(1, 2)


def test_multipliers_on_fixed_points_and_caps_reach_what_plugins_give() -> None:
    double = rule_of({"type": "multiplier", "factor": "2", "fixed_points": True}, "double")
    given = rule_of(then_plugin(points=10), caps={"per_order": 15})

    assert points(decide(program_of(rule_of(then_plugin(points=10)), double))) == 20
    assert points(decide(program_of(given, double))) == 15


def test_an_effect_gives_no_more_than_its_rule_says() -> None:
    [award] = decide(program_of(rule_of(then_plugin(most=25, points=100)))).awards()

    assert (award.points, award.reason["most"]) == (Fraction(25), 25)


@pytest.mark.parametrize("bad", [f"says-{name}" for name in BAD_ANSWERS] + list(RAISING))
def test_a_bad_condition_holds_neither_way_and_the_other_rules_go_on(bad: str) -> None:
    when = if_plugin(f"acme.{bad}")
    shapes = [
        when,
        {"type": "not", "of": when},
        {"type": "not", "of": {"type": "any", "of": [if_plugin("acme.never"), when]}},
        {"type": "not", "of": {"type": "any", "of": [
            {"type": "order_value", "limits": [{"currency": "USD", "min": "99"}]}, when]}},
        {"type": "not", "of": {"type": "all", "of": [when, {"type": "voucher_used"}]}},
        {"type": "not", "of": {"type": "any_line", "of": when | {"type": "plugin_line"}}},
    ]  # fmt: skip
    for shape in shapes:
        decision = decide(program_of(PURCHASES, per_order(shape)), line_of("10"))
        assert points(decision) == 10
        assert miss_of(decision)["code"] == "plugin_failed"
    either = {"type": "any", "of": [when, {"type": "currency", "codes": ["USD"]}]}
    assert points(decide(program_of(per_order(either)))) == 10


@pytest.mark.parametrize("bad", [f"gives-{name}" for name in BAD_AMOUNTS] + list(RAISING))
@pytest.mark.parametrize("scope", ["line", "order"])
def test_a_bad_effect_gives_nothing_and_the_other_rules_go_on(bad: str, scope: str) -> None:
    program = program_of(PURCHASES, rule_of(then_plugin(f"acme.{bad}"), scope=scope))
    decision = decide(program, line_of("10", "one"), line_of("20", "two"))

    assert points(decision) == 30
    assert miss_of(decision)["code"] == "plugin_failed"
    assert "example.com" not in str(decision)


@pytest.mark.parametrize("scope", ["line", "order"])
def test_a_bad_effect_stops_no_later_rule(scope: str) -> None:
    def stopping(kind: str) -> Decision:
        rule = rule_of(then_plugin(kind), scope=scope, priority=500, stop=True)
        return decide(program_of(rule, PURCHASES), line_of("10"))

    assert points(stopping("acme.raising")) == 10
    assert points(stopping("gone.away")) == 10
    assert points(stopping("acme.each")) == 3


def test_troubles_are_told_to_the_process_without_their_message() -> None:
    heard: list[tuple[str, str, str]] = []
    kinds = Kinds(KINDS.conditions, KINDS.effects, lambda *told: heard.append(told))
    with plugin_kinds.using(kinds):
        decide(program_of(per_order(if_plugin("acme.raising"))))
        decide(program_of(per_order(if_plugin("gone.away"))))

    assert heard == [
        ("acme.raising", "failed", "RuntimeError"),
        ("gone.away", "missing", "missing"),
    ]


def test_what_does_not_fit_is_told_and_settings_are_read_once() -> None:
    heard: list[tuple[str, str, str]] = []
    read: list[int] = []

    def counting(units: Any) -> Any:
        read.append(units)
        raise ValueError("too few")

    class Checked(AtLeast):
        units: Annotated[
            int, AfterValidator(lambda units: units if units == 2 else counting(units))
        ]

    more = KINDS.with_plugin(
        "shop", (condition("checked", enough, settings=Checked, example=Checked(units=2)),), ()
    )
    kinds = Kinds(more.conditions, more.effects, lambda *told: heard.append(told))
    with plugin_kinds.using(kinds):
        program = program_of(per_order(if_plugin("shop.checked", units=7)))
        read.clear()
        for _ in range(3):
            assert miss_of(decide(program))["why"] == "settings"
        assert len(read) == 1
        assert heard == [("shop.checked", "failed", "settings")] * 3
        heard.clear()
        decide(program_of(per_order(if_plugin("acme.of-lines"))))
        decide(program_of({**rule_of(then_plugin("acme.merit"))}))
    assert heard == [("acme.of-lines", "failed", "level"), ("acme.merit", "failed", "unit")]


def test_nobody_changes_the_metadata_that_all_look_at() -> None:
    def greedy(_settings: Any, seen: Seen) -> bool:
        shown: Any = seen.line.metadata if seen.line is not None else {}
        shown["vip"] = "yes"
        return True

    kinds = Kinds().with_plugin("bad", (condition("greedy", greedy),), ())
    vip = {"type": "product_metadata", "key": "vip"}
    with plugin_kinds.using(kinds):
        program = program_of(
            rule_of(MONEY, "greedy", when=if_line("bad.greedy"), priority=900),
            rule_of(MONEY, "vip", when=vip),
        )
        decision = decide(program, line_of("10"))
    assert miss_of(decision, "greedy")["why"] == "raised"
    assert points(decision) == 0


def test_without_the_plugin_a_program_loads_decides_and_explains_but_is_not_published() -> None:
    program = program_of(
        PURCHASES,
        per_order({"type": "not", "of": if_plugin("gone.away", a=1)}),
        rule_of(then_plugin("gone.away"), "effect"),
    )
    decision = decide(program, line_of("10"))

    assert points(decision) == 10
    assert miss_of(decision) == {"code": "plugin_missing", "kind": "gone.away"}
    assert miss_of(decision, "effect") == {"code": "plugin_missing", "kind": "gone.away"}
    told = explain_miss("rule", miss_of(decision), language="en", program=program)
    assert told == "rule: the plugin for “gone.away” is not installed"
    assert read_program(program.document).digest == program.digest
    assert program_from_yaml(program_to_yaml(program)) == program


def test_the_same_program_decides_again_once_the_plugin_is_there() -> None:
    program = program_of(per_order(if_plugin(units=1)), rule_of(then_plugin(), "effect"))
    with plugin_kinds.using(Kinds()):
        assert points(decide(program)) == 0
    assert points(decide(program)) == 13
    with plugin_kinds.using(Kinds()):
        assert points(decide(program)) == 0


def test_settings_that_no_longer_suit_the_kind_decide_nothing() -> None:
    program = program_of(PURCHASES, per_order(if_plugin(units=-1)))
    decision = decide(program, line_of("10"))

    assert points(decision) == 10
    assert miss_of(decision) == {"code": "plugin_failed", "kind": "acme.enough", "why": "settings"}


def test_a_kind_is_asked_only_about_what_it_is_made_for() -> None:
    program = program_of(
        per_order(if_plugin("acme.of-lines")),
        rule_of(then_plugin("acme.of-lines"), "effect", scope="order"),
    )
    decision = decide(program, line_of(quantity=9))

    assert points(decision) == 0
    assert miss_of(decision)["why"] == "level"
    assert decision.misses[1] == Miss(
        "effect", {"code": "plugin_failed", "kind": "acme.of-lines", "why": "level"}
    )


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_rule_says_what_the_kinds_say_and_their_names_where_they_are_missing(
    language: str,
) -> None:
    [rule] = program_of(
        rule_of(then_plugin(most=50), when={"type": "not", "of": if_plugin(units=4)})
    ).earning.rules
    said = {"en": ("3 points a bottle", "at least 4 bottles"), "tr": ("Her şişe", "en az 4 şişe")}
    assert all(one in rule_sentence(rule, language, {}) for one in said[language])
    with plugin_kinds.using(Kinds()):
        sentence = rule_sentence(rule, language, {})
    assert "acme.each" in sentence
    assert "acme.enough" in sentence


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"a": 1.5}, "decimal_as_float"),
        ({"a": 2**53}, "plugin_settings_large"),
        ({"a": "x" * 4100}, "plugin_settings_large"),
        ({"a": [[[[[[[1]]]]]]]}, "plugin_settings_large"),
    ],
)
def test_settings_are_bounded_and_exact(settings: dict[str, Any], code: str) -> None:
    document = program_of().document
    document["earning"]["rules"] = [per_order(if_plugin() | {"settings": settings})]

    [problem] = document_problems(document)
    assert (problem.code, problem.path) == (code, "earning.rules[0].when.settings")


def test_a_milestone_has_no_effect_that_nobody_can_promise() -> None:
    rule = rule_of(
        then_plugin(), trigger="milestone", milestone={"line": {"type": "orders", "min": 3}}
    )
    [problem] = document_problems(program_of().document | {"earning": {"rules": [rule]}})

    assert problem.code == "plugin_effect_on_milestone"


def test_the_published_schema_knows_the_settings_of_the_kinds() -> None:
    schema = document_schema()
    valid = jsonschema_rs.validator_for(schema)
    good = program_of(per_order(if_plugin(units=1)), rule_of(then_plugin(points=1), "b")).document
    assert valid.is_valid(good)
    for wrong in (if_plugin(units=-1), if_plugin(dozens=1), if_plugin("acme")):
        assert not valid.is_valid(good | {"earning": {"rules": [per_order(wrong)]}})
    unknown = if_plugin("other.kind", anything=[1])
    assert valid.is_valid(good | {"earning": {"rules": [per_order(unknown)]}})
    assert (
        "acme.of-lines" not in schema["$defs"]["PluginCondition"]["properties"]["kind"]["examples"]
    )


def test_what_may_be_unknown_has_the_same_names_everywhere() -> None:
    assert {fact.value for fact in Fact} == plugin_kinds.MAYBE_UNKNOWN


class Loose:
    """No model of settings."""


def _no_sentence(_settings: KindSettings, _language: str) -> str:
    return " "


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"labels": {"tr": "Şişe"}}, "English label"),
        ({"labels": {"en": "two\nlines"}}, "one line"),
        ({"settings": Loose}, "no model of KindSettings"),
        ({"levels": frozenset()}, "levels"),
        ({"levels": frozenset({"cart"})}, "levels"),
        ({"looks_at": frozenset({"weather"})}, "looks_at"),
        ({"sentence": _no_sentence}, "says nothing"),
        ({"sentence": None}, "cannot be called"),
        ({"example": {"units": 1}}, "AttributeError"),
    ],
)
def test_a_kind_that_cannot_work_is_refused_with_the_reason(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidKind, match=message):
        Kinds().with_plugin("acme", (condition("enough", enough, **values),), ())
    with pytest.raises(InvalidKind, match=message):
        Kinds().with_plugin("acme", (), (effect("each", for_each, **values),))


def test_names_fit_and_are_used_once() -> None:
    for name in ("", "Enough", "a.b", "x" * 61):
        with pytest.raises(InvalidKind, match="lower-case"):
            Kinds().with_plugin("acme", (condition(name, enough),), ())
    with pytest.raises(InvalidKind, match="two kinds"):
        Kinds().with_plugin("acme", (condition("a", enough), condition("a", enough)), ())
    with pytest.raises(InvalidKind, match="two kinds"):
        KINDS.with_plugin("acme", (), (effect("each", for_each),))
    with pytest.raises(InvalidKind, match="is no EffectKind"):
        Kinds().with_plugin("acme", (), (condition("a", enough),))  # type: ignore[arg-type]
