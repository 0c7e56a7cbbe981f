"""An order as conditions look at it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from saleor_loyalty_app.programs.expression import (
    CompiledExpression,
    ExpressionFailed,
    Field,
    context_of,
    minor_units,
)
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts

if TYPE_CHECKING:
    from cel import cel

#: A stable code with arguments: {"code": "order_value_below", "missing": "40", "currency": "TRY"}.
Reason = dict[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOTHING: frozenset[Field] = frozenset()
#: What expressions see of a line, in an order of some currency.
_OF_LINE: dict[str, Callable[[LineFacts, str], Any]] = {
    "quantity": lambda line, currency: line.quantity,
    "base": lambda line, currency: minor_units(line.base, currency),
    "product": lambda line, currency: line.product_slug,
    "product_id": lambda line, currency: line.product_id,
    "variant_id": lambda line, currency: line.variant_id,
    "sku": lambda line, currency: line.sku,
    "categories": lambda line, currency: sorted(line.categories),
    "collections": lambda line, currency: sorted(line.collections),
    "product_type": lambda line, currency: line.product_type,
    "on_sale": lambda line, currency: line.on_sale,
}


class Look:
    """An order under decision, with what several conditions need of it, worked out once."""

    def __init__(
        self,
        facts: OrderFacts,
        local: datetime,
        member: MemberFacts = NOBODY,
        properties: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        self.facts = facts
        self.local = local
        self.member = member
        self.properties = properties or {}
        self._expected: frozenset[Field] = frozenset()
        self._known: dict[str | None, tuple[cel.Context, frozenset[Field]]] = {}
        self._asked: dict[str, Reason | None] = {}
        self._asked_of: dict[str, dict[str, Reason | None]] = {}

    @cached_property
    def shown(self) -> OrderFacts:
        """The order with metadata that nobody who is shown it can change."""
        lines = tuple(
            replace(line, metadata=MappingProxyType(line.metadata)) for line in self.facts.lines
        )
        return replace(self.facts, lines=lines, metadata=MappingProxyType(self.facts.metadata))

    @cached_property
    def shown_lines(self) -> Mapping[str, LineFacts]:
        """The lines of what is shown, by their ids."""
        return {line.id: line for line in self.shown.lines}

    @cached_property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.facts.lines)

    @cached_property
    def language(self) -> str:
        return self.facts.language.replace("_", "-").lower()

    @cached_property
    def member_days(self) -> int | None:
        """For how many days of the store's calendar the member takes part; None = not known."""
        joined = self.member.joined_at
        if joined is None:
            return None
        return max(0, (self.local.date() - joined.astimezone(self.local.tzinfo).date()).days)

    def expect(self, fields: frozenset[Field]) -> None:
        """Says what expressions on lines will look at, so that it is handed over at once."""
        self._expected |= fields

    def asked(self, expression: CompiledExpression) -> Reason | None:
        """Why an expression does not hold for the order; asked once."""
        source = expression.source
        if source not in self._asked:
            self._asked[source] = self._answer(expression, None)
        return self._asked[source]

    def asked_of(
        self, expression: CompiledExpression, lines: Sequence[LineFacts]
    ) -> list[Reason | None]:
        """Why an expression does not hold for each of some lines; asked once of each."""
        told = self._asked_of.setdefault(expression.source, {})
        for line in lines:
            if line.id not in told:
                told[line.id] = self._answer(expression, line)
        return [told[line.id] for line in lines]

    def _answer(self, expression: CompiledExpression, line: LineFacts | None) -> Reason | None:
        try:
            held = expression.holds(self._known_to(expression.fields, line))
        except ExpressionFailed as failure:
            return {"code": "expression_failed", "kind": failure.kind}
        return None if held else {"code": "expression"}

    def _known_to(self, fields: frozenset[Field], line: LineFacts | None) -> "cel.Context":
        """What expressions that look at `fields` see of the order, or of one line of it.

        Kept for the next expression, and never more than is looked at: handing values over takes
        longer than most expressions do.
        """
        place = None if line is None else line.id
        has = _NOTHING
        if place in self._known:
            known, has = self._known[place]
            if fields <= has:
                return known
        wanted = has | fields if line is None else has | fields | self._expected
        shown: dict[str, dict[str, Any]] = {}
        for name, field in wanted:
            shown.setdefault(name, {})[field] = self._value(name, field, line)
        known = context_of(shown, self.facts.currency)
        self._known[place] = known, wanted
        return known

    def _value(self, name: str, field: str, line: LineFacts | None) -> Any:
        if name == "line" and line is not None:
            return _OF_LINE[field](line, self.facts.currency)
        return (self._member_variables if name == "member" else self._order_variables)[field]

    @cached_property
    def _member_variables(self) -> dict[str, Any]:
        return {
            "tier": self.member.tier,
            "days": self.member_days or 0,
            "orders": self.member.orders,
            "language": self.member.language.replace("_", "-").lower(),
            "segments": sorted(self.member.segments),
            "tags": sorted(self.member.tags),
        }

    @cached_property
    def _order_variables(self) -> dict[str, Any]:
        facts = self.facts
        return {
            "channel": facts.channel,
            "currency": facts.currency,
            "country": facts.country,
            "language": self.language,
            "voucher_used": facts.voucher_used,
            "nth_order": facts.nth_order or 0,
            "subtotal": minor_units(facts.subtotal, facts.currency),
            "quantity": self.quantity,
            "date": self.local.date().isoformat(),
            "weekday": WEEKDAYS[self.local.weekday()],
            "hour": self.local.hour,
        }
