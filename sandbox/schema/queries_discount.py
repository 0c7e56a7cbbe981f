"""The root fields that read vouchers, gift cards, promotions and old payments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.model.legacy_payments import all_payments
from sandbox.model.vouchers import Voucher
from sandbox.schema.connections import Connection, connect
from sandbox.schema.nodes import find_node, pk_of
from sandbox.schema.request import Info, Resolvers, require, store_of
from sandbox.schema.types_discount import SeenVoucher

_KEYS: dict[str, Any] = {
    "NAME": lambda voucher: (voucher.name or "", voucher.pk),
    "START_DATE": lambda voucher: (voucher.start_date, voucher.pk),
    "END_DATE": lambda voucher: (
        voucher.end_date.isoformat() if voucher.end_date else "",
        voucher.pk,
    ),
    "TYPE": lambda voucher: (voucher.type, voucher.pk),
    "USAGE_LIMIT": lambda voucher: (voucher.usage_limit or 0, voucher.pk),
}


def _voucher(_root: None, info: Info, id_: str, channel: str | None = None) -> SeenVoucher | None:
    require(info, "MANAGE_DISCOUNTS")
    found: Voucher | None = find_node(store_of(info), id_, "Voucher")
    return SeenVoucher(found, channel) if found is not None else None


def _vouchers(
    _root: None,
    info: Info,
    filter_: dict[str, Any] | None = None,
    query: str | None = None,
    channel: str | None = None,
    sort_by: dict[str, Any] | None = None,
    **page: Any,
) -> Connection:
    require(info, "MANAGE_DISCOUNTS")
    store, wanted = store_of(info), filter_ or {}
    words = (wanted.get("search") or query or "").lower()
    ids = {pk_of(each) for each in wanted["ids"]} if wanted.get("ids") is not None else None
    statuses, now = wanted.get("status"), store.clock.now()
    found = [
        SeenVoucher(voucher, channel)
        for voucher in store.vouchers.values()
        if (channel is None or channel in voucher.listings)
        and (ids is None or str(voucher.pk) in ids)
        and (not statuses or _status(voucher, now) in statuses)
        and (not words or _mentions(voucher, words))
    ]
    sorting = sort_by or {}
    key = _KEYS.get(sorting.get("field", "NAME"), _KEYS["NAME"])
    return connect(found, key, descending=sorting.get("direction") == "DESC", **page)


def _mentions(voucher: Voucher, words: str) -> bool:
    """Whether the name or a code holds the words."""
    texts = [voucher.name or "", *(code.code for code in voucher.codes)]
    return any(words in text.lower() for text in texts)


def _status(voucher: Voucher, now: datetime) -> str:
    if voucher.start_date > now:
        return "SCHEDULED"
    ended = voucher.end_date is not None and voucher.end_date < now
    used_up = voucher.usage_limit is not None and voucher.used >= voucher.usage_limit
    return "EXPIRED" if ended or used_up else "ACTIVE"


def _gift_card(_root: None, info: Info, id_: str) -> Any:
    require(info, "MANAGE_GIFT_CARD")
    return find_node(store_of(info), id_, "GiftCard")


def _gift_cards(_root: None, info: Info, search: str | None = None, **page: Any) -> Connection:
    require(info, "MANAGE_GIFT_CARD")
    words = (search or "").lower()
    found = [c for c in store_of(info).gift_cards.values() if words in c.code.lower()]
    return connect(found, lambda card: (card.code,), **page)


def _promotion(_root: None, info: Info, id_: str) -> Any:
    require(info, "MANAGE_DISCOUNTS")
    return find_node(store_of(info), id_, "Promotion")


def _promotions(_root: None, info: Info, **page: Any) -> Connection:
    require(info, "MANAGE_DISCOUNTS")
    found = list(store_of(info).promotions.values())
    return connect(found, lambda promotion: (promotion.name, promotion.pk), **page)


def _payments(
    _root: None, info: Info, filter_: dict[str, Any] | None = None, **page: Any
) -> Connection:
    """The old payments; one leaves its checkout when that becomes an order."""
    require(info, "MANAGE_ORDERS")
    store, wanted = store_of(info), filter_ or {}
    ids = {pk_of(each) for each in wanted["ids"]} if wanted.get("ids") is not None else None
    asked = wanted.get("checkouts")
    carts = {pk_of(each) for each in asked or ()}
    found = [
        payment
        for payment in all_payments(store)
        if (ids is None or str(payment.pk) in ids)
        and (asked is None or (payment.checkout is not None and payment.checkout.pk in carts))
    ]
    return connect(found, lambda payment: (payment.pk,), **page)


DISCOUNT_QUERIES: Resolvers = {
    "Query": {
        "voucher": _voucher,
        "vouchers": _vouchers,
        "giftCard": _gift_card,
        "giftCards": _gift_cards,
        "promotion": _promotion,
        "promotions": _promotions,
        "payments": _payments,
    }
}
