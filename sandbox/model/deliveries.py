"""The deliveries that 3.23 stores with a checkout: asked for once, then kept until stale.

Each is a row of its own. The chosen one is never removed; when its method changes or vanishes it
becomes invalid, and a changed method gets a second, valid row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.model.coverage import cover
from sandbox.model.discounts import store_prices
from sandbox.model.shipping import MethodOffer
from sandbox.model.shipping_calls import offers_now

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout
    from sandbox.model.store import Caller, Store

_LIFETIME = timedelta(hours=24)


@dataclass(eq=False)
class CheckoutDelivery:
    """One method as one checkout may use it."""

    pk: str
    offer: MethodOffer
    is_valid: bool = True

    @property
    def is_usable(self) -> bool:
        return self.is_valid and self.offer.active

    @property
    def shipping_method(self) -> MethodOffer:
        """The method as GraphQL shows it: an invalid one is not active."""
        return self.offer if self.is_usable else replace(self.offer, active=False)


def valid_rows(checkout: Checkout) -> list[CheckoutDelivery]:
    """What was calculated last, without asking anybody."""
    return [row for row in checkout.deliveries if row.is_valid]


def is_stale(store: Store, checkout: Checkout) -> bool:
    """Whether a change or the time has overtaken the rows; never so before the first calculation.

    The moment itself counts as over, because the clock of a test may stand still.
    """
    stale_at = checkout.deliveries_stale_at
    return stale_at is not None and stale_at <= store.clock.now()


def mark_stale(store: Store, checkout: Checkout) -> None:
    """Note that the cart changed in a way that may change its deliveries."""
    if checkout.is_shipping_required:
        checkout.deliveries_stale_at = store.clock.now()


def current_rows(store: Store, caller: Caller, checkout: Checkout) -> list[CheckoutDelivery]:
    """The stored rows, or new ones when there are none yet or they are stale."""
    if checkout.deliveries_stale_at is None or is_stale(store, checkout):
        return calculate(store, caller, checkout, overwrite=True)
    return valid_rows(checkout)


def calculate(
    store: Store, caller: Caller, checkout: Checkout, *, overwrite: bool
) -> list[CheckoutDelivery]:
    """Ask for all methods and store what comes; returns the valid rows.

    `overwrite` writes a changed method into the chosen row; else the row becomes invalid and keeps
    what the shopper chose. Nothing is stored when the checkout was completed, or another delivery
    chosen, while the apps were asked.
    """
    chosen = checkout.delivery
    offers = {offer.key: offer for offer in offers_now(store, caller, checkout)}
    if store.checkouts.get(checkout.pk) is not checkout or checkout.delivery is not chosen:
        return []
    checkout.deliveries_stale_at = store.clock.now() + _LIFETIME
    if chosen is not None:
        fresh = offers.get(chosen.offer.key)
        if overwrite:
            _overwrite(store, checkout, chosen, fresh)
        else:
            _preserve(store, checkout, chosen, fresh)
    checkout.deliveries = [
        row for row in checkout.deliveries if row is chosen or row.offer.key in offers
    ]
    for offer in offers.values():
        _put(store, checkout, offer)
    store_prices(store, checkout)
    cover(store, checkout)
    return valid_rows(checkout)


def _overwrite(
    store: Store, checkout: Checkout, chosen: CheckoutDelivery, fresh: MethodOffer | None
) -> None:
    if fresh is None:
        chosen.is_valid = False
    else:
        _put(store, checkout, fresh)


def _preserve(
    store: Store, checkout: Checkout, chosen: CheckoutDelivery, fresh: MethodOffer | None
) -> None:
    if fresh is None:
        chosen.is_valid = False
    elif not _differs(chosen.offer, fresh):
        if not chosen.is_valid:
            checkout.deliveries = [
                row
                for row in checkout.deliveries
                if row is chosen or row.offer.key != fresh.key or not row.is_valid
            ]
            chosen.is_valid = True
    elif chosen.is_valid:
        chosen.is_valid = False
        _put(store, checkout, fresh)


def _differs(one: MethodOffer, other: MethodOffer) -> bool:
    return (one.name, one.price, one.minimum_delivery_days, one.maximum_delivery_days) != (
        other.name,
        other.price,
        other.minimum_delivery_days,
        other.maximum_delivery_days,
    )


def _put(store: Store, checkout: Checkout, offer: MethodOffer) -> None:
    """Write an offer into its valid row, or into a new one."""
    for row in checkout.deliveries:
        if row.is_valid and row.offer.key == offer.key:
            row.offer = offer
            return
    checkout.deliveries.append(CheckoutDelivery(store.ids.uuid(), offer))
