"""The earning rules of a program: when (conditions), then (effects), and how they stack.

A rule waits for its trigger: an order, or a deed (`programs.deeds`) that a member did or that
befell them. Rules on deeds know the time and the member, and give points, status points or a
reward of the catalog.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.caps import Caps
from saleor_loyalty_app.programs.condition_base import check_measure
from saleor_loyalty_app.programs.conditions import (
    AllOf,
    AnyLine,
    AnyOf,
    Condition,
    DateWindow,
    Expression,
    InHours,
    InLanguages,
    InSegments,
    InTags,
    InTiers,
    MemberOrders,
    MemberSince,
    Not,
    OnWeekdays,
    depth_of,
    leaves,
    size_of,
)
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.expression import check_expression, compile_expression
from saleor_loyalty_app.programs.milestones import MILESTONE, Milestone
from saleor_loyalty_app.programs.perks import GiveTag, IssueReward, PerkEffect, SendMessage, SetTier
from saleor_loyalty_app.programs.plugin_parts import PluginCondition, PluginEffect
from saleor_loyalty_app.programs.scalars import (
    Factor,
    Identifier,
    Labels,
    Points,
    Section,
    absent,
    in_locale,
)
from saleor_loyalty_app.programs.written import when_written

#: Points are spent; status points count for tiers alone: they are not spent and do not expire.
UnitCode = Literal["points", "status"]

Trigger = Literal[
    "order",
    "account_confirmed",
    "birthday",
    "anniversary",
    "question_answered",
    "tier_reached",
    "milestone",
    "custom_event",
]


class PointsPerMoney(Section):
    """The currency's rate on what was paid, times `factor`."""

    type: Literal["points_per_money"]
    factor: Factor = Decimal(1)
    unit: Literal["points"] = "points"


class PointsPerOrder(Section):
    """So many points for the order; for rules that work on the order."""

    type: Literal["points_per_order"]
    points: Points
    unit: Literal["points"] = "points"


class PointsPerUnit(Section):
    """So many points for each unit of a matching line; for rules that work line by line."""

    type: Literal["points_per_unit"]
    points: Points
    unit: Literal["points"] = "points"


class StatusPoints(Section):
    """Points that count for tiers alone: so many for the order or deed, or on what was paid.

    With `factor`, an order gives the currency's rate on what was paid, times it.
    """

    type: Literal["status_points"]
    points: Points | None = Field(default=None, exclude_if=absent)
    factor: Factor | None = Field(default=None, exclude_if=absent)
    unit: Literal["status"] = "status"

    @when_written
    def _check(self) -> Self:
        if (self.points is None) is (self.factor is None):
            case = {"case": "missing"} if self.points is None else {}
            raise PydanticCustomError("status_one_way", "either points or a factor", case)
        return self


class PointsGiven(Section):
    """So many points for a deed."""

    type: Literal["points"]
    points: Points
    unit: Literal["points"] = "points"


class Multiplier(Section):
    """What the base rules gave in one unit, times `factor`; 0 takes it away.

    It reaches points on money, and with `fixed_points` those of an order or unit too.
    """

    type: Literal["multiplier"]
    factor: Factor
    fixed_points: StrictBool = False
    unit: UnitCode = "points"


Effect = Annotated[
    PointsPerMoney
    | PointsPerOrder
    | PointsPerUnit
    | Multiplier
    | StatusPoints
    | PointsGiven
    | IssueReward
    | SetTier
    | GiveTag
    | SendMessage
    | PluginEffect,
    Field(discriminator="type"),
]


class EarningRule(Section):
    """One rule: on its trigger, if `when` holds, `then` happens.

    `on` narrows a trigger: the ids of questions, tiers or types of events, or the years of an
    anniversary. `scope`
    tells what a rule on orders looks at: each line by itself, or the order. Rules are taken by
    falling `priority`, then as they stand in the document. With `stop`, no later rule applies to
    the line (or, for a rule on the order, to the whole order; for one on a deed, to the deed) that
    this one matched.
    """

    id: Identifier
    name: Labels = {}
    enabled: StrictBool = True
    trigger: Trigger = "order"
    on: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=50)] | None = Field(
        default=None, exclude_if=absent
    )
    milestone: Milestone | None = Field(default=None, exclude_if=absent)
    scope: Literal["line", "order"] = "line"
    when: Condition | None = None
    then: Effect
    caps: Caps | None = Field(default=None, exclude_if=absent)
    priority: Annotated[StrictInt, Field(ge=0, le=1000)] = 100
    stop: StrictBool = False

    @when_written
    def _check(self) -> Self:
        if self.when is not None:
            check_measure(depth_of(self.when), size_of(self.when))
            _check_expressions(self.when)
        if (self.milestone is not None) is not (self.trigger == MILESTONE):
            case = {"case": "missing"} if self.milestone is None else {}
            raise PydanticCustomError(
                "milestone_line", "a line goes with the trigger milestone, and only with it", case
            )
        if self.trigger == "order":
            _check_on_order(self)
        else:
            _check_on_deed(self)
        return self

    def label(self, locale: str) -> str:
        """What the rule is called in a locale; its id where it has no name."""
        return in_locale(self.name, locale) or self.id


