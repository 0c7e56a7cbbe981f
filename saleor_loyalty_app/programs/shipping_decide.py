"""Which shipping offers are made to a checkout, and why others are not. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from saleor_loyalty_app.programs.conditions import (
    DateWindow,
    InCountries,
    InHours,
    InSegments,
    InTiers,
    OnWeekdays,
)
from saleor_loyalty_app.programs.leaf_tests import date_window, hours, within
from saleor_loyalty_app.programs.look import WEEKDAYS, Reason
from saleor_loyalty_app.programs.matching import nearest
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping import ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_conditions import (
    IsMember,
    OrderCount,
    ShippingAllOf,
    ShippingAnyOf,
    ShippingCondition,
    ShippingLeaf,
    ShippingNot,
)


@dataclass(frozen=True, slots=True)
class ShippingFacts:
    """What an offer looks at.

    Attributes:
        country: where it is shipped to.
        subtotal: what the cart costs, in major units, on the side on which the channel's prices are
            entered.
        member: whether the shopper takes part in the program.
        orders: how many paid orders the shopper has; 0 for a guest.
        tier: the id of the tier in force; "" = none.
        segments: the ids of the segments that the shopper is in.
    """

    channel: str
    currency: str
    country: str
    subtotal: Decimal
    member: bool = False
    orders: int = 0
    tier: str = ""
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deal:
    """An offer that is made: its price, and the threshold that the cart has reached, if any."""

    rule: ShippingRule
    price: Decimal
    threshold: Decimal | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer is not made; `missing` and its like as text of decimals."""

    rule: ShippingRule
    price: Decimal | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class ShippingDecision:
    """The offers that are made, and those that are not, each in the order of the document."""

    deals: tuple[Deal, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def decide_shipping(
    program: ShippingProgram, facts: ShippingFacts, *, now: datetime, timezone: str
) -> ShippingDecision:
    """Decides on all offers that are switched on.

    The threshold is asked last, so that a missing amount is told only to whom it would help.
    """
    local = now.astimezone(ZoneInfo(timezone))
    deals: list[Deal] = []
    refusals: list[Refusal] = []
    for rule in program.live:
        price = rule.price(facts.channel, facts.currency)
        reason = _refusal(rule, price, facts, local)
        if reason is None and price is not None:
            threshold = rule.threshold(facts.channel, facts.currency)
            deals.append(Deal(rule, price, threshold))
        elif reason is not None:
            refusals.append(Refusal(rule, price, reason))
    return ShippingDecision(tuple(deals), tuple(refusals))


def _refusal(
    rule: ShippingRule, price: Decimal | None, facts: ShippingFacts, local: datetime
) -> Reason | None:
    if price is None:
        return {"code": "shipping_no_price", "channel": facts.channel}
    threshold = rule.threshold(facts.channel, facts.currency)
    if rule.thresholds and threshold is None:
        return {"code": "shipping_no_threshold", "channel": facts.channel}
    if rule.when is not None and (reason := why_not(rule.when, facts, local)) is not None:
        return reason
    if threshold is not None and facts.subtotal < threshold:
        return {
            "code": "order_value_below",
            "missing": plain(threshold - facts.subtotal),
            "min": plain(threshold),
            "currency": facts.currency,
        }
    return None


def why_not(condition: ShippingCondition, facts: ShippingFacts, local: datetime) -> Reason | None:
    """Why a condition does not hold; None when it does. `local` is the store's time."""
    match condition:
        case ShippingAllOf():
            return next(_reasons(condition.of, facts, local), None)
        case ShippingAnyOf():
            reasons = list(_reasons(condition.of, facts, local))
            return nearest(reasons) if len(reasons) == len(condition.of) else None
        case ShippingNot():
            if why_not(condition.of, facts, local) is None:
                return {"code": "excluded", "condition": condition.of.type}
            return None
        case _:
            return _leaf(condition, facts, local)


def _reasons(
    parts: Iterable[ShippingCondition], facts: ShippingFacts, local: datetime
) -> Iterator[Reason]:
    for part in parts:
        if (reason := why_not(part, facts, local)) is not None:
            yield reason


def _leaf(leaf: ShippingLeaf, facts: ShippingFacts, local: datetime) -> Reason | None:
    match leaf:
        case InCountries():
            held = facts.country in leaf.codes
            return None if held else {"code": "country", "wanted": list(leaf.codes)}
        case OnWeekdays():
            held = WEEKDAYS[local.weekday()] in leaf.days
            return None if held else {"code": "weekday", "wanted": list(leaf.days)}
        case InHours():
            return hours(leaf, local.hour)
        case DateWindow():
            return date_window(leaf, local)
        case OrderCount():
            return within(facts.orders, leaf.min, leaf.max, "order_count")
        case IsMember():
            if facts.member is leaf.value:
                return None
            return {"code": "member_needed" if leaf.value else "member_excluded"}
        case InTiers():
            held = facts.tier in leaf.tiers
            wanted = list(leaf.tiers)
            return None if held else {"code": "tier", "wanted": wanted, "has": facts.tier}
        case InSegments():
            held = not facts.segments.isdisjoint(leaf.segments)
            return None if held else {"code": "segment", "wanted": list(leaf.segments)}
