"""The decision on an order: which rule gives how much to which line, and why others give nothing.

Pure: the same program, facts, member and time zone always give the same decision. It serves live
booking, preview, back-test and explanation. Amounts are exact fractions; who books them rounds
once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from saleor_loyalty_app.programs.award_targets import Target, best_of_unit
from saleor_loyalty_app.programs.boosts import (
    Boost,
    added_by,
    applied,
    factor_of,
    missed,
    no_room,
    shares_of,
)
from saleor_loyalty_app.programs.caps import limited, reached
from saleor_loyalty_app.programs.decision_plan import DecisionPlan, ReadyRule, plan_of
from saleor_loyalty_app.programs.document import ChannelRates, Program, Rate
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.matching import nearest
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.perks import Perk, PerkEffect
from saleor_loyalty_app.programs.plugin_calls import EffectAmount, PluginAward
from saleor_loyalty_app.programs.products import Product, product_of
from saleor_loyalty_app.programs.rules import (
    Multiplier,
    PointsPerOrder,
    PointsPerUnit,
    StatusPoints,
)
from saleor_loyalty_app.programs.scalars import plain

#: The part of the program that order points belong to, and that of what counts for tiers.
POINTS = "points"
TIERS = "tiers"
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Award:
    """What one base rule gives, multipliers included; `reason` tells how it came about."""

    rule_id: str
    unit: str
    part: str
    points: Fraction
    reason: Reason

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rule and the multipliers that had a hand in it."""
        multipliers = self.reason.get("multipliers", ())
        return (self.rule_id, *(multiplier["rule_id"] for multiplier in multipliers))


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a rule gave nothing; `rule_id` is empty where no rule was looked at."""

    rule_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """Awards by line id (lines without awards are left out), for the order, misses and perks."""

    line_awards: Mapping[str, tuple[Award, ...]]
    order_awards: tuple[Award, ...]
    misses: tuple[Miss, ...]
    perks: tuple[Perk, ...] = ()

    def awards(self) -> Iterator[Award]:
        """All awards: of the lines, then of the order."""
        for awards in self.line_awards.values():
            yield from awards
        yield from self.order_awards

    def totals(self) -> dict[tuple[str, str], int]:
        """Whole units by (unit, part): the floor of the exact sum."""
        sums: dict[tuple[str, str], Fraction] = {}
        for award in self.awards():
            key = (award.unit, award.part)
            sums[key] = sums.get(key, _ZERO) + award.points
        return {key: total.numerator // total.denominator for key, total in sums.items()}


def decide_order(
    program: Program,
    facts: OrderFacts,
    timezone: str,
    member: MemberFacts = NOBODY,
    boosts: Sequence[Boost] = (),
) -> Decision:
    """Decides what an order earns under a program, as of the order's own time.

    `timezone` is the store's, an IANA name; weekdays, hours and dates are told in it. `member` is
    who made the order, as they were then; its `used` says what caps leave. `boosts` are those of
    the campaigns that ran then, with what their budgets leave.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    return decide_look(program, look_at(facts, timezone, member), boosts)


def look_at(facts: OrderFacts, timezone: str, member: MemberFacts = NOBODY) -> Look:
    """An order as of its own time, for several decisions on it."""
    return Look(facts, facts.created_at.astimezone(ZoneInfo(timezone)), member)


def decide_look(program: Program, look: Look, boosts: Sequence[Boost] = ()) -> Decision:
    """`decide_order` of an order that is looked at already."""
    facts = look.facts
    rates = program.rates(facts.channel, facts.currency)
    if rates is None or rates.earn_rate is None:
        reason = {"code": "no_rate", "channel": facts.channel, "currency": facts.currency}
        return Decision({}, (), (Miss("", reason),))
    return _Run(plan_of(program), look, rates, rates.earn_rate, boosts).decide()


