"""Promo codes put on checkouts and taken off, and what a completion does with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.model.checkouts import mark_cart_changed
from sandbox.model.discounts import entered_shipping, live_code
from sandbox.model.errors import Refused
from sandbox.model.gift_cards import GiftCard, card_for
from sandbox.model.store import Caller, Store
from sandbox.model.voucher_rules import NotApplicable, voucher_discount
from sandbox.model.vouchers import Voucher, VoucherCode, promo_code_is_taken

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout


@dataclass(frozen=True, slots=True)
class Admission:
    """That a checkout may complete with its code; `certain` if no other completion can end it.

    `discount_gone` is when the code was taken off in the meantime: seen, but not there any more.
    """

    code: VoucherCode | None
    certain: bool = False
    discount_gone: bool = False


def add_promo_code(store: Store, caller: Caller, checkout: Checkout, promo_code: str) -> None:
    """Put a voucher's or a gift card's code on a checkout: anybody may who has its id.

    A second voucher silently replaces the first, and an order promotion gives way to it.

    Raises:
        Refused: nobody's code (`INVALID`), or a voucher that does not apply here
            (`VOUCHER_NOT_APPLICABLE`).
    """
    code = store.voucher_codes.get(promo_code)
    if code is not None:
        put_voucher(store, checkout, code)
    else:
        card = card_for(store, promo_code, checkout)
        if not checkout.channel.allow_legacy_gift_card_use:
            raise Refused(
                "GIFT_CARD_NOT_APPLICABLE",
                "Adding gift card to checkout in this channel is not allowed.",
                "promoCode",
            )
        if card not in checkout.gift_cards:
            checkout.gift_cards.append(card)
    mark_cart_changed(store, caller, checkout, recalculate_discount=False)


def put_voucher(store: Store, checkout: Checkout, code: VoucherCode) -> None:
    """Price a checkout with a voucher, instead of what it had.

    Raises:
        Refused: the code is ended (`INVALID`) or does not apply here (`VOUCHER_NOT_APPLICABLE`).
    """
    voucher = code.voucher
    if not code.is_active or not voucher.is_active_in(checkout.channel, store.clock.now()):
        raise Refused("INVALID", "Promo code is invalid", "promoCode")
    try:
        applied = voucher_discount(voucher, checkout, entered_shipping(checkout))
    except NotApplicable as reason:
        raise Refused(
            "VOUCHER_NOT_APPLICABLE", "Voucher is not applicable to this checkout.", "promoCode"
        ) from reason
    checkout.voucher_code = code.code
    checkout.applied = applied
    checkout.priced_at = store.clock.now()
    checkout.lines[:] = [line for line in checkout.lines if not line.is_gift]


def remove_promo_code(store: Store, caller: Caller, checkout: Checkout, promo_code: str) -> None:
    """Take a code off a checkout; any code of its voucher does, and a deleted one too.

    Raises:
        Refused: nobody's code, or not the one on this checkout.
    """
    named = store.voucher_codes.get(promo_code)
    card = next((each for each in checkout.gift_cards if each.code == promo_code), None)
    present = live_code(store, checkout)
    if promo_code == checkout.voucher_code or (
        named is not None and present is not None and named.voucher is present.voucher
    ):
        checkout.voucher_code = None
    elif named is not None:
        raise Refused(
            "INVALID", "Cannot remove a voucher not attached to this checkout.", "promoCode"
        )
    elif card is not None:
        checkout.gift_cards.remove(card)
    elif promo_code_is_taken(store, promo_code):
        raise Refused(
            "INVALID", "Cannot remove a gift card not attached to this checkout.", "promoCode"
        )
    else:
        raise Refused("NOT_FOUND", "Promo code does not exists.", "promoCode")
    mark_cart_changed(store, caller, checkout)


def remove_by_node(
    store: Store, caller: Caller, checkout: Checkout, node: Voucher | GiftCard
) -> None:
    """Take a voucher or gift card off a checkout.

    Raises:
        Refused: it is another voucher than the one on the checkout.
    """
    if isinstance(node, GiftCard):
        checkout.gift_cards[:] = [card for card in checkout.gift_cards if card is not node]
    elif checkout.voucher_code is not None:
        if all(code.code != checkout.voucher_code for code in node.codes):
            raise Refused(
                "NOT_FOUND", "Couldn't remove a promo code from a checkout.", "promoCodeId"
            )
        checkout.voucher_code = None
    mark_cart_changed(store, caller, checkout)


def admit(store: Store, checkout: Checkout) -> Admission:
    """Look, before an order is made, whether the code on the checkout is good.

    Saleor looks without a lock: a code that another completion used up within the last
    `store.race_window` passes too, and leaves its discount to both orders.

    Raises:
        Refused: the code was used, deleted or ended, although the checkout still shows it.
    """
    if checkout.voucher_code is None:
        return Admission(None)
    code = live_code(store, checkout)
    if code is not None:
        return Admission(code)
    code = store.voucher_codes.get(checkout.voucher_code)
    ended = code.used_up_at if code is not None else None
    if code is None or ended is None or store.clock.now() - ended > store.race_window:
        raise _not_applicable()
    return Admission(code)


def use_up(store: Store, checkout: Checkout, admission: Admission) -> VoucherCode | None:
    """Count the use of the code; None when another completion was quicker to use it up.

    Raises:
        Refused: the voucher is once for each customer, and this one has had it.
    """
    code = admission.code
    if code is None or not (admission.certain or live_code(store, checkout) is code):
        return None
    voucher = code.voucher
    email = checkout.user.email if checkout.user else (checkout.email or "")
    if voucher.apply_once_per_customer and not admission.certain and email in code.customers:
        raise _not_applicable()
    count_use(store, code, email)
    return code


def count_use(store: Store, code: VoucherCode, email: str) -> None:
    """Book one use of a code as its voucher keeps count; a single-use code ends here."""
    voucher = code.voucher
    now = store.clock.now()
    if voucher.usage_limit is not None:
        code.used += 1
        if voucher.used >= voucher.usage_limit:
            for each in voucher.codes:
                each.used_up_at = each.used_up_at or now
    if voucher.apply_once_per_customer:
        code.customers.add(email)
    if voucher.single_use:
        code.is_active = False
        code.used_up_at = code.used_up_at or now


def _not_applicable() -> Refused:
    return Refused("VOUCHER_NOT_APPLICABLE", "Voucher not applicable", "voucherCode")
