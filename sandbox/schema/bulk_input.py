"""Reading the input of `orderBulkCreate`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.model.bulk import ImportedLine, ImportedOrder, import_orders
from sandbox.model.customers import User, find_by_email
from sandbox.model.errors import Refused
from sandbox.model.money import Taxed, quantize
from sandbox.model.orders import Order
from sandbox.model.store import Caller, Store
from sandbox.schema.mutation import Payload
from sandbox.schema.nodes import find_node, need_node

_STOP = "REJECT_EVERYTHING"


def import_all(
    store: Store,
    caller: Caller,
    orders: list[dict[str, Any]],
    error_policy: str | None = None,
    **_: Any,
) -> Payload:
    """Import what can be read; by default one bad order stops all."""
    read: list[ImportedOrder | Refused] = [_read(store, data) for data in orders]
    failed = any(isinstance(each, Refused) for each in read)
    good = [each for each in read if isinstance(each, ImportedOrder)]
    if failed and (error_policy or _STOP) == _STOP:
        good = []
    made = iter(import_orders(store, caller, good))
    results = []
    for each in read:
        if isinstance(each, Refused):
            results.append(_result(None, each))
        else:
            results.append(_result(next(made, None), None))
    errors = [error for result in results for error in result["errors"]]
    return {"count": len(good), "results": results, "errors": errors}


def _result(order: Order | None, refusal: Refused | None) -> dict[str, Any]:
    errors = []
    if refusal is not None:
        errors = [{"path": refusal.field, "message": refusal.message, "code": refusal.code}]
    return {"order": order, "errors": errors}


def _read(store: Store, data: dict[str, Any]) -> ImportedOrder | Refused:
    try:
        return _order(store, data)
    except Refused as refusal:
        return refusal


def _order(store: Store, data: dict[str, Any]) -> ImportedOrder:
    channel = store.channel_by_slug(data["channel"])
    if channel is None:
        raise Refused(
            "NOT_FOUND", f"Channel instance with slug={data['channel']} doesn't exist.", "channel"
        )
    if data["created_at"] > store.clock.now():
        raise Refused("FUTURE_DATE", "Order input contains future date.", "createdAt")
    user, email = _owner(store, data["user"])
    delivery = data.get("delivery_method") or {}
    currency = channel.currency_code
    method_id = delivery.get("shipping_method_id")
    return ImportedOrder(
        channel=channel,
        created=data["created_at"],
        status=data.get("status") or "UNFULFILLED",
        user=user,
        user_email=email,
        lines=[_line(store, line, currency) for line in data["lines"]],
        shipping_price=_taxed(delivery.get("shipping_price"), currency),
        shipping_tax_rate=delivery.get("shipping_tax_rate") or Decimal(0),
        shipping_method=find_node(store, method_id, "ShippingMethod") if method_id else None,
        shipping_method_name=delivery.get("shipping_method_name"),
        fulfillments=[
            [(line["order_line_index"], line["quantity"]) for line in each.get("lines") or ()]
            for each in data.get("fulfillments") or ()
        ],
        transactions=data.get("transactions") or [],
        data=data,
    )


def _owner(store: Store, data: dict[str, Any]) -> tuple[User | None, str]:
    """An unknown e-mail makes a guest's order; an unknown id is refused."""
    if data.get("id"):
        user: User = need_node(store, data["id"], "User", field="user")
        return user, user.email
    email = data.get("email") or ""
    found = find_by_email(store, email)
    return found, found.email if found else email


def _line(store: Store, line: dict[str, Any], currency: str) -> ImportedLine:
    variant = None
    if line.get("variant_id"):
        variant = need_node(store, line["variant_id"], "ProductVariant", field="lines")
    elif line.get("variant_sku"):
        variant = next((v for v in store.variants.values() if v.sku == line["variant_sku"]), None)
    if variant is None and not line.get("product_name"):
        raise Refused("NOT_FOUND", "ProductVariant instance doesn't exist.", "lines")
    total = _taxed(line["total_price"], currency)
    whole = _taxed(line["undiscounted_total_price"], currency)
    if total is None or whole is None:
        raise Refused("REQUIRED", "Prices are required.", "lines")
    return ImportedLine(
        variant=variant,
        quantity=line["quantity"],
        product_name=line.get("product_name") or (variant.product.name if variant else ""),
        variant_name=line.get("variant_name") or (variant.name if variant else ""),
        product_sku=line.get("product_sku"),
        total_price=total,
        undiscounted_total_price=whole,
        tax_rate=line.get("tax_rate") or Decimal(0),
        is_gift_card=line["is_gift_card"],
        is_shipping_required=line["is_shipping_required"],
        metadata=line.get("metadata") or {},
    )


def _taxed(data: dict[str, Decimal] | None, currency: str) -> Taxed | None:
    if data is None:
        return None
    return Taxed(quantize(data["net"], currency), quantize(data["gross"], currency), currency)
