"""Answers which shipping methods the program offers to a checkout, and which it hides.

An offer is stored before it is answered, and answered as long as it stands; asking again writes
nothing. Where the database cannot work in time, what this process offered is repeated, in doubt in
the shopper's favor: never is a method taken away because something of ours broke.
"""

import asyncio
import re
from datetime import timedelta

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.flows.app_manifest import app_identifier
from saleor_loyalty_app.flows.early_access_filter import Access, access_to, gates_in
from saleor_loyalty_app.flows.recalculate_shipping import RECALCULATE, Recalculation
from saleor_loyalty_app.flows.shipping_decision import Decided, decide, still_offered
from saleor_loyalty_app.flows.shipping_lookup import Found, look_up
from saleor_loyalty_app.flows.sync_handler import SyncContext
from saleor_loyalty_app.i18n import language_of, translate
from saleor_loyalty_app.programs.early_access import Gate, entitlement_words
from saleor_loyalty_app.queue import enqueue
from saleor_loyalty_app.rewards import shipping_asks
from saleor_loyalty_app.rewards.offer_rows import OfferKey, add_offers
from saleor_loyalty_app.rewards.offers import Offer
from saleor_loyalty_app.saleor.event import MalformedEvent, parse
from saleor_loyalty_app.saleor.shipping_event import (
    CheckoutRef,
    ExcludedMethod,
    ExcludedMethods,
    ListedMethod,
    ShippingEvent,
    own_id,
)
from saleor_loyalty_app.segments import access_passes

#: Saleor waits for 18 s, and a shopper with it: the database is not waited for so long.
PATIENCE = timedelta(seconds=2)
LONGEST_ID = 200
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_log = log.get(__name__)


async def list_methods(context: SyncContext) -> list[ListedMethod]:
    """The methods that are offered to the checkout; none without an address.

    Raises:
        MalformedEvent: the body does not tell which checkout it is about.
    """
    event = parse(context.body, ShippingEvent)
    ref = _checkout(event)
    locale = _locale(ref.language_code)
    if not ref.country:
        return _answered("no_address", (), locale)
    key = _key(context, ref)
    code = event.checkout.voucher_code if event.checkout else None
    try:
        found = await _look(context, key, code)
    except (SQLAlchemyError, TimeoutError) as failure:
        _log.error("shipping_not_looked_up", store_id=context.store.id, exc_info=failure)
        return _answered(*_repeated(context, key, event), locale)
    decided = decide(event, key, found, now=context.now, timezone=context.store.timezone)
    offers, outcome = decided.answer.offers, decided.outcome
    if decided.writes:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                stored = await context.database.write_async(
                    lambda conn: _store(conn, key, decided, context)
                )
            by_id = {offer.id: offer for offer in stored}
            offers = tuple(by_id[offer.id] for offer in offers if offer.id in by_id)
        except (SQLAlchemyError, TimeoutError) as failure:
            _log.error("shipping_not_stored", store_id=context.store.id, exc_info=failure)
            fresh = {offer.id for offer in decided.answer.fresh}
            known = {offer.id for offer in found.stored}
            offers = tuple(one for one in offers if one.id not in fresh or one.id in known)
            outcome = "not_stored"
    if offers:
        _remember(context, key, offers)
    return _answered(outcome, offers, locale)


async def filter_methods(context: SyncContext) -> ExcludedMethods:
    """The methods that are not to be chosen.

    All of them where the cart holds goods of early access that its shopper may not buy yet, so that
    it cannot become an order. Else the built-in ones whose twins are offered beside them; but
    nothing is hidden at a checkout that showed them without an offer before: who chose one then
    would be left without it.

    Raises:
        MalformedEvent: the body does not tell which checkout it is about.
    """
    event = parse(context.body, ShippingEvent)
    ref = _checkout(event)
    present = {
        own: method
        for method in event.shipping_methods or ()
        if (own := own_id(method.id, app_identifier())) is not None
    }
    gates = gates_in(event.goods)
    if not gates and (not present or not ref.country):
        return _hidden("none", ())
    key = _key(context, ref)
    try:
        found = await _look(context, key, None)
    except (SQLAlchemyError, TimeoutError) as failure:
        _log.error("shipping_not_looked_up", store_id=context.store.id, exc_info=failure)
        reason = context.memory.get(("kept_back", key, gates)) if gates else None
        return _hidden("forgotten", _all_of(event, reason) if reason else ())
    if gates and (reason := await _kept_back(context, key, ref, gates, found)):
        return _hidden("kept_back", _all_of(event, reason))
    if found.asked is None or found.asked.bare:
        return _hidden("none", ())
    language = language_of([ref.language_code])
    hidden = {
        offer.method_id: present[offer.id].name
        for offer in found.stored
        if offer.hide_original and offer.id in present
    }
    excluded = tuple(
        ExcludedMethod(method.id, translate("shipping.instead", language, offer=hidden[method.id]))
        for method in event.shipping_methods or ()
        if method.id in hidden
    )
    return _hidden("kept" if excluded else "none", excluded)


