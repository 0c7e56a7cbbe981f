"""An order as conditions look at it."""

from collections.abc import Mapping
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
        self._asked: dict[tuple[str, str | None], Reason | None] = {}

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

    def asked(self, expression: CompiledExpression, line: LineFacts | None = None) -> Reason | None:
        """Why an expression does not hold for the order, or for one line of it; asked once."""
        key = expression.source, None if line is None else line.id
        if key in self._asked:
            return self._asked[key]
        reason: Reason | None
        try:
            held = expression.holds(self._known_to(expression.fields, line))
            reason = None if held else {"code": "expression"}
        except ExpressionFailed as failure:
            reason = {"code": "expression_failed", "kind": failure.kind}
        self._asked[key] = reason
        return reason

    def _known_to(self, fields: frozenset[Field], line: LineFacts | None) -> "cel.Context":
        """What expressions that look at `fields` see of the order, or of one line of it.

        Kept for the next expression, and never more than is looked at: handing values over takes
        longer than most expressions do.
        """
        place = None if line is None else line.id
        found = self._known.get(place)
        if found is None:
            found = context_of({}, self.facts.currency), frozenset()
        known, has = found
        if fields <= has:
            return known
        wanted = has | fields if line is None else has | fields | self._expected
        for name in {name for name, _ in wanted - has}:
            values = self._variables(name, line)
            shown = {field: values[field] for of, field in wanted if of == name and field in values}
            known.add_variable(name, shown)
        self._known[place] = known, wanted
        return known

    def _variables(self, name: str, line: LineFacts | None) -> dict[str, Any]:
        if name == "line" and line is not None:
            return self._line_variables(line)
        return self._member_variables if name == "member" else self._order_variables

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

    def _line_variables(self, line: LineFacts) -> dict[str, Any]:
        return {
            "quantity": line.quantity,
            "base": minor_units(line.base, self.facts.currency),
            "product": line.product_slug,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "sku": line.sku,
            "categories": sorted(line.categories),
            "collections": sorted(line.collections),
            "product_type": line.product_type,
            "on_sale": line.on_sale,
        }
