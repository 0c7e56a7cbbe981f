"""The discount that a checkout is priced with: a voucher's, or the best order promotion's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.line_prices import base_subtotal, base_totals, spread
from sandbox.model.money import ZERO
from sandbox.model.promotions import BestRule, best_order_rule
from sandbox.model.voucher_rules import AppliedDiscount, NotApplicable, voucher_discount

if TYPE_CHECKING:
    from sandbox.model.catalog import ProductVariant
    from sandbox.model.checkouts import Checkout
    from sandbox.model.store import Store
    from sandbox.model.vouchers import VoucherCode

_PRICES_LIVE = timedelta(hours=1)


def live_code(store: Store, checkout: Checkout) -> VoucherCode | None:
    """The code on the checkout, while it and its voucher are good in the channel."""
    code = store.voucher_codes.get(checkout.voucher_code or "")
    if code is None or not code.is_active:
        return None
    return code if code.voucher.is_active_in(checkout.channel, store.clock.now()) else None


def entered_totals(checkout: Checkout, applied: AppliedDiscount | None) -> dict[str, Decimal]:
    """The entered prices of the lines by key, with a discount taken off."""
    totals = base_totals(checkout)
    if applied is None:
        return totals
    if applied.kind == "lines":
        return {pk: max(price - applied.lines.get(pk, ZERO), ZERO) for pk, price in totals.items()}
    if applied.kind == "order":
        return spread(totals, applied.amount, checkout.currency)
    return totals


def off_shipping(applied: AppliedDiscount | None) -> Decimal:
    """What a discount takes off the entered price of the delivery."""
    return applied.amount if applied is not None and applied.kind == "shipping" else ZERO


def entered_shipping(checkout: Checkout) -> Decimal | None:
    """The price of the chosen delivery as entered; None while nothing is chosen."""
    return checkout.delivery.offer.price if checkout.delivery is not None else None


def recalculate(store: Store, checkout: Checkout) -> None:
    """Apply anew, as most changes of a checkout do.

    A voucher that fits no more is dropped silently; without a voucher the best order promotion
    comes (back).
    """
    code = live_code(store, checkout)
    applied = _of_voucher(code, checkout) if code is not None else None
    if applied is None:
        checkout.voucher_code = None
        _apply_promotion(store, checkout, _best_rule(store, checkout))
    else:
        _drop_gifts(checkout)
        checkout.applied = applied
    checkout.priced_at = store.clock.now()


def is_priced(store: Store, checkout: Checkout) -> bool:
    """Whether the stored prices are still used; a new checkout has none yet."""
    priced_at = checkout.priced_at
    return priced_at is not None and store.clock.now() - priced_at < _PRICES_LIVE


def present_discount(store: Store, checkout: Checkout) -> AppliedDiscount | None:
    """What a read of prices counts with: what is stored, or what it would now be.

    A voucher that died since the last pricing is shown on, but worth nothing.
    """
    if is_priced(store, checkout):
        return checkout.applied
    if checkout.voucher_code is None:
        return _of_rule(_best_rule(store, checkout))
    code = live_code(store, checkout)
    if code is None:
        old = checkout.applied
        return AppliedDiscount("dead", old.amount, old.name) if old is not None else None
    return _of_voucher(code, checkout) or checkout.applied


def store_prices(store: Store, checkout: Checkout) -> None:
    """Keep what a read of prices found, after it."""
    if is_priced(store, checkout):
        return
    if checkout.voucher_code is None:
        _apply_promotion(store, checkout, _best_rule(store, checkout))
    else:
        checkout.applied = present_discount(store, checkout)
    checkout.priced_at = store.clock.now()


def _of_voucher(code: VoucherCode, checkout: Checkout) -> AppliedDiscount | None:
    try:
        applied = voucher_discount(code.voucher, checkout, entered_shipping(checkout))
    except NotApplicable:
        return None
    if applied.kind != "lines":
        return applied
    # Priced again, Saleor tells no more than what is left of the cart (checkout/utils.py,
    # recalculate_checkout_discount: its subtotal has the voucher's lines reduced already).
    left = base_subtotal(checkout) - sum(applied.lines.values(), ZERO)
    return replace(applied, amount=min(applied.amount, max(left, ZERO)))


def _best_rule(store: Store, checkout: Checkout) -> BestRule | None:
    return best_order_rule(store, checkout.channel, base_subtotal(checkout))


def _of_rule(best: BestRule | None) -> AppliedDiscount | None:
    if best is None or best.gift is not None or not best.amount:
        return None
    return AppliedDiscount("order", best.amount, best.rule.discount_name, rule=best.rule)


def _apply_promotion(store: Store, checkout: Checkout, best: BestRule | None) -> None:
    """The best order promotion; its gift line comes and goes with it."""
    gift = best.gift if best else None
    _drop_gifts(checkout, but=gift)
    checkout.applied = _of_rule(best)
    if best is not None and gift is not None and checkout.lines:
        line = next((line for line in checkout.lines if line.is_gift), None)
        (line or checkout.add_gift(store, gift)).gift_rule = best.rule


def _drop_gifts(checkout: Checkout, but: ProductVariant | None = None) -> None:
    checkout.lines[:] = [line for line in checkout.lines if not line.is_gift or line.variant is but]
