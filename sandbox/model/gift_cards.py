"""Gift cards used as promo codes: money that is taken off a total."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.errors import Refused
from sandbox.model.money import ZERO, quantize
from sandbox.model.store import Caller, Store
from sandbox.model.vouchers import new_promo_code

if TYPE_CHECKING:
    from sandbox.model.apps import App
    from sandbox.model.checkouts import Checkout
    from sandbox.model.customers import User
    from sandbox.model.orders import Order


@dataclass(eq=False)
class GiftCardEvent:
    """`old_balance` is None where there was none before."""

    pk: int
    card: GiftCard
    type: str
    date: datetime
    balance: Decimal
    old_balance: Decimal | None = None
    order: Order | None = None
    user: User | None = None
    app: App | None = None


@dataclass(eq=False)
class GiftCard:
    """`assigned_to` alone may use the card, where somebody is."""

    pk: int
    code: str
    currency: str
    initial_balance: Decimal
    current_balance: Decimal
    created: datetime
    is_active: bool = True
    expiry_date: date | None = None
    last_used_on: datetime | None = None
    created_by: User | None = None
    created_by_email: str | None = None
    used_by: User | None = None
    assigned_to: User | None = None
    app: App | None = None
    tags: list[str] = field(default_factory=list)
    events: list[GiftCardEvent] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def is_good_on(self, day: date) -> bool:
        return self.is_active and (self.expiry_date is None or self.expiry_date >= day)


def create_gift_card(store: Store, caller: Caller, data: dict[str, Any]) -> GiftCard:
    """A card from `GiftCardCreateInput` data (snake_case keys, `assigned_to` resolved).

    Raises:
        Refused: nothing or a broken amount on it, or it expires before it begins.
    """
    currency, amount = data["balance"]["currency"], data["balance"]["amount"]
    if amount <= ZERO or quantize(amount, currency) != amount:
        raise Refused("INVALID", "Balance amount have to be greater than 0.", "balance")
    expiry = data.get("expiry_date")
    now = store.now()
    if expiry is not None and expiry < now.date():
        raise Refused("INVALID", "Expiry date cannot be in the past.", "expiryDate")
    card = GiftCard(
        pk=store.ids.next("GiftCard"),
        code=new_promo_code(store),
        currency=currency,
        initial_balance=amount,
        current_balance=amount,
        created=now,
        is_active=bool(data.get("is_active", True)),
        expiry_date=expiry,
        created_by=caller.user if caller.app is None else None,
        created_by_email=caller.user.email if caller.user and caller.app is None else None,
        assigned_to=data.get("assigned_to"),
        app=caller.app,
        tags=list(data.get("add_tags") or ()),
        metadata=dict(data.get("metadata") or {}),
        private_metadata=dict(data.get("private_metadata") or {}),
    )
    store.gift_cards[card.pk] = card
    _record(store, card, "ISSUED", caller, None)
    store.emit("GIFT_CARD_CREATED", card, caller)
    return card


def set_card_active(store: Store, caller: Caller, card: GiftCard, active: bool) -> None:
    """Switch a card on or off; checkouts that have it lose its money at once.

    Raises:
        Refused: an expired card cannot be switched on.
    """
    day = store.now().date()
    if active and card.expiry_date is not None and card.expiry_date < day:
        raise Refused("EXPIRED_GIFT_CARD", "Expired gift card cannot be activated.", "expiryDate")
    if card.is_active is active:
        return
    card.is_active = active
    kind = "ACTIVATED" if active else "DEACTIVATED"
    _record(store, card, kind, caller, card.current_balance)
    store.emit("GIFT_CARD_STATUS_CHANGED", card, caller)


def adjust_balance(store: Store, caller: Caller, card: GiftCard, amount: Decimal) -> None:
    """Add or take money: never below nothing, and the initial balance grows along.

    Raises:
        Refused: the amount has too many decimals.
    """
    if quantize(amount, card.currency) != amount:
        raise Refused("INVALID", "Invalid amount precision.", "amount")
    old = card.current_balance
    card.current_balance = max(old + amount, ZERO)
    card.initial_balance = max(card.initial_balance, card.current_balance)
    _record(store, card, "BALANCE_ADJUSTED", caller, old)
    store.emit("GIFT_CARD_UPDATED", card, caller)


def card_for(store: Store, code: str, checkout: Checkout) -> GiftCard:
    """The card of that code, good for the checkout.

    Raises:
        Refused: it is off, expired, of another currency or somebody else's; all the same answer.
    """
    day = store.clock.now().date()
    card = next((each for each in store.gift_cards.values() if each.code == code), None)
    if (
        card is None
        or not card.is_good_on(day)
        or card.currency != checkout.currency
        or (card.assigned_to is not None and card.assigned_to is not checkout.user)
    ):
        raise Refused("INVALID", "Promo code is invalid", "promoCode")
    return card


def cards_balance(store: Store, checkout: Checkout) -> Decimal:
    """The money on the checkout's cards that are still good; others drop out silently."""
    day = store.clock.now().date()
    return sum((card.current_balance for card in checkout.gift_cards if card.is_good_on(day)), ZERO)


def spend_cards(
    store: Store, caller: Caller, cards: list[GiftCard], due: Decimal, order: Order
) -> None:
    """Take what an order costs from the cards, in their order; they belong to it from here."""
    day = store.clock.now().date()
    for card in cards:
        if not card.is_good_on(day):
            continue
        order.gift_cards.append(card)
        part = min(due, card.current_balance)
        if part <= ZERO:
            continue
        old = card.current_balance
        card.current_balance -= part
        due -= part
        card.last_used_on = store.now()
        card.used_by = order.user
        _record(store, card, "USED_IN_ORDER", caller, old, order)


def _record(
    store: Store,
    card: GiftCard,
    kind: str,
    caller: Caller,
    old: Decimal | None,
    order: Order | None = None,
) -> None:
    card.events.append(
        GiftCardEvent(
            pk=store.ids.next("GiftCardEvent"),
            card=card,
            type=kind,
            date=store.now(),
            balance=card.current_balance,
            old_balance=old,
            order=order,
            user=caller.user if caller.app is None else None,
            app=caller.app,
        )
    )
