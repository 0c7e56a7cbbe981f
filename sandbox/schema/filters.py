"""The `where` and `sortBy` of orders and customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.model.customers import User
from sandbox.model.orders import Order
from sandbox.schema.connections import Key
from sandbox.schema.nodes import pk_of

Where = dict[str, Any]


def matches_order(order: Order, where: Where | None) -> bool:
    """Whether an order passes `OrderWhereInput` data (snake_case keys)."""
    return _matches(order, where, _ORDER_TESTS)


def passes_filter(order: Order, wanted: Where | None) -> bool:
    """Whether an order passes `OrderFilterInput` data (snake_case keys).

    An empty list is no filter, as in Saleor: it lets all orders pass.
    """
    return all(
        _ORDER_FILTERS[name](order, value) for name, value in (wanted or {}).items() if value
    )


def matches_user(user: User, where: Where | None) -> bool:
    """Whether a user passes `CustomerWhereInput` data (snake_case keys)."""
    return _matches(user, where, _USER_TESTS)


def _matches(item: Any, where: Where | None, tests: dict[str, Callable[[Any, Any], bool]]) -> bool:
    for name, wanted in (where or {}).items():
        if wanted is None:
            continue
        if name == "and":
            passed = all(_matches(item, part, tests) for part in wanted)
        elif name == "or":
            passed = not wanted or any(_matches(item, part, tests) for part in wanted)
        else:
            passed = tests[name](item, wanted)
        if not passed:
            return False
    return True


def among(value: Any, wanted: Where) -> bool:
    """`{eq}` or `{oneOf}`; an empty filter matches nothing, as in Saleor."""
    if "eq" in wanted:
        return bool(value == wanted["eq"])
    if wanted.get("one_of") is not None:
        return value in wanted["one_of"]
    if wanted.get("range") is not None:
        return _between(value, wanted["range"])
    return False


def _between(value: Any, wanted: Where) -> bool:
    low, high = wanted.get("gte"), wanted.get("lte")
    return (low is None or value >= low) and (high is None or value <= high)


def _is_node(pk: Any, wanted: Where) -> bool:
    if wanted.get("eq") is not None:
        return str(pk) == pk_of(wanted["eq"])
    return str(pk) in {pk_of(each) for each in wanted.get("one_of") or ()}


def _has_metadata(item: Any, wanted: Where) -> bool:
    value = item.metadata.get(wanted["key"])
    if value is None:
        return False
    return among(value, wanted["value"]) if wanted.get("value") else True


_ORDER_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "ids": lambda order, ids: order.pk in {pk_of(each) for each in ids},
    "number": lambda order, wanted: among(order.number, wanted),
    "channel_id": lambda order, wanted: _is_node(order.channel.pk, wanted),
    "created_at": lambda order, wanted: _between(order.created, wanted),
    "updated_at": lambda order, wanted: _between(order.updated_at, wanted),
    "user": lambda order, wanted: _is_node(order.user.pk if order.user else "", wanted),
    "user_email": lambda order, wanted: among(order.user_email, wanted),
    "status": lambda order, wanted: among(order.status, wanted),
    "charge_status": lambda order, wanted: among(order.amounts.charge_status, wanted),
    "authorize_status": lambda order, wanted: among(order.amounts.authorize_status, wanted),
    "checkout_id": lambda order, wanted: _is_node(order.checkout_token, wanted),
    "checkout_token": lambda order, wanted: among(order.checkout_token, wanted),
    "voucher_code": lambda order, wanted: among(order.voucher_code, wanted),
    "metadata": _has_metadata,
}

_ORDER_FILTERS: dict[str, Callable[[Any, Any], bool]] = {
    "ids": _ORDER_TESTS["ids"],
    "checkout_ids": lambda order, ids: order.checkout_token in {pk_of(each) for each in ids},
    "checkout_tokens": lambda order, tokens: order.checkout_token in {str(t) for t in tokens},
    "numbers": lambda order, numbers: str(order.number) in numbers,
    "updated_at": _ORDER_TESTS["updated_at"],
}

_USER_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "ids": lambda user, ids: str(user.pk) in {pk_of(each) for each in ids},
    "email": lambda user, wanted: among(user.email, wanted),
    "is_active": lambda user, wanted: user.is_active is wanted,
    "date_joined": lambda user, wanted: _between(user.date_joined, wanted),
    "updated_at": lambda user, wanted: _between(user.updated_at, wanted),
    "metadata": _has_metadata,
}

_ORDER_KEYS: dict[str, Key] = {
    "NUMBER": lambda order: (order.number,),
    "CREATION_DATE": lambda order: (order.created, order.number),
    "CREATED_AT": lambda order: (order.created, order.number),
    "LAST_MODIFIED_AT": lambda order: (order.updated_at, order.number),
    "STATUS": lambda order: (order.status, order.number),
    "FULFILLMENT_STATUS": lambda order: (order.status, order.number),
    "PAYMENT": lambda order: (order.amounts.charge_status, order.number),
    "CUSTOMER": lambda order: (order.user_email, order.number),
}


def order_sorting(sort_by: Where | None) -> tuple[Key, bool]:
    """The key, and whether it runs downwards; newest number first by default."""
    if not sort_by:
        return _ORDER_KEYS["NUMBER"], True
    key = _ORDER_KEYS.get(sort_by["field"], _ORDER_KEYS["NUMBER"])
    return key, sort_by.get("direction") == "DESC"
