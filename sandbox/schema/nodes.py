"""From a global id to the thing it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.model.errors import Refused
from sandbox.model.ids import parse_global_id
from sandbox.model.legacy_payments import all_payments
from sandbox.model.store import Store

_TABLES: dict[str, Callable[[Store], dict[Any, Any]]] = {
    "Order": lambda store: store.orders,
    "Checkout": lambda store: store.checkouts,
    "User": lambda store: store.users,
    "Channel": lambda store: store.channels,
    "Product": lambda store: store.products,
    "ProductVariant": lambda store: store.variants,
    "Category": lambda store: store.categories,
    "Collection": lambda store: store.collections,
    "ProductType": lambda store: store.product_types,
    "Warehouse": lambda store: store.warehouses,
    "ShippingMethod": lambda store: store.shipping_methods,
    "TransactionItem": lambda store: store.transactions,
    "App": lambda store: store.apps,
    "Voucher": lambda store: store.vouchers,
    "GiftCard": lambda store: store.gift_cards,
    "Promotion": lambda store: store.promotions,
    "AppInstallation": lambda store: store.installations,
}
_NESTED: dict[str, Callable[[Store], Iterable[Any]]] = {
    "OrderLine": lambda store: (line for o in store.orders.values() for line in o.lines),
    "CheckoutLine": lambda store: (line for c in store.checkouts.values() for line in c.lines),
    "Fulfillment": lambda store: (f for o in store.orders.values() for f in o.fulfillments),
    "FulfillmentLine": lambda store: (
        line for o in store.orders.values() for f in o.fulfillments for line in f.lines
    ),
    "OrderGrantedRefund": lambda store: (
        refund for o in store.orders.values() for refund in o.granted_refunds
    ),
    "Webhook": lambda store: (w for app in store.apps.values() for w in app.webhooks),
    "VoucherCode": lambda store: store.voucher_codes.values(),
    "Payment": all_payments,
    "Address": lambda store: (
        address for user in store.users.values() for address in user.addresses
    ),
}


def find_node(store: Store, global_id: str, *type_names: str) -> Any:
    """The object of that id, None when there is none or it is of another type.

    Raises:
        Refused: the id is no id at all.
    """
    try:
        type_name, pk = parse_global_id(global_id)
    except ValueError as error:
        raise Refused(
            "GRAPHQL_ERROR", f"Invalid ID: {global_id}. Expected: {type_names[0]}.", "id"
        ) from error
    if type_names and type_name not in type_names:
        return None
    if type_name in _TABLES:
        table = _TABLES[type_name](store)
        return table.get(pk) or (table.get(int(pk)) if pk.isdigit() else None)
    if type_name in _NESTED:
        return next((item for item in _NESTED[type_name](store) if str(item.pk) == pk), None)
    return None


def need_node(store: Store, global_id: str | None, *type_names: str, field: str = "id") -> Any:
    """The object of that id.

    Raises:
        Refused: there is none.
    """
    node = find_node(store, global_id, *type_names) if global_id else None
    if node is None:
        raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {global_id}", field)
    return node


def pk_of(global_id: str) -> str:
    """The key in an id; an id that is none matches nothing."""
    try:
        return parse_global_id(global_id)[1]
    except ValueError:
        return ""
