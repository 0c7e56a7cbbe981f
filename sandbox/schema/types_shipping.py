"""Shipping methods, deliveries and their problems as the API shows them."""

from __future__ import annotations

from sandbox.model.checkouts import Checkout
from sandbox.model.delivery_choice import (
    CheckoutProblemDeliveryMethodInvalid,
    CheckoutProblemDeliveryMethodStale,
    chosen_method,
    delivery_problems,
    shown_methods,
)
from sandbox.model.shipping import MethodOffer
from sandbox.schema.request import Info, Resolvers, request_of
from sandbox.schema.shared import identity, money_of
from sandbox.schema.types_order import outside_sync_events


def _methods(checkout: Checkout, info: Info) -> list[MethodOffer]:
    """Asks the apps when 3.23 has nothing fresh, and in 3.22 always; payloads ask nobody."""
    request = request_of(info)
    return shown_methods(request.store, request.caller, checkout, asks=request.asks)


def _chosen(checkout: Checkout, info: Info) -> MethodOffer | None:
    request = request_of(info)
    return chosen_method(request.store, request.caller, checkout, asks=request.asks)


def _problems(
    checkout: Checkout, info: Info
) -> list[CheckoutProblemDeliveryMethodStale | CheckoutProblemDeliveryMethodInvalid]:
    return delivery_problems(request_of(info).store, checkout)


SHIPPING_TYPES: Resolvers = {
    "Checkout": {
        "shippingMethods": outside_sync_events(_methods),
        "deliveryMethod": _chosen,
        "problems": _problems,
    },
    "Delivery": {"id": identity("CheckoutDelivery")},
    "ShippingMethod": {
        "id": lambda offer, _info: offer.id,
        "price": money_of("price"),
        "minimumOrderPrice": money_of("minimum_order_price"),
        "maximumOrderPrice": money_of("maximum_order_price"),
    },
}
