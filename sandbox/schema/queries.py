"""The root fields that read."""

from __future__ import annotations

from typing import Any

from sandbox.model.apps import App
from sandbox.model.orders import Order
from sandbox.schema.connections import Connection, connect
from sandbox.schema.filters import matches_order, matches_user, order_sorting, passes_filter
from sandbox.schema.nodes import find_node
from sandbox.schema.request import (
    Info,
    Resolvers,
    caller_of,
    may,
    require,
    require_staff_or_app,
    store_of,
)
from sandbox.schema.types_catalog import InChannel

_USER_KEYS = {
    "FIRST_NAME": lambda user: (user.first_name, user.pk),
    "LAST_NAME": lambda user: (user.last_name, user.pk),
    "CREATED_AT": lambda user: (user.date_joined, user.pk),
}


def _order(
    _root: None,
    info: Info,
    id_: str | None = None,
    external_reference: str | None = None,
) -> Order | None:
    """Anybody with the id may read an order, save a draft."""
    store = store_of(info)
    if id_ is None:
        require(info, "MANAGE_ORDERS")
        return next(
            (o for o in store.orders.values() if o.external_reference == external_reference), None
        )
    order: Order | None = find_node(store, id_, "Order")
    if order is not None and order.status == "DRAFT" and not may(info, "MANAGE_ORDERS"):
        return None
    return order


def _orders(
    _root: None,
    info: Info,
    where: dict[str, Any] | None = None,
    filter_: dict[str, Any] | None = None,
    sort_by: dict[str, Any] | None = None,
    channel: str | None = None,
    search: str | None = None,
    **page: Any,
) -> Connection:
    require(info, "MANAGE_ORDERS")
    found = [
        order
        for order in store_of(info).orders.values()
        if order.status != "DRAFT"
        and (channel is None or order.channel.slug == channel)
        and (not search or search.lower() in f"{order.number} {order.user_email}".lower())
        and matches_order(order, where)
        and passes_filter(order, filter_)
    ]
    key, descending = order_sorting(sort_by)
    return connect(found, key, descending=descending, **page)


def _draft_orders(_root: None, info: Info, **page: Any) -> Connection:
    require(info, "MANAGE_ORDERS")
    drafts = [order for order in store_of(info).orders.values() if order.status == "DRAFT"]
    return connect(drafts, lambda order: (order.number,), descending=True, **page)


def _user(
    _root: None,
    info: Info,
    id_: str | None = None,
    email: str | None = None,
    external_reference: str | None = None,
) -> Any:
    require(info, "MANAGE_STAFF", "MANAGE_USERS", "MANAGE_ORDERS")
    store = store_of(info)
    if id_ is not None:
        return find_node(store, id_, "User")
    return next(
        (
            user
            for user in store.users.values()
            if (email and user.email == email.lower())
            or (external_reference and user.external_reference == external_reference)
        ),
        None,
    )


def _customers(
    _root: None,
    info: Info,
    where: dict[str, Any] | None = None,
    sort_by: dict[str, Any] | None = None,
    search: str | None = None,
    **page: Any,
) -> Connection:
    """Shoppers, and staff who have bought something."""
    require(info, "MANAGE_ORDERS", "MANAGE_USERS")
    store = store_of(info)
    buyers = {order.user for order in store.orders.values()}
    found = [
        user
        for user in store.users.values()
        if (not user.is_staff or user in buyers)
        and (
            not search
            or search.lower() in f"{user.email} {user.first_name} {user.last_name}".lower()
        )
        and matches_user(user, where)
    ]
    key = _USER_KEYS.get((sort_by or {}).get("field", ""), lambda user: (user.email,))
    return connect(found, key, descending=(sort_by or {}).get("direction") == "DESC", **page)


def _checkout(_root: None, info: Info, id_: str | None = None) -> Any:
    """Anybody with the id may read a checkout."""
    return find_node(store_of(info), id_, "Checkout") if id_ else None


def _checkouts(_root: None, info: Info, **page: Any) -> Connection:
    require(info, "MANAGE_CHECKOUTS", "HANDLE_PAYMENTS")
    rows = store_of(info).checkouts.values()
    return connect(rows, lambda c: (c.updated_at, c.pk), descending=True, **page)


