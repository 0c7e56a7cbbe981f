"""Asking apps which methods they offer for a cart, and which they exclude."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.model.apps import Webhook, receivers
from sandbox.model.shipping import EXTERNAL_ID, MethodOffer, built_in_offers, entered_subtotal
from sandbox.model.shipping_answers import excluded_reasons, listed_offers

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout
    from sandbox.model.customers import Address
    from sandbox.model.store import Caller, Store

LIST = "SHIPPING_LIST_METHODS_FOR_CHECKOUT"
FILTER = "CHECKOUT_FILTER_SHIPPING_METHODS"

_KEPT = {LIST: timedelta(hours=12), FILTER: timedelta(minutes=3)}
_FAILURE_KEPT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that 3.22 gives again instead of asking; None is a failure."""

    until: datetime
    answer: Any


def offers_now(store: Store, caller: Caller, checkout: Checkout) -> list[MethodOffer]:
    """The methods of the store and of all apps, marked where an app excludes them."""
    offers = {offer.key: offer for offer in built_in_offers(store, checkout)}
    own = list(offers.values())
    for webhook, answer in _answers(store, caller, checkout, LIST, own):
        for offer in listed_offers(answer, webhook.app, checkout.currency):
            offers[offer.key] = offer
    if not offers:
        return []
    everything = list(offers.values())
    answers = _answers(store, caller, checkout, FILTER, everything)
    reasons = excluded_reasons([answer for _webhook, answer in answers])
    return [
        replace(offer, active=False, message=reasons[offer.key]) if offer.key in reasons else offer
        for offer in everything
    ]


def _answers(
    store: Store, caller: Caller, checkout: Checkout, event: str, methods: list[MethodOffer]
) -> list[tuple[Webhook, Any]]:
    return [
        (webhook, _answer(store, caller, checkout, event, methods, webhook))
        for webhook in receivers(store, event, checkout)
    ]


def _answer(
    store: Store,
    caller: Caller,
    checkout: Checkout,
    event: str,
    methods: list[MethodOffer],
    webhook: Webhook,
) -> Any:
    # 3.22 keeps answers: 12 h for LIST, 3 min for FILTER, a failure 1 s, each by app, address,
    # event and what the cart is, private metadata included (Saleor 3.22.67,
    # webhook/transport/synchronous/transport.py, trigger_webhook_sync_if_not_cached). 3.23 keeps
    # none: its delivery rows take that place.
    if store.version != "3.22":
        return _ask(store, caller, checkout, event, methods, webhook)
    key = (webhook.app.pk, webhook.target_url, event, _facts(checkout, event, methods))
    now = store.clock.now()
    for old in [old for old, kept in store.sync_answers.items() if kept.until <= now]:
        del store.sync_answers[old]
    kept = store.sync_answers.get(key)
    if kept is None:
        answer = _ask(store, caller, checkout, event, methods, webhook)
        lifetime = _FAILURE_KEPT if answer is None else _KEPT[event]
        kept = store.sync_answers[key] = KeptAnswer(store.clock.now() + lifetime, answer)
    return kept.answer


def _ask(
    store: Store,
    caller: Caller,
    checkout: Checkout,
    event: str,
    methods: list[MethodOffer],
    webhook: Webhook,
) -> Any:
    emitted = store.emit(event, checkout, caller, methods=methods)
    return store.ask(webhook, emitted)


def _facts(checkout: Checkout, event: str, methods: list[MethodOffer]) -> str:
    """What tells one cart from another in 3.22; when it was changed does not count."""
    private = dict(checkout.private_metadata)
    if event == LIST:
        private.pop(EXTERNAL_ID, None)
    user = checkout.user
    facts = (
        checkout.pk,
        (user.pk, user.email, user.first_name, user.last_name) if user else checkout.email,
        checkout.language_code,
        [_address(checkout.shipping_address), _address(checkout.billing_address)],
        [(line.pk, line.variant.pk, line.quantity, line.price_override) for line in checkout.lines],
        (checkout.voucher_code, entered_subtotal(checkout)),
        sorted(checkout.metadata.items()),
        sorted(private.items()),
        [(offer.key, offer.price, offer.name) for offer in methods] if event == FILTER else None,
    )
    return repr(facts)


def _address(address: Address | None) -> Any:
    if address is None:
        return None
    return sorted((name, str(value)) for name, value in vars(address).items() if name != "pk")
