"""Whatever comes as document, YAML or expression: a program or problems, no other failure."""

from contextlib import suppress
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.expression import check_expression
from saleor_loyalty_app.programs.problems import Problem, document_problems, problems_in
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from tests.program_samples import document_of, rule_of

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["all", "not", "channel", "points_per_money", "en", "1e999999999", "0"])
)
KEYS = st.sampled_from(
    ["type", "of", "when", "then", "rules", "id", "slugs", "limits", "currency", "min", "en"]
) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
SECTIONS = st.sampled_from(
    ["version", "name", "texts", "settings", "units", "currencies", "earning", "other"]
)


def well_told(problems: list[Problem]) -> bool:
    return all(
        problem.in_words(language) and "program_problem." not in problem.in_words(language)
        for problem in problems
        for language in ("en", "tr")
    )


@given(VALUES)
def test_any_value_is_no_program_and_says_why(value: Any) -> None:
    problems = document_problems(value)

    assert problems
    assert well_told(problems)


@given(SECTIONS, VALUES)
def test_any_value_in_a_section_is_told_or_fits(section: str, value: Any) -> None:
    assert well_told(document_problems(document_of() | {section: value}))


@given(VALUES, VALUES)
def test_any_condition_and_effect_are_told_or_fit(when: Any, then: Any) -> None:
    effect = then if isinstance(then, dict) else {"type": "points_per_money", "factor": then}

    assert well_told(document_problems(document_of(rule_of(effect, when=when))))


def problems_of_text(text: str) -> list[Problem]:
    try:
        parse_yaml(text)
    except ProgramInvalid as failure:
        return problems_in(failure)
    return []


@given(st.text(max_size=300))
@example("a: \ud800")
@example("!!map {a: 1}")
@example("%YAML 9.9\n---\na: 1")
def test_any_text_is_read_or_refused_as_yaml(text: str) -> None:
    assert well_told(problems_of_text(text))


WORDS = """
order line .subtotal .channel .base .categories == && || ! ( ) [ ] { } , : ? 1 0 -1 1.5 'a' "b"
true null in size( money( .exists(x, .map(x, .matches( has( int( string( duration( timestamp(
9223372036854775807 + - * / % > x 1u b'c' r'\\d'
"""
TOKENS = st.sampled_from(WORDS.split())


@given(st.lists(TOKENS, min_size=1, max_size=15).map(" ".join) | st.text(max_size=60))
@example("[" * 400)
@example("!" * 500)
@example("-" * 500 + "1 > 0")
@example("order.channel.matches('(a{1000}){1000}')")
@example("timestamp('99999-01-01T00:00:00Z') > timestamp('x')")
def test_any_expression_is_compiled_or_refused(source: str) -> None:
    with suppress(PydanticCustomError):
        check_expression(source)
