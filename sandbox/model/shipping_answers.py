"""What apps answer about shipping methods, read as Saleor reads it: bad items are left out."""

from __future__ import annotations

import base64
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.model.apps import App
from sandbox.model.ids import parse_global_id
from sandbox.model.shipping import MethodOffer

_NAME_LIMIT = 100
_DESCRIPTION_LIMIT = 255
_KEY = re.compile(
    r"\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)


class _Bad(ValueError):
    """The item is not what Saleor takes."""


def listed_offers(answer: Any, app: App, currency: str) -> list[MethodOffer]:
    """The methods in the answer to SHIPPING_LIST_METHODS_FOR_CHECKOUT."""
    if not isinstance(answer, list):
        return []
    offers = []
    for item in answer:
        try:
            offers.append(_offer(item, app, currency))
        except _Bad:
            continue
    return offers


def external_id(app: App, method_id: str) -> str:
    """The id of an app's method, the same after the app is installed again."""
    return base64.b64encode(f"app:{app.identifier or app.pk}:{method_id}".encode()).decode()


def _offer(item: Any, app: App, currency: str) -> MethodOffer:
    if not isinstance(item, dict) or item.get("currency") != currency:
        raise _Bad
    description = item.get("description")
    return MethodOffer(
        key=external_id(app, _id(item.get("id"))),
        name=_text(item.get("name"), _NAME_LIMIT),
        price=_amount(item.get("amount")),
        currency=currency,
        is_external=True,
        description=None if description is None else _text(description, _DESCRIPTION_LIMIT),
        minimum_delivery_days=_days(item.get("minimum_delivery_days")),
        maximum_delivery_days=_days(item.get("maximum_delivery_days")),
        metadata=_metadata(item.get("metadata")),
        private_metadata=_metadata(item.get("private_metadata")),
    )


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Bad
    return str(value)


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise _Bad
    return value


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Bad
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise _Bad from error
    if not amount.is_finite() or amount < 0:
        raise _Bad
    return amount


def _days(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Bad
    try:
        days = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise _Bad from error
    if not days.is_finite() or days < 0 or days != int(days):
        raise _Bad
    return int(days)


def _metadata(value: Any) -> dict[str, str]:
    """Metadata that is none is dropped, and the method stays."""
    if not isinstance(value, dict):
        return {}
    if any(not key.strip() or not isinstance(text, str) for key, text in value.items()):
        return {}
    return dict(value)


def excluded_reasons(answers: list[Any]) -> dict[str, str]:
    """Why methods are excluded, by key, from the answers to CHECKOUT_FILTER_SHIPPING_METHODS.

    Saleor forgets an exclusion that has no reason (3.22 and 3.23 alike): the method stays active.
    """
    found: dict[str, list[str]] = {}
    for answer in answers:
        items = answer.get("excluded_methods") if isinstance(answer, dict) else None
        for item in items if isinstance(items, list) else ():
            key, reason = _exclusion(item)
            if key is not None and reason:
                found.setdefault(key, []).append(reason)
    return {key: " ".join(reasons) for key, reasons in found.items()}


def _exclusion(item: Any) -> tuple[str | None, str]:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None, ""
    reason = item.get("reason")
    if reason is not None and not isinstance(reason, str):
        return None, ""
    try:
        type_name, key = parse_global_id(item["id"])
    except ValueError:
        return None, ""
    if type_name == "app":
        return item["id"], reason or ""
    if type_name == "ShippingMethod" and _KEY.fullmatch(key):
        return key, reason or ""
    return None, ""
