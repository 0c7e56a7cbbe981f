"""What a checkout would earn, how many points it takes, and what it lacks for better delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.known_shopper import known_shopper, may_earn
from saleor_loyalty_app.flows.shipping_buyer import as_bought_by
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.ledger.balance_view import balance
from saleor_loyalty_app.ledger.types import Account
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, SignedIn
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.checkout_facts import checkout_facts
from saleor_loyalty_app.programs.decide import POINTS, Decision, decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.promises import unpromised
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.shipping import ShippingRule
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.programs.shipping_sight import offers_in_sight
from saleor_loyalty_app.programs.shipping_words import methods_words
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.errors import (
    NoProgram,
    SpendingBlocked,
    SpendingOff,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.quote import CartForSpending, Most, most
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.checkout_preview import (
    CheckoutPreview,
    is_checkout_id,
    preview_of,
)
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

UNIT = "points"
_NONE = Most(0, Decimal(0))


@dataclass(frozen=True, slots=True)
class OfferInSight:
    """A shipping offer that the cart has (`missing` is 0), or would have if it cost more."""

    id: str
    name: str
    price: Decimal
    threshold: Decimal | None
    missing: Decimal


@dataclass(frozen=True, slots=True)
class Spendable:
    """What points may do for a checkout of their owner.

    Attributes:
        most: how many of the member's points are of use, and what they take off.
        refusal: why none may be spent; None = they may, or there are too few.
        live: the points that are being spent on the checkout already.
    """

    available: int
    most: Most
    refusal: SpendingRefused | None
    live: RedemptionRef | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A checkout seen through the program.

    Attributes:
        points: what it would earn if it were completed now.
        nearly: why rules did not apply that a larger cart would meet: (rule id, reason).
        spendable: None for who has not proved that the checkout is theirs.
    """

    program: Program | None
    channel: str
    currency: str
    points: int
    nearly: tuple[tuple[str, Mapping[str, Any]], ...]
    offers: tuple[OfferInSight, ...]
    spendable: Spendable | None


class CheckoutUnknown(AppError):
    """There is no such checkout, or it is somebody else's, or it was completed."""

    code = "checkout_unknown"
    status = 404


def read_checkout(access: StoreAccess, store: StoreRef, checkout_id: str) -> CheckoutPreview:
    """Asks Saleor for a checkout, once.

    Raises:
        CheckoutUnknown: there is none.
        SaleorUnavailable and the like: Saleor does not answer.
    """
    if not is_checkout_id(checkout_id):
        raise CheckoutUnknown
    found = preview_of(access.ask(store, "queries/checkout_preview", {"id": checkout_id}))
    if found is None:
        raise CheckoutUnknown
    return found


def preview_checkout(
    conn: Connection,
    store: StoreRef,
    checkout: CheckoutPreview,
    member: MemberRef | None,
    *,
    is_owner: bool,
    now: datetime,
    language: str,
    keys: EmailKeys | None = None,
    signed_in: SignedIn | None = None,
) -> Preview:
    """What the program in force means for a checkout.

    Args:
        member: of who asks, or of nobody.
        is_owner: who asks has proved that the checkout is theirs.
        keys: find what is remembered of the member's address under older secrets, too.
        signed_in: who asks, with the address that their order will name; None = nobody is.
    """
    store = wind_downs.as_of(conn, store, now)
    revision = revision_at(conn, store.id, now)
    program = revision.program if revision is not None else None
    live = _live(conn, store, checkout)
    buyer = member if is_owner else _buyer(conn, store, checkout)
    decision = None
    if (
        program is not None
        and store.earning_on
        and may_earn(conn, store, program, member, signed_in, now=now)
    ):
        newcomer = is_owner and member is None and checkout.user_id is not None
        decision = _decide(
            conn,
            store,
            program,
            checkout,
            member,
            now,
            newcomer=newcomer,
            keys=keys,
            addresses=() if signed_in is None else signed_in.addresses,
        )
    return Preview(
        program=program,
        channel=checkout.channel.slug,
        currency=checkout.channel.currency_code,
        points=0 if decision is None else decision.totals().get((UNIT, POINTS), 0),
        nearly=() if program is None or decision is None else _nearly(program, decision),
        offers=_offers(conn, store, program, checkout, buyer, live, now, language),
        spendable=_spendable(conn, store, program, checkout, member, live, now)
        if is_owner
        else None,
    )


