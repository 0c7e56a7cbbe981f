"""Transactions and legacy payments as the API shows them."""

from __future__ import annotations

from typing import Any

from sandbox.model.money import Money
from sandbox.model.payments import Payment, TransactionItem
from sandbox.schema.request import Info, Resolver, Resolvers
from sandbox.schema.shared import money_of


def _amount(name: str) -> Resolver:
    def resolve(item: TransactionItem, _info: Info) -> Money:
        return Money(getattr(item.amounts, name), item.currency)

    return resolve


def _newest_first(item: TransactionItem, _info: Info) -> list[Any]:
    return sorted(item.events, key=lambda event: (event.created_at, event.pk), reverse=True)


def _payment_actions(payment: Payment, _info: Info) -> list[str]:
    return ["REFUND"] if payment.is_active and payment.captured else []


PAYMENT_TYPES: Resolvers = {
    "TransactionItem": {
        "token": lambda item, _info: item.pk,
        "chargedAmount": _amount("charged"),
        "authorizedAmount": _amount("authorized"),
        "refundedAmount": _amount("refunded"),
        "canceledAmount": _amount("canceled"),
        "chargePendingAmount": _amount("charge_pending"),
        "authorizePendingAmount": _amount("authorize_pending"),
        "refundPendingAmount": _amount("refund_pending"),
        "cancelPendingAmount": _amount("cancel_pending"),
        "events": _newest_first,
    },
    "TransactionEvent": {"amount": lambda event, _info: event.money},
    "Payment": {
        "actions": _payment_actions,
        "total": money_of("total"),
        "capturedAmount": money_of("captured"),
    },
    "Transaction": {
        "error": lambda _transaction, _info: None,
        "gatewayResponse": lambda _transaction, _info: {},
        "amount": money_of("amount"),
    },
}
