"""The events of subscriptions: one view object for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.model.apps import App
from sandbox.model.customers import User
from sandbox.model.fulfillments import Fulfillment
from sandbox.model.orders import Order
from sandbox.model.refunds import OrderGrantedRefund
from sandbox.model.settlement import ActionRequest
from sandbox.model.store import Emitted, Store
from sandbox.schema.names import event_type_name
from sandbox.schema.request import Info, Resolver, Resolvers, store_of


@dataclass(frozen=True, slots=True)
class EventView:
    """What a subscription sees of one event, for one app."""

    emitted: Emitted
    subject: Any
    recipient: App
    store: Store

    @property
    def type_name(self) -> str:
        return event_type_name(self.emitted.event)

    @property
    def issued_at(self) -> datetime:
        return self.emitted.at

    @property
    def version(self) -> str:
        return self.store.full_version

    @property
    def issuing_principal(self) -> User | App | None:
        return self.emitted.issuing_principal


def _subject(view: EventView, _info: Info) -> Any:
    return view.subject


def _about(name: str) -> Resolver:
    def resolve(view: EventView, _info: Info) -> Any:
        return view.emitted.about.get(name)

    return resolve


def _order_of(view: EventView, _info: Info) -> Order:
    fulfillment: Fulfillment = view.subject
    return fulfillment.order


def _channel(view: EventView, info: Info) -> Any:
    slug = view.emitted.about.get("channel")
    return store_of(info).channel_by_slug(slug) if slug else None


def _token(view: EventView, _info: Info) -> str:
    token: str = view.emitted.about["token"]
    return token


def _action(view: EventView, _info: Info) -> dict[str, Any]:
    asked: ActionRequest = view.emitted.about["request"]
    return {
        "action_type": asked.action,
        "amount": asked.amount,
        "currency": view.subject.currency,
    }


class _EmptyGrant:
    """What Saleor shows where no refund was granted: an object without its required fields."""

    pk = None
    reason = None
    lines = None
    amount = None
    created_at = None
    updated_at = None
    shipping_costs_included = None
    status = None
    transaction = None
    user = None
    app = None


def _granted_refund(view: EventView, _info: Info) -> Any:
    refund: OrderGrantedRefund | None = view.emitted.about.get("granted_refund")
    return refund or _EmptyGrant()


_SUBJECTS = {
    "order": (
        "OrderCreated OrderConfirmed OrderPaid OrderFullyPaid OrderUpdated OrderFulfilled"
        " OrderCancelled OrderRefunded OrderFullyRefunded OrderExpired OrderMetadataUpdated"
        " DraftOrderCreated DraftOrderUpdated DraftOrderDeleted"
    ),
    "orders": "OrderBulkCreated",
    "fulfillment": (
        "FulfillmentCreated FulfillmentCanceled FulfillmentApproved FulfillmentMetadataUpdated"
        " FulfillmentTrackingNumberUpdated"
    ),
    "user": (
        "CustomerCreated CustomerUpdated CustomerDeleted CustomerMetadataUpdated AccountConfirmed"
        " AccountDeleted AccountConfirmationRequested AccountDeleteRequested"
        " AccountSetPasswordRequested"
    ),
    "checkout": (
        "CheckoutCreated CheckoutUpdated CheckoutFullyPaid CheckoutFullyAuthorized"
        " CheckoutMetadataUpdated ShippingListMethodsForCheckout CheckoutFilterShippingMethods"
    ),
    "voucher": "VoucherCreated VoucherUpdated VoucherDeleted VoucherMetadataUpdated",
    "voucherCodes": "VoucherCodesCreated VoucherCodesDeleted",
    "giftCard": "GiftCardCreated GiftCardUpdated GiftCardStatusChanged",
    "app": "AppInstalled AppUpdated AppDeleted AppStatusChanged",
    "transaction": (
        "TransactionChargeRequested TransactionRefundRequested TransactionCancelationRequested"
        " TransactionItemMetadataUpdated TransactionInitializeSession TransactionProcessSession"
    ),
}

EVENT_TYPES: Resolvers = {
    name: {field: _subject} for field, names in _SUBJECTS.items() for name in names.split()
}
for _name in _SUBJECTS["fulfillment"].split():
    EVENT_TYPES[_name]["order"] = _order_of
for _name in _SUBJECTS["user"].split():
    if _name.startswith("Account"):
        EVENT_TYPES[_name] |= {
            "redirectUrl": _about("redirect_url"),
            "channel": _channel,
            "token": _token,
            "shop": lambda view, _info: view.store,
        }
for _name in ("ShippingListMethodsForCheckout", "CheckoutFilterShippingMethods"):
    EVENT_TYPES[_name]["shippingMethods"] = _about("methods")
for _name in ("TransactionChargeRequested", "TransactionRefundRequested"):
    EVENT_TYPES[_name]["action"] = _action
EVENT_TYPES["TransactionCancelationRequested"]["action"] = _action
EVENT_TYPES["TransactionRefundRequested"]["grantedRefund"] = _granted_refund
for _name in ("TransactionInitializeSession", "TransactionProcessSession"):
    EVENT_TYPES[_name] |= {
        "action": _action,
        "sourceObject": lambda view, _info: view.subject.checkout or view.subject.order,
        "data": _about("data"),
        "merchantReference": lambda view, _info: view.subject.pk,
        "customerIpAddress": lambda _view, _info: None,
        "idempotencyKey": _about("idempotency_key"),
    }
