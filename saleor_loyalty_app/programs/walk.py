"""The walk over a program's rules: which of them reach an order and its lines, and why not. Pure.

Each rule is taken once, by falling priority: its condition is asked of the order, then of all lines
at once. What the rules gave stays as it is: multipliers are put to it when it is priced
(`programs.decide`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saleor_loyalty_app.programs.award_targets import Target
from saleor_loyalty_app.programs.caps import reached
from saleor_loyalty_app.programs.decision_plan import DecisionPlan, ReadyRule
from saleor_loyalty_app.programs.document import ChannelRates, Rate
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.matching import nearest
from saleor_loyalty_app.programs.perks import Perk, PerkEffect
from saleor_loyalty_app.programs.plugin_calls import EffectAmount
from saleor_loyalty_app.programs.rules import (
    Multiplier,
    PointsPerOrder,
    PointsPerUnit,
    StatusPoints,
)
from saleor_loyalty_app.programs.scalars import plain


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a rule gave nothing; `rule_id` is empty where no rule was looked at."""

    rule_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Walk:
    """What the rules gave to each target of an order, why others gave nothing, and perks.

    `best_of`: of what a target was given in a unit only the largest counts.
    """

    lines: tuple[Target, ...]
    shipping: Target
    order: Target
    misses: tuple[Miss, ...]
    perks: tuple[Perk, ...]
    best_of: bool

    def hands(self) -> set[tuple[str, str]]:
        """Which rule had a hand in which line, by their ids; "" = the order and its shipping."""
        return {
            ("" if target.line is None else target.line.id, rule_id)
            for target in (*self.lines, self.shipping, self.order)
            for rule_id in target.hands(best_of=self.best_of)
        }


def walk_over(plan: DecisionPlan, look: Look, rates: ChannelRates, rate: Rate) -> Walk:
    """Takes the rules of a plan one after the other; `rate` is the one for earning."""
    return _Walking(plan, look, rates.currency, rate).walk()


