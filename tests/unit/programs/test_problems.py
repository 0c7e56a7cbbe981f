from typing import Any

import pytest

from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import (
    MAX_PROBLEMS,
    document_problems,
    problems_in,
    read_program,
)
from tests.program_samples import PURCHASES, RATES, document_of, rule_of

MONEY = {"type": "points_per_money"}


def found(document: object) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in document_problems(document)]


def with_condition(condition: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(rule_of(MONEY, when=condition, **values))


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"type": "on_sale"}
    for _ in range(depth):
        condition = {"type": "not", "of": condition}
    return condition


WHEN = "earning.rules[0].when"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], ("not_an_object", "")),
        (None, ("not_an_object", "")),
        ("version: 1", ("not_an_object", "")),
        (document_of(version=2), ("format_newer", "version")),
        (document_of(name=5), ("not_a_text", "name")),
        (document_of(name=" "), ("text_too_short", "name")),
        (document_of(name="x" * 121), ("text_too_long", "name")),
        (document_of(name="a\nb"), ("bad_format", "name")),
        (document_of(name="a\x85b"), ("bad_format", "name")),
        (document_of(name="a\x00b"), ("zero_character", "")),
        (document_of(name="\ud800"), ("not_json", "")),
        (document_of(name=float("nan")), ("not_json", "")),
        (document_of(name={1, 2}), ("not_json", "")),
        (document_of(texts={}), ("too_few", "texts")),
        (document_of(surveys=[]), ("unknown_field", "surveys")),
        (document_of(settings={"price_basis": "cheap"}), ("not_allowed", "settings.price_basis")),
        (
            document_of(settings={"availability": {"days": -1}}),
            ("too_small", "settings.availability.days"),
        ),
        (
            document_of(settings={"availability": {"days": True}}),
            ("not_a_whole_number", "settings.availability.days"),
        ),
        (
            document_of(settings={"hold_out_percent": 51}),
            ("too_large", "settings.hold_out_percent"),
        ),
        (
            document_of(settings={"earn_on_shipping": "yes"}),
            ("not_a_boolean", "settings.earn_on_shipping"),
        ),
        (document_of(units=[]), ("too_few", "units")),
        (document_of(currencies={}), ("not_a_list", "currencies")),
        (document_of(currencies=[RATES[0], RATES[0]]), ("channel_twice", "")),
        (
            document_of(currencies=[{**RATES[0], "currency": "usd"}]),
            ("bad_format", "currencies[0].currency"),
        ),
        (
            document_of(currencies=[{**RATES[0], "earn_rate": {"money": 0.1}}]),
            ("decimal_as_float", "currencies[0].earn_rate.money"),
        ),
        (
            document_of(currencies=[{**RATES[0], "earn_rate": {"money": "0"}}]),
            ("too_small", "currencies[0].earn_rate.money"),
        ),
        (
            document_of(currencies=[{**RATES[0], "earn_rate": {"money": "NaN"}}]),
            ("not_a_decimal", "currencies[0].earn_rate.money"),
        ),
        (
            document_of(currencies=[{**RATES[0], "earn_rate": {"money": "9" * 50}}]),
            ("not_a_decimal", "currencies[0].earn_rate.money"),
        ),
        *(
            (
                document_of(currencies=[{**RATES[0], "earn_rate": {"money": text}}]),
                ("not_a_decimal", "currencies[0].earn_rate.money"),
            )
            for text in ("1e3", "1e999999999", "1E-999999999", "1,5", "٣", " 1", "0x1", "1_0", "")
        ),
        (
            document_of(currencies=[{**RATES[0], "earn_rate": {"money": "0.1234567"}}]),
            ("too_many_places", "currencies[0].earn_rate.money"),
        ),
        (document_of(PURCHASES, PURCHASES), ("rule_id_twice", "earning")),
        (document_of(rule_of(MONEY, "Büyük")), ("bad_format", "earning.rules[0].id")),
        (document_of(rule_of({"type": "magic"})), ("unknown_type", "earning.rules[0].then")),
        (document_of(rule_of({})), ("type_missing", "earning.rules[0].then")),
        (
            document_of(rule_of({"type": "points_per_order", "points": 5})),
            ("scope_order_needed", "earning.rules[0]"),
        ),
        (
            document_of(rule_of({"type": "points_per_unit", "points": 5}, scope="order")),
            ("scope_line_needed", "earning.rules[0]"),
        ),
        (
            document_of(rule_of({"type": "multiplier", "factor": "-1"})),
            ("too_small", "earning.rules[0].then.factor"),
        ),
        (with_condition({"type": "channel"}), ("missing", f"{WHEN}.slugs")),
        (with_condition({"type": "channel", "slugs": []}), ("too_few", f"{WHEN}.slugs")),
        (
            with_condition({"type": "all", "of": [{"type": "weekday", "days": ["caturday"]}]}),
            ("not_allowed", f"{WHEN}.of[0].days[0]"),
        ),
        (
            with_condition({"type": "not", "of": {"type": "nothing"}}),
            ("unknown_type", f"{WHEN}.of"),
        ),
        (
            with_condition({"type": "order_value", "limits": [{"currency": "TRY"}]}),
            ("limit_missing", f"{WHEN}.limits[0]"),
        ),
        (
            with_condition(
                {"type": "order_value", "limits": [{"currency": "TRY", "min": "2", "max": "1"}]}
            ),
            ("limits_crossed", f"{WHEN}.limits[0]"),
        ),
        (
            with_condition(
                {"type": "order_value", "limits": [{"currency": "TRY", "min": "2"}] * 2}
            ),
            ("currency_twice", WHEN),
        ),
        (with_condition({"type": "quantity"}), ("limit_missing", WHEN)),
        (with_condition({"type": "nth_order"}), ("limit_missing", WHEN)),
        (with_condition({"type": "date_window"}), ("limit_missing", WHEN)),
        (
            with_condition({"type": "date_window", "start": "27.11.2026"}),
            ("not_a_date", f"{WHEN}.start"),
        ),
        (with_condition({"type": "hour", "start": 3, "end": 3}), ("hours_equal", WHEN)),
        (
            with_condition({"type": "on_sale"}, scope="order"),
            ("line_condition_on_order", "earning.rules[0]"),
        ),
        (
            with_condition(
                {"type": "any_line", "of": {"type": "any_line", "of": {"type": "on_sale"}}}
            ),
            ("any_line_nested", "earning.rules[0]"),
        ),
        (with_condition(nested(6)), ("conditions_too_deep", "earning.rules[0]")),
        (with_condition(nested(500)), ("too_deep", "")),
        (
            with_condition(
                {"type": "all", "of": [{"type": "any", "of": [{"type": "on_sale"}] * 30}] * 2}
            ),
            ("too_many_conditions", "earning.rules[0]"),
        ),
        (
            with_condition({"type": "expression", "cel": "1 +"}),
            ("expression_syntax", "earning.rules[0]"),
        ),
    ],
)
def test_each_mistake_has_a_code_and_a_path(document: object, problem: tuple[str, str]) -> None:
    assert found(document) == [problem]


