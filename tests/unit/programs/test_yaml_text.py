from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.yaml_text import (
    parse_yaml,
    program_from_yaml,
    program_to_yaml,
)
from tests.program_samples import program_of, rule_of


def test_a_program_survives_the_way_to_yaml_and_back() -> None:
    program = program_of(
        rule_of(
            {"type": "multiplier", "factor": "1.5"},
            name={"tr": "Çift puan: %50"},
            when={"type": "country", "codes": ["NO", "TR"]},
        )
    )

    text = program_to_yaml(program)

    assert program_from_yaml(text) == program
    assert "Çift puan: %50" in text


NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120
).filter(str.strip)


@given(NAMES)
def test_any_name_survives_the_way_to_yaml_and_back(name: str) -> None:
    program = program_of(name=name)

    assert program_from_yaml(program_to_yaml(program)) == program


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: NO", {"a": "NO"}),
        ("a: no", {"a": "no"}),
        ("a: true", {"a": True}),
        ("a: 12", {"a": 12}),
        ("a: -3", {"a": -3}),
        ("a: 010", {"a": "010"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 22:30", {"a": "22:30"}),
        ("a: 1.50", {"a": "1.50"}),
        ("a: 1e3", {"a": "1e3"}),
        ("a: 2026-11-27", {"a": "2026-11-27"}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: '12'", {"a": "12"}),
        ("", None),
    ],
)
def test_scalars_are_read_by_yaml_1_2(text: str, value: object) -> None:
    assert parse_yaml(text) == value


def test_an_unquoted_decimal_stays_exact() -> None:
    text = program_to_yaml(program_of()).replace("money: '0.02'", "money: 0.0200")

    rate = program_from_yaml(text).currencies[0].spend_rate

    assert rate is not None
    assert rate.money == Decimal("0.02")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: *x", "yaml_anchor", 1),
        ("a: 1\nb: *x", "yaml_anchor", 2),
        ("a: !!python/object/apply:os.system [id]", "yaml_tag", 1),
        ("a: !!binary aGk=", "yaml_tag", 1),
        ("a: 1\nb: 2\na: 3", "yaml_key_twice", 3),
        ("<<: {a: 1}", "yaml_key", 1),
        ("? [a]\n: b", "yaml_key", 1),
        ("a: [1,", "yaml_syntax", 1),
        ("a: b: c", "yaml_syntax", 1),
        ("a: \x07", "yaml_syntax", 1),
        ("a: 1\nb: \x07", "yaml_syntax", 2),
        ("--- 1\n--- 2", "yaml_syntax", 2),
        ("[" * 50, "too_deep", 1),
    ],
)
def test_text_that_is_not_plain_yaml_is_refused_with_its_line(
    text: str, code: str, line: int
) -> None:
    with pytest.raises(ProgramInvalid) as failure:
        parse_yaml(text)

    (problem,) = problems_in(failure.value)
    assert (problem.code, problem.detail["line"]) == (code, line)


def test_an_enormous_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProgramInvalid) as failure:
        parse_yaml("#" * 300_000)

    assert problems_in(failure.value)[0].code == "document_too_large"