class _Run:
    """One walk over the rules."""

    def __init__(
        self,
        plan: DecisionPlan,
        look: Look,
        rates: ChannelRates,
        earn_rate: Rate,
        boosts: Sequence[Boost],
    ) -> None:
        facts = look.facts
        look.expect(plan.looked_at)
        shipping = facts.shipping if plan.earn_on_shipping else Decimal(0)
        self._plan = plan
        self._look = look
        self._boosts = boosts
        self._rate = earn_rate
        self._rate_reason = {"points": earn_rate.points, "money": plain(earn_rate.money)}
        self._currency = rates.currency
        self._lines = [Target("line", line, line.base) for line in facts.lines]
        self._shipping = Target("shipping", None, shipping)
        self._order = Target("order", None, facts.subtotal + shipping)
        self._per_money_of: dict[str, Fraction] = {}
        self._misses: list[Miss] = []
        self._stopped_by = ""
        self._perks: list[Perk] = []

    def decide(self) -> Decision:
        for rule in self._plan.rules:
            if (reason := self._apply(rule)) is not None:
                self._misses.append(Miss(rule.id, reason))
        if (tier := self._plan.tiers.get(self._look.member.tier)) is not None:
            for target in (*self._lines, self._shipping, self._order):
                target.multipliers.append(tier)
        line_awards: dict[str, tuple[Award, ...]] = {}
        for target in self._lines:
            awards = self._awards(target)
            if awards and target.line is not None:
                line_awards[target.line.id] = awards
        order_awards = self._awards(self._order) + self._awards(self._shipping)
        decision = Decision(line_awards, order_awards, tuple(self._misses))
        if self._plan.best_of:
            decision = self._with_outdone(decision)
        for boost in self._boosts:
            decision = self._boosted(decision, boost)
        return replace(self._capped(decision), perks=tuple(self._perks))

    def _apply(self, rule: ReadyRule) -> Reason | None:
        if self._stopped_by:
            return {"code": "stopped", "by": self._stopped_by}
        if (reason := reached(rule.caps, self._look.member.used.get(rule.id))) is not None:
            return reason
        if rule.tests.order is not None:
            reason = rule.tests.order(self._look)
            if reason is not None:
                return reason
        if rule.on_line:
            return self._apply_to_lines(rule)
        if isinstance(rule.effect, Multiplier):
            for target in (*self._lines, self._shipping, self._order):
                if not target.stopped_by:
                    target.multipliers.append(rule)
        elif isinstance(rule.effect, PerkEffect):
            self._perks.append(Perk(rule.id, rule.effect))
        elif not self._give(rule, self._order):
            return None
        if rule.stop:
            self._stopped_by = rule.id
        return None

    def _apply_to_lines(self, rule: ReadyRule) -> Reason | None:
        test = rule.tests.line
        reasons: list[Reason] = []
        matched = False
        for target in self._lines:
            if target.stopped_by:
                reasons.append({"code": "stopped", "by": target.stopped_by})
                continue
            reason = test(self._look, target.line) if test and target.line else None
            if reason is not None:
                if not matched:
                    reasons.append(reason)
                continue
            matched = True
            self._take(rule, target)
        if test is None and not self._shipping.stopped_by:
            self._take(rule, self._shipping)
        return None if matched else nearest(reasons) or {"code": "no_lines"}

    def _take(self, rule: ReadyRule, target: Target) -> None:
        if isinstance(rule.effect, Multiplier):
            target.multipliers.append(rule)
        elif not self._give(rule, target):
            return
        if rule.stop:
            target.stopped_by = rule.id

    def _give(self, rule: ReadyRule, target: Target) -> bool:
        """Gives what the rule says; False where a plugin cannot tell, which must stop nothing."""
        effect = rule.effect
        points = _ZERO
        reason: Reason = {"code": effect.type, "of": target.of}
        if rule.on_money:
            if not target.base:
                return True
            points = target.exact * self._per_money(rule)
            reason["base"] = target.told
            reason["currency"] = self._currency
            reason["rate"] = self._rate_reason
            reason["factor"] = rule.factor_text
        elif isinstance(effect, PointsPerUnit) and target.line is not None:
            points = Fraction(effect.points * target.line.quantity)
            reason["points"] = effect.points
            reason["quantity"] = target.line.quantity
        elif rule.plugin is not None:
            award = self._of_plugin(rule, rule.plugin, target)
            if award is None:
                return False
            points = award.points
            reason |= award.reason
        elif isinstance(effect, PointsPerOrder | StatusPoints) and effect.points is not None:
            points = Fraction(effect.points)
            reason["points"] = effect.points
        if points:
            target.given.append((rule, points, reason))
        return True

    def _of_plugin(
        self, rule: ReadyRule, amount: EffectAmount, target: Target
    ) -> PluginAward | None:
        """What a plugin's effect comes to; None where it cannot tell: then the rule has missed."""
        if rule.on_line and target.line is None:
            return PluginAward(_ZERO, {})
        award = amount(self._look, target.line if rule.on_line else None)
        if award.trouble is None:
            return award
        if not any(one.rule_id == rule.id for one in self._misses):
            self._misses.append(Miss(rule.id, award.trouble))
        return None

    def _per_money(self, rule: ReadyRule) -> Fraction:
        """Points of a rule for one unit of money, worked out once a run."""
        rate = self._per_money_of.get(rule.id)
        if rate is None:
            rate = self._per_money_of[rule.id] = self._rate.points_per_money * rule.factor
        return rate

    def _awards(self, target: Target) -> tuple[Award, ...]:
        given = target.given
        if self._plan.best_of and len(given) > 1:
            given = best_of_unit(given)
        products: dict[tuple[str, bool], Product] = {}
        for rule, _, _ in given:
            kind = rule.effect.unit, rule.on_money
            if kind not in products:
                products[kind] = product_of(target.multipliers, *kind)
        return tuple(
            _award(rule, points, reason, products[rule.effect.unit, rule.on_money])
            for rule, points, reason in given
        )

    def _boosted(self, decision: Decision, boost: Boost) -> Decision:
        """The decision with one campaign's multiplier, as far as its limits go."""
        reason = missed(boost, self._look)
        if reason is None:
            whole = _with_boost(decision, boost, Fraction(1))
            sums = added_by((award, Fraction(1)) for award in whole.awards())
            mine, left = shares_of(boost, self._look, sums.get(boost.rule_id, _ZERO))
            if left == 1 or not boost.whole:
                return _with_boost(decision, boost, mine * left)
            reason = no_room(boost)
        return replace(decision, misses=(*decision.misses, Miss(boost.rule_id, reason)))

    def _capped(self, decision: Decision) -> Decision:
        """The decision with what caps leave; a rule's awards shrink alike."""
        caps = {rule.id: rule.caps for rule in self._plan.rules if rule.caps is not None}
        if not caps:
            return decision
        sums: dict[str, Fraction] = {}
        for award in decision.awards():
            if award.rule_id in caps:
                sums[award.rule_id] = sums.get(award.rule_id, _ZERO) + award.points
        cuts: dict[str, tuple[Fraction, Reason]] = {}
        for rule_id, points in sums.items():
            less = limited(caps[rule_id], self._look.member.used.get(rule_id), points)
            if less is not None:
                share = less[0] / points
                text = f"{share.numerator}/{share.denominator}"
                cuts[rule_id] = share, {**less[1], "share": text}
        if not cuts:
            return decision
        lines = {line: _cut(awards, cuts) for line, awards in decision.line_awards.items()}
        return Decision(lines, _cut(decision.order_awards, cuts), decision.misses)

    def _with_outdone(self, decision: Decision) -> Decision:
        """Names the rules that gave something, but on every line less than another."""
        awarded = {award.rule_id for award in decision.awards()}
        targets = (*self._lines, self._shipping, self._order)
        gave = dict.fromkeys(rule.id for target in targets for rule, _, _ in target.given)
        outdone = [Miss(rule, {"code": "outdone"}) for rule in gave if rule not in awarded]
        return Decision(decision.line_awards, decision.order_awards, (*decision.misses, *outdone))


