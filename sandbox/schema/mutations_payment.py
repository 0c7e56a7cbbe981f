"""Mutations of transactions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.model import settlement
from sandbox.model.errors import Refused
from sandbox.model.gateway import initialize_transaction
from sandbox.model.payments import TransactionItem, add_event
from sandbox.model.refunds import OrderGrantedRefund
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import need_node
from sandbox.schema.request import Info, Resolvers, caller_of, require, store_of

Money = Decimal | None


def _item(info: Info, id_: str | None, token: str | None) -> TransactionItem:
    store = store_of(info)
    found: TransactionItem
    if token is not None:
        if token not in store.transactions:
            raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {token}", "token")
        found = store.transactions[token]
    else:
        found = need_node(store, id_, "TransactionItem")
    return found


def _note(info: Info, item: TransactionItem, event: dict[str, Any] | None) -> None:
    """The free-text event that a caller may add to a change."""
    if event:
        add_event(
            store_of(info),
            item,
            "INFO",
            Decimal(0),
            caller=caller_of(info),
            psp_reference=event.get("psp_reference") or "",
            message=event.get("message") or "",
        )


def _create(
    info: Info,
    id_: str,
    transaction: dict[str, Any],
    transaction_event: dict[str, Any] | None = None,
) -> Payload:
    store = store_of(info)
    source = need_node(store, id_, "Checkout", "Order")
    item = settlement.create_transaction(store, caller_of(info), source, transaction)
    _note(info, item, transaction_event)
    return {"transaction": item}


def _update(
    info: Info,
    id_: str | None = None,
    token: str | None = None,
    transaction: dict[str, Any] | None = None,
    transaction_event: dict[str, Any] | None = None,
) -> Payload:
    item = _item(info, id_, token)
    settlement.update_transaction(store_of(info), caller_of(info), item, transaction or {})
    _note(info, item, transaction_event)
    return {"transaction": item}


def _report(
    info: Info,
    type_: str,
    psp_reference: str,
    id_: str | None = None,
    token: str | None = None,
    amount: Money = None,
    time: datetime | None = None,
    transaction_metadata: dict[str, str] | None = None,
    transaction_private_metadata: dict[str, str] | None = None,
    **fields: Any,
) -> Payload:
    require(info, "HANDLE_PAYMENTS")
    item = _item(info, id_, token)
    if time is not None:
        fields["created_at"] = time
    for key in ("message", "external_url"):
        if fields.get(key) is None:
            fields.pop(key, None)
    report = settlement.report_event(
        store_of(info),
        caller_of(info),
        item,
        type_,
        amount,
        psp_reference,
        metadata=transaction_metadata,
        private_metadata=transaction_private_metadata,
        **fields,
    )
    return {
        "transaction": item,
        "transaction_event": report.event,
        "already_processed": report.already_processed,
    }


def _request(
    info: Info,
    action_type: str,
    id_: str | None = None,
    token: str | None = None,
    amount: Money = None,
    refund_reason: str | None = None,
) -> Payload:
    item = _item(info, id_, token)
    settlement.request_action(
        store_of(info), caller_of(info), item, action_type, amount, reason=refund_reason
    )
    return {"transaction": item}


def _request_granted(
    info: Info,
    granted_refund_id: str,
    id_: str | None = None,
    token: str | None = None,
) -> Payload:
    store = store_of(info)
    refund: OrderGrantedRefund = need_node(
        store, granted_refund_id, "OrderGrantedRefund", field="grantedRefundId"
    )
    item = refund.transaction if id_ is None and token is None else _item(info, id_, token)
    if item is None or item is not refund.transaction:
        raise Refused("INVALID", "The refund was granted for another transaction.", "id")
    if refund.status in {"PENDING", "SUCCESS"}:
        raise Refused("REFUND_ALREADY_PROCESSED", "Refund already processed.", "grantedRefundId")
    settlement.request_action(store, caller_of(info), item, "REFUND", refund.amount, grant=refund)
    return {"transaction": item}


def _initialize(
    info: Info,
    id_: str,
    payment_gateway: dict[str, Any],
    amount: Money = None,
    action: str | None = None,
    idempotency_key: str | None = None,
    **_: Any,
) -> Payload:
    if action is not None:
        require(info, "HANDLE_PAYMENTS")
    store = store_of(info)
    source = need_node(store, id_, "Checkout", "Order")
    started = initialize_transaction(
        store,
        caller_of(info),
        source,
        payment_gateway["id"],
        amount,
        data=payment_gateway.get("data"),
        action=action,
        idempotency_key=idempotency_key,
    )
    return {
        "transaction": started.transaction,
        "transaction_event": started.event,
        "data": started.data,
    }


PAYMENT_MUTATIONS: Resolvers = {
    "Mutation": {
        "transactionCreate": mutation(_create, "HANDLE_PAYMENTS"),
        "transactionUpdate": mutation(_update, "HANDLE_PAYMENTS"),
        "transactionEventReport": mutation(_report),
        "transactionRequestAction": mutation(_request, "HANDLE_PAYMENTS"),
        "transactionRequestRefundForGrantedRefund": mutation(_request_granted, "HANDLE_PAYMENTS"),
        "transactionInitialize": mutation(_initialize),
    }
}
