"""Saleor's webhook events: what each family asks for and what it is about.

Source: `WebhookEventTypeAsyncEnum` and `WebhookEventTypeSyncEnum` of Saleor's public schema and the
permissions written in the descriptions there.
"""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """Events about one kind of subject.

    Attributes:
        permission: what an app needs to get them; none for those about itself.
        subject: the field of the event that holds the subject, and the least to ask of it.
    """

    permission: str | None
    subject: str
    events: tuple[str, ...]


def _named(prefix: str, words: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{word}" for word in words.split())


FAMILIES: tuple[Family, ...] = (
    Family(
        "MANAGE_ORDERS",
        "order { id }",
        (
            *_named("ORDER", "CREATED CONFIRMED PAID FULLY_PAID REFUNDED FULLY_REFUNDED UPDATED"),
            *_named("ORDER", "CANCELLED EXPIRED FULFILLED METADATA_UPDATED"),
            *_named("FULFILLMENT", "CREATED CANCELED APPROVED METADATA_UPDATED"),
            "FULFILLMENT_TRACKING_NUMBER_UPDATED",
            *_named("DRAFT_ORDER", "CREATED UPDATED DELETED"),
        ),
    ),
    Family("MANAGE_ORDERS", "orders { id }", ("ORDER_BULK_CREATED",)),
    Family("MANAGE_ORDERS", "invoice { id }", _named("INVOICE", "REQUESTED DELETED SENT")),
    Family(
        "MANAGE_USERS",
        "user { id isStaff }",
        (
            *_named("CUSTOMER", "CREATED UPDATED DELETED METADATA_UPDATED"),
            *_named("ACCOUNT", "CONFIRMED CONFIRMATION_REQUESTED DELETED DELETE_REQUESTED"),
            *_named("ACCOUNT", "EMAIL_CHANGED CHANGE_EMAIL_REQUESTED SET_PASSWORD_REQUESTED"),
        ),
    ),
    Family("MANAGE_USERS", "address { id }", _named("ADDRESS", "CREATED UPDATED DELETED")),
    Family(
        "MANAGE_CHECKOUTS",
        "checkout { id }",
        _named("CHECKOUT", "CREATED UPDATED FULLY_AUTHORIZED FULLY_PAID METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_DISCOUNTS",
        "voucher { id }",
        _named("VOUCHER", "CREATED UPDATED DELETED METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_DISCOUNTS",
        "voucherCodes { id }",
        _named("VOUCHER_CODES", "CREATED DELETED"),
    ),
    Family(
        "MANAGE_DISCOUNTS",
        "promotion { id }",
        _named("PROMOTION", "CREATED UPDATED DELETED STARTED ENDED"),
    ),
    Family(
        "MANAGE_DISCOUNTS",
        "promotionRule { id }",
        _named("PROMOTION_RULE", "CREATED UPDATED DELETED"),
    ),
    Family(
        "MANAGE_GIFT_CARD",
        "giftCard { id }",
        _named("GIFT_CARD", "CREATED UPDATED DELETED SENT STATUS_CHANGED METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_PRODUCTS",
        "product { id }",
        _named("PRODUCT", "CREATED UPDATED DELETED METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_PRODUCTS",
        "productVariant { id }",
        _named(
            "PRODUCT_VARIANT",
            "CREATED UPDATED DELETED METADATA_UPDATED OUT_OF_STOCK BACK_IN_STOCK STOCK_UPDATED",
        ),
    ),
    Family("MANAGE_PRODUCTS", "category { id }", _named("CATEGORY", "CREATED UPDATED DELETED")),
    Family(
        "MANAGE_PRODUCTS",
        "collection { id }",
        _named("COLLECTION", "CREATED UPDATED DELETED METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_CHANNELS",
        "channel { id slug }",
        _named("CHANNEL", "CREATED UPDATED DELETED STATUS_CHANGED METADATA_UPDATED"),
    ),
    Family("MANAGE_PAGES", "page { id }", _named("PAGE", "CREATED UPDATED DELETED")),
    Family("MANAGE_STAFF", "user { id }", _named("STAFF", "CREATED UPDATED DELETED")),
    Family(
        "MANAGE_SHIPPING",
        "shippingZone { id }",
        _named("SHIPPING_ZONE", "CREATED UPDATED DELETED METADATA_UPDATED"),
    ),
    Family(
        "MANAGE_PRODUCTS",
        "warehouse { id }",
        _named("WAREHOUSE", "CREATED UPDATED DELETED METADATA_UPDATED"),
    ),
    Family("MANAGE_SETTINGS", "shop { name }", ("SHOP_METADATA_UPDATED",)),
    Family(None, "app { id }", _named("APP", "INSTALLED UPDATED DELETED STATUS_CHANGED")),
)

_FAMILY_OF = {event: family for family in FAMILIES for event in family.events}
EVENTS = tuple(sorted(_FAMILY_OF))


#: Synchronous events, for whose answer Saleor waits, and what an app needs to be asked.
SYNC_EVENTS = {
    "CHECKOUT_FILTER_SHIPPING_METHODS": "MANAGE_CHECKOUTS",
    "SHIPPING_LIST_METHODS_FOR_CHECKOUT": "MANAGE_SHIPPING",
}


class UnknownEvent(ValueError):
    """No event of Saleor's of that kind, that this app knows, has that name."""

    def __init__(self, event: str) -> None:
        self.event = event
        self.similar = tuple(difflib.get_close_matches(event.upper(), EVENTS, n=3, cutoff=0.7))
        hint = f"; did you mean {' or '.join(self.similar)}?" if self.similar else ""
        super().__init__(f"{event!r} is no asynchronous event that the app knows{hint}")


def family_of(event: str) -> Family:
    """The family of an event such as "ORDER_CREATED".

    Raises:
        UnknownEvent: with similar names.
    """
    try:
        return _FAMILY_OF[event]
    except KeyError:
        raise UnknownEvent(event) from None


def permission_for(event: str) -> str | None:
    """What an app needs so that Saleor sends it `event`; None for events about the app itself.

    Raises:
        UnknownEvent: with similar names.
    """
    return family_of(event).permission


def sync_permission_for(event: str) -> str:
    """What an app needs so that Saleor asks it `event`, a synchronous one.

    Raises:
        UnknownEvent: the app answers no such question.
    """
    try:
        return SYNC_EVENTS[event]
    except KeyError:
        raise UnknownEvent(event) from None
