"""The shop of the sandbox: two channels, a few products, a few people."""

from __future__ import annotations

from decimal import Decimal

from sandbox.model.catalog import (
    Category,
    Channel,
    Collection,
    Product,
    ProductType,
    ProductVariant,
    ShippingMethod,
    Warehouse,
)
from sandbox.model.customers import Address, User, add_user
from sandbox.model.store import Store

SHOPPER_PASSWORD = "password"
STAFF_EMAIL = "admin@example.com"
STAFF_PASSWORD = "admin"
#: Answers customers, and may not change what the store sells or for how much.
AGENT_EMAIL = "support@example.com"
AGENT_PASSWORD = "support"
AGENT_PERMISSIONS = frozenset({"MANAGE_USERS", "MANAGE_ORDERS"})
STAFF_PERMISSIONS = frozenset(
    [
        "HANDLE_CHECKOUTS",
        "HANDLE_PAYMENTS",
        "HANDLE_TAXES",
        "IMPERSONATE_USER",
        "MANAGE_APPS",
        "MANAGE_CHANNELS",
        "MANAGE_CHECKOUTS",
        "MANAGE_DISCOUNTS",
        "MANAGE_GIFT_CARD",
        "MANAGE_MENUS",
        "MANAGE_OBSERVABILITY",
        "MANAGE_ORDERS",
        "MANAGE_ORDERS_IMPORT",
        "MANAGE_PAGES",
        "MANAGE_PLUGINS",
        "MANAGE_PRODUCTS",
        "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
        "MANAGE_SETTINGS",
        "MANAGE_SHIPPING",
        "MANAGE_STAFF",
        "MANAGE_TAXES",
        "MANAGE_TRANSLATIONS",
        "MANAGE_USERS",
    ]
)

_PRODUCTS = (
    ("filter-coffee", "Filter coffee 250 g", "coffee", "grocery", "14.00", "320.00"),
    ("espresso-beans", "Espresso beans 1 kg", "coffee", "grocery", "42.00", "990.00"),
    ("black-tea", "Black tea from Rize", "tea", "grocery", "9.50", "180.00"),
    ("green-tea", "Green tea", "tea", "grocery", "11.00", "210.00"),
    ("linen-shirt", "Linen shirt", "shirts", "clothing", "75.00", "1500.00"),
    ("wool-scarf", "Wool scarf", "clothing", "clothing", "45.00", "850.00"),
    ("ceramic-cup", "Ceramic cup", "kitchen", "grocery", "18.00", "340.00"),
    ("gift-card", "Gift card", None, "gift-card", "50.00", "1000.00"),
)
_PEOPLE = (
    ("ayse@example.com", "Ayşe", "Yılmaz", "TR", True),
    ("john@example.com", "John", "Smith", "EN", True),
    ("maria@example.com", "Maria", "Nowak", "EN", True),
    ("new@example.com", "Nina", "New", "EN", False),
)
_COLLECTIONS = {
    "favorites": ("espresso-beans", "ceramic-cup"),
    "winter": ("wool-scarf", "black-tea"),
}


def stock(store: Store) -> None:
    """Fill an empty store."""
    store.tax_rates |= {"US": Decimal(8), "TR": Decimal(20)}
    _add_channels(store)
    warehouse = Warehouse(store.ids.uuid(), "Main warehouse", "main-warehouse")
    second = Warehouse(store.ids.uuid(), "Second warehouse", "second-warehouse")
    store.warehouses |= {warehouse.pk: warehouse, second.pk: second}
    categories = _add_categories(store)
    types = {
        "grocery": add_product_type(store, "grocery", "Grocery"),
        "clothing": add_product_type(store, "clothing", "Clothing"),
        "gift-card": add_product_type(store, "gift-card", "Gift card", kind="GIFT_CARD"),
    }
    for slug, name, category, kind, usd, lira in _PRODUCTS:
        add_product(
            store,
            slug,
            name,
            types[kind],
            {"default-channel": Decimal(usd), "channel-tr": Decimal(lira)},
            category=categories.get(category or ""),
        )
    for slug, members in _COLLECTIONS.items():
        collection = Collection(store.ids.next("Collection"), slug, slug.capitalize())
        store.collections[collection.pk] = collection
        for product in store.products.values():
            if product.slug in members:
                product.collections.append(collection)
    _add_shipping(store)
    _add_people(store)


def _add_channels(store: Store) -> None:
    add_channel(store, "default-channel", "USD", "US")
    add_channel(store, "channel-tr", "TRY", "TR", with_tax=True)


