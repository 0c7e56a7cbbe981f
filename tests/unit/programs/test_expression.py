from decimal import Decimal

import pytest
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.expression import check_expression, minor_units
from tests.program_samples import line_of, order_of, program_of, rule_of

PER_ORDER = {"type": "points_per_order", "points": 10}
PER_UNIT = {"type": "points_per_unit", "points": 10}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("order.subtotal >", "expression_syntax"),
        ("(" * 200, "expression_syntax"),
        ("customer.age > 3", "expression_unknown_name"),
        ("order.voucher_used || wrong", "expression_unknown_name"),
        ("order.totl > 3", "expression_unknown_name"),
        ("order.voucher_used || line.colour == 'red'", "expression_unknown_name"),
        ("order.subtotal", "expression_fails"),
        ("'a' > 1", "expression_fails"),
        ("len(order.channel) > 1", "expression_fails"),
        ("1 / 0 == 1", "expression_fails"),
        ("order.channel.matches('(')", "expression_fails"),
        ("order.subtotal > money('a lot')", "expression_fails"),
        (
            "[1].all(a, [1].all(b, [1].all(c, a + b + c > 0)))",
            "expression_too_complex",
        ),
    ],
)
def test_an_expression_that_cannot_work_is_refused_when_it_is_saved(source: str, code: str) -> None:
    with pytest.raises(PydanticCustomError) as failure:
        check_expression(source)

    assert failure.value.type == code


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("order.subtotal >= money('59.90')", True),
        ("order.subtotal > money('59.90')", False),
        ("order.subtotal == 5990", True),
        ("order.channel == 'default-channel' && order.country in ['US', 'CA']", True),
        ("order.weekday == 'fri' && order.hour == 14", True),
        ("order.date == '2026-11-27'", True),
        ("order.language == 'en' && !order.voucher_used && order.nth_order == 1", True),
        ("order.quantity > 5", False),
    ],
)
def test_an_expression_sees_the_order(source: str, holds: bool) -> None:
    rule = rule_of(PER_ORDER, scope="order", when={"type": "expression", "cel": source})

    decision = decide_order(program_of(rule), order_of(line_of("59.90")), "Europe/Istanbul")

    assert bool(decision.order_awards) is holds


@pytest.mark.parametrize(
    ("source", "matching"),
    [
        ("line.on_sale", ["b"]),
        ("line.base >= money('20') || line.sku == 'A-1'", ["a", "b"]),
        ("line.categories.exists(c, c.startsWith('jui'))", ["a"]),
        ("'summer' in line.collections", ["b"]),
        ("line.quantity == 2 && order.currency == 'USD'", ["a"]),
        ("line.product == 'cola' && line.product_type == 'drink'", ["b"]),
    ],
)
def test_an_expression_on_lines_sees_each_line(source: str, matching: list[str]) -> None:
    rule = rule_of(PER_UNIT, when={"type": "expression", "cel": source})
    lines = (
        line_of("10", "a", quantity=2, sku="A-1", categories=frozenset({"juices", "drinks"})),
        line_of(
            "20",
            "b",
            on_sale=True,
            collections=frozenset({"summer"}),
            product_slug="cola",
            product_type="drink",
        ),
    )

    decision = decide_order(program_of(rule), order_of(*lines), "UTC")

    assert list(decision.line_awards) == matching


def test_an_expression_that_fails_on_one_order_is_a_miss_and_blocks_nothing() -> None:
    broken = rule_of(
        PER_ORDER,
        "broken",
        scope="order",
        when={"type": "expression", "cel": "100 / order.nth_order > 1"},
    )
    program = program_of(rule_of({"type": "points_per_money"}, "base"), broken)

    decision = decide_order(program, order_of(nth_order=None), "UTC")

    assert decision.totals() == {("points", "points"): 10}
    (miss,) = decision.misses
    assert miss.rule_id == "broken"
    assert miss.reason == {"code": "expression_failed", "kind": "ZeroDivisionError"}


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("12.30", "USD", 1230), ("12", "JPY", 12), ("1.2345", "KWD", 1234), ("0.999", "TRY", 99)],
)
def test_minor_units_follow_the_currency_and_cut_the_rest(
    amount: str, currency: str, units: int
) -> None:
    assert minor_units(Decimal(amount), currency) == units
