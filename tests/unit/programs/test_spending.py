"""The section on spending: limits, their problems, and what changes, in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.spending import DEFAULTS, Spending
from saleor_loyalty_app.programs.spending_words import limit_words
from saleor_loyalty_app.programs.validate import validate
from tests.program_samples import CHANNELS, document_of, program_of

MINIMUM = {"channel": "default-channel", "currency": "USD", "money": "20"}
TODAY = date(2026, 11, 22)


def codes(**spending: Any) -> list[str]:
    return [problem.code for problem in document_problems(document_of(spending=spending))]


def warned(**spending: Any) -> list[tuple[str, str]]:
    problems = validate(document_of(spending=spending), CHANNELS, today=TODAY)
    return [(one.code, one.severity) for one in problems if one.path.startswith("spending")]


def test_a_program_without_the_section_keeps_its_document_and_digest() -> None:
    program = program_of()
    assert program.spending is None
    assert "spending" not in program.document
    assert read_program(program.document).digest == program.digest


def test_the_section_survives_being_stored() -> None:
    program = program_of(spending={"minimum_points": 100, "minimum_orders": [MINIMUM]})
    assert read_program(program.document) == program
    assert program.spending is not None
    assert program.spending.minimum_order("default-channel", "USD") == Decimal(20)
    assert program.spending.minimum_order("default-channel", "TRY") is None


@pytest.mark.parametrize(
    ("spending", "code"),
    [
        ({"minimum_points": 0}, "too_small"),
        ({"step": 0}, "too_small"),
        ({"step": 1.5}, "not_a_whole_number"),
        ({"maximum_share": 0}, "too_small"),
        ({"maximum_share": 101}, "too_large"),
        ({"hold_minutes": 9}, "too_small"),
        ({"hold_minutes": 1441}, "too_large"),
        ({"code_days": 91}, "too_large"),
        ({"grace_days": 0}, "too_small"),
        ({"minimum_orders": [{**MINIMUM, "money": 20.5}]}, "decimal_as_float"),
        ({"minimum_orders": [MINIMUM, MINIMUM]}, "minimum_order_twice"),
        ({"discount": 5}, "unknown_field"),
    ],
)
def test_limits_out_of_bounds_are_refused(spending: dict[str, Any], code: str) -> None:
    assert codes(**spending) == [code]
    with pytest.raises(ProgramInvalid):
        read_program(document_of(spending=spending))


@pytest.mark.parametrize(
    ("minimum", "step", "least"), [(1, 1, 1), (100, 50, 100), (101, 50, 150), (1, 50, 50)]
)
def test_the_fewest_points_are_the_first_step_at_the_minimum(
    minimum: int, step: int, least: int
) -> None:
    assert Spending(minimum_points=minimum, step=step).least_points == least


def test_what_does_not_fit_the_store_is_told() -> None:
    assert warned() == []
    assert warned(minimum_points=10, step=25) == [("minimum_not_a_step", "warning")]
    nowhere = {**MINIMUM, "channel": "nowhere"}
    assert warned(minimum_orders=[nowhere]) == [
        ("channel_unknown", "error"),
        ("minimum_without_rate", "warning"),
    ]
    assert warned(minimum_orders=[{**MINIMUM, "money": "20.001"}]) == [("too_many_places", "error")]
    assert ("channel_currency_differs", "error") in warned(
        minimum_orders=[{**MINIMUM, "currency": "TRY"}]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", Spending.model_fields)
def test_every_limit_has_words(field: str, language: str) -> None:
    values = {
        "minimum_points": 100,
        "step": 50,
        "maximum_share": 40,
        "minimum_orders": [MINIMUM],
        "hold_minutes": 30,
        "code_days": 7,
        "grace_days": 60,
    }
    [change] = differences(program_of(), program_of(spending={field: values[field]}), language)
    assert (change.code, change.path) == ("setting", f"spending.{field}")
    assert "spending." not in change.text
    assert "{" not in change.text
    assert limit_words(DEFAULTS, field, language) in change.text


def test_writing_the_defaults_down_changes_nothing() -> None:
    assert differences(program_of(), program_of(spending={}), "en") == []


def test_the_first_program_tells_what_differs_from_the_defaults() -> None:
    told = differences(None, program_of(spending={"maximum_share": 50}), "en")
    assert [one.text for one in told if one.path.startswith("spending")] == [
        "Share of the goods that points may pay: 50%."
    ]
