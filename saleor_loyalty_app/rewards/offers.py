"""Shipping offers as Saleor sees them: twins of built-in methods at the program's price. Pure.

An offer that was made stands for a day on its own terms, whatever the program says meanwhile: a
method that vanishes when Saleor looks again at completion leaves a shopper who paid without an
order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.scalars import in_locale, plain
from saleor_loyalty_app.programs.shipping import ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_decide import Deal, ShippingFacts, decide_shipping
from saleor_loyalty_app.saleor.shipping_event import LONGEST_NAME, ListedMethod

#: So long an offer stands.
HELD = timedelta(hours=24)
#: An offer that the program still makes is made anew only after this time, so that asking again
#: and again writes nothing.
RENEWED_AFTER = timedelta(hours=1)
#: So many offers of one checkout are remembered.
MOST_OFFERS = 100


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A method of Saleor's own that is open to the checkout; the price in major units."""

    id: str
    name: str
    price: Decimal
    minimum_days: int | None = None
    maximum_days: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A twin of a built-in method, with its own terms.

    Attributes:
        id: what Saleor is told; made of the rule's id and the built-in method's, without ":".
        names: of the rule, by locale; the built-in method's name where there are none.
        beside: the rule makes twins of several methods, so each also bears its method's name.
        threshold: what the cart costs at least; None = anything.
        until: the offer stands until then.
    """

    id: str
    rule_id: str
    method_id: str
    price: Decimal
    currency: str
    names: Mapping[str, str]
    method_name: str
    beside: bool
    minimum_days: int | None
    maximum_days: int | None
    threshold: Decimal | None
    hide_original: bool
    until: datetime

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {
            "rule": self.rule_id,
            "method": self.method_id,
            "price": plain(self.price),
            "currency": self.currency,
            "names": dict(self.names),
            "method_name": self.method_name,
            "beside": self.beside,
            "days": [self.minimum_days, self.maximum_days],
            "threshold": None if self.threshold is None else plain(self.threshold),
            "hide": self.hide_original,
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, offer_id: str, stored: Mapping[str, Any]) -> Self:
        """What was stored."""
        minimum_days, maximum_days = stored["days"]
        threshold = stored["threshold"]
        return cls(
            id=offer_id,
            rule_id=stored["rule"],
            method_id=stored["method"],
            price=Decimal(stored["price"]),
            currency=stored["currency"],
            names=stored["names"],
            method_name=stored["method_name"],
            beside=stored["beside"],
            minimum_days=minimum_days,
            maximum_days=maximum_days,
            threshold=None if threshold is None else Decimal(threshold),
            hide_original=stored["hide"],
            until=datetime.fromisoformat(stored["until"]),
        )

    def name(self, locale: str) -> str:
        """What the shopper reads, in at most as many characters as Saleor takes."""
        own = in_locale(self.names, locale)
        if own is None:
            return self.method_name[:LONGEST_NAME]
        if not self.beside:
            return own[:LONGEST_NAME]
        ending = f" – {own}"
        return f"{self.method_name[: LONGEST_NAME - len(ending)]}{ending}"

    def listed(self, locale: str) -> ListedMethod:
        """The offer as Saleor is answered."""
        unit = Decimal(1).scaleb(-get_currency_precision(self.currency))
        return ListedMethod(
            id=self.id,
            name=self.name(locale),
            amount=f"{self.price.quantize(unit):f}",
            currency=self.currency,
            minimum_delivery_days=self.minimum_days,
            maximum_delivery_days=self.maximum_days,
        )

    def qualifies(self, subtotal: Decimal | None, open_methods: Iterable[str]) -> bool:
        """Whether the cart still is what the offer asks for. An unknown subtotal (None) is."""
        reached = self.threshold is None or subtotal is None or subtotal >= self.threshold
        return reached and self.method_id in open_methods


def decide_offers(
    program: ShippingProgram,
    facts: ShippingFacts,
    methods: Sequence[BuiltIn],
    *,
    now: datetime,
    timezone: str,
) -> tuple[Offer, ...]:
    """The offers that the program makes now, in the order of the built-in methods.

    Each method has one twin at most, the cheapest, and only one that costs less than it does.
    """
    best: dict[str, Offer] = {}
    for deal in decide_shipping(program, facts, now=now, timezone=timezone).deals:
        for method in _twinned(deal.rule, methods):
            known = best.get(method.id)
            if deal.price < method.price and (known is None or deal.price < known.price):
                best[method.id] = _twin(deal, method, facts.currency, now + HELD)
    return tuple(best[method.id] for method in methods if method.id in best)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is offered, and what of it has to be stored first.

    Attributes:
        offers: in the order in which they are told; those made earlier come first.
        fresh: those of them that are not stored, or not for long enough.
    """

    offers: tuple[Offer, ...]
    fresh: tuple[Offer, ...]


