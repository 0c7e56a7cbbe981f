"""Orders and goods without a walk through mutations, for tests that need many."""

from __future__ import annotations

from sandbox.model.apps import App
from sandbox.model.catalog import Product, ProductVariant
from sandbox.model.checkouts import LineRequest, create_checkout, mark_updated
from sandbox.model.completion import complete_checkout
from sandbox.model.customers import Address, find_by_email
from sandbox.model.delivery_choice import choose_delivery
from sandbox.model.orders import Order
from sandbox.model.pricing import checkout_prices
from sandbox.model.settlement import create_transaction
from sandbox.model.shipping import built_in_offers
from sandbox.model.store import Caller, Store


def place_order(
    store: Store,
    gateway: App,
    products: dict[str, int],
    email: str,
    channel_slug: str,
    *,
    paid: bool,
) -> Order:
    """Check out `products` (quantities by slug) with the cheapest delivery.

    The events are those of the same steps by mutations. An unpaid order needs a channel that
    allows it, which is arranged for the time of the call.

    Raises:
        LookupError: no such channel or product.
    """
    channel = store.channel_by_slug(channel_slug)
    if channel is None:
        raise LookupError(f"no channel {channel_slug!r}")
    by_slug = {product.slug: product.variants[0] for product in store.products.values()}
    missing = products.keys() - by_slug.keys()
    if missing:
        raise LookupError(f"no product {min(missing)!r}")
    user = find_by_email(store, email)
    shopper = Caller(user=user)
    lines = [LineRequest(by_slug[slug], quantity) for slug, quantity in products.items()]
    checkout = create_checkout(store, shopper, channel, lines, {"email": email})
    for name in ("shipping_address", "billing_address"):
        if getattr(checkout, name) is None:
            address = Address(store.ids.next("Address"), country=channel.default_country)
            setattr(checkout, name, address)
    for offer in built_in_offers(store, checkout)[:1]:
        choose_delivery(store, shopper, checkout, offer.id)
        mark_updated(store, shopper, checkout)
    if paid:
        total = checkout_prices(store, checkout).total
        charged = {"amount": total.gross_amount, "currency": total.currency}
        data = {"name": "Card", "available_actions": ["REFUND"], "amount_charged": charged}
        create_transaction(store, Caller(app=gateway), checkout, data)
    allowed = channel.allow_unpaid_orders
    channel.allow_unpaid_orders = allowed or not paid
    try:
        return complete_checkout(store, shopper, checkout, {})
    finally:
        channel.allow_unpaid_orders = allowed


def copy_product(store: Store, slug: str, copies: int, metadata: dict[str, str]) -> list[Product]:
    """Put more of the kind of a product on the shelves, numbered from 1; no event tells of it.

    Raises:
        LookupError: no such product.
    """
    like = next((one for one in store.products.values() if one.slug == slug), None)
    if like is None:
        raise LookupError(f"no product {slug!r}")
    made = []
    for number in range(1, copies + 1):
        product = Product(
            pk=store.ids.next("Product"),
            slug=f"{slug}-{number}",
            name=f"{like.name} {number}",
            product_type=like.product_type,
            category=like.category,
            metadata=dict(metadata),
        )
        variant = ProductVariant(
            pk=store.ids.next("ProductVariant"),
            sku=product.slug.upper(),
            name=like.variants[0].name,
            product=product,
            prices=dict(like.variants[0].prices),
        )
        product.variants.append(variant)
        store.products[product.pk] = product
        store.variants[variant.pk] = variant
        made.append(product)
    return made