def _app(_root: None, info: Info, id_: str | None = None) -> App | None:
    caller = caller_of(info)
    if id_ is None:
        if caller.app is None:
            require(info, "OWNER", "MANAGE_APPS")
        return caller.app
    app: App | None = find_node(store_of(info), id_, "App")
    if app is not None and caller.app is not app:
        require(info, "OWNER", "MANAGE_APPS")
    return app if app is not None and app.removed_at is None else None


def _apps(
    _root: None, info: Info, filter_: dict[str, Any] | None = None, **page: Any
) -> Connection:
    require(info, "AUTHENTICATED_STAFF_USER", "MANAGE_APPS")
    wanted = filter_ or {}
    found = [
        app
        for app in store_of(info).apps.values()
        if app.removed_at is None
        and (wanted.get("is_active") is None or app.is_active is wanted["is_active"])
        and (not wanted.get("search") or wanted["search"].lower() in app.name.lower())
    ]
    return connect(found, lambda app: (app.name, app.pk), **page)


def _installations(_root: None, info: Info) -> list[Any]:
    require(info, "MANAGE_APPS")
    return list(store_of(info).installations.values())


def _channels(_root: None, info: Info) -> list[Any]:
    require_staff_or_app(info)
    return list(store_of(info).channels.values())


def _channel(_root: None, info: Info, id_: str | None = None, slug: str | None = None) -> Any:
    store = store_of(info)
    return find_node(store, id_, "Channel") if id_ else store.channel_by_slug(slug or "")


def _tax_configurations(_root: None, info: Info, **page: Any) -> Connection:
    require_staff_or_app(info)
    return connect(store_of(info).channels.values(), lambda channel: (channel.pk,), **page)


def _product(
    _root: None,
    info: Info,
    id_: str | None = None,
    slug: str | None = None,
    channel: str | None = None,
) -> InChannel | None:
    store = store_of(info)
    found = (
        find_node(store, id_, "Product")
        if id_
        else next((p for p in store.products.values() if p.slug == slug), None)
    )
    return InChannel(found, store.channel_by_slug(channel or "")) if found else None


def _variant(
    _root: None,
    info: Info,
    id_: str | None = None,
    sku: str | None = None,
    channel: str | None = None,
) -> InChannel | None:
    store = store_of(info)
    found = (
        find_node(store, id_, "ProductVariant")
        if id_
        else next((v for v in store.variants.values() if v.sku == sku), None)
    )
    return InChannel(found, store.channel_by_slug(channel or "")) if found else None


def _warehouses(_root: None, info: Info, **page: Any) -> Connection:
    require(info, "MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_SHIPPING")
    return connect(store_of(info).warehouses.values(), lambda row: (row.slug,), **page)


def _transaction(_root: None, info: Info, id_: str | None = None, token: str | None = None) -> Any:
    require(info, "HANDLE_PAYMENTS")
    store = store_of(info)
    return (
        store.transactions.get(token) if token else find_node(store, id_ or "", "TransactionItem")
    )


def _webhook(_root: None, info: Info, id_: str) -> Any:
    webhook = find_node(store_of(info), id_, "Webhook")
    if webhook is not None and webhook.app is not caller_of(info).app:
        require(info, "MANAGE_APPS")
    return webhook


def _address(_root: None, info: Info, id_: str) -> Any:
    address = find_node(store_of(info), id_, "Address")
    user = caller_of(info).user
    if address is not None and (user is None or address not in user.addresses):
        require(info, "MANAGE_USERS")
    return address


QUERIES: Resolvers = {
    "Query": {
        "order": _order,
        "orders": _orders,
        "draftOrders": _draft_orders,
        "user": _user,
        "me": lambda _root, info: caller_of(info).user,
        "customers": _customers,
        "checkout": _checkout,
        "checkouts": _checkouts,
        "app": _app,
        "apps": _apps,
        "appsInstallations": _installations,
        "webhook": _webhook,
        "shop": lambda _root, info: store_of(info),
        "channels": _channels,
        "channel": _channel,
        "taxConfigurations": _tax_configurations,
        "product": _product,
        "productVariant": _variant,
        "warehouses": _warehouses,
        "transaction": _transaction,
        "address": _address,
    }
}
