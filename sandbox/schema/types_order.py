"""Orders as the API shows them."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from sandbox.model import order_amounts
from sandbox.model.customers import User
from sandbox.model.fulfillments import Fulfillment
from sandbox.model.ids import global_id
from sandbox.model.money import ZERO, Money
from sandbox.model.orders import Order, OrderDiscount, OrderLine, OrderLineDiscount
from sandbox.model.refunds import OrderGrantedRefund
from sandbox.model.shipping import MethodOffer, offer_of_order
from sandbox.schema.request import (
    Info,
    Resolver,
    Resolvers,
    caller_of,
    guarded,
    request_of,
    require_owner,
)
from sandbox.schema.shared import money_of

_STATUS_WORDS = {
    "PARTIALLY_FULFILLED": "Partially fulfilled",
    "PARTIALLY_RETURNED": "Partially returned",
}
_READERS = ("MANAGE_USERS", "MANAGE_ORDERS", "HANDLE_PAYMENTS", "HANDLE_TAXES")


class CircularSubscriptionSyncEvent(GraphQLError):
    """Prices may not be asked while Saleor is asking for what they depend on."""

    def __init__(self) -> None:
        super().__init__("Resolving this field is not allowed in synchronous events.")


def outside_sync_events(resolver: Resolver) -> Resolver:
    """The resolver, refusing in payloads of synchronous events."""

    def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        if request_of(info).sync_event:
            raise CircularSubscriptionSyncEvent
        return resolver(source, info, **arguments)

    return resolve


def _attribute(name: str) -> Resolver:
    def resolve(source: Any, _info: Info) -> Any:
        return getattr(source, name)

    return resolve


def _order_user(order: Order, info: Info) -> User | None:
    if order.user is not None:
        require_owner(info, order.user, *_READERS)
    return order.user


def _fulfillments(order: Order, info: Info) -> list[Fulfillment]:
    """Staff and apps see all; a shopper sees only what is on its way."""
    caller = caller_of(info)
    if caller.app is not None or caller.is_staff:
        return order.fulfillments
    hidden = {"CANCELED", "REPLACED", "REFUNDED", "WAITING_FOR_APPROVAL"}
    return [f for f in order.fulfillments if f.status not in hidden]


def _sum(name: str) -> Resolver:
    """A total over the order's transactions."""

    def resolve(order: Order, _info: Info) -> Money:
        amounts = (getattr(item.amounts, name) for item in order.transactions)
        return Money(sum(amounts, ZERO), order.currency)

    return resolve


def _stored(name: str) -> Resolver:
    def resolve(order: Order, _info: Info) -> Any:
        value = getattr(order.amounts, name)
        return value if isinstance(value, str) else Money(value, order.currency)

    return resolve


def _computed(function: Any) -> Resolver:
    def resolve(order: Order, _info: Info) -> Money:
        return Money(function(order), order.currency)

    return resolve


def _discount_total(discount: OrderDiscount | OrderLineDiscount, _info: Info) -> Money:
    return Money(discount.amount, discount.currency)


def _to_fulfill(line: OrderLine, _info: Info) -> int:
    return line.quantity - line.quantity_fulfilled


def _unit_discount(line: OrderLine, _info: Info) -> Money:
    """In the terms in which prices are entered; of imported lines only the net is known."""
    if line.unit_discount is not None:
        return Money(line.unit_discount, line.currency)
    whole, paid = line.undiscounted_unit_price, line.unit_price
    return Money(whole.net_amount - paid.net_amount, line.currency)


def _number(order: Order, _info: Info) -> str:
    return str(order.number)


def _checkout_id(order: Order, _info: Info) -> str | None:
    return global_id("Checkout", order.checkout_token) if order.checkout_token else None


def _delivery_method(order: Order, _info: Info) -> MethodOffer | None:
    return offer_of_order(order)


def _grant_events(refund: OrderGrantedRefund, _info: Info) -> list[Any]:
    if refund.transaction is None:
        return []
    events = [e for e in refund.transaction.events if e.granted_refund is refund]
    return sorted(events, key=lambda event: event.created_at, reverse=True)


def _discounts(order: Order, _info: Info) -> list[OrderDiscount]:
    return order.discounts


_orders = ("MANAGE_ORDERS",)

