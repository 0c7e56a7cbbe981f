"""Conditions made into functions: each tells why it does not hold, or None when it holds.

Tests of lines take several lines at once, and ask each only what decides for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.expression import compile_expression
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.leaf_tests import LinesTest, OrderTest, line_leaf, order_leaf
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.plugin_calls import UNDECIDED
from saleor_loyalty_app.programs.rules import looks_at_line


@dataclass(frozen=True, slots=True)
class Tests:
    """A rule's condition in two steps: what the order must fulfill, then what lines must."""

    order: OrderTest | None
    lines: LinesTest | None


def compile_condition(condition: c.Condition | None, *, on_line: bool) -> Tests:
    """Splits a condition into a test of the order and one of lines, to ask each once only."""
    if condition is None:
        return Tests(None, None)
    if not on_line:
        return Tests(_order_test(condition), None)
    parts = condition.of if isinstance(condition, c.AllOf) else (condition,)
    of_order = [_order_test(part) for part in parts if not looks_at_line(part)]
    of_lines = [_lines_test(part) for part in parts if looks_at_line(part)]
    return Tests(
        order=_all_of_order(of_order) if of_order else None,
        lines=_all_of_lines(of_lines) if of_lines else None,
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


def _all_of_lines(tests: list[LinesTest]) -> LinesTest:
    if len(tests) == 1:
        return tests[0]

    def test(look: Look, lines: Sequence[LineFacts]) -> list[Reason | None]:
        found = tests[0](look, lines)
        for part in tests[1:]:
            left = [at for at, reason in enumerate(found) if reason is None]
            if not left:
                break
            for at, reason in zip(left, part(look, [lines[at] for at in left]), strict=True):
                found[at] = reason
        return found

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
            return _any_line(_lines_test(condition.of))
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


def _any_line(part: LinesTest) -> OrderTest:
    def test(look: Look) -> Reason | None:
        reasons = []
        for line in look.facts.lines:
            [reason] = part(look, (line,))
            if reason is None:
                return None
            reasons.append(reason)
        return nearest(reasons) or {"code": "no_lines"}

    return test


def _lines_test(condition: c.Condition) -> LinesTest:
    if not looks_at_line(condition):
        return _same_for_all(_order_test(condition))
    match condition:
        case c.AllOf():
            return _all_of_lines([_lines_test(part) for part in condition.of])
        case c.AnyOf():
            return _any_of_lines([_lines_test(part) for part in condition.of])
        case c.Not():
            return _not_lines(_lines_test(condition.of), condition.of.type)
        case c.Expression():
            return _lines_expression(condition.cel)
        case _:
            return line_leaf(condition)


def _same_for_all(of_order: OrderTest) -> LinesTest:
    def test(look: Look, lines: Sequence[LineFacts]) -> list[Reason | None]:
        return [of_order(look)] * len(lines) if lines else []

    return test


def _any_of_lines(tests: list[LinesTest]) -> LinesTest:
    def test(look: Look, lines: Sequence[LineFacts]) -> list[Reason | None]:
        found: list[Reason | None] = [None] * len(lines)
        reasons: list[list[Reason]] = [[] for _ in lines]
        left = list(range(len(lines)))
        for part in tests:
            told = part(look, [lines[at] for at in left])
            misses = [
                (at, reason) for at, reason in zip(left, told, strict=True) if reason is not None
            ]
            for at, reason in misses:
                reasons[at].append(reason)
            left = [at for at, _ in misses]
        for at in left:
            found[at] = nearest(reasons[at])
        return found

    return test


def _not_lines(part: LinesTest, name: str) -> LinesTest:
    excluded: Reason = {"code": "excluded", "condition": name}

    def test(look: Look, lines: Sequence[LineFacts]) -> list[Reason | None]:
        return [_turned(reason, excluded) for reason in part(look, lines)]

    return test


def _turned(reason: Reason | None, excluded: Reason) -> Reason | None:
    """The opposite of a test; what decides nothing has none."""
    if reason is None:
        return excluded
    return reason if reason["code"] in UNDECIDED else None


def _order_expression(source: str) -> OrderTest:
    compiled = compile_expression(source)
    return lambda look: look.asked(compiled)


def _lines_expression(source: str) -> LinesTest:
    compiled = compile_expression(source)
    return lambda look, lines: look.asked_of(compiled, lines)