def add_channel(
    store: Store, slug: str, currency: str, country: str, *, with_tax: bool = False
) -> Channel:
    """A channel; `with_tax` enters and displays prices with tax."""
    channel = Channel(
        pk=store.ids.next("Channel"),
        slug=slug,
        name=slug.replace("-", " ").capitalize(),
        currency_code=currency,
        default_country=country,
        countries=["DE", "FR", "GB", "NL", "PL", "TR", "US"],
        prices_entered_with_tax=with_tax,
        display_gross_prices=with_tax,
    )
    store.channels[channel.pk] = channel
    return channel


def _add_categories(store: Store) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for slug, parent in (
        ("food", None),
        ("coffee", "food"),
        ("tea", "food"),
        ("kitchen", None),
        ("clothing", None),
        ("shirts", "clothing"),
    ):
        category = Category(
            store.ids.next("Category"), slug, slug.capitalize(), made.get(parent or "")
        )
        store.categories[category.pk] = category
        made[slug] = category
    return made


def add_product_type(store: Store, slug: str, name: str, *, kind: str = "NORMAL") -> ProductType:
    """A product type; gift cards are not shipped."""
    product_type = ProductType(
        store.ids.next("ProductType"), slug, name, kind, is_shipping_required=kind == "NORMAL"
    )
    store.product_types[product_type.pk] = product_type
    return product_type


def add_product(
    store: Store,
    slug: str,
    name: str,
    product_type: ProductType,
    prices: dict[str, Decimal],
    *,
    category: Category | None = None,
    sku: str | None = None,
) -> ProductVariant:
    """A product with one variant, priced by channel slug."""
    product = Product(store.ids.next("Product"), slug, name, product_type, category)
    variant = ProductVariant(
        pk=store.ids.next("ProductVariant"),
        sku=sku or slug.upper(),
        name="Standard",
        product=product,
        prices=dict(prices),
    )
    product.variants.append(variant)
    store.products[product.pk] = product
    store.variants[variant.pk] = variant
    return variant


def _add_shipping(store: Store) -> None:
    add_shipping(store, "Standard", {"default-channel": "5.00", "channel-tr": "60.00"}, days=(3, 5))
    add_shipping(
        store, "Express", {"default-channel": "15.00", "channel-tr": "150.00"}, days=(1, 2)
    )
    add_shipping(
        store,
        "Next day",
        {"default-channel": "25.00", "channel-tr": "250.00"},
        days=(1, 1),
        countries=frozenset({"TR", "US"}),
    )


def add_shipping(
    store: Store,
    name: str,
    prices: dict[str, str],
    *,
    days: tuple[int, int] = (1, 5),
    minimums: dict[str, str] | None = None,
    maximums: dict[str, str] | None = None,
    countries: frozenset[str] = frozenset(),
) -> ShippingMethod:
    """A built-in shipping method; prices and order-price limits by channel slug."""
    method = ShippingMethod(
        pk=store.ids.next("ShippingMethod"),
        name=name,
        prices=_money(prices),
        minimum_delivery_days=days[0],
        maximum_delivery_days=days[1],
        minimum_order_prices=_money(minimums or {}),
        maximum_order_prices=_money(maximums or {}),
        countries=countries,
    )
    store.shipping_methods[method.pk] = method
    return method


def _money(prices: dict[str, str]) -> dict[str, Decimal]:
    return {slug: Decimal(price) for slug, price in prices.items()}


def _add_people(store: Store) -> None:
    for email, first, last, language, confirmed in _PEOPLE:
        user = add_user(
            store,
            email,
            password=SHOPPER_PASSWORD,
            first_name=first,
            last_name=last,
            language_code=language,
            is_confirmed=confirmed,
        )
        _house(store, user, "TR" if language == "TR" else "US")
        if not confirmed:
            user.confirmation_token = store.ids.token(39)
    add_user(
        store,
        STAFF_EMAIL,
        password=STAFF_PASSWORD,
        first_name="Ada",
        last_name="Admin",
        is_staff=True,
        permissions=STAFF_PERMISSIONS,
    )
    add_user(
        store,
        AGENT_EMAIL,
        password=AGENT_PASSWORD,
        first_name="Selim",
        last_name="Support",
        is_staff=True,
        permissions=AGENT_PERMISSIONS,
    )


def _house(store: Store, user: User, country: str) -> None:
    turkish = country == "TR"
    address = Address(
        pk=store.ids.next("Address"),
        first_name=user.first_name,
        last_name=user.last_name,
        street_address_1="İstiklal Caddesi 1" if turkish else "100 Main St",
        city="İstanbul" if turkish else "NEW YORK",
        postal_code="34433" if turkish else "10001",
        country=country,
        country_area="" if turkish else "NY",
    )
    user.addresses.append(address)
    user.default_billing_address = user.default_shipping_address = address
