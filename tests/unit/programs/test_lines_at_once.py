"""Lines that are asked together are told what each is told alone, and so is who had a hand."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.conditions import Condition
from saleor_loyalty_app.programs.decide import decide_walk, look_at, walk_look
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.look import Look
from saleor_loyalty_app.programs.matching import compile_condition
from tests.plugin_samples import KINDS
from tests.program_samples import order_of
from tests.unit.programs.test_decide_properties import (
    LINE_CONDITIONS,
    ORDER_CONDITIONS,
    composed,
    lines,
    programs,
)

EXPRESSIONS = st.sampled_from(
    [
        {"type": "expression", "cel": "line.base > 500 && 'juices' in line.categories"},
        {"type": "expression", "cel": "100 / (line.quantity - 2) > 0"},
        {"type": "expression", "cel": "order.quantity > 9"},
    ]
)
PLUGINS = st.sampled_from(
    [
        {"type": "plugin_line", "kind": kind, "settings": {"units": 3}}
        for kind in ("acme.of-lines", "acme.raising", "gone.away")
    ]
)
CONDITIONS = composed(
    st.one_of(LINE_CONDITIONS, ORDER_CONDITIONS, EXPRESSIONS, PLUGINS), negate=True
)


def look(items: tuple[LineFacts, ...]) -> Look:
    return look_at(order_of(*items), "Europe/Istanbul")


@given(CONDITIONS, lines(), st.data())
def test_lines_together_are_told_what_each_is_told_alone(
    document: dict[str, Any], items: tuple[LineFacts, ...], data: st.DataObject
) -> None:
    condition: Any = TypeAdapter(Condition).validate_python(document)
    with plugin_kinds.using(KINDS):
        test = compile_condition(condition, on_line=True).lines
        if test is None:
            return
        alone = {item.id: test(look(items), [item]) for item in items}
        some = data.draw(st.lists(st.sampled_from(items), unique_by=lambda item: item.id))
        seen = look(items)

        for asked in (some, items, ()):
            assert test(seen, asked) == [alone[item.id][0] for item in asked]


@given(programs(), lines())
def test_the_hands_in_a_walk_are_those_that_its_awards_name(
    program: Program, items: tuple[LineFacts, ...]
) -> None:
    seen = look(items)
    walk = walk_look(program, seen)
    assert walk is not None
    decision = decide_walk(program, seen, walk)
    awards = {**decision.line_awards, "": decision.order_awards}

    assert walk.hands() == {
        (line, rule_id)
        for line, given_to in awards.items()
        for award in given_to
        for rule_id in award.rule_ids
    }
