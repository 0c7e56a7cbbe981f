"""What the store's staff put up for a chapter, and take down after it."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tests.live import account_documents, documents
from tests.live.patience import until
from tests.live.shop import ADDRESS, Shop


@contextlib.contextmanager
def coupon(shop: Shop, amount: Decimal) -> Iterator[str]:
    """A coupon of the store's own that takes `amount` off; gives its code."""
    code = f"LIVE-{uuid.uuid4().hex[:10].upper()}"
    made = shop.ask(
        documents.VOUCHER_CREATE,
        {
            "input": {
                "name": "Live coupon",
                "type": "ENTIRE_ORDER",
                "discountValueType": "FIXED",
                "addCodes": [code],
            }
        },
    )
    voucher = made["voucherCreate"]["voucher"]["id"]
    try:
        listing = {"channelId": shop.channel_id(), "discountValue": str(amount)}
        shop.ask(documents.VOUCHER_LISTING, {"id": voucher, "input": {"addChannels": [listing]}})
        yield code
    finally:
        shop.ask(documents.VOUCHER_DELETE, {"id": voucher})


@contextlib.contextmanager
def order_promotion(shop: Shop, percent: int, above: Decimal) -> Iterator[None]:
    """So many percent off every checkout of at least `above`."""
    rule = {
        "name": f"{percent} percent",
        "channels": [shop.channel_id()],
        "orderPredicate": {
            "discountedObjectPredicate": {"baseSubtotalPrice": {"range": {"gte": str(above)}}}
        },
        "rewardType": "SUBTOTAL_DISCOUNT",
        "rewardValueType": "PERCENTAGE",
        "rewardValue": str(percent),
    }
    made = shop.ask(
        documents.PROMOTION_CREATE,
        {"input": {"name": "Live promotion", "type": "ORDER", "rules": [rule]}},
    )
    try:
        yield
    finally:
        shop.ask(documents.PROMOTION_DELETE, {"id": made["promotionCreate"]["promotion"]["id"]})


@contextlib.contextmanager
def reduced(shop: Shop, variant: str, percent: int) -> Iterator[Decimal]:
    """A thing that the store's own promotion makes cheaper; gives what it then costs."""
    rule = {
        "name": f"{percent} percent",
        "channels": [shop.channel_id()],
        "cataloguePredicate": {"variantPredicate": {"ids": [variant]}},
        "rewardValueType": "PERCENTAGE",
        "rewardValue": str(percent),
    }
    before = shop.shown_prices()[variant].price
    made = shop.ask(
        documents.PROMOTION_CREATE,
        {"input": {"name": "Live reduction", "type": "CATALOGUE", "rules": [rule]}},
    )
    try:
        yield until(lambda: shop.shown_prices()[variant].price, lambda price: price < before)
    finally:
        shop.ask(documents.PROMOTION_DELETE, {"id": made["promotionCreate"]["promotion"]["id"]})
        until(lambda: shop.shown_prices()[variant].price, lambda price: price == before)


@contextlib.contextmanager
def built_in_method(
    shop: Shop, name: str, price: Decimal, minimum: Decimal = Decimal(0)
) -> Iterator[None]:
    """A shipping method of the store's own, for orders of at least `minimum`."""
    made = shop.ask(
        documents.METHOD_CREATE,
        {"input": {"name": name, "type": "PRICE", "shippingZone": _zone(shop)}},
    )
    method = made["shippingPriceCreate"]["shippingMethod"]["id"]
    try:
        listing = {
            "channelId": shop.channel_id(),
            "price": str(price),
            "minimumOrderPrice": str(minimum),
        }
        shop.ask(documents.METHOD_LISTING, {"id": method, "input": {"addChannels": [listing]}})
        yield
    finally:
        shop.ask(documents.METHOD_DELETE, {"id": method})


@contextlib.contextmanager
def discounts_told_on_lines(shop: Shop) -> Iterator[None]:
    """Orders tell vouchers of single lines there, as in channels that 3.21 and later make."""

    def legacy(value: bool) -> None:
        settings = {"orderSettings": {"useLegacyLineDiscountPropagation": value}}
        shop.ask(documents.CHANNEL_UPDATE, {"id": shop.channel_id(), "input": settings})

    legacy(False)
    try:
        yield
    finally:
        legacy(True)


