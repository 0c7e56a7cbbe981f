"""The root fields that list the catalog, searched as Saleor searches it.

Whoever manages orders, discounts or products sees all of it without a channel; anybody else what
is sold in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphql import GraphQLError

from sandbox.model.catalog import Channel, Product
from sandbox.schema.connections import Connection, connect
from sandbox.schema.filters import among
from sandbox.schema.nodes import pk_of
from sandbox.schema.request import Info, Resolvers, may, store_of
from sandbox.schema.types_catalog import InChannel

_SEES_ALL = ("MANAGE_ORDERS", "MANAGE_DISCOUNTS", "MANAGE_PRODUCTS")


def _channel(info: Info, slug: str | None) -> Channel | None:
    """The channel that is looked at; None = all of them, for those who may."""
    store = store_of(info)
    if slug:
        return store.channel_by_slug(slug)
    if any(may(info, permission) for permission in _SEES_ALL):
        return None
    active = [channel for channel in store.channels.values() if channel.is_active]
    if len(active) != 1:
        raise GraphQLError("More than one channel exists. Specify which channel to use.")
    return active[0]


def _holds(text: str | None, *names: str | None) -> bool:
    """Whether one of the names has the text in it; no text asks nothing."""
    return not text or any(text.lower() in (name or "").lower() for name in names)


def _has_words(text: str | None, *names: str) -> bool:
    """Products are found by whole words and their beginnings."""
    words = " ".join(names).lower().replace("-", " ").split()
    return all(
        any(word.startswith(part) for word in words) for part in (text or "").lower().split()
    )


def _chosen(where: dict[str, Any] | None, pk: int, field: str, value: str | None) -> bool:
    """Whether something passes `{ids}` and the filter of one text field."""
    wanted = where or {}
    ids = wanted.get("ids")
    if ids is not None and str(pk) not in {pk_of(each) for each in ids}:
        return False
    return wanted.get(field) is None or among(value, wanted[field])


def _carries(metadata: dict[str, str], wanted: list[dict[str, Any]] | None) -> bool:
    """Whether public metadata passes all of `[MetadataFilter!]`; none asks nothing.

    One without a value, or with an empty one, asks for the key alone, as in Saleor
    (shared_filters.py, filter_metadata).
    """
    return all(
        metadata.get(one["key"]) == one["value"] if one.get("value") else one["key"] in metadata
        for one in wanted or ()
    )


def _published(where: dict[str, Any] | None, product: Product, channel: Channel | None) -> bool:
    """Whether a product passes `{isPublished, publishedFrom}`.

    Where they are sold all are said to be published, also before their day has come, as in Saleor:
    `publishedFrom` asks for those of that day or earlier, and finds none without a day, though
    shoppers see these (seen on 3.23.28; product_helpers.py,
    where_filter_products_channel_field_from_date).
    """
    wanted = where or {}
    if wanted.get("is_published") is False:
        return False
    by, slug = wanted.get("published_from"), channel.slug if channel else ""
    if by is None or slug not in product.published_at:
        return True
    at = product.published_at[slug]
    return at is not None and at <= by


def _products(
    _root: None,
    info: Info,
    channel: str | None = None,
    search: str | None = None,
    where: dict[str, Any] | None = None,
    **page: Any,
) -> Connection:
    seen_in = _channel(info, channel)
    found = [
        InChannel(product, seen_in)
        for product in store_of(info).products.values()
        if (seen_in is None or any(seen_in.slug in v.prices for v in product.variants))
        and _has_words(search, product.name, product.slug)
        and _chosen(where, product.pk, "slug", product.slug)
        and _carries(product.metadata, (where or {}).get("metadata"))
        and _published(where, product, seen_in)
    ]
    return connect(found, lambda product: (product.slug,), **page)


def _variants(
    _root: None,
    info: Info,
    channel: str | None = None,
    search: str | None = None,
    where: dict[str, Any] | None = None,
    **page: Any,
) -> Connection:
    seen_in = _channel(info, channel)
    found = [
        InChannel(variant, seen_in)
        for variant in store_of(info).variants.values()
        if (seen_in is None or seen_in.slug in variant.prices)
        and _holds(search, variant.name, variant.sku, variant.product.name)
        and _chosen(where, variant.pk, "sku", variant.sku)
    ]
    return connect(found, lambda variant: (variant.sku or "", variant.pk), **page)


def _named(rows: Callable[[Any], Iterable[Any]]) -> Any:
    """A list filtered by a search, slugs and metadata; empty ones ask nothing, as in Saleor."""

    def resolve(
        _root: None,
        info: Info,
        filter_: dict[str, Any] | None = None,
        channel: str | None = None,
        **page: Any,
    ) -> Connection:
        wanted = filter_ or {}
        slugs, metadata = wanted.get("slugs"), wanted.get("metadata")
        found = [
            row
            for row in rows(store_of(info))
            if _holds(wanted.get("search"), row.name, row.slug)
            and (not slugs or row.slug in slugs)
            and (not metadata or _carries(row.metadata, metadata))
        ]
        return connect(found, lambda row: (row.slug,), **page)

    return resolve


def _collections(_root: None, info: Info, channel: str | None = None, **asked: Any) -> Connection:
    """Collections of all channels, for those who may; strangers have to name one of several."""
    _channel(info, channel)
    found: Connection = _every_collection(_root, info, **asked)
    return found


_every_collection = _named(lambda store: store.collections.values())
CATALOG_QUERIES: Resolvers = {
    "Query": {
        "products": _products,
        "productVariants": _variants,
        "categories": _named(lambda store: store.categories.values()),
        "collections": _collections,
        "productTypes": _named(lambda store: store.product_types.values()),
    }
}
