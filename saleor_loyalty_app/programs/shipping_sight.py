"""Which shipping offers a cart has, and which it would have if its goods cost more. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from saleor_loyalty_app.programs.shipping import ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts, decide_shipping

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that a cart has (`missing` is 0), or would have if its goods cost more."""

    rule: ShippingRule
    price: Decimal
    threshold: Decimal | None
    missing: Decimal


def offers_in_sight(
    program: ShippingProgram, facts: ShippingFacts, *, now: datetime, timezone: str
) -> tuple[Offer, ...]:
    """The offers that Saleor is told of for a cart, then those that it lacks least for."""
    decision = decide_shipping(program, facts, now=now, timezone=timezone)
    had = [Offer(deal.rule, deal.price, deal.threshold, ZERO) for deal in decision.deals]
    lacking = [
        Offer(one.rule, one.price, Decimal(one.reason["min"]), Decimal(one.reason["missing"]))
        for one in decision.refusals
        if one.price is not None and one.reason.get("code") == "order_value_below"
    ]
    return (*had, *sorted(lacking, key=lambda offer: offer.missing))
