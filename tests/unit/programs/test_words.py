from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs.conditions import Condition
from saleor_loyalty_app.programs.words import (
    condition_words,
    effect_words,
    fraction_words,
    money_words,
    percent_words,
)
from tests.program_samples import program_of, rule_of

VALUE = {"currency": "USD", "min": "10", "max": "20"}
CONDITIONS: list[dict[str, Any]] = [
    {"type": "channel", "slugs": ["web"]},
    {"type": "currency", "codes": ["USD"]},
    {"type": "order_value", "limits": [VALUE, {"currency": "TRY", "max": "5"}]},
    {"type": "order_quantity", "min": 2, "max": 3},
    {"type": "voucher_used"},
    {"type": "voucher_used", "value": False},
    {"type": "country", "codes": ["TR"]},
    {"type": "nth_order", "max": 1},
    {"type": "nth_order", "min": 2},
    {"type": "nth_order", "every": 5},
    {"type": "date_window", "start": "2026-11-27"},
    {"type": "date_window", "end": "2026-11-27"},
    {"type": "date_window", "start": "2026-11-27", "end": "2026-11-30"},
    {"type": "weekday", "days": ["mon"]},
    {"type": "hour", "start": 9, "end": 12},
    {"type": "language", "codes": ["tr"]},
    {"type": "product", "products": [f"product-{number}" for number in range(9)]},
    {"type": "variant", "variants": ["SKU"]},
    {"type": "category", "slugs": ["drinks"]},
    {"type": "collection", "slugs": ["summer"]},
    {"type": "product_type", "slugs": ["juice"]},
    {"type": "quantity", "min": 2},
    {"type": "on_sale"},
    {"type": "on_sale", "value": False},
    {"type": "tier", "tiers": ["gold"]},
    {"type": "segment", "segments": ["insiders"]},
    {"type": "tag", "tags": ["fan", "press"]},
    {"type": "member_since", "min": 30},
    {"type": "member_orders", "min": 1, "max": 5},
    {"type": "event_property", "name": "stars", "min": 1, "max": 5},
    {"type": "event_property", "name": "photo", "values": [True, "yes", 1]},
    {"type": "order_metadata", "key": "till", "values": ["izmir", "ankara"]},
    {"type": "order_metadata", "key": "till"},
    {"type": "product_metadata", "key": "loyalty", "values": ["double"]},
    {"type": "product_metadata", "key": "loyalty"},
    {"type": "expression", "cel": "order.quantity > 2"},
    {"type": "plugin", "kind": "acme.enough", "settings": {"units": 2}},
    {"type": "plugin_line", "kind": "acme.enough"},
    {"type": "all", "of": [{"type": "on_sale"}, {"type": "any", "of": [{"type": "on_sale"}]}]},
    {"type": "any", "of": [{"type": "on_sale"}]},
    {"type": "not", "of": {"type": "on_sale"}},
    {"type": "any_line", "of": {"type": "on_sale"}},
]


def condition_of(condition: dict[str, Any]) -> Any:
    rule = rule_of({"type": "points_per_money"}, when=condition)
    if condition["type"] == "event_property":
        rule = rule_of({"type": "points", "points": 1}, trigger="custom_event", when=condition)
    return program_of(rule).earning.rules[0].when


def test_every_kind_of_condition_is_in_the_list_above() -> None:
    union = get_args(Condition)[0]
    kinds = {get_args(model.model_fields["type"].annotation)[0] for model in get_args(union)}

    assert {condition["type"] for condition in CONDITIONS} == kinds


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition["type"])
def test_every_condition_has_words(condition: dict[str, Any], language: str) -> None:
    text = condition_words(condition_of(condition), language)

    assert text
    assert not any(mark in text for mark in ("{", "condition.", "words.", "None"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "effect",
    [
        {"type": "points_per_money"},
        {"type": "points_per_money", "factor": "2.5"},
        {"type": "points_per_order", "points": 1},
        {"type": "points_per_unit", "points": 5},
        {"type": "multiplier", "factor": "2"},
        {"type": "multiplier", "factor": "2", "fixed_points": True},
    ],
)
def test_every_effect_has_words(effect: dict[str, Any], language: str) -> None:
    scope = "order" if effect["type"] == "points_per_order" else "line"
    program = program_of(rule_of(effect, scope=scope))

    text = effect_words(program.earning.rules[0].then, language)

    assert text
    assert not any(mark in text for mark in ("{", "effect."))


def test_groups_inside_groups_stand_in_brackets() -> None:
    inner = {"type": "any", "of": [{"type": "on_sale"}, {"type": "quantity", "min": 2}]}
    condition = condition_of({"type": "all", "of": [{"type": "voucher_used"}, inner]})

    assert condition_words(condition, "en") == (
        "a voucher was used and (on sale or units of the line: at least 2)"
    )


def test_long_lists_are_cut() -> None:
    condition = condition_of(CONDITIONS[16])

    assert condition_words(condition, "en").endswith("product-4 and 4 more")
    assert condition_words(condition, "tr").endswith("product-4 ve 4 tane daha")


@pytest.mark.parametrize(
    ("amount", "currency", "english", "turkish"),
    [
        ("0.02", "USD", "$0.02", "$0,02"),
        ("0.002", "USD", "$0.002", "$0,002"),
        ("1234.5", "TRY", "TRY\N{NO-BREAK SPACE}1,234.50", "₺1.234,50"),
        ("5", "JPY", "¥5", "¥5"),
    ],
)
def test_money_is_written_exactly(amount: str, currency: str, english: str, turkish: str) -> None:
    assert money_words(Decimal(amount), currency, "en") == english
    assert money_words(Decimal(amount), currency, "tr") == turkish


@pytest.mark.parametrize(
    ("number", "text"),
    [("5", "5"), ("59.9", "59.9"), ("1/3", "≈ 0.3333"), ("100", "100"), ("1000000", "1,000,000")],
)
def test_fractions_are_written_with_four_places(number: str, text: str) -> None:
    assert fraction_words(Fraction(number), "en") == text


def test_percentages_are_written_as_in_the_language() -> None:
    assert percent_words(Fraction(25, 1000), "en") == "2.5%"
    assert percent_words(Fraction(25, 1000), "tr") == "%2,5"
