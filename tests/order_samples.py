"""Orders made up for tests, in one line each."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
Json = dict[str, Any]


def at(minutes: float) -> str:
    """An instant so many minutes after the order was made."""
    return (START + timedelta(minutes=minutes)).isoformat()


def money(amount: str | Decimal | int) -> Json:
    """An amount in USD."""
    return {"amount": Decimal(amount), "currency": "USD"}


def taxed(gross: str | Decimal | int, net: str | Decimal | int | None = None) -> Json:
    """A price with and without tax; the same unless both are given."""
    return {"gross": money(gross), "net": money(gross if net is None else net)}


def line(id_: str = "L1", quantity: int = 1, gross: str = "100", **more: Any) -> Json:
    """An order line of a plain product."""
    product = {
        "id": f"P-{id_}",
        "slug": f"product-{id_.lower()}",
        "productType": {"id": "T1", "slug": "plain", "kind": more.pop("kind", "NORMAL")},
        "category": more.pop("category", None),
        "collections": more.pop("collections", []),
    }
    return {
        "id": id_,
        "quantity": quantity,
        "totalPrice": taxed(gross, more.pop("net", None)),
        "isGift": False,
        "variant": {"id": f"V-{id_}", "sku": f"SKU-{id_}", "product": product},
        **more,
    }


def event(type_: str, amount: str | int, minutes: float, id_: str = "") -> Json:
    """An event of a transaction."""
    return {
        "id": id_ or f"E-{type_}-{minutes}",
        "type": type_,
        "amount": money(amount),
        "createdAt": at(minutes),
    }


def transaction(*events: Json, by: str | None = None, id_: str = "TX1", **amounts: str) -> Json:
    """A transaction whose amounts follow from its events, unless they are given."""
    sums = {
        type_: sum((one["amount"]["amount"] for one in events if one["type"] == type_), Decimal(0))
        for type_ in ("CHARGE_SUCCESS", "REFUND_SUCCESS", "REFUND_REVERSE", "CHARGE_BACK")
    }
    refunded = sums["REFUND_SUCCESS"] - sums["REFUND_REVERSE"]
    return {
        "id": id_,
        "createdAt": min((one["createdAt"] for one in events), default=at(0)),
        "chargedAmount": money(
            amounts.get("charged", sums["CHARGE_SUCCESS"] - refunded - sums["CHARGE_BACK"])
        ),
        "refundedAmount": money(amounts.get("refunded", refunded)),
        "createdBy": None if by is None else {"__typename": "App", "id": by},
        "events": list(events),
    }


def paid(amount: str | int = 100, minutes: float = 1) -> Json:
    """A transaction that charged it all."""
    return transaction(event("CHARGE_SUCCESS", amount, minutes))


def fulfillment(status: str, minutes: float, shipping: str | None = None, **units: int) -> Json:
    """A fulfillment of so many units by line."""
    return {
        "id": f"F-{status}-{minutes}",
        "status": status,
        "created": at(minutes),
        "shippingRefundedAmount": None if shipping is None else money(shipping),
        "lines": [{"quantity": n, "orderLine": {"id": id_}} for id_, n in units.items()],
    }


def shopper(id_: str = "U1", email: str = "ayse@example.com", **more: Any) -> Json:
    """A user with an account."""
    return {"id": id_, "email": email, "isActive": True, "isConfirmed": True, **more}


def order(
    *lines: Json,
    shipping: str = "0",
    transactions: Sequence[Json] = (),
    updated: float = 1,
    user: Json | None = None,
    **more: Any,
) -> OrderSnapshot:
    """An order as Saleor shows it: totals follow from lines and transactions unless given."""
    told = list(lines) or [line()]
    gross = sum((one["totalPrice"]["gross"]["amount"] for one in told), Decimal(shipping))
    net = sum((one["totalPrice"]["net"]["amount"] for one in told), Decimal(shipping))
    document: Json = {
        "id": "O1",
        "number": "1",
        "status": "UNFULFILLED",
        "created": at(0),
        "updatedAt": at(updated),
        "channel": {"slug": "default-channel", "currencyCode": "USD"},
        "total": taxed(gross, net),
        "shippingPrice": taxed(shipping),
        "totalCharged": money(
            sum((one["chargedAmount"]["amount"] for one in transactions), Decimal(0))
        ),
        "totalRefunded": money(
            sum((one["refundedAmount"]["amount"] for one in transactions), Decimal(0))
        ),
        "userEmail": user["email"] if user else "guest@example.com",
        "user": user,
        "lines": told,
        "transactions": list(transactions),
        "fulfillments": [],
        **more,
    }
    return msgspec.convert(document, OrderSnapshot, strict=False)  # noqa: TID251
