"""Mutations of vouchers, promo codes, gift cards and promotions."""

from __future__ import annotations

from typing import Any

from sandbox.model import gift_cards, promo_codes, promotions, vouchers
from sandbox.model.catalog import Channel
from sandbox.model.checkouts import Checkout, delete_checkout
from sandbox.model.errors import Refused
from sandbox.model.gift_cards import GiftCard
from sandbox.model.ids import parse_global_id
from sandbox.model.vouchers import CATALOGS, Voucher, VoucherCode
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import find_node, need_node
from sandbox.schema.request import Info, Resolvers, caller_of, store_of
from sandbox.schema.types_discount import SeenVoucher

_KINDS = {
    "products": "Product",
    "variants": "ProductVariant",
    "collections": "Collection",
    "categories": "Category",
}


def _voucher(info: Info, id_: str) -> Voucher:
    found: Voucher = need_node(store_of(info), id_, "Voucher")
    return found


def _resolved(info: Info, input_: dict[str, Any]) -> dict[str, Any]:
    """The input with the ids of what a voucher is for replaced by the things."""
    data = dict(input_)
    for name in CATALOGS:
        if data.get(name) is not None:
            data[name] = [
                need_node(store_of(info), each, _KINDS[name], field=name) for each in data[name]
            ]
    return data


def _create(info: Info, input_: dict[str, Any]) -> Payload:
    made = vouchers.create_voucher(store_of(info), caller_of(info), _resolved(info, input_))
    return {"voucher": SeenVoucher(made)}


def _update(info: Info, id_: str, input_: dict[str, Any]) -> Payload:
    voucher = _voucher(info, id_)
    vouchers.update_voucher(store_of(info), caller_of(info), voucher, _resolved(info, input_))
    return {"voucher": SeenVoucher(voucher)}


def _delete(info: Info, id_: str) -> Payload:
    voucher = _voucher(info, id_)
    vouchers.delete_voucher(store_of(info), caller_of(info), voucher)
    return {"voucher": SeenVoucher(voucher)}


def _list(info: Info, id_: str, input_: dict[str, Any]) -> Payload:
    store, voucher = store_of(info), _voucher(info, id_)
    added, removed = input_.get("add_channels") or [], input_.get("remove_channels") or []
    ids = [each["channel_id"] for each in added]
    if len(set(ids)) < len(ids) or set(ids) & set(removed):
        raise Refused("DUPLICATED_INPUT_ITEM", "The same object is given twice.", "input")
    gone = [_channel(info, each) for each in removed]
    wanted = [_channel(info, each) for each in ids]
    for channel, each in zip(wanted, added, strict=True):
        spent = [each["min_amount_spent"]] if "min_amount_spent" in each else []
        vouchers.list_in_channel(store, voucher, channel, each.get("discount_value"), *spent)
    for channel in gone:
        voucher.listings.pop(channel.slug, None)
    store.emit("VOUCHER_UPDATED", voucher, caller_of(info))
    return {"voucher": SeenVoucher(voucher)}


def _channel(info: Info, id_: str) -> Channel:
    found: Channel | None = find_node(store_of(info), id_, "Channel")
    if found is None:
        raise Refused("GRAPHQL_ERROR", f"Couldn't resolve to a node: {id_}", "channelId")
    return found


def _delete_codes(info: Info, ids: list[str]) -> Payload:
    """Unknown ids are passed over; an id of something else refuses all."""
    wrong, codes = [], list[VoucherCode]()
    for each in ids:
        try:
            kind, pk = parse_global_id(each)
        except ValueError:
            kind, pk = "", ""
        if kind != "VoucherCode":
            wrong.append(each)
        elif (code := vouchers.find_code(store_of(info), pk)) is not None and code not in codes:
            codes.append(code)
    if wrong:
        error = {"path": "ids", "code": "INVALID", "message": "Invalid VoucherCode ID."}
        return {"count": 0, "errors": [{**error, "voucher_codes": wrong}]}
    return {"count": vouchers.delete_codes(store_of(info), caller_of(info), codes)}


def _checkout(info: Info, id_: str | None) -> Checkout:
    found: Checkout = need_node(store_of(info), id_, "Checkout")
    return found


def _add_promo_code(info: Info, promo_code: str, id_: str | None = None) -> Payload:
    checkout = _checkout(info, id_)
    promo_codes.add_promo_code(store_of(info), caller_of(info), checkout, promo_code)
    return {"checkout": checkout}


def _remove_promo_code(
    info: Info,
    id_: str | None = None,
    promo_code: str | None = None,
    promo_code_id: str | None = None,
) -> Payload:
    if (promo_code is None) is (promo_code_id is None):
        raise Refused(
            "GRAPHQL_ERROR", "Exactly one of 'promoCode', 'promoCodeId' is required.", None
        )
    store, caller, checkout = store_of(info), caller_of(info), _checkout(info, id_)
    if promo_code is not None:
        promo_codes.remove_promo_code(store, caller, checkout, promo_code)
    else:
        node = need_node(store, promo_code_id, "Voucher", "GiftCard", field="promoCodeId")
        promo_codes.remove_by_node(store, caller, checkout, node)
    return {"checkout": checkout}


