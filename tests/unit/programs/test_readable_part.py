"""All mistakes of a program are told at once, each with its place, and none that is not there."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.readable_part import every_problem
from saleor_loyalty_app.programs.validate import check_program, validate
from tests.program_samples import CHANNELS, PURCHASES, RATES, document_of, rule_of

TODAY = date(2026, 11, 27)
MONEY = {"type": "points_per_money"}
FINE = document_of(PURCHASES, *(rule_of(MONEY, f"rule-{at}") for at in range(5)))
#: Mistakes that cannot be read, each in one rule, and where they are told.
UNREADABLE: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"priority": "high"}, "not_a_whole_number", "priority"),
    ({"then": {"type": "presents"}}, "unknown_type", "then"),
    ({"when": {"type": "country", "codes": []}}, "too_few", "when.codes"),
    ({"colour": "red"}, "unknown_field", "colour"),
)
#: A mistake that only the store tells.
TOO_FINE: dict[str, Any] = {
    "when": {"type": "order_value", "limits": [{"currency": "USD", "min": "1.005"}]}
}


def told(document: object) -> set[tuple[str, str]]:
    return {
        (one.code, one.path)
        for one in validate(document, CHANNELS, today=TODAY)
        if one.severity == "error"
    }


def with_rules(changes: dict[int, dict[str, Any]]) -> dict[str, Any]:
    document = copy.deepcopy(FINE)
    for at, values in changes.items():
        document["earning"]["rules"][at] |= values
    return document


@given(
    wrong=st.dictionaries(st.integers(0, 5), st.sampled_from(UNREADABLE), max_size=6),
    fine=st.sets(st.integers(0, 5)),
)
def test_what_the_store_says_is_told_beside_what_cannot_be_read_at_its_own_place(
    wrong: dict[int, tuple[dict[str, Any], str, str]], fine: set[int]
) -> None:
    too_fine = fine - wrong.keys()
    changes = {at: values for at, (values, _, _) in wrong.items()}
    document = with_rules(changes | dict.fromkeys(too_fine, TOO_FINE))
    before = copy.deepcopy(document)
    expected = {(code, f"earning.rules[{at}].{field}") for at, (_, code, field) in wrong.items()}
    expected |= {("too_many_places", f"earning.rules[{at}].when") for at in too_fine}
    assert told(document) == expected
    assert document == before


def test_mistakes_of_all_sections_are_told_at_once() -> None:
    document = with_rules({1: {"priority": "high"}, 2: {"id": "rule-4"}})
    document["currencies"] = [{**RATES[0], "channel": "gone"}, {**RATES[1], "earn_rate": 5}]
    document["spending"] = {"enabled": "perhaps"}
    found = told(document)
    assert ("not_a_whole_number", "earning.rules[1].priority") in found
    assert ("channel_unknown", "currencies[0].channel") in found
    assert any(path.startswith("currencies[1].earn_rate") for _, path in found)
    assert any(path.startswith("spending") for _, path in found)
    assert any(code == "rule_id_twice" for code, _ in found)


def test_what_refers_to_a_part_that_cannot_be_read_is_not_called_unknown() -> None:
    document = document_of(
        rule_of(MONEY, when={"type": "tier", "tiers": ["gold"]}), tiers={"levels": "gold"}
    )
    assert {code for code, _ in told(document)} == {"not_a_list"}


@pytest.mark.parametrize(
    "document", [None, [], {}, {"version": "?"}, {"version": 1, "name": 5, "texts": {"en": []}}]
)
def test_what_is_no_program_at_all_ends_with_its_own_problems(document: object) -> None:
    found = validate(document, CHANNELS, today=TODAY)
    assert found
    assert all(one.severity == "error" for one in found)
    assert len({(one.code, one.path) for one in found}) == len(found)


def test_what_can_be_read_has_the_problems_that_the_store_tells_doubts_too() -> None:
    document = document_of(currencies=[{**RATES[0], "spend_rate": {"money": "0.21"}}])
    found = every_problem(document, lambda part: check_program(part, CHANNELS, today=TODAY))
    assert [(one.severity, one.code) for one in found] == [("warning", "gives_back_much")]
