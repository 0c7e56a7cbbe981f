"""Channels, products and the shop itself as the API shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.model.catalog import Category, Channel
from sandbox.model.money import ZERO, Taxed
from sandbox.model.pricing import taxed
from sandbox.model.store import Store
from sandbox.schema.connections import Connection, connect
from sandbox.schema.request import Info, Resolvers, guarded, require_staff_or_app, store_of
from sandbox.schema.shared import country

_DEFAULT_CHANNEL_COUNTRY = "US"


class InChannel:
    """A product or variant, seen in a channel (None: without prices)."""

    def __init__(self, node: Any, channel: Channel | None) -> None:
        self.node = node
        self.channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.node, name)


def _variant_pricing(source: Any, info: Info) -> dict[str, Any] | None:
    channel = getattr(source, "channel", None)
    if channel is None or channel.slug not in source.prices:
        return None
    store = store_of(info)
    full, off = source.prices[channel.slug], source.node.reduction(channel)
    price = taxed(store, channel, channel.default_country, max(full - off, ZERO))
    undiscounted = taxed(store, channel, channel.default_country, full)
    discount = Taxed(
        undiscounted.net_amount - price.net_amount,
        undiscounted.gross_amount - price.gross_amount,
        channel.currency_code,
    )
    return {
        "price": price,
        "price_undiscounted": undiscounted,
        "on_sale": bool(off),
        "discount": discount if off else None,
    }


def _product_pricing(source: Any, info: Info) -> dict[str, Any] | None:
    channel = getattr(source, "channel", None)
    shown = [
        pricing
        for variant in source.variants
        if (pricing := _variant_pricing(InChannel(variant, channel), info))
    ]
    if not shown:
        return None
    prices = sorted((each["price"] for each in shown), key=lambda price: price.gross_amount)
    on_sale = any(each["on_sale"] for each in shown)
    return {"on_sale": on_sale, "price_range": {"start": prices[0], "stop": prices[-1]}}


def _ancestors(category: Category, _info: Info, **page: Any) -> Connection:
    rows = {each.pk: index for index, each in enumerate(category.ancestors)}
    return connect(category.ancestors, lambda each: (rows[each.pk],), **page)


def _order_settings(channel: Channel, _info: Info) -> dict[str, Any]:
    return {
        "automatically_confirm_all_new_orders": channel.automatically_confirm_all_new_orders,
        "automatically_fulfill_non_shippable_gift_card": True,
        "expire_orders_after": channel.expire_orders_after,
        "delete_expired_orders_after": 60,
        "mark_as_paid_strategy": channel.mark_as_paid_strategy,
        "allow_unpaid_orders": channel.allow_unpaid_orders,
    }


def _shop_domain(store: Store) -> dict[str, Any]:
    parts = urlsplit(store.api_url)
    return {
        "host": parts.netloc,
        "url": f"{parts.scheme}://{parts.netloc}/",
        "ssl_enabled": parts.scheme == "https",
    }


def _countries(store: Store) -> list[dict[str, str]]:
    codes = {code for channel in store.channels.values() for code in channel.countries}
    return [country(code) for code in sorted(codes)]


def _has_orders(channel: Channel, info: Info) -> bool:
    return any(order.channel is channel for order in store_of(info).orders.values())


def _warehouses(_channel: Channel, info: Info) -> list[Any]:
    require_staff_or_app(info)
    return list(store_of(info).warehouses.values())


CATALOG_TYPES: Resolvers = {
    "Shop": {
        "name": lambda store, _info: store.name,
        "version": lambda store, _info: store.full_version,
        "schemaVersion": lambda store, _info: store.version,
        "description": lambda _store, _info: None,
        "domain": lambda store, _info: _shop_domain(store),
        "defaultCountry": lambda _store, _info: country(_DEFAULT_CHANNEL_COUNTRY),
        "countries": lambda store, _info: _countries(store),
        "languages": lambda _store, _info: [
            {"code": "EN", "language": "English"},
            {"code": "TR", "language": "Turkish"},
        ],
        "permissions": guarded(lambda _store, _info: [], "MANAGE_STAFF"),
        "trackInventoryByDefault": guarded(lambda _store, _info: True, "MANAGE_SETTINGS"),
        "defaultMailSenderAddress": guarded(lambda _store, _info: None, "MANAGE_SETTINGS"),
        "enableAccountConfirmationByEmail": guarded(lambda _store, _info: True, "MANAGE_SETTINGS"),
        "companyAddress": lambda _store, _info: None,
    },
    "Channel": {
        "defaultCountry": lambda channel, _info: country(channel.default_country),
        "countries": lambda channel, _info: [country(code) for code in channel.countries],
        "hasOrders": guarded(_has_orders, "MANAGE_CHANNELS"),
        "warehouses": _warehouses,
        "orderSettings": guarded(_order_settings, "MANAGE_CHANNELS", "MANAGE_ORDERS"),
        "checkoutSettings": guarded(
            lambda _channel, _info: {
                "use_legacy_error_flow": True,
                "automatically_complete_fully_paid_checkouts": False,
            },
            "MANAGE_CHANNELS",
            "MANAGE_CHECKOUTS",
        ),
        "paymentSettings": guarded(
            lambda channel, _info: {
                "default_transaction_flow_strategy": channel.default_transaction_flow_strategy
            },
            "MANAGE_CHANNELS",
            "HANDLE_PAYMENTS",
        ),
        "taxConfiguration": lambda channel, _info: channel,
    },
    "TaxConfiguration": {
        "channel": lambda channel, _info: channel,
        "chargeTaxes": lambda _channel, _info: True,
        "taxCalculationStrategy": lambda _channel, _info: "FLAT_RATES",
        "displayGrossPrices": lambda channel, _info: channel.display_gross_prices,
        "pricesEnteredWithTax": lambda channel, _info: channel.prices_entered_with_tax,
        "countries": lambda _channel, _info: [],
        "metadata": lambda _channel, _info: [],
        "privateMetadata": lambda _channel, _info: [],
    },
    "Product": {
        "channel": lambda source, _info: (
            source.channel.slug if getattr(source, "channel", None) else None
        ),
        "description": lambda source, _info: source.description,
        "defaultVariant": lambda source, _info: (
            InChannel(source.variants[0], getattr(source, "channel", None))
            if source.variants
            else None
        ),
        "variants": lambda source, _info: [
            InChannel(variant, getattr(source, "channel", None)) for variant in source.variants
        ],
        "thumbnail": lambda _source, _info, **_size: None,
        "pricing": _product_pricing,
    },
    "ProductVariant": {
        "product": lambda source, _info: (
            InChannel(source.product, source.channel)
            if isinstance(source, InChannel)
            else source.product
        ),
        "pricing": _variant_pricing,
    },
    "Category": {
        "level": lambda category, _info: len(category.ancestors),
        "ancestors": _ancestors,
    },
}
