"""Expert conditions in the Common Expression Language (https://cel.dev), checked when saved.

An expression answers true or false and sees `order`, `member` and, in a condition on lines, `line`;
of anything but an order it sees `member` only:

- order: channel, currency, country, language, voucher_used, nth_order (0 = unknown), subtotal,
  quantity, date ("2026-11-27"), weekday ("mon"), hour (all three in the store's time zone)
- member: tier (its id, "" = none), days (since when, 0 = unknown), orders (before this), language,
  segments (ids), tags
- line: quantity, base, product (slug), product_id, variant_id, sku, categories, collections,
  product_type, on_sale

Amounts are whole minor units of the order's currency (12.30 USD is 1230), so that nothing passes
through a float; `money("12.30")` writes one: `order.subtotal >= money("500")`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.choices import choice_of

if TYPE_CHECKING:
    from cel import cel

_SAMPLE_ORDER: dict[str, Any] = {
    "channel": "default-channel",
    "currency": "USD",
    "country": "US",
    "language": "en",
    "voucher_used": True,
    "nth_order": 1,
    "subtotal": 12_345,
    "quantity": 1,
    "date": "2026-11-27",
    "weekday": "fri",
    "hour": 12,
}
_SAMPLE_MEMBER: dict[str, Any] = {
    "tier": "gold",
    "days": 400,
    "orders": 3,
    "language": "en",
    "segments": ["loyal"],
    "tags": ["vip"],
}
_SAMPLE_LINE: dict[str, Any] = {
    "quantity": 1,
    "base": 12_345,
    "product": "apple-juice",
    "product_id": "UHJvZHVjdDox",
    "variant_id": "UHJvZHVjdFZhcmlhbnQ6MQ==",
    "sku": "JUICE-1",
    "categories": ["groceries", "juices"],
    "collections": ["summer"],
    "product_type": "juice",
    "on_sale": True,
}
_NAMES = {"order": _SAMPLE_ORDER, "member": _SAMPLE_MEMBER, "line": _SAMPLE_LINE}
_BARE_ORDER = {"voucher_used": False, "nth_order": 0, "subtotal": 0, "quantity": 0}
_BARE_MEMBER: dict[str, Any] = {
    "tier": "",
    "days": 0,
    "orders": 0,
    "language": "",
    "segments": [],
    "tags": [],
}
_BARE_LINE = {"base": 0, "sku": "", "categories": [], "collections": [], "on_sale": False}

_LOOP = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(\s*(\w+)\s*,")
#: Loops may be nested, so their number bounds the work that an expression can ask for.
MAX_LOOPS = 2
_TYPE_NAMES = frozenset(("bool", "int", "uint", "double", "string", "bytes", "list", "map", "type"))


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount in whole minor units of its currency; a fraction of one is cut off."""
    return int(amount.scaleb(get_currency_precision(currency)).to_integral_value(ROUND_FLOOR))


#: One of the values that expressions see: of which name, and what of it.
Field = tuple[str, str]


