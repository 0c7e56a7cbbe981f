"""What is answered on shipping, and what has to be written first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from saleor_loyalty_app.flows.shipping_lookup import Found
from saleor_loyalty_app.programs.shipping import ShippingProgram
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.rewards.cart_subtotal import cart_hash, figure_of, most_of
from saleor_loyalty_app.rewards.offer_rows import OfferKey
from saleor_loyalty_app.rewards.offers import (
    Answer,
    BuiltIn,
    Offer,
    answer_of,
    decide_offers,
    missing_to_offers,
)
from saleor_loyalty_app.rewards.shipping_asks import REFRESHED_AFTER, Asked
from saleor_loyalty_app.saleor.shipping_event import ShippingEvent


@dataclass(frozen=True, slots=True)
class Decided:
    """What is answered.

    Attributes:
        outcome: for the counters.
        ask: what is to be noted of the question; None = nothing new.
        doubted: the hash of a cart whose subtotal is to be asked of Saleor; "" = none.
    """

    answer: Answer
    outcome: str
    ask: Asked | None
    doubted: str

    @property
    def writes(self) -> bool:
        """Whether something has to be written before the answer."""
        return bool(self.answer.fresh or self.ask or self.doubted)


@dataclass(frozen=True, slots=True)
class _Worth:
    """What the cart costs: at least, for new offers, and at most, for those that stand.

    `doubted`: the hash of the cart where the two differ.
    """

    least: Decimal
    most: Decimal | None
    doubted: str = ""


def decide(
    event: ShippingEvent, key: OfferKey, found: Found, *, now: datetime, timezone: str
) -> Decided:
    """Decides on the answer to SHIPPING_LIST_METHODS_FOR_CHECKOUT."""
    methods = built_in(event)
    open_ids = frozenset(method.id for method in methods)
    worth = _worth(event, key, found)
    standing = [offer for offer in found.stored if offer.qualifies(worth.most, open_ids)]
    shipping = found.part.program.shipping if found.part.program is not None else None
    if shipping is None or event.checkout is None:
        answer = answer_of(standing, (), now=now)
        return Decided(answer, "kept" if answer.offers else "not_live", None, "")
    is_older = found.part.since is not None and event.checkout.created < found.part.since
    if not found.is_live:
        answer = answer_of(standing, (), now=now)
        ask = _ask(shipping, key, found, answer, "", is_older=is_older, now=now)
        return Decided(answer, "kept" if answer.offers else "not_live", ask, "")
    facts = ShippingFacts(
        channel=event.checkout.channel.slug,
        currency=key.currency,
        country=key.country,
        subtotal=worth.least,
        member=found.is_member(key.user_id),
        orders=found.orders,
        tier=found.tier_in_force(key.user_id),
        segments=found.segments_in_force,
    )
    decided = decide_offers(shipping, facts, methods, now=now, timezone=timezone)
    answer = answer_of(standing, decided, now=now)
    doubted = worth.doubted
    if doubted and not missing_to_offers(shipping, facts, now=now, timezone=timezone):
        doubted = ""
    ask = _ask(shipping, key, found, answer, doubted, is_older=is_older, now=now)
    if found.asked is not None and found.asked.doubted_hash == doubted:
        doubted = ""
    outcome = "offered" if answer.fresh else "kept" if answer.offers else "none"
    return Decided(answer, outcome, ask, doubted)


def still_offered(
    remembered: Iterable[Offer], event: ShippingEvent, *, now: datetime
) -> tuple[Offer, ...]:
    """What is repeated while nothing can be looked up, not even whether a code is ours."""
    open_ids = frozenset(method.id for method in built_in(event))
    most = most_of(event.checkout) if event.checkout is not None else None
    return tuple(
        offer for offer in remembered if offer.until > now and offer.qualifies(most, open_ids)
    )


def built_in(event: ShippingEvent) -> list[BuiltIn]:
    """Saleor's own methods that are open to the checkout."""
    return [
        BuiltIn(
            id=method.id,
            name=method.name,
            price=method.price.amount,
            minimum_days=method.minimum_delivery_days,
            maximum_days=method.maximum_delivery_days,
        )
        for method in event.shipping_methods or ()
    ]


def _worth(event: ShippingEvent, key: OfferKey, found: Found) -> _Worth:
    checkout = event.checkout
    if checkout is None:
        return _Worth(Decimal(0), None)
    with_tax = found.part.with_tax.get(checkout.channel.slug, False)
    figure = figure_of(checkout, with_tax=with_tax, own_code=found.own_code)
    if not figure.doubt:
        return _Worth(figure.subtotal, figure.subtotal)
    hashed = cart_hash(
        lines=checkout.lines,
        voucher_code=checkout.voucher_code,
        discount=checkout.discount,
        user_id=key.user_id,
        country=key.country,
    )
    if found.total_hash == hashed:
        return _Worth(found.total, found.total)
    return _Worth(figure.subtotal, most_of(checkout), hashed)


def _ask(
    shipping: ShippingProgram,
    key: OfferKey,
    found: Found,
    answer: Answer,
    doubted: str,
    *,
    is_older: bool,
    now: datetime,
) -> Asked | None:
    """What is new about the question, as far as it will make a difference.

    `is_older`: the checkout may have shown its methods before this program was in force.
    """
    rules = shipping.live
    hides = any(rule.hide_original for rule in rules)
    if not (doubted or hides or any(rule.depends_on_user for rule in rules)):
        return None
    bare = hides and (is_older or not any(offer.hide_original for offer in answer.offers))
    before = found.asked
    if before is None:
        return Asked(key.user_id, doubted, bare, now)
    new = Asked(key.user_id, doubted or before.doubted_hash, before.bare or bare, now)
    same = (new.user_id, new.doubted_hash, new.bare) == (
        before.user_id,
        before.doubted_hash,
        before.bare,
    )
    return None if same and now - before.asked_at < REFRESHED_AFTER else new