def _check_on_order(rule: EarningRule) -> None:
    effect = rule.then
    if rule.on is not None:
        raise PydanticCustomError("on_for_deeds", "an order is not narrowed by `on`")
    if isinstance(effect, PointsGiven):
        raise PydanticCustomError("effect_for_deeds", "points for orders: points_per_order")
    fixed = isinstance(effect, PointsPerOrder | PerkEffect) or (
        isinstance(effect, StatusPoints) and effect.points is not None
    )
    if rule.scope == "line" and fixed:
        raise PydanticCustomError("scope_order_needed", "points per order need scope: order")
    if rule.scope == "order" and isinstance(effect, PointsPerUnit):
        raise PydanticCustomError("scope_line_needed", "points per unit need scope: line")
    _check_cap_of_perk(rule)
    if isinstance(effect, Multiplier) and rule.caps is not None and _counts_points(rule.caps):
        raise PydanticCustomError("cap_of_multiplier", "a multiplier is capped by times only")
    if rule.when is not None:
        _check_scope(rule.when, on_line=rule.scope == "line")
        if any(isinstance(part, EventProperty) for part in leaves(rule.when)):
            raise PydanticCustomError("condition_for_events", "only an event has properties")


def _check_cap_of_perk(rule: EarningRule) -> None:
    if isinstance(rule.then, PerkEffect) and rule.caps is not None and _counts_points(rule.caps):
        raise PydanticCustomError("cap_of_perk", "what is no points is capped by times only")


def _counts_points(caps: Caps) -> bool:
    return caps.per_order is not None or (
        caps.per_member is not None and caps.per_member.points is not None
    )


#: What is known of a deed: when it was, and of whom.
_ON_DEEDS = (
    DateWindow,
    OnWeekdays,
    InHours,
    InLanguages,
    InTiers,
    InSegments,
    InTags,
    MemberSince,
    MemberOrders,
    PluginCondition,
)


def _check_on_deed(rule: EarningRule) -> None:
    effect = rule.then
    if isinstance(effect, PluginEffect) and rule.trigger == MILESTONE:
        # Shoppers see what a line brings long before they pass it.
        raise PydanticCustomError("plugin_effect_on_milestone", "a milestone brings fixed points")
    if not isinstance(effect, PointsGiven | StatusPoints | PluginEffect | IssueReward) or (
        isinstance(effect, StatusPoints) and effect.points is None
    ):
        raise PydanticCustomError(
            "effect_for_orders", "only an order gives {type}", {"type": effect.type}
        )
    if rule.caps is not None and rule.caps.per_order is not None:
        raise PydanticCustomError("cap_for_orders", "a cap per order needs an order")
    _check_cap_of_perk(rule)
    if rule.on is not None:
        _check_on(rule.trigger, rule.on)
    for part in leaves(rule.when) if rule.when is not None else ():
        if isinstance(part, EventProperty):
            if rule.trigger != "custom_event":
                raise PydanticCustomError("condition_for_events", "only an event has properties")
            continue
        if isinstance(part, Expression):
            compiled = compile_expression(part.cel)
            fits = not (compiled.looks_at_line or compiled.looks_at_order)
        else:
            fits = isinstance(part, _ON_DEEDS)
        if not fits:
            raise PydanticCustomError(
                "condition_for_orders", "only an order has {type}", {"type": part.type}
            )


def _check_on(trigger: str, on: tuple[str, ...]) -> None:
    if trigger not in ("question_answered", "tier_reached", "anniversary", "custom_event"):
        raise PydanticCustomError("on_for_others", "{type} has no `on`", {"type": trigger})
    if trigger == "anniversary":
        for year in on:
            if not year.isdecimal() or not year.isascii() or not 1 <= int(year) <= 100:
                raise PydanticCustomError(
                    "on_not_a_year", "{name} is no number of years", {"name": year}
                )


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
            check_expression(leaf.cel)


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

    @when_written
    def _check(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise PydanticCustomError(
                    "rule_id_twice", "the rule id {id} is used twice", {"id": rule.id}
                )
            seen.add(rule.id)
        return self
