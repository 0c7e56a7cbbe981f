"""Explanations say what deeds and conditions are about by name, as the program of then knows it."""

from typing import Any

import pytest

from saleor_loyalty_app.programs.boosts import Audience, Boost
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import EntryFacts, explain, explain_miss
from saleor_loyalty_app.programs.member_facts import MemberFacts
from tests.program_samples import MOMENT, PURCHASES, line_of, order_of, program_of

TIERS = {
    "enabled": True,
    "levels": [
        {"id": "t1", "names": {"en": "Silver", "tr": "Gümüş"}},
        {
            "id": "t2",
            "names": {"en": "Gold", "tr": "Altın"},
            "requirements": {"orders": {"min": 9}},
            "entry_points": 40,
        },
    ],
}
SIZE = {"id": "q1", "text": {"en": "Shoe size?", "tr": "Ayakkabı numaranız?"}, "kind": "text"}
SEGMENTS = [
    {
        "id": "s1",
        "names": {"en": "Regulars", "tr": "Müdavimler"},
        "rule": {"type": "member_since", "min": 9},
    }
]


def rule(rule_id: str, trigger: str, **more: Any) -> dict[str, Any]:
    return {
        "id": rule_id,
        "trigger": trigger,
        "then": {"type": "points", "points": 50},
        **more,
    }


TEN = {"line": {"type": "orders", "min": 10}}
RULES = [
    rule("r1", "tier_reached", on=["t2"]),
    rule("r2", "question_answered", on=["q1"]),
    rule("r3", "milestone", milestone=TEN, name={"en": "Tenth order", "tr": "Onuncu sipariş"}),
    rule("r4", "milestone", milestone=TEN),
    rule("r5", "anniversary", on=["1", "5"]),
]


def program(**more: Any) -> Program:
    return program_of(
        PURCHASES, *RULES, tiers=TIERS, bonuses={"questions": [SIZE]}, segments=SEGMENTS, **more
    )


def told(trigger: str, on: str, language: str, known: Program | None) -> str:
    reason = {"code": "deed", "deed": trigger, "on": on, "points": 50}
    entry = EntryFacts("earn", 50, "points", "points", reason)
    [said] = explain(entry, language=language, program=known)
    return said


@pytest.mark.parametrize(
    ("trigger", "on", "english", "turkish"),
    [
        (
            "tier_reached",
            "t2",
            "The tier “Gold” was reached: 50 points.",
            "“Altın” seviyesine ulaşıldı: 50 puan.",
        ),
        (
            "question_answered",
            "q1",
            "The question “Shoe size?” was answered: 50 points.",
            "“Ayakkabı numaranız?” sorusu yanıtlandı: 50 puan.",
        ),
        (
            "milestone",
            "r3",
            "The milestone “Tenth order” was reached: 50 points.",
            "“Onuncu sipariş” dönüm noktasına ulaşıldı: 50 puan.",
        ),
    ],
)
def test_an_entry_of_a_deed_names_what_it_is_about(
    trigger: str, on: str, english: str, turkish: str
) -> None:
    known = program()
    assert told(trigger, on, "en", known) == english
    assert told(trigger, on, "tr", known) == turkish


@pytest.mark.parametrize("trigger", ["tier_reached", "question_answered", "milestone"])
def test_what_the_program_of_then_does_not_name_is_told_without_its_id(trigger: str) -> None:
    for known in (None, program(), program_of()):
        for language in ("en", "tr"):
            said = told(trigger, "gone-1", language, known)
            assert "gone-1" not in said
            assert said.endswith("50 points." if language == "en" else "50 puan.")
    assert told("milestone", "r4", "en", program()) == "A milestone was reached: 50 points."


def missed(deed: DeedFacts, language: str = "en") -> list[str]:
    known = program()
    decision = decide_deed(known, deed, MemberFacts(), "UTC")
    return [
        explain_miss(one.rule_id, one.reason, language=language, program=known)
        for one in decision.misses
    ]


def test_a_rule_on_something_else_says_on_what_by_name() -> None:
    tier = DeedFacts("tier_reached", "t1", MOMENT, "tier:t1")
    assert missed(tier) == ["Gold: it holds for: Gold", "r1: it holds for: Gold"]
    assert missed(tier, "tr")[1] == "r1: şunun için geçerli: Altın"
    answer = DeedFacts("question_answered", "q2", MOMENT, "answer:q2")
    assert missed(answer) == ["r2: it holds for: Shoe size?"]
    year = DeedFacts("anniversary", "2", MOMENT, "anniversary:2", number=2)
    assert missed(year) == ["r5: it holds for: 1, 5"]
    passed = DeedFacts("milestone", "r4", MOMENT, "milestone:r4:orders")
    assert missed(passed) == ["Tenth order: it holds for something else"]


def test_a_campaign_for_others_says_for_whom_by_name() -> None:
    known = program()

    def why_not(language: str, audience: Audience) -> str:
        names = {"en": "Double", "tr": "İki kat"}
        boost = Boost(rule_id="campaign:cp_1", factor=2, names=names, audience=audience)  # type: ignore[arg-type]
        order = order_of(line_of("100"))
        decision = decide_order(known, order, "UTC", MemberFacts(), [boost])
        [miss] = [one for one in decision.misses if one.rule_id == "campaign:cp_1"]
        return explain_miss(miss.rule_id, miss.reason, language=language, program=known)

    tiers = Audience(tiers=frozenset({"t2", "t1", "gone"}))
    assert why_not("en", tiers) == "Double: the campaign is for these tiers: Silver, Gold, gone"
    assert why_not("tr", tiers) == "İki kat: kampanya şu seviyeler için: Gümüş, Altın, gone"
    regulars = Audience(segments=frozenset({"s1"}))
    assert why_not("en", regulars) == "Double: the campaign is for these segments: Regulars"
    assert why_not("tr", regulars) == "İki kat: kampanya şu segmentler için: Müdavimler"


def test_a_miss_from_before_that_names_nobody_keeps_its_sentence() -> None:
    reason = {"code": "campaign_tier", "names": {"en": "Double"}}
    said = explain_miss("campaign:cp_1", reason, language="en", program=program())
    assert said == "Double: the campaign is for other tiers"


def test_differences_say_by_name_on_what_rules_wait() -> None:
    told = "\n".join(one.text for one in differences(None, program(), "en"))
    assert "when one of these questions is answered: Shoe size?" in told
    assert "when one of these tiers is reached: Gold" in told
