"""Rules that give a reward for a deed: told when they change, and others are refused in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.flows.rule_example import rule_example
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from tests.unit.programs.test_perks import GOLD, LINE, MUG, REWARD, program

CUP = MUG | {"id": "cup", "names": {"en": "A cup", "tr": "Bir fincan"}}
OTHER_CUP = {"then": {"type": "issue_reward", "reward": "cup"}}
POINTS = {"then": {"type": "points", "points": 50}}
TAG = {"type": "tag", "tag": "vip"}
MESSAGE = {"type": "message", "texts": {"en": {"title": "Hello", "body": "There."}}}
BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
DEEDS = [
    "account_confirmed",
    "anniversary",
    "birthday",
    "custom_event",
    "milestone",
    "question_answered",
    "tier_reached",
]


def on(trigger: str, **values: Any) -> dict[str, Any]:
    line = LINE if trigger == "milestone" else {}
    return {"id": "gives", "trigger": trigger, "then": REWARD} | line | values


def told(old: dict[str, Any], new: dict[str, Any] | None, language: str) -> list[str]:
    items = {"items": [MUG, CUP]}
    before = program(old, BASE, rewards=items)
    after = program(*([] if new is None else [new]), BASE, rewards=items)
    return [change.text for change in differences(before, after, language)]


@pytest.mark.parametrize(
    ("old", "new", "english", "turkish"),
    [
        (
            on("birthday", **POINTS),
            on("birthday"),
            "Rule “gives” gives the reward “A mug” for nothing (so far: 50 points).",
            "“gives” kuralının verdiği: “Bir kupa” ödülü ücretsiz (şimdiye dek: 50 puan).",
        ),
        (
            on("account_confirmed"),
            on("account_confirmed", **OTHER_CUP),
            (
                "Rule “gives” gives the reward “A cup” for nothing"
                " (so far: the reward “A mug” for nothing)."
            ),
            (
                "“gives” kuralının verdiği: “Bir fincan” ödülü ücretsiz"
                " (şimdiye dek: “Bir kupa” ödülü ücretsiz)."
            ),
        ),
        (
            on("tier_reached"),
            on("tier_reached", on=["gold"]),
            (
                "Rule “gives” holds when: when one of these tiers is reached: Gold"
                " (so far: when a tier is reached)."
            ),
            (
                "“gives” kuralının koşulu: şu seviyelerden birine ulaşıldığında: Gold"
                " (şimdiye dek: bir seviyeye ulaşıldığında)."
            ),
        ),
        (
            on("custom_event"),
            on("custom_event", caps={"per_member": {"times": 1, "period": "year"}}),
            "Rule “gives” is capped: at most once a member each year (so far: none).",
            "“gives” kuralının üst sınırı: üye başına her yıl en çok bir kez (şimdiye dek: yok).",
        ),
        (on("birthday"), None, "Rule “gives” is removed.", "“gives” kuralı kaldırılıyor."),
    ],
)
def test_what_publishing_changes_is_told(
    old: dict[str, Any], new: dict[str, Any] | None, english: str, turkish: str
) -> None:
    assert told(old, new, "en") == [english]
    assert told(old, new, "tr") == [turkish]


@pytest.mark.parametrize("trigger", DEEDS)
def test_a_new_rule_is_told_with_what_it_waits_for(trigger: str) -> None:
    before, after = program(BASE), program(on(trigger), BASE)
    for language, reward in (("en", "“A mug”"), ("tr", "“Bir kupa”")):
        [change] = differences(before, after, language)
        assert reward in change.text
        assert "{" not in change.text
        assert "_" not in change.text


@pytest.mark.parametrize(
    ("language", "sentence", "example"),
    [
        (
            "en",
            "When 1 order has been paid, the reward “A mug” is given for nothing.",
            (
                "For example: a member at 0 orders has 1 order more"
                " until the reward “A mug” for nothing."
            ),
        ),
        (
            "tr",
            "Toplam 1 sipariş ödendiğinde “Bir kupa” ödülü ücretsiz verilir.",
            (
                "Örneğin toplamda 0 sipariş olan bir üyeye 1 sipariş kalır;"
                " sonra verilen: “Bir kupa” ödülü ücretsiz."
            ),
        ),
    ],
)
def test_a_line_is_told_with_the_reward_that_it_brings(
    language: str, sentence: str, example: str
) -> None:
    found = program(on("milestone", milestone={"line": {"type": "orders", "min": 1}}), BASE)
    names = {"reward": {"mug": found.reward_name("mug", language)}}
    assert rule_sentence(found.earning.rules[0], language, names) == sentence
    now = datetime(2026, 7, 1, tzinfo=UTC)
    told = rule_example(found, "gives", [], now=now, timezone="Europe/Istanbul", language=language)
    assert told == example


@pytest.mark.parametrize("trigger", DEEDS)
@pytest.mark.parametrize("then", [GOLD, TAG, MESSAGE], ids=lambda then: then["type"])
def test_tiers_tags_and_messages_are_refused_with_what_is_there_instead(
    trigger: str, then: dict[str, Any]
) -> None:
    with pytest.raises(ProgramInvalid) as refused:
        program(on(trigger, then=then))
    [problem] = problems_in(refused.value)
    assert (problem.code, problem.path) == ("effect_for_orders", "earning.rules[0]")
    english, turkish = problem.in_words("en"), problem.in_words("tr")
    for text in (english, turkish):
        assert then["type"] in text
        assert "“issue_reward”" in text
    assert "Only an order gives" in english
    assert "yalnızca siparişte olur" in turkish
