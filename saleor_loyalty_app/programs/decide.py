"""The decision on an order: which rule gives how much to which line, and why others give nothing.

Pure: the same program, facts, member and time zone always give the same decision. It serves live
booking, preview, back-test and explanation. Amounts are exact fractions; who books them rounds
once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

from saleor_loyalty_app.programs.award_targets import Target
from saleor_loyalty_app.programs.boosts import (
    Boost,
    added_by,
    applied,
    factor_of,
    missed,
    no_room,
    shares_of,
)
from saleor_loyalty_app.programs.caps import limited
from saleor_loyalty_app.programs.decision_plan import DecisionPlan, ReadyRule, plan_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.perks import Perk
from saleor_loyalty_app.programs.products import Product, product_of
from saleor_loyalty_app.programs.walk import Miss, Walk, walk_over

#: The part of the program that order points belong to, and that of what counts for tiers.
POINTS = "points"
TIERS = "tiers"
_ZERO = Fraction(0)


class Award(NamedTuple):
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
        # By denominator: to bring fractions to one takes longer than all the rest.
        sums: dict[tuple[str, str], dict[int, int]] = {}
        for award in self.awards():
            points = award.points
            parts = sums.setdefault((award.unit, award.part), {})
            parts[points.denominator] = parts.get(points.denominator, 0) + points.numerator
        return {
            key: floor(sum(Fraction(number, of) for of, number in parts.items()))
            for key, parts in sums.items()
        }


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
    walk = walk_look(program, look)
    if walk is None:
        facts = look.facts
        reason = {"code": "no_rate", "channel": facts.channel, "currency": facts.currency}
        return Decision({}, (), (Miss("", reason),))
    return decide_walk(program, look, walk, boosts)


def walk_look(program: Program, look: Look) -> Walk | None:
    """The walk over a program's rules; None where nothing is earned in the currency."""
    rates = program.rates(look.facts.channel, look.facts.currency)
    if rates is None or rates.earn_rate is None:
        return None
    return walk_over(plan_of(program), look, rates, rates.earn_rate)


def decide_walk(program: Program, look: Look, walk: Walk, boosts: Sequence[Boost] = ()) -> Decision:
    """The decision that a walk over a program's rules comes to."""
    return _Pricing(walk, plan_of(program), look).decide(boosts)


class _Pricing:
    """Awards made of what rules gave in a walk."""

    def __init__(self, walk: Walk, plan: DecisionPlan, look: Look) -> None:
        self._walk = walk
        self._plan = plan
        self._look = look
        self._products: dict[tuple[tuple[str, ...], str, bool], Product] = {}

    def decide(self, boosts: Sequence[Boost]) -> Decision:
        walk = self._walk
        line_awards: dict[str, tuple[Award, ...]] = {}
        for target in walk.lines:
            awards = self._awards(target)
            if awards and target.line is not None:
                line_awards[target.line.id] = awards
        order_awards = self._awards(walk.order) + self._awards(walk.shipping)
        decision = Decision(line_awards, order_awards, walk.misses)
        for boost in boosts:
            decision = self._boosted(decision, boost)
        return replace(self._capped(decision), perks=walk.perks)

    def _awards(self, target: Target) -> tuple[Award, ...]:
        multipliers = tuple([rule.id for rule in target.multipliers])
        awards = []
        for rule, points, reason in target.counting(best_of=self._walk.best_of):
            unit, on_money = rule.effect.unit, rule.on_money
            product = self._products.get((multipliers, unit, on_money))
            if product is None:
                product = product_of(target.multipliers, unit, on_money)
                self._products[multipliers, unit, on_money] = product
            awards.append(_award(rule, points, reason, product))
        return tuple(awards)

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
        caps = self._plan.caps
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


def _with_boost(decision: Decision, boost: Boost, share: Fraction) -> Decision:
    told = applied(boost, share)
    factor = factor_of(told)

    def boosted(awards: tuple[Award, ...]) -> tuple[Award, ...]:
        return tuple(
            award._replace(
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
        award._replace(
            points=award.points * cuts[award.rule_id][0],
            reason={**award.reason, "cap": cuts[award.rule_id][1]},
        )
        if award.rule_id in cuts
        else award
        for award in awards
    )


def _award(rule: ReadyRule, points: Fraction | int, reason: Reason, product: Product) -> Award:
    unit = rule.effect.unit
    part = POINTS if unit == "points" else TIERS
    if not product.told:
        return Award(rule.id, unit, part, Fraction(points), reason)
    told = {**reason, "multipliers": product.told}
    return Award(rule.id, unit, part, product.times(points), told)
