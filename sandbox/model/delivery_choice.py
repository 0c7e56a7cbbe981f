"""Choosing how a cart is shipped, and whether the choice still holds.

3.23 and later keep deliveries with the checkout (`deliveries`). 3.22 keeps only the choice: it
asks the apps whenever methods are shown, when the cart changes and when it is completed, and
drops a choice that no longer fits the changed cart (Saleor 3.22.67, checkout/fetch.py,
CheckoutInfo.get_all_shipping_methods, and graphql/checkout/mutations/utils.py,
update_checkout_shipping_method_if_invalid); what it asked a while ago it may repeat from its
cache (`shipping_calls`). There the row of `Checkout.delivery` only holds name and price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.model.coverage import cover
from sandbox.model.deliveries import (
    CheckoutDelivery,
    calculate,
    current_rows,
    is_stale,
    mark_stale,
    valid_rows,
)
from sandbox.model.errors import Refused
from sandbox.model.ids import parse_global_id
from sandbox.model.shipping import EXTERNAL_ID, MethodOffer, built_in_offers
from sandbox.model.shipping_calls import offers_now

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout
    from sandbox.model.store import Caller, Store

_OLD_KINDS = {"Warehouse", "ShippingMethod", "app"}


@dataclass(frozen=True, slots=True)
class CheckoutProblemDeliveryMethodStale:
    delivery: CheckoutDelivery


@dataclass(frozen=True, slots=True)
class CheckoutProblemDeliveryMethodInvalid:
    delivery: CheckoutDelivery


Problem = CheckoutProblemDeliveryMethodStale | CheckoutProblemDeliveryMethodInvalid


def keeps_deliveries(store: Store) -> bool:
    """Whether this version stores deliveries with the checkout."""
    return store.version != "3.22"


def shown_methods(
    store: Store, caller: Caller, checkout: Checkout, *, asks: bool
) -> list[MethodOffer]:
    """The methods to choose from; without `asks` only what is known already."""
    if keeps_deliveries(store):
        rows = current_rows(store, caller, checkout) if asks else valid_rows(checkout)
        return [row.shipping_method for row in rows]
    return offers_now(store, caller, checkout) if asks else built_in_offers(store, checkout)


def chosen_method(
    store: Store, caller: Caller, checkout: Checkout, *, asks: bool
) -> MethodOffer | None:
    """The method chosen, None too when it has become invalid."""
    if checkout.delivery is None:
        return None
    if keeps_deliveries(store):
        rows = current_rows(store, caller, checkout) if asks else valid_rows(checkout)
        return checkout.delivery.shipping_method if checkout.delivery in rows else None
    if asks:
        return _refreshed(store, caller, checkout)
    return checkout.delivery.offer


def calculate_deliveries(
    store: Store, caller: Caller, checkout: Checkout
) -> list[CheckoutDelivery]:
    """Ask anew, whatever is stored; the choice itself is not touched."""
    return calculate(store, caller, checkout, overwrite=False)


def choose_delivery(
    store: Store, caller: Caller, checkout: Checkout, method_id: str | None
) -> bool:
    """Choose by the id of a delivery, a method or an app's method; None chooses nothing.

    Returns whether anything changed.

    Raises:
        Refused: the id is of something else, or the method does not apply here.
    """
    if not checkout.is_shipping_required:
        raise Refused(
            "SHIPPING_NOT_REQUIRED", "This checkout doesn't need shipping", "deliveryMethod"
        )
    wanted = None if method_id is None else _find(store, caller, checkout, method_id)
    if wanted is checkout.delivery:
        return False
    checkout.delivery = wanted
    if not keeps_deliveries(store):
        checkout.private_metadata.pop(EXTERNAL_ID, None)
        if wanted is not None and wanted.offer.is_external:
            checkout.private_metadata[EXTERNAL_ID] = wanted.offer.key
    return True


def _find(store: Store, caller: Caller, checkout: Checkout, method_id: str) -> CheckoutDelivery:
    kind, key = _kind_and_key(method_id)
    if kind not in _OLD_KINDS and not (kind == "CheckoutDelivery" and keeps_deliveries(store)):
        kinds = "Warehouse, ShippingMethod, or CheckoutDelivery"
        if not keeps_deliveries(store):
            kinds = "Warehouse or ShippingMethod"
        raise Refused("INVALID", f"ID does not belong to {kinds}", "deliveryMethodId")
    if keeps_deliveries(store):
        rows = current_rows(store, caller, checkout)
    else:
        rows = [CheckoutDelivery(offer.key, offer) for offer in offers_now(store, caller, checkout)]
    for row in rows:
        by_row = kind == "CheckoutDelivery" and row.pk == key
        if row.is_usable and kind != "Warehouse" and (by_row or row.offer.key == key):
            return row
    raise Refused(
        "DELIVERY_METHOD_NOT_APPLICABLE",
        "This shipping method is not applicable.",
        "deliveryMethodId",
    )


def _kind_and_key(method_id: str) -> tuple[str, str]:
    try:
        kind, key = parse_global_id(method_id)
    except ValueError as error:
        raise Refused("GRAPHQL_ERROR", f"Invalid ID: {method_id}.", "deliveryMethodId") from error
    return kind, method_id if kind == "app" else key


def note_cart_change(store: Store, caller: Caller, checkout: Checkout) -> None:
    """What a change of lines, promo code or address does to the deliveries."""
    if keeps_deliveries(store):
        mark_stale(store, checkout)
        return
    if checkout.delivery is None:
        return
    fresh = _refreshed(store, caller, checkout) if checkout.is_shipping_required else None
    if fresh is None or not fresh.active:
        checkout.delivery = None
        checkout.private_metadata.pop(EXTERNAL_ID, None)


def _refreshed(store: Store, caller: Caller, checkout: Checkout) -> MethodOffer | None:
    """The chosen method as it is offered now, in 3.22; its name and price are written down."""
    chosen = checkout.delivery
    if chosen is None:
        return None
    offers = {offer.key: offer for offer in offers_now(store, caller, checkout)}
    fresh = offers.get(chosen.offer.key)
    if fresh is not None:
        chosen.offer = fresh
        cover(store, checkout)
    return fresh


def check_delivery(store: Store, caller: Caller, checkout: Checkout) -> None:
    """Look at the choice once more before the order is placed.

    Raises:
        Refused: nothing is chosen, the address is missing, or the choice does not hold.
    """
    if not checkout.is_shipping_required:
        return
    usable = _still_usable(store, caller, checkout)
    if checkout.delivery is None or usable is None:
        raise Refused("SHIPPING_METHOD_NOT_SET", "Shipping method is not set", "shippingMethod")
    if checkout.shipping_address is None:
        raise Refused("SHIPPING_ADDRESS_NOT_SET", "Shipping address is not set", "shippingAddress")
    if not usable:
        raise Refused(
            "INVALID_SHIPPING_METHOD",
            "Delivery method is not valid for your shipping address",
            "shippingMethod",
        )


def _still_usable(store: Store, caller: Caller, checkout: Checkout) -> bool | None:
    """None when there is no choice; in 3.22 also when the app no longer offers the method."""
    chosen = checkout.delivery
    if chosen is None:
        return None
    if keeps_deliveries(store):
        # Asked again for a changed cart, 3.23 writes the answer down and goes on with the row as it
        # was read before: only a method that vanished is refused, not one that an app excludes now
        # (seen on 3.23.28; checkout/delivery_context.py, _overwrite_assigned_delivery).
        was_active = chosen.offer.active
        current_rows(store, caller, checkout)
        return was_active and chosen.is_valid
    fresh = _refreshed(store, caller, checkout)
    if fresh is None:
        return None if chosen.offer.is_external else False
    return fresh.active


def delivery_problems(store: Store, checkout: Checkout) -> list[Problem]:
    """What stands against the chosen delivery, as the checkout tells it since 3.23."""
    chosen = checkout.delivery
    if chosen is None or not keeps_deliveries(store):
        return []
    found: list[Problem] = []
    if is_stale(store, checkout):
        found.append(CheckoutProblemDeliveryMethodStale(chosen))
    if not chosen.is_usable:
        found.append(CheckoutProblemDeliveryMethodInvalid(chosen))
    return found
