"""Conditions made into functions: each tells why it does not hold, or None when it holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.expression import compile_expression
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.leaf_tests import LineTest, OrderTest, line_leaf, order_leaf
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.plugin_calls import UNDECIDED
from saleor_loyalty_app.programs.rules import looks_at_line


@dataclass(frozen=True, slots=True)
class Tests:
    """A rule's condition in two steps: what the order must fulfill, then what a line must."""

    order: OrderTest | None
    line: LineTest | None


def compile_condition(condition: c.Condition | None, *, on_line: bool) -> Tests:
    """Splits a condition into a test of the order and one of a line, to ask each once only."""
    if condition is None:
        return Tests(None, None)
    if not on_line:
        return Tests(_order_test(condition), None)
    parts = condition.of if isinstance(condition, c.AllOf) else (condition,)
    of_order = [_order_test(part) for part in parts if not looks_at_line(part)]
    of_line = [_line_test(part) for part in parts if looks_at_line(part)]
    return Tests(
        order=_all_of_order(of_order) if of_order else None,
        line=_all_of_line(of_line) if of_line else None,
    )


def nearest(reasons: Iterable[Reason]) -> Reason | None:
    """Of several reasons the one that says what is missing, else the first.

    Before all comes one that decides nothing: what is around it must not take it for a no.
    """
    first: Reason | None = None
    missing: Reason | None = None
    for reason in reasons:
        if reason["code"] in UNDECIDED:
            return reason
        if missing is None and "missing" in reason:
            missing = reason
        first = first or reason
    return missing or first


def _all_of_order(tests: list[OrderTest]) -> OrderTest:
    if len(tests) == 1:
        return tests[0]

    def test(look: Look) -> Reason | None:
        for part in tests:
            if (reason := part(look)) is not None:
                return reason
        return None

    return test


def _all_of_line(tests: list[LineTest]) -> LineTest:
    if len(tests) == 1:
        return tests[0]

    def test(look: Look, line: LineFacts) -> Reason | None:
        for part in tests:
            if (reason := part(look, line)) is not None:
                return reason
        return None

    return test


def _order_test(condition: c.Condition) -> OrderTest:
    match condition:
        case c.AllOf():
            return _all_of_order([_order_test(part) for part in condition.of])
        case c.AnyOf():
            return _any_of_order([_order_test(part) for part in condition.of])
        case c.Not():
            return _not_order(_order_test(condition.of), condition.of.type)
        case c.AnyLine():
            return _any_line(_line_test(condition.of))
        case c.Expression():
            return _order_expression(condition.cel)
        case _:
            return order_leaf(condition)


def _any_of_order(tests: list[OrderTest]) -> OrderTest:
    def test(look: Look) -> Reason | None:
        reasons = []
        for part in tests:
            if (reason := part(look)) is None:
                return None
            reasons.append(reason)
        return nearest(reasons)

    return test


def _not_order(part: OrderTest, name: str) -> OrderTest:
    excluded: Reason = {"code": "excluded", "condition": name}

    def test(look: Look) -> Reason | None:
        return _turned(part(look), excluded)

    return test


def _any_line(part: LineTest) -> OrderTest:
    def test(look: Look) -> Reason | None:
        reasons = []
        for line in look.facts.lines:
            if (reason := part(look, line)) is None:
                return None
            reasons.append(reason)
        return nearest(reasons) or {"code": "no_lines"}

    return test


def _line_test(condition: c.Condition) -> LineTest:
    if not looks_at_line(condition):
        of_order = _order_test(condition)
        return lambda look, line: of_order(look)
    match condition:
        case c.AllOf():
            return _all_of_line([_line_test(part) for part in condition.of])
        case c.AnyOf():
            return _any_of_line([_line_test(part) for part in condition.of])
        case c.Not():
            return _not_line(_line_test(condition.of), condition.of.type)
        case c.Expression():
            return _line_expression(condition.cel)
        case _:
            return line_leaf(condition)


def _any_of_line(tests: list[LineTest]) -> LineTest:
    def test(look: Look, line: LineFacts) -> Reason | None:
        reasons = []
        for part in tests:
            if (reason := part(look, line)) is None:
                return None
            reasons.append(reason)
        return nearest(reasons)

    return test


def _not_line(part: LineTest, name: str) -> LineTest:
    excluded: Reason = {"code": "excluded", "condition": name}

    def test(look: Look, line: LineFacts) -> Reason | None:
        return _turned(part(look, line), excluded)

    return test


def _turned(reason: Reason | None, excluded: Reason) -> Reason | None:
    """The opposite of a test; what decides nothing has none."""
    if reason is None:
        return excluded
    return reason if reason["code"] in UNDECIDED else None


def _order_expression(source: str) -> OrderTest:
    compiled = compile_expression(source)
    return lambda look: look.asked(compiled)


def _line_expression(source: str) -> LineTest:
    compiled = compile_expression(source)
    return lambda look, line: look.asked(compiled, line)
