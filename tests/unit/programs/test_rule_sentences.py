"""A rule is one sentence in both languages, with the names that the store has for things."""

from typing import Any

import pytest

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from saleor_loyalty_app.programs.rules import EarningRule
from tests.unit.programs.test_words import CONDITIONS

NAMES = {
    "category": {"shirts": "Shirts"},
    "product": {"linen-shirt": "Linen shirt"},
    "event": {"store-visit": "Visit to a shop"},
    "tier": {"t2": "Gold"},
}
TWICE = {"type": "multiplier", "factor": "2"}
EFFECTS: list[dict[str, Any]] = [
    {"then": {"type": "points_per_money"}},
    {"then": {"type": "points_per_money", "factor": "1.5"}, "scope": "order"},
    {"then": {"type": "points_per_order", "points": 5}, "scope": "order"},
    {"then": {"type": "points_per_unit", "points": 5}},
    {"then": {"type": "status_points", "points": 5}, "scope": "order"},
    {"then": {"type": "status_points", "factor": "2"}},
    *(
        {"then": {"type": "multiplier", "factor": factor, **more}}
        for factor in ("0", "2", "2.5", "0.5")
        for more in ({}, {"fixed_points": True}, {"unit": "status"})
    ),
    *(
        {"then": {"type": "points", "points": 5}, "trigger": trigger}
        for trigger in (
            "account_confirmed", "birthday", "anniversary", "question_answered", "tier_reached",
            "custom_event",
        )
    ),
    {"then": {"type": "plugin", "kind": "acme.each", "most": 5}},
    {"then": TWICE, "caps": {"per_member": {"times": 1, "period": "ever"}}, "stop": True},
    *(
        {
            "then": {"type": "points_per_money"},
            "caps": {"per_order": 9, "per_member": {"points": 9, "times": 2, "period": period}},
        }
        for period in ("day", "week", "month", "year", "ever")
    ),
]  # fmt: skip


def said(rule: dict[str, Any], language: str = "en") -> str:
    return rule_sentence(EarningRule.model_validate({"id": "rule", **rule}), language, NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda one: one["type"])
def test_each_condition_is_said(condition: dict[str, Any], language: str) -> None:
    rule: dict[str, Any] = {"when": condition, "then": TWICE}
    if condition["type"] == "event_property":
        rule |= {"trigger": "custom_event", "then": {"type": "points", "points": 5}}
    sentence = said(rule, language)
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert "rule." not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", EFFECTS)
def test_each_effect_trigger_and_cap_is_said(rule: dict[str, Any], language: str) -> None:
    sentence = said(rule, language)
    assert "{" not in sentence
    assert "rule." not in sentence


def test_a_weekend_rule_reads_as_its_owner_would_say_it() -> None:
    rule = {
        "scope": "order",
        "when": {
            "type": "all",
            "of": [
                {"type": "order_value", "limits": [{"currency": "TRY", "min": "500"}]},
                {"type": "weekday", "days": ["sat", "sun"]},
            ],
        },
        "then": TWICE,
    }
    assert said(rule) == (
        "Points on money count twice, if the order is worth at least TRY\N{NO-BREAK SPACE}500.00 "
        "and it is the weekend."
    )
    assert said(rule, "tr") == (
        "Tutardan kazanılan puanlar iki katı sayılır; koşul: sipariş tutarı en az ₺500,00 ve "
        "hafta sonu."
    )


def test_things_are_called_by_their_names_and_groups_stand_in_brackets() -> None:
    group = {
        "type": "all",
        "of": [
            {"type": "any", "of": [{"type": "category", "slugs": ["shirts"]}, {"type": "on_sale"}]},
            {"type": "product", "products": ["linen-shirt", "unknown"]},
        ],
    }
    assert said({"when": group, "then": {"type": "points_per_unit", "points": 1}}) == (
        "Each unit earns 1 point, if (the product is in the category “Shirts” or below or the "
        "product is on sale) and the product is “Linen shirt” or “unknown”."
    )


def test_a_rule_on_events_names_them_and_what_they_have_to_tell() -> None:
    rule = {
        "trigger": "custom_event",
        "on": ["store-visit", "other"],
        "when": {
            "type": "all",
            "of": [
                {"type": "event_property", "name": "shop", "values": ["izmir"]},
                {"type": "event_property", "name": "minutes", "min": 10},
                {"type": "event_property", "name": "photo", "values": [True]},
            ],
        },
        "then": {"type": "points", "points": 20},
    }
    assert said(rule) == (
        "When “Visit to a shop” or “other” is reported, the member gets 20 points, if the event’s "
        "shop is “izmir” and the event’s minutes is at least 10 and the event’s photo is yes."
    )
    assert said(rule, "tr") == (
        "“Visit to a shop” veya “other” bildirildiğinde üye 20 puan kazanır; koşul: etkinliğin "
        "shop değeri “izmir” ve etkinliğin minutes değeri en az 10 ve etkinliğin photo değeri "
        "evet."
    )


def test_a_rule_on_tiers_names_them() -> None:
    then = {"type": "points", "points": 20}
    rule = {"trigger": "tier_reached", "on": ["t2", "gone"], "then": then}
    assert said(rule) == "When the tier “Gold” or “gone” is reached, the member gets 20 points."
    assert said(rule, "tr") == "“Gold” veya “gone” seviyesine ulaşıldığında üye 20 puan kazanır."