class ExpressionFailed(Exception):
    """The expression could not be evaluated on this order; `kind` names the failure."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class CompiledExpression:
    """An expression that can be asked.

    `variables` are all names in it, those of its loops too; `names` are those of `order`, `member`
    and `line` that it looks at, `fields` what of them, such as ("line", "base").
    """

    source: str
    variables: frozenset[str]
    names: frozenset[str]
    fields: frozenset[Field]
    _program: "cel.Program"

    @property
    def looks_at_line(self) -> bool:
        """Whether it can only be told for one line."""
        return "line" in self.names

    @property
    def looks_at_order(self) -> bool:
        """Whether it needs an order."""
        return "order" in self.names

    @property
    def looks_at_member(self) -> bool:
        """Whether it needs to know who it is about."""
        return "member" in self.names

    def holds(self, known: "cel.Context") -> bool:
        """Whether it holds, by what is known (see `context_of`).

        Raises:
            ExpressionFailed: it divides by zero, mixes types, or answers something else than
                true or false.
        """
        answer = _run(self._program, known)
        if not isinstance(answer, bool):
            raise ExpressionFailed("not_a_boolean")
        return answer


@lru_cache(maxsize=1024)
def check_expression(source: str) -> CompiledExpression:
    """Parses an expression that is written now, and tries it on sample orders.

    Raises:
        PydanticCustomError: `expression_syntax`, `expression_unknown_name`,
            `expression_too_complex`, or `expression_fails` (on every sample).
    """
    loops = _LOOP.findall(source)
    if len(loops) > MAX_LOOPS:
        raise PydanticCustomError(
            "expression_too_complex",
            "the expression has {found} loops",
            {"found": len(loops), "limit": MAX_LOOPS},
        )
    compiled = compile_expression(source)
    _check_names(source, compiled.variables - {*loops} - _TYPE_NAMES)
    _dry_run(compiled)
    return compiled


@lru_cache(maxsize=1024)
def compile_expression(source: str) -> CompiledExpression:
    """An expression made ready to be asked; it was checked when it was written.

    Raises:
        PydanticCustomError: `expression_syntax`.
    """
    program = _parse(source)
    variables = frozenset(program.variables())
    names = variables & _NAMES.keys()
    fields = frozenset(field for name in names for field in _fields_of(name, source))
    return CompiledExpression(source, variables, names, fields, program)


def _fields_of(name: str, source: str) -> Iterator[Field]:
    """What an expression looks at of a name; everything where that is not plain to see.

    What stands in texts and comments is taken for the expression's: more is handed over then.
    """
    known = _NAMES[name]
    plain = re.findall(rf"\b{name}\b(?:\s*\.\s*(\w+)\b(?!\s*\())?", source)
    looked_at = set(plain)
    wanted = looked_at if looked_at and looked_at <= known.keys() else known.keys()
    return ((name, field) for field in wanted)


def _parse(source: str) -> "cel.Program":
    # Importing the package takes a third of a second, for its command line; few programs need it.
    from cel import cel

    try:
        return cel.compile(source)
    except ValueError as error:
        found = re.search(r"<input>:\d+:(\d+): ([^\n]{1,120})", str(error))
        raise PydanticCustomError(
            "expression_syntax",
            "the expression cannot be read: {hint}",
            {"column": int(found[1]) if found else 0, "hint": found[2] if found else ""},
        ) from error


def _check_names(source: str, variables: frozenset[str]) -> None:
    unknown = [(name, [*_NAMES]) for name in sorted(variables - _NAMES.keys())]
    for owner, name in re.findall(
        rf"\b({'|'.join(_NAMES)})\s*\.\s*(\w+)", _without_strings(source)
    ):
        if name not in _NAMES[owner]:
            unknown.append((f"{owner}.{name}", [f"{owner}.{one}" for one in _NAMES[owner]]))
    if unknown:
        name, known = unknown[0]
        raise PydanticCustomError(
            "expression_unknown_name",
            "{name} is not known in expressions",
            {"name": name, **choice_of(name, known)},
        )


def _without_strings(source: str) -> str:
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "''", source)


def _dry_run(compiled: CompiledExpression) -> None:
    failures = []
    samples = _samples(compiled.looks_at_line)
    for sample in samples:
        try:
            compiled.holds(context_of(sample, "USD"))
        except ExpressionFailed as failure:
            failures.append(failure.kind)
    if "unknown_name" in failures or "not_a_boolean" in failures or len(failures) == len(samples):
        # What the text says to do differs; other failures are called by their Python names.
        last = failures[-1]
        case = {"case": last} if last in ("unknown_name", "not_a_boolean") else {}
        raise PydanticCustomError(
            "expression_fails", "the expression fails: {kind}", {"kind": last, **case}
        )


def _samples(with_line: bool) -> list[dict[str, Any]]:
    samples = []
    for order, member, line in (
        (_SAMPLE_ORDER, _SAMPLE_MEMBER, _SAMPLE_LINE),
        (_BARE_ORDER, _BARE_MEMBER, _BARE_LINE),
    ):
        sample = {"order": {**_SAMPLE_ORDER, **order}, "member": {**_SAMPLE_MEMBER, **member}}
        if with_line:
            sample["line"] = {**_SAMPLE_LINE, **line}
        samples.append(sample)
    return samples


def context_of(variables: Mapping[str, Any], currency: str) -> "cel.Context":
    """Variables as expressions see them: made once for all expressions that look at them."""
    from cel import cel

    return cel.Context(dict(variables), {"money": _money_in(currency)})


def _run(program: "cel.Program", known: "cel.Context") -> Any:
    try:
        return program.execute(known)
    except RuntimeError as error:
        raise ExpressionFailed("unknown_name" if "Undefined" in str(error) else "fails") from error
    except (ArithmeticError, LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise ExpressionFailed(type(error).__name__) from error


@lru_cache(maxsize=64)
def _money_in(currency: str) -> Callable[[str], int]:
    @lru_cache(maxsize=1024)
    def money(amount: str) -> int:
        return minor_units(Decimal(amount), currency)

    return money