def _with_boost(decision: Decision, boost: Boost, share: Fraction) -> Decision:
    told = applied(boost, share)
    factor = factor_of(told)

    def boosted(awards: tuple[Award, ...]) -> tuple[Award, ...]:
        return tuple(
            replace(
                award,
                points=award.points * factor,
                reason={
                    **award.reason,
                    "multipliers": [*award.reason.get("multipliers", ()), told],
                },
            )
            if award.unit == "points" and ("rate" in award.reason or boost.fixed_points)
            else award
            for award in awards
        )

    lines = {line: boosted(awards) for line, awards in decision.line_awards.items()}
    return replace(decision, line_awards=lines, order_awards=boosted(decision.order_awards))


def _cut(
    awards: tuple[Award, ...], cuts: Mapping[str, tuple[Fraction, Reason]]
) -> tuple[Award, ...]:
    return tuple(
        replace(
            award,
            points=award.points * cuts[award.rule_id][0],
            reason={**award.reason, "cap": cuts[award.rule_id][1]},
        )
        if award.rule_id in cuts
        else award
        for award in awards
    )


def _award(rule: ReadyRule, points: Fraction, reason: Reason, product: Product) -> Award:
    unit = rule.effect.unit
    if product.told:
        points = product.times(points)
        reason = {**reason, "multipliers": list(product.told)}
    return Award(rule.id, unit, POINTS if unit == "points" else TIERS, points, reason)
