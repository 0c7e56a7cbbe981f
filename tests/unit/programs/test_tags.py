"""Tags: what a rule that gives one does, and rules, segments and expressions that ask for them."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.faq import answers
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.perks_words import planned_words
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from saleor_loyalty_app.programs.segment_match import Facts, holds, needs_of, numbers_of
from saleor_loyalty_app.programs.segments import Segment
from saleor_loyalty_app.programs.segments_words import leaf_words, number_words
from saleor_loyalty_app.programs.tags import asks_for_tags
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from tests.plugin_samples import if_plugin, then_plugin
from tests.program_samples import MOMENT, line_of, order_of, program_of, rule_of

VIP = {"type": "tag", "tag": "vip"}
HAS_VIP = {"type": "tag", "tags": ["vip", "press"]}
POINTS = {"type": "points_per_order", "points": 10}
BIRTHDAY = {"type": "points", "points": 50}
TAGGED = MemberFacts(tags=frozenset({"press"}))
ON_BIRTHDAY = DeedFacts(trigger="birthday", on="", at=MOMENT, key="birthday:2026")


def on_order(then: dict[str, Any], rule_id: str = "rule", **values: Any) -> dict[str, Any]:
    return rule_of(then, rule_id, scope="order", **values)


def points(program: Program, member: MemberFacts = TAGGED) -> int:
    decision = decide_order(program, order_of(line_of("60")), "Europe/Istanbul", member)
    return decision.totals().get(("points", "points"), 0)


def test_a_rule_gives_a_tag_as_often_as_its_cap_lets_it() -> None:
    program = program_of(on_order(VIP, caps={"per_member": {"times": 1, "period": "ever"}}))
    order = order_of(line_of("60"))

    [perk] = decide_order(program, order, "Europe/Istanbul", MemberFacts()).perks
    had = MemberFacts(used={"rule": Used(0, 1)})

    assert perk.to_json() == {"rule": "rule", "effect": VIP}
    assert decide_order(program, order, "Europe/Istanbul", had).perks == ()


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        (on_order(VIP | {"tag": "Big spender"}), "bad_format", "earning.rules[0].then.tag"),
        (on_order(VIP | {"tag": ""}), "bad_format", "earning.rules[0].then.tag"),
        (on_order(VIP | {"tag": "a" * 61}), "bad_format", "earning.rules[0].then.tag"),
        (rule_of(VIP, scope="line"), "scope_order_needed", "earning.rules[0]"),
        (on_order(VIP, caps={"per_order": 5}), "cap_of_perk", "earning.rules[0]"),
        ({"id": "r", "trigger": "birthday", "then": VIP}, "effect_for_orders", "earning.rules[0]"),
        (
            on_order(POINTS, when={"type": "tag", "tags": []}),
            "too_few",
            "earning.rules[0].when.tags",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    rule: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(ProgramInvalid) as refused:
        program_of(rule)
    assert [(one.code, one.path) for one in problems_in(refused.value)] == [(code, path)]
    for language in ("en", "tr"):
        assert "program_problem." not in problems_in(refused.value)[0].in_words(language)


def test_a_rule_asks_for_one_of_some_tags_and_says_which_are_missing() -> None:
    program = program_of(on_order(POINTS, when=HAS_VIP))

    assert points(program) == 10
    assert points(program, MemberFacts(tags=frozenset({"other"}))) == 0
    decision = decide_order(program, order_of(line_of("60")), "UTC", MemberFacts())
    [miss] = decision.misses
    told = {
        language: explain_miss(miss.rule_id, miss.reason, language=language, program=program)
        for language in ("en", "tr")
    }
    assert told == {
        "en": "rule: it holds for members with the tag: vip, press",
        "tr": "rule: şu etiketi olan üyelerde geçerli: vip, press",
    }


def test_a_rule_on_a_deed_and_an_expression_ask_for_tags_too() -> None:
    deed = program_of({"id": "b", "trigger": "birthday", "when": HAS_VIP, "then": BIRTHDAY})
    cel = program_of(on_order(POINTS, when={"type": "expression", "cel": '"vip" in member.tags'}))

    assert [one.points for one in decide_deed(deed, ON_BIRTHDAY, TAGGED, "UTC").grants] == [50]
    assert decide_deed(deed, ON_BIRTHDAY, MemberFacts(), "UTC").grants == ()
    assert points(cel, MemberFacts(tags=frozenset({"vip"}))) == 10
    assert points(cel) == 0


def test_the_facts_of_a_member_keep_tags() -> None:
    assert TAGGED.to_json() == {"tags": ["press"]}
    assert MemberFacts.from_json(TAGGED.to_json()) == TAGGED
    assert MemberFacts.from_json({}).tags == frozenset()


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        (on_order(VIP), False),
        (on_order(POINTS, when={"type": "not", "of": HAS_VIP}), True),
        (on_order(POINTS, when=HAS_VIP, enabled=False), False),
        (on_order(POINTS, when={"type": "expression", "cel": "member.orders > 2"}), False),
        (on_order(POINTS, when={"type": "expression", "cel": "size(member.tags) > 0"}), True),
        (on_order(POINTS, when=if_plugin(units=3)), True),
        (on_order(then_plugin("acme.half")), True),
    ],
)
def test_tags_are_read_for_programs_that_look_at_them(rule: dict[str, Any], asks: bool) -> None:
    assert asks_for_tags(program_of(rule)) is asks


@pytest.mark.parametrize("when", [HAS_VIP, {"type": "expression", "cel": '"vip" in member.tags'}])
def test_a_cart_of_nobody_is_told_that_the_rule_is_not_judged(when: dict[str, Any]) -> None:
    program = program_of(on_order(POINTS, when=when))
    order = order_of(line_of("60"))

    decision, unjudged = decide_as_known(program, order, frozenset({Fact.tag}), "UTC")

    assert decision.totals() == {}
    assert unjudged == {"rule": frozenset({Fact.tag})}


@pytest.mark.parametrize(
    ("language", "gives", "asks", "changed"),
    [
        (
            "en",
            "The member gets the tag “vip”.",
            "if the member has the tag “vip” or “press”.",
            "the tag “vip”",
        ),
        (
            "tr",
            "Üyeye “vip” etiketi verilir.",
            "koşul: üyede şu etiket var: “vip” veya “press”.",
            "“vip” etiketi",
        ),
    ],
)
def test_sentences_differences_and_explanations_name_tags(
    language: str, gives: str, asks: str, changed: str
) -> None:
    program = program_of(on_order(VIP, "give"), on_order(POINTS, "ask", when=HAS_VIP))
    give, ask = program.earning.rules

    assert rule_sentence(give, language, {}) == gives
    assert rule_sentence(ask, language, {}).endswith(asks)
    texts = " ".join(one.text for one in differences(program_of(), program, language))
    assert changed in texts
    assert "condition." not in texts
    perk = {"rule": "give", "effect": VIP, "state": "ended", "detail": {"tag": "vip"}}
    said, became = planned_words([perk], language, program)
    assert changed in said
    assert (
        became
        == {
            "en": "Staff took the tag away since.",
            "tr": "Mağaza ekibi etiketi sonra kaldırdı.",
        }[language]
    )


def test_a_segment_asks_for_tags_and_says_which_a_member_has() -> None:
    segment = Segment.model_validate({"id": "s", "rule": HAS_VIP})
    by_tier = Segment.model_validate({"id": "s", "rule": {"type": "tier", "tiers": ["gold"]}})
    today = date(2026, 11, 22)
    has = Facts(today, today, tags=frozenset({"press", "other"}))
    lacks = Facts(today, today, tags=frozenset({"other"}))

    assert needs_of([segment.rule]).tags
    assert not needs_of([by_tier.rule]).tags
    assert (holds(segment.rule, has), holds(segment.rule, lacks)) == (True, False)
    assert numbers_of(segment.rule, has) == [{"type": "tag", "number": "press", "holds": True}]
    for language, line in (("en", "tag is vip or press"), ("tr", "etiketi vip ya da press")):
        assert leaf_words(segment.rule, language, {}) == line
        assert number_words(segment.rule, "press", language, {}) == "press"
        assert number_words(segment.rule, "", language, {}) == "–"


def test_shoppers_are_not_promised_tags() -> None:
    program = program_of(on_order(VIP, "give", when=HAS_VIP), on_order(POINTS, "ask", when=HAS_VIP))
    found = answers(program, "en", earning=True, spending=False, shipping=False)
    told = " ".join(text for one in found for text in one.sentences)
    assert "Ask:" in told
    assert "Give:" not in told


def test_a_document_with_tags_is_read_as_it_was_written() -> None:
    rules = [on_order(VIP, "give"), on_order(POINTS, "ask", when=HAS_VIP)]
    read = program_of(*rules).model_dump(mode="json")["earning"]["rules"]
    assert [read[0]["then"], read[1]["when"]] == [VIP, HAS_VIP]
