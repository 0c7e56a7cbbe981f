"""Mutations of orders."""

from __future__ import annotations

from typing import Any

from sandbox.model import drafts, fulfillments, legacy_payments, orders, refunds, returns
from sandbox.model.customers import make_address
from sandbox.model.errors import Refused
from sandbox.model.orders import Order, OrderLine
from sandbox.schema.bulk_input import import_all
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import need_node
from sandbox.schema.request import Info, Resolvers, caller_of, store_of


def _order(info: Info, id_: str | None, field: str = "id") -> Order:
    found: Order = need_node(store_of(info), id_, "Order", field=field)
    return found


def _line(order: Order, info: Info, id_: str | None, field: str) -> OrderLine:
    line: OrderLine = need_node(store_of(info), id_, "OrderLine", field=field)
    if line not in order.lines:
        raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {id_}", field)
    return line


def _fulfill(info: Info, input_: dict[str, Any], order: str | None = None) -> Payload:
    store, found = store_of(info), _order(info, order, "order")
    parcels = [
        fulfillments.Parcel(
            _line(found, info, line.get("order_line_id"), "orderLineId"),
            need_node(store, stock["warehouse"], "Warehouse", field="warehouse"),
            stock["quantity"],
        )
        for line in input_["lines"]
        for stock in line["stocks"]
    ]
    made = fulfillments.fulfill(
        store, caller_of(info), found, parcels, input_.get("tracking_number") or ""
    )
    return {"fulfillments": made, "order": found}


def _fulfillment_cancel(info: Info, id_: str, **_: Any) -> Payload:
    store = store_of(info)
    fulfillment = need_node(store, id_, "Fulfillment")
    fulfillments.cancel_fulfillment(store, caller_of(info), fulfillment)
    return {"fulfillment": fulfillment, "order": fulfillment.order}


def _goods(info: Info, order: Order, input_: dict[str, Any]) -> returns.Goods:
    store = store_of(info)
    goods: returns.Goods = [
        returns.Unsent(
            _line(order, info, each["order_line_id"], "orderLineId"),
            each["quantity"],
            bool(each.get("replace")),
        )
        for each in input_.get("order_lines") or ()
    ]
    for each in input_.get("fulfillment_lines") or ():
        line = need_node(
            store, each["fulfillment_line_id"], "FulfillmentLine", field="fulfillmentLineId"
        )
        fulfillment = next((f for f in order.fulfillments if line in f.lines), None)
        if fulfillment is None:
            raise Refused("NOT_FOUND", "The line is of another order.", "fulfillmentLineId")
        goods.append(returns.Sent(fulfillment, line, each["quantity"], bool(each.get("replace"))))
    return goods


def _return(info: Info, order: str, input_: dict[str, Any]) -> Payload:
    found = _order(info, order, "order")
    made = returns.return_goods(
        store_of(info),
        caller_of(info),
        found,
        _goods(info, found, input_),
        refund=bool(input_.get("refund")),
        amount=input_.get("amount_to_refund"),
        with_shipping=bool(input_.get("include_shipping_costs")),
    )
    return {
        "return_fulfillment": made.returned,
        "replace_fulfillment": made.replaced,
        "order": found,
        "replace_order": made.replacement,
    }


def _refund(info: Info, order: str, input_: dict[str, Any]) -> Payload:
    found = _order(info, order, "order")
    made = returns.refund_goods(
        store_of(info),
        caller_of(info),
        found,
        _goods(info, found, input_),
        amount=input_.get("amount_to_refund"),
        with_shipping=bool(input_.get("include_shipping_costs")),
    )
    return {"fulfillment": made, "order": found}


def _grant(info: Info, id_: str, input_: dict[str, Any]) -> Payload:
    store, order = store_of(info), _order(info, id_)
    item = need_node(store, input_["transaction_id"], "TransactionItem", field="transactionId")
    if item not in order.transactions:
        raise Refused("NOT_FOUND", "The transaction is of another order.", "transactionId")
    lines = [
        (_line(order, info, each["id"], "lines"), each["quantity"], each.get("reason"))
        for each in input_.get("lines") or ()
    ]
    refund = refunds.grant_refund(store, caller_of(info), order, item, {**input_, "lines": lines})
    return {"order": order, "granted_refund": refund}