def _decide(
    conn: Connection,
    store: StoreRef,
    program: Program,
    checkout: CheckoutPreview,
    member: MemberRef | None,
    now: datetime,
    *,
    newcomer: bool,
    keys: EmailKeys | None,
    addresses: Sequence[str],
) -> Decision:
    """Decides as the order would be; a newcomer becomes a member with it."""
    known = known_shopper(
        conn,
        store,
        program,
        member,
        newcomer=newcomer,
        language=checkout.language_code,
        now=now,
        keys=keys,
        addresses=addresses,
    )
    settings = program.settings
    facts = checkout_facts(
        checkout, settings, app_id=store.app_id, now=now, nth_order=known.nth_order
    )
    return decide_order(program, facts, store.timezone, known.member, known.boosts)


def _nearly(program: Program, decision: Decision) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    untold = {"", *unpromised(program)}
    return tuple(
        (miss.rule_id, miss.reason)
        for miss in decision.misses
        if miss.rule_id not in untold and miss.reason.get("code") == "order_value_below"
    )


def _buyer(conn: Connection, store: StoreRef, checkout: CheckoutPreview) -> MemberRef | None:
    return None if checkout.user_id is None else member_by_user(conn, store.id, checkout.user_id)


def _live(conn: Connection, store: StoreRef, checkout: CheckoutPreview) -> RedemptionRef | None:
    found = redemptions.on_checkout(conn, store.id, checkout.id)
    return next((one for one in found if one.is_live), None)


def _full_subtotal(checkout: CheckoutPreview, live: RedemptionRef | None) -> Decimal:
    """The goods' price without our own discount, which is not counted against the shopper."""
    if live is not None and checkout.voucher_code == live.code:
        return checkout.entered_subtotal + live.amount
    return checkout.entered_subtotal


def _offers(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    checkout: CheckoutPreview,
    buyer: MemberRef | None,
    live: RedemptionRef | None,
    now: datetime,
    language: str,
) -> tuple[OfferInSight, ...]:
    """The offers as Saleor is told of them when it asks: for whose checkout it is."""
    if program is None or program.shipping is None or not store.shipping_on:
        return ()
    facts = ShippingFacts(
        channel=checkout.channel.slug,
        currency=checkout.channel.currency_code,
        country=checkout.country or _usual_country(conn, store, checkout.channel.slug),
        subtotal=_full_subtotal(checkout, live),
    )
    if checkout.user_id is not None:
        facts = as_bought_by(conn, store, program, buyer, facts)
    found = offers_in_sight(program.shipping, facts, now=now, timezone=store.timezone)
    return tuple(
        OfferInSight(one.rule.id, _name(one.rule, language), one.price, one.threshold, one.missing)
        for one in found
    )


def _name(rule: ShippingRule, language: str) -> str:
    """What an offer is called, or which methods it makes cheaper."""
    return rule.label(language) or methods_words(rule, language)


def _usual_country(conn: Connection, store: StoreRef, channel: str) -> str:
    """Where a cart without an address goes to, until it is known: the channel's own country."""
    known = (one.default_country for one in channels(conn, store.id) if one.slug == channel)
    return next(known, "")


def _spendable(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    checkout: CheckoutPreview,
    member: MemberRef | None,
    live: RedemptionRef | None,
    now: datetime,
) -> Spendable:
    available = 0
    if member is not None:
        available = balance(conn, Account(store.id, member.id, UNIT), now=now).available
    own = live is not None and live.code == checkout.voucher_code
    cart = CartForSpending(
        _full_subtotal(checkout, live), other_code=bool(checkout.voucher_code) and not own
    )
    try:
        _require_spending(store, member, now)
        if program is None:
            raise NoProgram
        found = most(
            program,
            program.spending,
            checkout.channel.slug,
            checkout.channel.currency_code,
            cart,
            available,
        )
    except SpendingRefused as refusal:
        return Spendable(available, _NONE, refusal, live)
    return Spendable(available, found, None, live)


def _require_spending(store: StoreRef, member: MemberRef | None, now: datetime) -> None:
    if not store.spending_on:
        raise SpendingOff
    if member is not None and (why := why_not_spending(member, now=now)):
        raise SpendingBlocked(reason=why)