ORDER_TYPES: Resolvers = {
    "Order": {
        "number": _number,
        "token": lambda order, _info: order.pk,
        "statusDisplay": lambda order, _info: _STATUS_WORDS.get(
            order.status, order.status.capitalize()
        ),
        "original": lambda order, _info: (
            global_id("Order", order.original.pk) if order.original else None
        ),
        "user": _order_user,
        "languageCode": lambda order, _info: order.language_code.lower().replace("_", "-"),
        "languageCodeEnum": _attribute("language_code"),
        "trackingClientId": lambda _order, _info: "",
        "collectionPointName": lambda _order, _info: None,
        "taxExemption": lambda _order, _info: False,
        "checkoutId": _checkout_id,
        "deliveryMethod": _delivery_method,
        "isShippingRequired": lambda order, _info: any(
            line.is_shipping_required for line in order.lines
        ),
        "fulfillments": _fulfillments,
        "isPaid": lambda order, _info: order_amounts.is_paid(order),
        "paymentStatus": lambda order, _info: order_amounts.payment_status(order),
        "paymentStatusDisplay": lambda order, _info: (
            order_amounts.payment_status(order).replace("_", " ").capitalize()
        ),
        "chargeStatus": _stored("charge_status"),
        "authorizeStatus": _stored("authorize_status"),
        "canFinalize": lambda _order, _info: True,
        "total": outside_sync_events(_attribute("total")),
        "subtotal": outside_sync_events(_attribute("subtotal")),
        "shippingPrice": outside_sync_events(_attribute("shipping_price")),
        "undiscountedTotal": outside_sync_events(_attribute("undiscounted_total")),
        "undiscountedShippingPrice": outside_sync_events(money_of("undiscounted_shipping_price")),
        "shippingTaxRate": outside_sync_events(_attribute("shipping_tax_rate")),
        "totalCharged": _stored("charged"),
        "totalCaptured": _stored("charged"),
        "totalAuthorized": _stored("authorized"),
        "totalCanceled": _sum("canceled"),
        "totalRefunded": guarded(_computed(order_amounts.refunded), *_orders),
        "totalGrantedRefund": guarded(money_of("total_granted"), *_orders),
        "totalRefundPending": guarded(_sum("refund_pending"), *_orders),
        "totalChargePending": guarded(_sum("charge_pending"), *_orders),
        "totalAuthorizePending": guarded(_sum("authorize_pending"), *_orders),
        "totalCancelPending": guarded(_sum("cancel_pending"), *_orders),
        "totalRemainingGrant": guarded(_computed(order_amounts.remaining_grant), *_orders),
        "totalBalance": _computed(order_amounts.balance),
        "grantedRefunds": guarded(_attribute("granted_refunds"), *_orders),
        "transactions": guarded(_attribute("transactions"), "MANAGE_ORDERS", "HANDLE_PAYMENTS"),
        "payments": guarded(_attribute("payments"), *_orders),
        "events": guarded(_attribute("events"), *_orders),
        "discounts": outside_sync_events(_discounts),
    },
    "OrderLine": {
        "productVariantId": lambda line, _info: (
            global_id("ProductVariant", line.variant.pk) if line.variant else None
        ),
        "quantityToFulfill": _to_fulfill,
        "unitDiscount": _unit_discount,
        "unitDiscountType": lambda _line, _info: "FIXED",
        "unitDiscountValue": lambda line, info: _unit_discount(line, info).amount,
        "priceOverrideReason": guarded(_attribute("price_override_reason"), *_orders),
        "unitPrice": outside_sync_events(_attribute("unit_price")),
        "totalPrice": outside_sync_events(_attribute("total_price")),
    },
    "OrderDiscount": {"amount": money_of("amount"), "total": _discount_total},
    "OrderLineDiscount": {"total": _discount_total, "unit": money_of("unit")},
    "OrderEvent": {
        "quantity": lambda _event, _info: None,
        "orderNumber": lambda _event, _info: None,
        "shippingCostsIncluded": lambda _event, _info: None,
    },
    "OrderGrantedRefund": {
        "amount": lambda refund, _info: Money(refund.amount, refund.order.currency),
        "user": guarded(_attribute("user"), "MANAGE_USERS", "MANAGE_STAFF", "MANAGE_ORDERS"),
        "transactionEvents": guarded(_grant_events, "MANAGE_ORDERS", "HANDLE_PAYMENTS"),
        "transaction": guarded(_attribute("transaction"), "MANAGE_ORDERS", "HANDLE_PAYMENTS"),
    },
    "Fulfillment": {
        "statusDisplay": lambda fulfillment, _info: fulfillment.status.replace(
            "_", " "
        ).capitalize(),
        "totalRefundedAmount": lambda f, _info: (
            Money(f.total_refunded, f.order.currency) if f.total_refunded is not None else None
        ),
        "shippingRefundedAmount": lambda f, _info: (
            Money(f.shipping_refunded, f.order.currency)
            if f.shipping_refunded is not None
            else None
        ),
    },
}
