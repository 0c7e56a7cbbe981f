"""What rules give beside points: decided, checked, told in words, and kept in the plan."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.perks import SetTier, TierPromise, best_of, effect_of
from saleor_loyalty_app.programs.perks_words import perk_words, planned_words
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.programs.validate import check_program
from tests.program_samples import document_of, line_of, order_of, program_of, rule_of

MUG: dict[str, Any] = {
    "id": "mug",
    "names": {"en": "A mug", "tr": "Bir kupa"},
    "gift": {"type": "custom"},
    "points": 500,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}
TIERS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {
            "id": name,
            "names": {"en": name.title(), "tr": name.title()},
            "requirements": {"orders": {"min": least}},
        }
        for name, least in (("silver", 10), ("gold", 20))
    ],
}
REWARD = {"type": "issue_reward", "reward": "mug"}
GOLD = {"type": "set_tier", "tier": "gold", "days": 30}
OVER_100 = {"type": "order_value", "limits": [{"currency": "USD", "min": "100"}]}


def on_order(then: dict[str, Any], rule_id: str = "rule", **values: Any) -> dict[str, Any]:
    return rule_of(then, rule_id, scope="order", **values)


def program(*rules: dict[str, Any], **values: Any) -> Program:
    return program_of(*rules, **({"rewards": {"items": [MUG]}, "tiers": TIERS} | values))


def decide(found: Program, *amounts: str, member: MemberFacts | None = None) -> Decision:
    lines = [line_of(amount, f"line-{at}") for at, amount in enumerate(amounts)]
    return decide_order(found, order_of(*lines), "Europe/Istanbul", member or MemberFacts())


def given(decision: Decision) -> list[str]:
    return [perk.rule_id for perk in decision.perks]


def problems(*rules: dict[str, Any], **values: Any) -> list[tuple[str, str]]:
    found = check_program(program(*rules, **values), [], today=date(2026, 7, 1))
    return [(one.code, one.path) for one in found if one.code.startswith("perk_")]


def test_a_matched_rule_gives_once_an_order_and_tells_no_points() -> None:
    decision = decide(program(on_order(REWARD, "mug"), on_order(GOLD, "up")), "60", "60")

    assert given(decision) == ["mug", "up"]
    assert list(decision.awards()) == []
    [mug, up] = decision.perks
    assert mug.to_json() == {"rule": "mug", "effect": REWARD}
    assert effect_of(up.to_json()["effect"]) == SetTier(type="set_tier", tier="gold", days=30)


def test_a_rule_that_does_not_match_tells_what_is_missing() -> None:
    decision = decide(program(on_order(REWARD, when=OVER_100)), "60")

    assert given(decision) == []
    assert [miss.rule_id for miss in decision.misses] == ["rule"]


def test_a_rule_before_it_may_stop_it_and_it_may_stop_others() -> None:
    points = on_order({"type": "points_per_order", "points": 9}, "points")
    stopped = program(points | {"priority": 200, "stop": True}, on_order(REWARD, "mug"))
    stopping = program(on_order(REWARD, "mug", priority=200, stop=True), points)

    assert given(decide(stopped, "60")) == []
    assert given(decide(stopping, "60")) == ["mug"]
    assert list(decide(stopping, "60").awards()) == []


def test_the_best_of_several_rules_is_asked_of_points_alone() -> None:
    rules = (rule_of({"type": "points_per_money"}, "base"), on_order(REWARD, "mug"))

    decision = decide(program(*rules, stacking="best"), "60")

    assert given(decision) == ["mug"]
    assert decision.totals() == {("points", "points"): 60}


def test_a_cap_counts_times() -> None:
    capped = on_order(REWARD, caps={"per_member": {"times": 1, "period": "ever"}})
    had = MemberFacts(used={"rule": Used(0, 1)})

    assert given(decide(program(capped), "60")) == ["rule"]
    assert given(decide(program(capped), "60", member=had)) == []


LINE = {"milestone": {"line": {"type": "orders", "min": 2}}}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (rule_of(REWARD, scope="line"), "scope_order_needed"),
        (on_order(REWARD, caps={"per_order": 5}), "cap_of_perk"),
        (on_order(GOLD, caps={"per_member": {"points": 5, "period": "ever"}}), "cap_of_perk"),
        ({"id": "rule", "trigger": "birthday", "then": GOLD}, "effect_for_orders"),
        ({"id": "rule", "trigger": "tier_reached", "then": GOLD}, "effect_for_orders"),
        ({"id": "rule", "trigger": "milestone", "then": GOLD} | LINE, "effect_for_orders"),
        (on_order(GOLD | {"days": 0}), "too_small"),
        (on_order(GOLD | {"days": 3651}), "too_large"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_written(rule: dict[str, Any], code: str) -> None:
    with pytest.raises(ProgramInvalid) as refused:
        program(rule)
    assert [one.code for one in problems_in(refused.value)] == [code]


def test_what_the_program_does_not_have_is_told_with_its_place() -> None:
    percent = MUG | {
        "gift": {"type": "percent", "percent": 10},
        "channels": [MUG["channels"][0] | {"cap": "5"}],
    }
    reward, tier = "earning.rules[0].then.reward", "earning.rules[0].then.tier"

    assert problems(on_order(REWARD)) == []
    assert problems(on_order(GOLD)) == []
    assert problems(on_order(REWARD | {"reward": "cup"})) == [("perk_reward_unknown", reward)]
    assert problems(on_order(REWARD), rewards={"items": [percent]}) == [
        ("perk_reward_needs_cart", reward)
    ]
    assert problems(on_order(REWARD), rewards={"items": [MUG | {"enabled": False}]}) == [
        ("perk_reward_off", reward)
    ]
    assert problems(on_order(GOLD | {"tier": "iron"})) == [("perk_tier_unknown", tier)]
    assert problems(on_order(GOLD), tiers=TIERS | {"enabled": False}) == [("perk_tiers_off", tier)]
    assert problems(on_order(GOLD | {"tier": "iron"}, enabled=False)) == []


@pytest.mark.parametrize(
    ("language", "reward", "tier"),
    [
        ("en", "the reward “A mug” for nothing", "the tier Gold for 30 days"),
        ("tr", "“Bir kupa” ödülü ücretsiz", "30 gün boyunca Gold seviyesi"),
    ],
)
def test_words_name_what_is_given(language: str, reward: str, tier: str) -> None:
    found = program(on_order(REWARD, "mug"), on_order(GOLD, "up"))
    [mug, up] = [rule.then for rule in found.earning.rules]

    assert perk_words(effect_of(mug.model_dump()), language, found) == reward
    assert perk_words(effect_of(up.model_dump()), language, found) == tier
    names = {"reward": {"mug": "A mug"}, "tier": {"gold": "Gold"}}
    for rule in found.earning.rules:
        sentence = rule_sentence(rule, language, names)
        assert ("A mug" in sentence) or ("Gold" in sentence)


def test_an_explanation_tells_what_became_of_it() -> None:
    found = program(on_order(REWARD, "mug"))
    [planned] = [perk.to_json() for perk in decide(found, "60").perks]
    sold_out = {"code": "reward_gone", "detail": {"reward": "mug"}}

    assert len(list(planned_words([planned], "en", found))) == 1
    for state, detail in (("taken", {}), ("kept", {}), ("refused", sold_out), ("waiting", {})):
        told = list(planned_words([planned | {"state": state, "detail": detail}], "en", found))
        assert len(told) == 2
        assert "explain." not in told[1]
        assert "{" not in told[1]


def test_of_several_promises_the_highest_holds_then_the_longest() -> None:
    tiers, today = Tiers.model_validate(TIERS), date(2026, 7, 1)

    def promise(tier: str, day: int) -> TierPromise:
        return TierPromise(tier, date(2026, 7, day))

    silver, gold, longer = promise("silver", 30), promise("gold", 5), promise("gold", 9)
    assert best_of(tiers, [silver, gold, longer], today) == longer
    assert best_of(tiers, [silver, gold], date(2026, 7, 5)) == silver
    assert best_of(tiers, [promise("iron", 9), promise("gold", 1)], today) is None
    assert TierPromise.of(gold.to_json()) == gold


def test_a_document_with_them_is_read_as_it_was_written() -> None:
    document = document_of(on_order(REWARD, "mug"), on_order(GOLD, "up"))
    rules = program(*document["earning"]["rules"]).model_dump(mode="json")["earning"]["rules"]
    assert [rule["then"] for rule in rules] == [REWARD, GOLD]