class _Walking:
    """One walk on its way."""

    def __init__(self, plan: DecisionPlan, look: Look, currency: str, rate: Rate) -> None:
        facts = look.facts
        look.expect(plan.looked_at)
        shipping = facts.shipping if plan.earn_on_shipping else Decimal(0)
        self._plan = plan
        self._look = look
        self._rate = rate
        self._rate_reason = {"points": rate.points, "money": plain(rate.money)}
        self._currency = currency
        self._lines = tuple(Target("line", line, line.base) for line in facts.lines)
        self._shipping = Target("shipping", None, shipping)
        self._order = Target("order", None, facts.subtotal + shipping)
        self._misses: list[Miss] = []
        self._stopped_by = ""
        self._perks: list[Perk] = []
        self._see_open_lines()

    def walk(self) -> Walk:
        for rule in self._plan.rules:
            if (reason := self._apply(rule)) is not None:
                self._misses.append(Miss(rule.id, reason))
        targets = (*self._lines, self._shipping, self._order)
        if (tier := self._plan.tiers.get(self._look.member.tier)) is not None:
            for target in targets:
                target.multipliers.append(tier)
        if self._plan.best_of:
            self._misses += _outdone(targets)
        return Walk(
            lines=self._lines,
            shipping=self._shipping,
            order=self._order,
            misses=tuple(self._misses),
            perks=tuple(self._perks),
            best_of=self._plan.best_of,
        )

    def _see_open_lines(self) -> None:
        """Keeps which lines no rule has stopped yet."""
        self._open = [target for target in self._lines if not target.stopped_by]
        self._open_lines = [target.line for target in self._open if target.line is not None]

    def _apply(self, rule: ReadyRule) -> Reason | None:
        if self._stopped_by:
            return {"code": "stopped", "by": self._stopped_by}
        if rule.caps is not None:
            reason = reached(rule.caps, self._look.member.used.get(rule.id))
            if reason is not None:
                return reason
        if rule.tests.order is not None:
            reason = rule.tests.order(self._look)
            if reason is not None:
                return reason
        if rule.on_line:
            return self._apply_to_lines(rule)
        self._apply_to_order(rule)
        return None

    def _apply_to_order(self, rule: ReadyRule) -> None:
        if isinstance(rule.effect, Multiplier):
            for target in (*self._open, self._shipping, self._order):
                if not target.stopped_by:
                    target.multipliers.append(rule)
        elif isinstance(rule.effect, PerkEffect):
            self._perks.append(Perk(rule.id, rule.effect))
        elif not self._give(rule, [self._order]):
            return
        if rule.stop:
            self._stopped_by = rule.id

    def _apply_to_lines(self, rule: ReadyRule) -> Reason | None:
        test = rule.tests.lines
        if test is None:
            reasons: list[Reason | None] = []
            matched, taking = self._open, self._open
            if not self._shipping.stopped_by:
                taking = [*self._open, self._shipping]
        else:
            reasons = test(self._look, self._open_lines)
            asked = zip(self._open, reasons, strict=True)
            matched = taking = [target for target, reason in asked if reason is None]
        taken = self._take(rule, taking)
        why = None if matched else nearest(self._why_no_line(reasons)) or {"code": "no_lines"}
        if rule.stop and taken:
            for target in taken:
                target.stopped_by = rule.id
            self._see_open_lines()
        return why

    def _why_no_line(self, reasons: Iterable[Reason | None]) -> Iterator[Reason]:
        """Why a rule reached no line: of the open ones as they told it, in the order of lines."""
        told = iter(reasons)
        for target in self._lines:
            by = target.stopped_by
            reason = {"code": "stopped", "by": by} if by else next(told, None)
            if reason is not None:
                yield reason

    def _take(self, rule: ReadyRule, targets: Sequence[Target]) -> Sequence[Target]:
        """Lets a rule work on its targets; without those where a plugin could not tell."""
        if not isinstance(rule.effect, Multiplier):
            return self._give(rule, targets)
        for target in targets:
            target.multipliers.append(rule)
        return targets

    def _give(self, rule: ReadyRule, targets: Sequence[Target]) -> Sequence[Target]:
        """Gives what the rule says; without those where a plugin cannot tell: it stops nothing."""
        effect = rule.effect
        if rule.on_money:
            self._give_on_money(rule, targets)
        elif isinstance(effect, PointsPerUnit):
            for target in targets:
                if target.line is not None:
                    quantity = target.line.quantity
                    reason = {
                        "code": effect.type,
                        "of": target.of,
                        "points": effect.points,
                        "quantity": quantity,
                    }
                    target.given.append((rule, effect.points * quantity, reason))
        elif rule.plugin is not None:
            return [one for one in targets if self._give_of_plugin(rule, rule.plugin, one)]
        elif isinstance(effect, PointsPerOrder | StatusPoints) and effect.points is not None:
            for target in targets:
                reason = {"code": effect.type, "of": target.of, "points": effect.points}
                target.given.append((rule, effect.points, reason))
        return targets

    def _give_on_money(self, rule: ReadyRule, targets: Iterable[Target]) -> None:
        per_money = self._rate.points_per_money * rule.factor
        for target in targets:
            if target.base and per_money:
                reason = {
                    "code": rule.effect.type,
                    "of": target.of,
                    "base": target.told,
                    "currency": self._currency,
                    "rate": self._rate_reason,
                    "factor": rule.factor_text,
                }
                target.given.append((rule, target.exact * per_money, reason))

    def _give_of_plugin(self, rule: ReadyRule, amount: EffectAmount, target: Target) -> bool:
        """Gives what a plugin's effect comes to; False where it cannot tell: then it has missed."""
        if rule.on_line and target.line is None:
            return True
        award = amount(self._look, target.line if rule.on_line else None)
        if award.trouble is not None:
            if not any(one.rule_id == rule.id for one in self._misses):
                self._misses.append(Miss(rule.id, award.trouble))
            return False
        if award.points:
            reason = {"code": rule.effect.type, "of": target.of, **award.reason}
            target.given.append((rule, award.points, reason))
        return True


def _outdone(targets: Iterable[Target]) -> list[Miss]:
    """The rules that gave something, but to every target less than another."""
    gave: dict[str, None] = {}
    counts: set[str] = set()
    for target in targets:
        gave |= dict.fromkeys(rule.id for rule, _, _ in target.given)
        counts |= {rule.id for rule, _, _ in target.counting(best_of=True)}
    return [Miss(rule, {"code": "outdone"}) for rule in gave if rule not in counts]