def _cancel(info: Info, id_: str) -> Payload:
    order = _order(info, id_)
    orders.cancel_order(store_of(info), caller_of(info), order)
    return {"order": order}


def _mark_as_paid(info: Info, id_: str, transaction_reference: str | None = None) -> Payload:
    order = _order(info, id_)
    legacy_payments.mark_as_paid(store_of(info), caller_of(info), order, transaction_reference)
    return {"order": order}


def _confirm(info: Info, id_: str) -> Payload:
    order = _order(info, id_)
    orders.confirm_order(store_of(info), caller_of(info), order)
    return {"order": order}


def _update(
    info: Info,
    input_: dict[str, Any],
    id_: str | None = None,
    external_reference: str | None = None,
) -> Payload:
    store, order = store_of(info), _order(info, id_)
    for name in ("billing_address", "shipping_address"):
        address = make_address(store, input_.get(name))
        if address is not None:
            setattr(order, name, address)
    if input_.get("user_email"):
        order.user_email = input_["user_email"]
        order.user = next(
            (user for user in store.users.values() if user.email == order.user_email.lower()), None
        )
    if input_.get("external_reference") is not None:
        order.external_reference = input_["external_reference"]
    order.updated_at = store.now()
    store.emit("ORDER_UPDATED", order, caller_of(info))
    return {"order": order}


def _draft_create(info: Info, input_: dict[str, Any]) -> Payload:
    store = store_of(info)
    channel = need_node(store, input_.get("channel_id"), "Channel", field="channelId")
    lines = [
        drafts.DraftLine(
            need_node(store, line["variant_id"], "ProductVariant", field="lines"),
            line["quantity"],
            line.get("price"),
        )
        for line in input_.get("lines") or ()
    ]
    user_id, method_id = input_.get("user"), input_.get("shipping_method")
    order = drafts.create_draft(
        store,
        caller_of(info),
        channel,
        lines,
        input_,
        user=need_node(store, user_id, "User", field="user") if user_id else None,
        shipping_method=need_node(store, method_id, "ShippingMethod", field="shippingMethod")
        if method_id
        else None,
    )
    return {"order": order}


def _draft_update(
    info: Info,
    input_: dict[str, Any],
    id_: str | None = None,
    external_reference: str | None = None,
) -> Payload:
    store, order = store_of(info), _order(info, id_)
    user_id, method_id = input_.get("user"), input_.get("shipping_method")
    drafts.update_draft(
        store,
        caller_of(info),
        order,
        input_,
        user=need_node(store, user_id, "User", field="user") if user_id else None,
        shipping_method=need_node(store, method_id, "ShippingMethod", field="shippingMethod")
        if method_id
        else None,
    )
    return {"order": order}


def _draft_delete(
    info: Info, id_: str | None = None, external_reference: str | None = None
) -> Payload:
    order = _order(info, id_)
    drafts.delete_draft(store_of(info), caller_of(info), order)
    return {"order": order}


def _draft_complete(info: Info, id_: str) -> Payload:
    return {"order": drafts.complete_draft(store_of(info), caller_of(info), _order(info, id_))}


def _bulk_create(info: Info, **arguments: Any) -> Payload:
    return import_all(store_of(info), caller_of(info), **arguments)


_STAFF = "MANAGE_ORDERS"

ORDER_MUTATIONS: Resolvers = {
    "Mutation": {
        "orderFulfill": mutation(_fulfill, _STAFF),
        "orderFulfillmentCancel": mutation(_fulfillment_cancel, _STAFF),
        "orderFulfillmentReturnProducts": mutation(_return, _STAFF),
        "orderFulfillmentRefundProducts": mutation(_refund, _STAFF),
        "orderGrantRefundCreate": mutation(_grant, _STAFF),
        "orderCancel": mutation(_cancel, _STAFF),
        "orderMarkAsPaid": mutation(_mark_as_paid, _STAFF),
        "orderConfirm": mutation(_confirm, _STAFF),
        "orderUpdate": mutation(_update, _STAFF),
        "draftOrderCreate": mutation(_draft_create, _STAFF),
        "draftOrderDelete": mutation(_draft_delete, _STAFF),
        "draftOrderUpdate": mutation(_draft_update, _STAFF),
        "draftOrderComplete": mutation(_draft_complete, _STAFF),
        "orderBulkCreate": mutation(_bulk_create, "MANAGE_ORDERS_IMPORT"),
    }
}
