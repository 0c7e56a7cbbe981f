"""An estimate in the API's shapes."""

from collections.abc import Iterable
from decimal import Decimal

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.board import program_names
from saleor_loyalty_app.api.storefront.cart_schemas import DeliveryOffer
from saleor_loyalty_app.api.storefront.estimate_schemas import (
    EstimatePage,
    NotJudged,
    Step,
    TierCounted,
)
from saleor_loyalty_app.flows.estimate_cart import Estimate
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.shipping import ShippingRule
from saleor_loyalty_app.programs.shipping_sight import Offer
from saleor_loyalty_app.programs.shipping_words import methods_words, shipping_condition_words
from saleor_loyalty_app.programs.tiers import level_in_force
from saleor_loyalty_app.programs.unknown_facts import Fact
from saleor_loyalty_app.programs.unknown_shopper import what_it_needs
from saleor_loyalty_app.stores.refs import ChannelRef


def estimate_page(found: Estimate, channel: ChannelRef, language: str) -> EstimatePage:
    """What is told of an estimate."""
    currency = channel.currency
    return EstimatePage(
        program=program_names(found.program, language),
        channel=channel.slug,
        currency=currency,
        points=found.points,
        worth=None if found.worth is None else Money.of(found.worth, currency),
        tier=_tier(found, language),
        steps=_steps(found, currency, language),
        shipping=[_offer(one, currency, language) for one in found.offers],
        not_judged=_not_judged(found, language),
        shipping_not_judged=[
            _unsure(rule, found.program, language) for rule in found.unjudged_offers
        ],
        approximate=found.other_tax_side,
    )


def _tier(found: Estimate, language: str) -> TierCounted | None:
    level = level_in_force(found.program.tiers, found.tier)
    return None if level is None else TierCounted(id=level.id, name=level.label(language))


def _steps(found: Estimate, currency: str, language: str) -> list[Step]:
    nearest = sorted(found.steps, key=lambda step: Decimal(step[1]["missing"]))
    return [
        Step(
            rule=rule_id,
            name=found.program.rule_name(rule_id, language),
            missing=Money.of(Decimal(reason["missing"]), currency),
            text=explain_miss(rule_id, reason, language=language, program=found.program),
        )
        for rule_id, reason in nearest
    ]


def _offer(offer: Offer, currency: str, language: str) -> DeliveryOffer:
    threshold = offer.threshold
    return DeliveryOffer(
        id=offer.rule.id,
        name=_name(offer.rule, language),
        price=Money.of(offer.price, currency),
        threshold=None if threshold is None else Money.of(threshold, currency),
        missing=Money.of(offer.missing, currency),
    )


def _name(rule: ShippingRule, language: str) -> str:
    return rule.label(language) or methods_words(rule, language)


def _not_judged(found: Estimate, language: str) -> list[NotJudged]:
    return [
        NotJudged(
            id=rule.id,
            name=rule.label(language),
            needs=_named(found.unjudged[rule.id]),
            when=rule_words.rule_when_words(rule, found.program, language),
        )
        for rule in found.program.earning.rules
        if rule.id in found.unjudged
    ]


def _named(facts: Iterable[Fact]) -> list[str]:
    return sorted(fact.value for fact in facts)


def _unsure(rule: ShippingRule, program: Program, language: str) -> NotJudged:
    return NotJudged(
        id=rule.id,
        name=_name(rule, language),
        needs=what_it_needs(rule),
        when=shipping_condition_words(rule.when, language, words.tier_names(program, language)),
    )