def _delete_checkout(info: Info, id_: str) -> Payload:
    delete_checkout(store_of(info), _checkout(info, id_))
    return {}


def _card(info: Info, id_: str) -> GiftCard:
    found: GiftCard = need_node(store_of(info), id_, "GiftCard")
    return found


def _create_card(info: Info, input_: dict[str, Any]) -> Payload:
    data = dict(input_)
    if data.get("assigned_to") is not None:
        data["assigned_to"] = need_node(
            store_of(info), data["assigned_to"], "User", field="assignedTo"
        )
    return {"gift_card": gift_cards.create_gift_card(store_of(info), caller_of(info), data)}


def _activate_card(info: Info, id_: str) -> Payload:
    card = _card(info, id_)
    gift_cards.set_card_active(store_of(info), caller_of(info), card, True)
    return {"gift_card": card}


def _deactivate_card(info: Info, id_: str) -> Payload:
    card = _card(info, id_)
    gift_cards.set_card_active(store_of(info), caller_of(info), card, False)
    return {"gift_card": card}


def _adjust_card(info: Info, id_: str, amount: Any) -> Payload:
    card = _card(info, id_)
    gift_cards.adjust_balance(store_of(info), caller_of(info), card, amount)
    return {"gift_card": card}


def _create_promotion(info: Info, input_: dict[str, Any]) -> Payload:
    store, caller = store_of(info), caller_of(info)
    rules = [_rule(info, each) for each in input_.get("rules") or ()]
    for channels, reward in rules:
        promotions.check_rule(input_["type"], channels, reward)
    made = promotions.create_promotion(
        store,
        caller,
        input_["name"],
        input_["type"],
        start_date=input_.get("start_date"),
        end_date=input_.get("end_date"),
    )
    for channels, reward in rules:
        promotions.add_rule(store, caller, made, channels, **reward)
    return {"promotion": made}


def _rule(info: Info, input_: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    store = store_of(info)
    price = ((input_.get("order_predicate") or {}).get("discounted_object_predicate") or {}).get(
        "base_subtotal_price"
    ) or {}
    named = ((input_.get("catalogue_predicate") or {}).get("variant_predicate") or {}).get("ids")
    channels = [
        need_node(store, each, "Channel", field="channels") for each in input_.get("channels") or ()
    ]
    reward = {
        "name": input_.get("name") or "",
        "reward_type": input_.get("reward_type"),
        "value_type": input_.get("reward_value_type"),
        "value": input_.get("reward_value"),
        "minimum": (price.get("range") or {}).get("gte"),
        "maximum": (price.get("range") or {}).get("lte"),
        "gifts": [
            need_node(store, each, "ProductVariant", field="gifts")
            for each in input_.get("gifts") or ()
        ],
        "variants": [
            need_node(store, each, "ProductVariant", field="cataloguePredicate")
            for each in named or ()
        ],
    }
    return channels, reward


def _delete_promotion(info: Info, id_: str) -> Payload:
    found = need_node(store_of(info), id_, "Promotion")
    promotions.end_promotion(store_of(info), caller_of(info), found)
    return {"promotion": found}


_DISCOUNTS = "MANAGE_DISCOUNTS"
_GIFT_CARDS = "MANAGE_GIFT_CARD"

DISCOUNT_MUTATIONS: Resolvers = {
    "Mutation": {
        "voucherCreate": mutation(_create, _DISCOUNTS),
        "voucherUpdate": mutation(_update, _DISCOUNTS),
        "voucherDelete": mutation(_delete, _DISCOUNTS),
        "voucherChannelListingUpdate": mutation(_list, _DISCOUNTS),
        "voucherCodeBulkDelete": mutation(_delete_codes, _DISCOUNTS),
        "checkoutAddPromoCode": mutation(_add_promo_code),
        "checkoutRemovePromoCode": mutation(_remove_promo_code),
        "checkoutDelete": mutation(_delete_checkout, "MANAGE_CHECKOUTS"),
        "giftCardCreate": mutation(_create_card, _GIFT_CARDS),
        "giftCardActivate": mutation(_activate_card, _GIFT_CARDS),
        "giftCardDeactivate": mutation(_deactivate_card, _GIFT_CARDS),
        "giftCardBalanceAdjust": mutation(_adjust_card, _GIFT_CARDS),
        "promotionCreate": mutation(_create_promotion, _DISCOUNTS),
        "promotionDelete": mutation(_delete_promotion, _DISCOUNTS),
    }
}
