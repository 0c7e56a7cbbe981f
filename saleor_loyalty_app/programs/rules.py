"""The earning rules of a program: when (conditions), then (effects), and how they stack."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.conditions import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    AllOf,
    AnyLine,
    AnyOf,
    Condition,
    Expression,
    Not,
    depth_of,
    leaves,
    size_of,
)
from saleor_loyalty_app.programs.expression import compile_expression
from saleor_loyalty_app.programs.scalars import (
    Factor,
    Identifier,
    Labels,
    Points,
    Section,
    in_locale,
)

UnitCode = Literal["points"]


class PointsPerMoney(Section):
    """The currency's rate on what was paid, times `factor`."""

    type: Literal["points_per_money"]
    factor: Factor = Decimal(1)
    unit: UnitCode = "points"


class PointsPerOrder(Section):
    """So many points for the order; for rules that work on the order."""

    type: Literal["points_per_order"]
    points: Points
    unit: UnitCode = "points"


class PointsPerUnit(Section):
    """So many points for each unit of a matching line; for rules that work line by line."""

    type: Literal["points_per_unit"]
    points: Points
    unit: UnitCode = "points"


class Multiplier(Section):
    """What the base rules gave, times `factor`; 0 takes it away.

    It reaches points on money, and with `fixed_points` those of an order or unit too.
    """

    type: Literal["multiplier"]
    factor: Factor
    fixed_points: StrictBool = False
    unit: UnitCode = "points"


Effect = Annotated[
    PointsPerMoney | PointsPerOrder | PointsPerUnit | Multiplier, Field(discriminator="type")
]


class EarningRule(Section):
    """One rule: on its trigger, if `when` holds, `then` happens.

    `scope` tells what it looks at: each line by itself, or the order. Rules are taken by falling
    `priority`, then as they stand in the document. With `stop`, no later rule applies to the line
    (or, for a rule on the order, to the whole order) that this one matched.
    """

    id: Identifier
    name: Labels = {}
    enabled: StrictBool = True
    trigger: Literal["order"] = "order"
    scope: Literal["line", "order"] = "line"
    when: Condition | None = None
    then: Effect
    priority: Annotated[StrictInt, Field(ge=0, le=1000)] = 100
    stop: StrictBool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.scope == "line" and isinstance(self.then, PointsPerOrder):
            raise PydanticCustomError("scope_order_needed", "points per order need scope: order")
        if self.scope == "order" and isinstance(self.then, PointsPerUnit):
            raise PydanticCustomError("scope_line_needed", "points per unit need scope: line")
        if self.when is not None:
            if depth_of(self.when) > MAX_DEPTH:
                raise PydanticCustomError("conditions_too_deep", "conditions are nested too deep")
            if size_of(self.when) > MAX_CONDITIONS:
                raise PydanticCustomError("too_many_conditions", "too many conditions")
            _check_expressions(self.when)
            _check_scope(self.when, on_line=self.scope == "line")
        return self

    def label(self, locale: str) -> str:
        """What the rule is called in a locale; its id where it has no name."""
        return in_locale(self.name, locale) or self.id


def looks_at_line(condition: Condition) -> bool:
    """Whether the condition can only be told for one line."""
    if isinstance(condition, AnyLine):
        return False
    if isinstance(condition, AllOf | AnyOf | Not):
        return any(looks_at_line(part) for part in condition.parts)
    if isinstance(condition, Expression):
        return compile_expression(condition.cel).looks_at_line
    return condition.looks_at_line


def _check_expressions(condition: Condition) -> None:
    for leaf in leaves(condition):
        if isinstance(leaf, Expression):
            compile_expression(leaf.cel)


def _check_scope(condition: Condition, *, on_line: bool) -> None:
    if isinstance(condition, AnyLine):
        if any(isinstance(part, AnyLine) for part in condition.parts):
            raise PydanticCustomError("any_line_nested", "any_line stands inside any_line")
        on_line = True
    elif not condition.parts and not on_line and looks_at_line(condition):
        raise PydanticCustomError(
            "line_condition_on_order",
            "a condition on lines must stand inside any_line: {type}",
            {"type": condition.type},
        )
    for part in condition.parts:
        _check_scope(part, on_line=on_line)


class Earning(Section):
    """All earning rules, and whether base rules add up or only the best one counts.

    With `best`, each line keeps the award of the rule that gives it most, and of the awards for the
    whole order only the largest stays; on a tie the rule that comes first. Multipliers multiply
    what stays.
    """

    stacking: Literal["sum", "best"] = "sum"
    rules: Annotated[tuple[EarningRule, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise PydanticCustomError(
                    "rule_id_twice", "the rule id {id} is used twice", {"id": rule.id}
                )
            seen.add(rule.id)
        return self
