"""Expressions are handed what they look at only, and answer as if they were handed everything."""

from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import look_at
from saleor_loyalty_app.programs.expression import (
    ExpressionFailed,
    check_expression,
    compile_expression,
    context_of,
)
from saleor_loyalty_app.programs.look import Look
from saleor_loyalty_app.programs.member_facts import MemberFacts
from tests.program_samples import line_of, order_of

LINE = line_of(
    "12.30",
    quantity=2,
    sku="line.base",
    product_slug="juice",
    categories=frozenset(("drinks", "juices")),
)
WHOLE = frozenset(
    ("line", field)
    for field in (
        "quantity",
        "base",
        "product",
        "product_id",
        "variant_id",
        "sku",
        "categories",
        "collections",
        "product_type",
        "on_sale",
    )
)


def look() -> Look:
    return look_at(order_of(LINE, line_of("3", "line-2")), "UTC", MemberFacts(tier="gold"))


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("line.base > 5", {("line", "base")}),
        ("line . base > 5 && line\n.quantity == 2", {("line", "base"), ("line", "quantity")}),
        ("has(line.sku) && line.sku.size() > 2", {("line", "sku")}),
        ("line.categories.exists(c, c == 'juices')", {("line", "categories")}),
        (
            "line.base > 5 && order.subtotal > 6 && member.tier == 'gold'",
            {("line", "base"), ("order", "subtotal"), ("member", "tier")},
        ),
        ("line.sku == 'line.base'", {("line", "sku"), ("line", "base")}),
        ("line['base'] > 5", WHOLE),
        ("line.size() == 10", WHOLE),
        ("size(line) == 10 && line.base > 5", WHOLE),
        ("'base' in line", WHOLE),
        ("line.exists(name, name == 'sku')", WHOLE),
        ("line // what it costs\n.base > 5", WHOLE),
        ("[line].all(one, one.quantity == 2)", WHOLE),
    ],
)
def test_what_an_expression_looks_at_is_plain_or_everything(
    source: str, fields: set[tuple[str, str]]
) -> None:
    assert compile_expression(source).fields == fields
    assert _asked(look(), source) == _with_everything(source)


@pytest.mark.parametrize(
    "source",
    [
        "line.base == 1230",
        "line.base > 5000",
        "line.gone > 3",
        "1 / (line.quantity - 2) == 1",
        "line.sku",
        "order.weekday in ['fri', 'sat'] && line.on_sale",
        "[1, 2].exists(line, line == 2)",
        "member.segments.size() == 0 && line.product == 'juice'",
        "line == line && order.quantity == 2",
    ],
)
def test_an_answer_does_not_depend_on_what_was_asked_before(source: str) -> None:
    alone = look()
    after = look()
    for other in ("line.base > 1", "order.hour > 3 && line.on_sale", "size(line) > 3"):
        after.asked_of(compile_expression(other), [LINE])
    together = look()
    together.expect(frozenset((("line", "sku"), ("order", "hour"), ("member", "tier"))))

    expected = _with_everything(source)

    assert _asked(alone, source) == expected
    assert _asked(after, source) == expected
    assert _asked(together, source) == expected


def test_each_line_has_its_own_answer() -> None:
    seen, expression = look(), check_expression("line.base > 500")
    first, second = seen.facts.lines

    assert seen.asked_of(expression, (first, second, first)) == [
        None,
        {"code": "expression"},
        None,
    ]


def _asked(seen: Look, source: str) -> dict[str, Any] | None:
    [told] = seen.asked_of(compile_expression(source), [LINE])
    return told


def _with_everything(source: str) -> dict[str, Any] | None:
    seen = look()
    everything = {
        "line": {field: seen._value("line", field, LINE) for _, field in WHOLE},
        "order": seen._order_variables,
        "member": seen._member_variables,
    }
    try:
        held = compile_expression(source).holds(context_of(everything, "USD"))
    except ExpressionFailed as failure:
        return {"code": "expression_failed", "kind": failure.kind}
    return None if held else {"code": "expression"}
