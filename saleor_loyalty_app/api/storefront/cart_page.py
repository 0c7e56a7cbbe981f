"""A preview of a checkout in the API's shapes."""

from saleor_loyalty_app.api.errors import detail_of
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.api.storefront.cart_schemas import (
    CheckoutPage,
    DeliveryOffer,
    Earning,
    Spending,
)
from saleor_loyalty_app.flows.preview_checkout import OfferInSight, Preview, Spendable
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.spending import DEFAULTS


def cart_page(checkout_id: str, preview: Preview, language: str) -> CheckoutPage:
    """What is told of a checkout."""
    return CheckoutPage(
        id=checkout_id,
        channel=preview.channel,
        currency=preview.currency,
        earning=Earning(points=preview.points, hints=_hints(preview, language)),
        shipping=[_offer(one, preview.currency) for one in preview.offers],
        spending=None
        if preview.spendable is None
        else _spending(preview.spendable, preview.program, preview.currency, language),
    )


def _hints(preview: Preview, language: str) -> list[str]:
    if preview.program is None:
        return []
    return [
        explain_miss(rule_id, reason, language=language, program=preview.program)
        for rule_id, reason in preview.nearly
    ]


def _offer(offer: OfferInSight, currency: str) -> DeliveryOffer:
    threshold = offer.threshold
    return DeliveryOffer(
        id=offer.id,
        name=offer.name,
        price=Money.of(offer.price, currency),
        threshold=None if threshold is None else Money.of(threshold, currency),
        missing=Money.of(offer.missing, currency),
    )


def _spending(
    spendable: Spendable, program: Program | None, currency: str, language: str
) -> Spending:
    limits = (program.spending if program is not None else None) or DEFAULTS
    refusal, live = spendable.refusal, spendable.live
    return Spending(
        available=spendable.available,
        most_points=spendable.most.points,
        most_discount=Money.of(spendable.most.amount, currency),
        minimum_points=limits.least_points,
        step=limits.step,
        refusal=None if refusal is None else detail_of(refusal, language),
        redemption=None if live is None else Redemption.of(live, language),
    )