def answer_of(stored: Iterable[Offer], decided: Iterable[Offer], *, now: datetime) -> Answer:
    """Joins what was offered earlier, and still stands, with what the program offers now.

    The earlier terms win. An earlier offer that the program makes no more ends with its day.

    Args:
        stored: those whose cart still qualifies.
    """
    standing = {offer.id: offer for offer in stored if offer.until > now}
    cheapest: dict[str, Decimal] = {}
    for offer in standing.values():
        cheapest[offer.method_id] = min(offer.price, cheapest.get(offer.method_id, offer.price))
    fresh: list[Offer] = []
    for offer in decided:
        known = standing.get(offer.id)
        if known is None:
            if offer.method_id not in cheapest or offer.price < cheapest[offer.method_id]:
                fresh.append(offer)
        elif _is_old(known, offer) and replace(known, until=offer.until) == offer:
            fresh.append(offer)
    told = standing | {offer.id: offer for offer in fresh}
    return Answer(tuple(told.values()), tuple(fresh))


@dataclass(frozen=True, slots=True)
class MissingToOffer:
    """What a cart lacks for an offer whose other conditions hold; money in major units."""

    rule_id: str
    names: Mapping[str, str]
    price: Decimal
    threshold: Decimal
    missing: Decimal


def missing_to_offers(
    program: ShippingProgram, facts: ShippingFacts, *, now: datetime, timezone: str
) -> tuple[MissingToOffer, ...]:
    """What is missing to the offers that the shopper has not reached, the least first.

    Offers that are out of reach for another reason, such as the country, are not told.
    """
    decision = decide_shipping(program, facts, now=now, timezone=timezone)
    found = [
        MissingToOffer(
            refusal.rule.id,
            refusal.rule.name,
            refusal.price,
            Decimal(refusal.reason["min"]),
            Decimal(refusal.reason["missing"]),
        )
        for refusal in decision.refusals
        if refusal.reason["code"] == "order_value_below" and refusal.price is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.missing, one.price)))


def twin_id(rule_id: str, method_id: str) -> str:
    """The id of a twin: the same for the same rule and built-in method, for ever."""
    return f"{rule_id}.{method_id.replace(':', '_').rstrip('=')}"


def _twinned(rule: ShippingRule, methods: Sequence[BuiltIn]) -> Sequence[BuiltIn]:
    if rule.method == "any":
        return methods
    if rule.method == "cheapest":
        return sorted(methods, key=lambda method: method.price)[:1]
    wanted = {name.casefold() for name in rule.method_names}
    return [method for method in methods if method.name.strip().casefold() in wanted]


def _twin(deal: Deal, method: BuiltIn, currency: str, until: datetime) -> Offer:
    rule = deal.rule
    return Offer(
        id=twin_id(rule.id, method.id),
        rule_id=rule.id,
        method_id=method.id,
        price=deal.price,
        currency=currency,
        names=rule.name,
        method_name=method.name,
        beside=rule.method == "any" or len(rule.method_names) > 1,
        minimum_days=method.minimum_days,
        maximum_days=method.maximum_days,
        threshold=deal.threshold,
        hide_original=rule.hide_original,
        until=until,
    )


def _is_old(known: Offer, offer: Offer) -> bool:
    return offer.until - known.until >= RENEWED_AFTER