@contextlib.contextmanager
def nobody_asked_to_confirm(shop: Shop) -> Iterator[None]:
    """The store asks nobody who registers to confirm the address."""

    def ask(value: bool) -> None:
        wish = {"enableAccountConfirmationByEmail": value}
        shop.ask(account_documents.SETTINGS, {"input": wish})

    before = shop.ask(account_documents.ASKS_TO_CONFIRM)["shop"]["enableAccountConfirmationByEmail"]
    ask(False)
    try:
        yield
    finally:
        ask(before)


@contextlib.contextmanager
def metadata(shop: Shop, thing: str, **said: str) -> Iterator[None]:
    """Public metadata on a thing of the store."""
    shop.say(thing, said)
    try:
        yield
    finally:
        shop.ask(documents.UNSAY, {"id": thing, "keys": list(said)})


@contextlib.contextmanager
def published(shop: Shop, product: str, *, on: bool, at: datetime | None) -> Iterator[None]:
    """A product that is published, or not; from `at` on."""

    def publish(on: bool, at: str | None) -> None:
        listing = {"channelId": shop.channel_id(), "isPublished": on, "publishedAt": at}
        shop.ask(documents.PUBLISH, {"id": product, "input": {"updateChannels": [listing]}})

    before = shop.listing(product)
    publish(on, None if at is None else at.isoformat())
    try:
        yield
    finally:
        publish(before["isPublished"], before["publishedAt"])


@contextlib.contextmanager
def costing(shop: Shop, variant: str, price: Decimal) -> Iterator[None]:
    """A thing at another price."""

    def cost(amount: Decimal) -> None:
        listing = {"channelId": shop.channel_id(), "price": str(amount)}
        shop.ask(documents.PRICE, {"id": variant, "input": [listing]})

    before = shop.shown_prices()[variant].regular
    cost(price)
    try:
        yield
    finally:
        cost(before)


@contextlib.contextmanager
def shelved(shop: Shop, product: str, aisle: str, shelf: str) -> Iterator[None]:
    """A product in a category of its own, which is below another; both by their slugs."""
    above = _category(shop, aisle, None)
    try:
        below = _category(shop, shelf, above)
        before = shop.ask(documents.CATEGORY_OF, {"product": product})["product"]["category"]
        _put(shop, product, below)
        try:
            yield
        finally:
            # First, as Saleor takes the goods of a category that is deleted from sale.
            _put(shop, product, before["id"])
    finally:
        shop.ask(documents.CATEGORY_DELETE, {"id": above})


@contextlib.contextmanager
def picked(shop: Shop, slug: str, *products: str) -> Iterator[None]:
    """Products in a collection that is published nowhere."""
    wish = {"name": slug, "slug": slug, "products": list(products)}
    made = shop.ask(documents.COLLECTION_CREATE, {"input": wish})
    collection = made["collectionCreate"]["collection"]["id"]
    try:
        yield
    finally:
        shop.ask(documents.COLLECTION_DELETE, {"id": collection})


def _category(shop: Shop, slug: str, parent: str | None) -> str:
    made = shop.ask(
        documents.CATEGORY_CREATE, {"input": {"name": slug, "slug": slug}, "parent": parent}
    )
    category: str = made["categoryCreate"]["category"]["id"]
    return category


def _put(shop: Shop, product: str, category: str) -> None:
    shop.ask(documents.PRODUCT_UPDATE, {"id": product, "input": {"category": category}})


def _zone(shop: Shop) -> str:
    for edge in shop.ask(documents.ZONES)["shippingZones"]["edges"]:
        zone = edge["node"]
        countries = {country["code"] for country in zone["countries"]}
        if ADDRESS["country"] in countries and any(
            channel["slug"] == shop.channel for channel in zone["channels"]
        ):
            zone_id: str = zone["id"]
            return zone_id
    raise AssertionError("the store ships nothing to the address of the suite")
