"""Vouchers, gift cards and promotions as the API shows them."""

from __future__ import annotations

from typing import Any

from sandbox.model.checkouts import Checkout
from sandbox.model.gift_cards import GiftCard, GiftCardEvent
from sandbox.model.ids import global_id
from sandbox.model.money import ZERO, Money
from sandbox.model.promotions import PromotionRule
from sandbox.model.vouchers import Voucher, VoucherChannelListing
from sandbox.schema.connections import Connection, connect
from sandbox.schema.request import (
    Info,
    Resolver,
    Resolvers,
    caller_of,
    guarded,
    require,
    require_owner,
    store_of,
)
from sandbox.schema.shared import country, read_private_metadata, read_private_metafield

_DISCOUNTS = "MANAGE_DISCOUNTS"
_GIFT_CARDS = "MANAGE_GIFT_CARD"


class SeenVoucher:
    """A voucher as seen in one channel, whose value it tells; None for no channel."""

    def __init__(self, voucher: Voucher, slug: str | None = None) -> None:
        self.voucher = voucher
        self.listing = voucher.listings.get(slug or "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.voucher, name)


def _stored(source: Any) -> Any:
    """The voucher itself: who may read its private metadata depends on what it is."""
    return source.voucher if isinstance(source, SeenVoucher) else source


def _listing(source: Any) -> VoucherChannelListing | None:
    return getattr(source, "listing", None)


def _discount_value(source: Any, _info: Info) -> float | None:
    listing = _listing(source)
    return float(listing.discount_value) if listing else None


def _min_spent(source: Any, _info: Info) -> Money | None:
    listing = source if isinstance(source, VoucherChannelListing) else _listing(source)
    if listing is None or listing.min_spent is None:
        return None
    return Money(listing.min_spent, listing.channel.currency_code)


def _codes(source: Any, _info: Info, **page: Any) -> Connection:
    return connect(source.codes, lambda code: (code.created_at, code.code), **page)


def _own(name: str) -> Resolver:
    def resolve(source: Any, _info: Info) -> Any:
        return getattr(source, name)

    return resolve


def _voucher_of(checkout: Checkout, info: Info) -> SeenVoucher | None:
    """The voucher behind a checkout's code, good or ended, until it is deleted."""
    require(info, _DISCOUNTS)
    code = store_of(info).voucher_codes.get(checkout.voucher_code or "")
    return SeenVoucher(code.voucher, checkout.channel.slug) if code is not None else None


def _discount(checkout: Checkout, _info: Info) -> Money:
    """The stored discount, which a price read by the same request has not changed yet."""
    amount = checkout.applied.amount if checkout.applied is not None else ZERO
    return Money(amount, checkout.currency)


def _discount_name(checkout: Checkout, _info: Info) -> str | None:
    return checkout.applied.name if checkout.applied is not None else None


def _card_code(card: GiftCard, info: Info) -> str:
    """The full code: for who used the card, who it is assigned to, and those who manage cards."""
    user = caller_of(info).user
    if user is None or user not in (card.used_by, card.assigned_to):
        require_owner(info, None, _GIFT_CARDS)
    return card.code


def _card_money(name: str) -> Resolver:
    def resolve(card: GiftCard, _info: Info) -> Money:
        return Money(getattr(card, name), card.currency)

    return resolve


def _event_balance(event: GiftCardEvent, _info: Info) -> dict[str, Any]:
    currency = event.card.currency
    old = event.old_balance
    initial = event.balance if event.type == "ISSUED" else None
    return {
        "initial_balance": Money(initial, currency) if initial is not None else None,
        "current_balance": Money(event.balance, currency),
        "old_initial_balance": None,
        "old_current_balance": Money(old, currency) if old is not None else None,
    }


def _rule_gifts(rule: PromotionRule, _info: Info) -> list[str]:
    return [global_id("ProductVariant", gift.pk) for gift in rule.gifts]


def _staff_gift_cards(source: Any, info: Info) -> list[GiftCard]:
    cards: list[GiftCard] = source.gift_cards
    return cards


DISCOUNT_TYPES: Resolvers = {
    "Checkout": {
        "voucher": _voucher_of,
        "discount": _discount,
        "discountName": _discount_name,
    },
    "Order": {
        "voucher": lambda order, _info: (
            SeenVoucher(order.voucher, order.channel.slug) if order.voucher else None
        ),
        "giftCards": _staff_gift_cards,
    },
    "Voucher": {
        "id": lambda source, _info: global_id("Voucher", source.pk),
        "codes": _codes,
        "countries": lambda source, _info: [country(code) for code in source.countries],
        "discountValue": _discount_value,
        "currency": lambda source, _info: (
            listing.channel.currency_code if (listing := _listing(source)) else None
        ),
        "minSpent": _min_spent,
        "channelListings": guarded(
            lambda source, _info: list(source.listings.values()), _DISCOUNTS
        ),
        "privateMetadata": lambda source, info: read_private_metadata(_stored(source), info),
        "privateMetafield": lambda source, info, key: read_private_metafield(
            _stored(source), info, key
        ),
    },
    "VoucherChannelListing": {
        "discountValue": lambda listing, _info: float(listing.discount_value),
        "currency": lambda listing, _info: listing.channel.currency_code,
        "minSpent": _min_spent,
    },
    "GiftCard": {
        "code": _card_code,
        "displayCode": lambda card, _info: card.code[-4:],
        "last4CodeChars": lambda card, _info: card.code.replace("-", "")[-4:],
        "initialBalance": _card_money("initial_balance"),
        "currentBalance": _card_money("current_balance"),
        "assignedTo": guarded(_own("assigned_to"), _GIFT_CARDS, "MANAGE_USERS"),
        "assignedToEmail": guarded(
            lambda card, _info: card.assigned_to.email if card.assigned_to else None,
            _GIFT_CARDS,
            "MANAGE_USERS",
        ),
        "createdBy": guarded(_own("created_by"), "MANAGE_USERS"),
        "app": guarded(_own("app"), _GIFT_CARDS),
        "events": guarded(_own("events"), _GIFT_CARDS),
        "tags": guarded(
            lambda card, _info: [{"id": global_id("GiftCardTag", t), "name": t} for t in card.tags],
            _GIFT_CARDS,
        ),
    },
    "GiftCardTag": {"id": lambda tag, _info: tag["id"]},
    "GiftCardEvent": {
        "balance": _event_balance,
        "orderId": lambda event, _info: global_id("Order", event.order.pk) if event.order else None,
        "orderNumber": lambda event, _info: str(event.order.number) if event.order else None,
    },
    "PromotionRule": {
        "rewardValue": _own("value"),
        "rewardValueType": _own("value_type"),
        "rewardType": _own("reward_type"),
        "giftIds": _rule_gifts,
    },
}