def test_all_mistakes_are_told_at_once() -> None:
    document = document_of(rule_of({"type": "multiplier"}), version=0, name="")

    assert found(document) == [
        ("not_allowed", "version"),
        ("text_too_short", "name"),
        ("missing", "earning.rules[0].then.factor"),
    ]


def test_a_field_named_like_a_type_keeps_its_place_in_the_path() -> None:
    document = with_condition({"type": "not", "of": {"type": "not", "of": {"type": "channel"}}})

    assert found(document) == [("missing", f"{WHEN}.of.of.slugs")]


def test_a_good_document_has_no_problems() -> None:
    assert found(document_of()) == []


def test_a_document_beyond_the_size_limit_is_not_looked_at() -> None:
    document = document_of(texts={f"x{number}": "y" * 1000 for number in range(300)})

    assert found(document) == [("document_too_large", "")]


def test_more_rules_than_allowed_are_refused() -> None:
    rules = [rule_of(MONEY, f"rule-{number}") for number in range(101)]

    assert found(document_of(*rules)) == [("too_many", "earning.rules")]


def test_no_more_problems_are_listed_than_anyone_reads() -> None:
    document = document_of(*(rule_of({"type": "x"}, f"rule-{number}") for number in range(99)))

    with pytest.raises(ProgramInvalid) as failure:
        read_program(document)

    assert len(problems_in(failure.value)) == MAX_PROBLEMS
    assert failure.value.detail["count"] == 99


def test_a_problem_is_told_in_both_languages() -> None:
    (problem,) = document_problems(document_of(settings={"hold_out_percent": 51}))

    assert problem.in_words("en") == (
        "settings.hold_out_percent: This is too large. Write 50 or less."
    )
    assert problem.in_words("tr") == (
        "settings.hold_out_percent: Değer çok büyük. 50 ya da daha küçük bir değer yazın."
    )
