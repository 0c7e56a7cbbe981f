"""Public and private metadata: who may write it, and who hears of it."""

from typing import Any

from sandbox.model.customers import User
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.model.store import Caller, Store

_WRITERS = {
    "Order": ("MANAGE_ORDERS",),
    "OrderLine": ("MANAGE_ORDERS",),
    "Fulfillment": ("MANAGE_ORDERS",),
    "Checkout": ("MANAGE_CHECKOUTS", "HANDLE_TAXES"),
    "CheckoutLine": ("MANAGE_CHECKOUTS",),
    "TransactionItem": ("HANDLE_PAYMENTS",),
    "Product": ("MANAGE_PRODUCTS",),
    "ProductType": ("MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",),
    "Collection": ("MANAGE_PRODUCTS",),
    "ProductVariant": ("MANAGE_PRODUCTS",),
    "Channel": ("MANAGE_CHANNELS",),
    "App": ("MANAGE_APPS",),
    "Voucher": ("MANAGE_DISCOUNTS",),
    "Promotion": ("MANAGE_DISCOUNTS",),
    "GiftCard": ("MANAGE_GIFT_CARD",),
    "Payment": ("HANDLE_PAYMENTS",),
}
_PUBLIC_TO_ALL = {"Checkout", "CheckoutLine"}
_EVENTS = {
    "Order": ("ORDER_METADATA_UPDATED",),
    "User": ("CUSTOMER_UPDATED", "CUSTOMER_METADATA_UPDATED"),
    "Checkout": ("CHECKOUT_METADATA_UPDATED", "CHECKOUT_UPDATED"),
    "Fulfillment": ("FULFILLMENT_METADATA_UPDATED",),
    "Voucher": ("VOUCHER_METADATA_UPDATED",),
    "GiftCard": ("GIFT_CARD_METADATA_UPDATED",),
    "TransactionItem": ("TRANSACTION_ITEM_METADATA_UPDATED",),
}


def write_metadata(
    store: Store, caller: Caller, item: Any, values: dict[str, str], *, private: bool
) -> None:
    """Set keys.

    Raises:
        PermissionDenied: the caller may not write this.
        Refused: a key is empty.
    """
    _check_writer(caller, item, private=private)
    if any(not key.strip() for key in values):
        raise Refused("REQUIRED", "Metadata key cannot be empty.", "input")
    target = item.private_metadata if private else item.metadata
    target.update(values)
    _announce(store, caller, item)


def delete_metadata(
    store: Store, caller: Caller, item: Any, keys: list[str], *, private: bool
) -> None:
    """Remove keys; unknown ones do no harm.

    Raises:
        PermissionDenied: the caller may not write this.
    """
    _check_writer(caller, item, private=private)
    target = item.private_metadata if private else item.metadata
    for key in keys:
        target.pop(key, None)
    _announce(store, caller, item)


def private_readers(item: Any) -> tuple[str, ...]:
    """The permissions of which one lets read (and write) the private metadata."""
    if isinstance(item, User):
        return ("MANAGE_STAFF",) if item.is_staff else ("MANAGE_USERS",)
    return _WRITERS.get(type(item).__name__, ("MANAGE_SETTINGS",))


def _check_writer(caller: Caller, item: Any, *, private: bool) -> None:
    name = type(item).__name__
    if not private and (name in _PUBLIC_TO_ALL or (name == "User" and caller.user is item)):
        return
    if name == "App" and caller.app is item:
        return
    needed = private_readers(item)
    if not caller.permissions.intersection(needed):
        raise PermissionDenied(*needed)


def _announce(store: Store, caller: Caller, item: Any) -> None:
    name = type(item).__name__
    if hasattr(item, "updated_at"):
        item.updated_at = store.now()
    if hasattr(item, "modified_at"):
        item.modified_at = store.now()
    for event in _EVENTS.get(name, ()):
        store.emit(event, item, caller)
