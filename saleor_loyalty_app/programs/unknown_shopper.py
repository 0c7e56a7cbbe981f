"""Which shipping offers are made to a cart whose shopper is not known. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from saleor_loyalty_app.programs.conditions import InSegments, InTiers
from saleor_loyalty_app.programs.shipping import ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_conditions import (
    IsMember,
    OrderCount,
    ShippingAllOf,
    ShippingAnyOf,
    ShippingCondition,
    ShippingNot,
    shipping_leaves,
)
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts, why_not
from saleor_loyalty_app.programs.shipping_sight import ZERO, Offer


def offers_for_anybody(
    program: ShippingProgram, facts: ShippingFacts, *, now: datetime, timezone: str
) -> tuple[list[Offer], list[ShippingRule]]:
    """The offers of a cart, those it has first, and the rules that depend on who the shopper is.

    `facts.member`, `facts.orders`, `facts.tier` and `facts.segments` are not looked at.
    """
    local = now.astimezone(ZoneInfo(timezone))
    offers: list[Offer] = []
    unjudged: list[ShippingRule] = []
    for rule in program.live:
        price = rule.price(facts.channel, facts.currency)
        threshold = rule.threshold(facts.channel, facts.currency)
        if price is None or (rule.thresholds and threshold is None):
            continue
        holds = True if rule.when is None else _holds(rule.when, facts, local)
        if holds is None:
            unjudged.append(rule)
        elif holds:
            missing = ZERO if threshold is None else max(threshold - facts.subtotal, ZERO)
            offers.append(Offer(rule, price, threshold, missing))
    return sorted(offers, key=lambda offer: offer.missing), unjudged


def what_it_needs(rule: ShippingRule) -> list[str]:
    """What an offer looks at of the shopper: "member", "order_count", "tier", "segment"."""
    found = [] if rule.when is None else shipping_leaves(rule.when)
    of_shopper = IsMember | OrderCount | InTiers | InSegments
    return sorted({leaf.type for leaf in found if isinstance(leaf, of_shopper)})


def _holds(condition: ShippingCondition, facts: ShippingFacts, local: datetime) -> bool | None:
    """Whether a condition holds; None where that depends on the shopper (Kleene's logic)."""
    match condition:
        case ShippingAllOf():
            return _all([_holds(part, facts, local) for part in condition.of])
        case ShippingAnyOf():
            return _not(_all([_not(_holds(part, facts, local)) for part in condition.of]))
        case ShippingNot():
            return _not(_holds(condition.of, facts, local))
        case IsMember() | OrderCount() | InTiers() | InSegments():
            return None
        case _:
            return why_not(condition, facts, local) is None


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _not(held: bool | None) -> bool | None:
    return None if held is None else not held