async def _kept_back(
    context: SyncContext, key: OfferKey, ref: CheckoutRef, gates: tuple[Gate, ...], found: Found
) -> str:
    """Why the shopper may not buy what is in the cart; "" where they may."""
    timezone = context.store.timezone
    access = access_to(gates, found, key.user_id, now=context.now, timezone=timezone)
    if access.writes:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await context.database.write_async(lambda conn: _note(conn, key, access, context))
        except (SQLAlchemyError, TimeoutError) as failure:
            _log.error("shipping_not_stored", store_id=context.store.id, exc_info=failure)
    remembered = ("kept_back", key, gates)
    if access.found.entitled or found.part.program is None:
        context.memory.drop(remembered)
        return ""
    language = language_of([ref.language_code])
    reason = entitlement_words(access.found, found.part.program, language, timezone=timezone)
    context.memory.put(remembered, reason)
    return reason


def _note(conn: Connection, key: OfferKey, access: Access, context: SyncContext) -> None:
    if access.ask is not None:
        shipping_asks.note(conn, key.store_id, key.checkout_id, access.ask)
    if access.grant:
        access_passes.give(
            conn, key.store_id, key.checkout_id, key.user_id, access.grant, now=context.now
        )


def _all_of(event: ShippingEvent, reason: str) -> tuple[ExcludedMethod, ...]:
    return tuple(ExcludedMethod(method.id, reason) for method in event.shipping_methods or ())


def _checkout(event: ShippingEvent) -> CheckoutRef:
    """The checkout, where its ids are such that they may be stored."""
    ref = event.checkout or event.checkout_ref
    if ref is None:
        raise MalformedEvent("nothing_in_it")
    if not 0 < len(ref.id) <= LONGEST_ID or len(ref.user_id) > LONGEST_ID:
        raise MalformedEvent("unusable_id")
    if ref.country and not _COUNTRY.fullmatch(ref.country):
        raise MalformedEvent("unusable_country")
    if not _CURRENCY.fullmatch(ref.channel.currency_code):
        raise MalformedEvent("unusable_currency")
    return ref


def _key(context: SyncContext, ref: CheckoutRef) -> OfferKey:
    return OfferKey(context.store.id, ref.id, ref.user_id, ref.country, ref.channel.currency_code)


async def _look(context: SyncContext, key: OfferKey, code: str | None) -> Found:
    async with asyncio.timeout(PATIENCE.total_seconds()):
        return await look_up(
            context.database, context.memory, context.store, key, code=code, now=context.now
        )


def _store(
    conn: Connection, key: OfferKey, decided: Decided, context: SyncContext
) -> tuple[Offer, ...]:
    if decided.ask is not None:
        shipping_asks.note(conn, key.store_id, key.checkout_id, decided.ask)
    if decided.doubted:
        enqueue(
            conn,
            RECALCULATE,
            Recalculation(key.store_id, key.checkout_id, doubted=True),
            dedup_key=f"{key.store_id}:{key.checkout_id}:{decided.doubted}",
        )
    if not decided.answer.fresh:
        return decided.answer.offers
    return add_offers(conn, key, decided.answer.fresh, now=context.now)


def _remember(context: SyncContext, key: OfferKey, offers: tuple[Offer, ...]) -> None:
    """Keeps what was answered, with what was answered before and still stands."""
    before = context.memory.get(("offers", key)) or ()
    standing = {offer.id: offer for offer in before if offer.until > context.now}
    standing |= {offer.id: offer for offer in offers}
    context.memory.put(("offers", key), tuple(standing.values()))


def _repeated(
    context: SyncContext, key: OfferKey, event: ShippingEvent
) -> tuple[str, tuple[Offer, ...]]:
    remembered = context.memory.get(("offers", key)) or ()
    offers = still_offered(remembered, event, now=context.now)
    return ("remembered" if offers else "forgotten"), offers


def _locale(language_code: str) -> str:
    """Saleor's "PT_BR" as the program writes it: "pt-BR"."""
    language, _, region = language_code.partition("_")
    return f"{language.lower()}-{region}" if region else language.lower()


def _answered(outcome: str, offers: tuple[Offer, ...], locale: str) -> list[ListedMethod]:
    metrics.shipping_answers.labels("list", outcome).inc()
    return [offer.listed(locale) for offer in offers]


def _hidden(outcome: str, excluded: tuple[ExcludedMethod, ...]) -> ExcludedMethods:
    metrics.shipping_answers.labels("filter", outcome).inc()
    return ExcludedMethods(excluded)
