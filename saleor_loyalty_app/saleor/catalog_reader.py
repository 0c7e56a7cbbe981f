"""Reads from Saleor what a store sells: finds it by its name, and tells the names of references.

A reference is what rules name something by: the slug of a product, category, collection or product
type, and the SKU of a variant, or its id where it has none. The ids of products are understood too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.global_ids import names

CatalogKind = Literal["product", "variant", "category", "collection", "product_type"]
#: Saleor gives at most 100 of anything at once.
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """Something that a store sells, or a group of such things.

    `detail` tells equal names apart: the category of a product, the SKU of a variant, what a
    category is below; "" where there is nothing to tell.
    """

    kind: CatalogKind
    reference: str
    id: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """What a search found first, and whether there is more."""

    items: tuple[CatalogItem, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    document: str
    #: The root field of the document.
    field: str
    item: Callable[[Mapping[str, Any]], CatalogItem]
    #: The variables that choose some by reference.
    chosen: Callable[[Sequence[str]], dict[str, object]]
    #: The variables that search.
    searched: Callable[[str], dict[str, object]]


class CatalogReader:
    """Reads the catalogs of any store; safe to use from any thread.

    All methods raise what `SaleorClient.execute` raises.
    """

    def __init__(self, client: SaleorClient) -> None:
        self._client = client

    def search(self, endpoint: Endpoint, kind: CatalogKind, text: str, first: int) -> CatalogPage:
        """The `first` things of a kind whose name fits; the first of all where the text is empty.

        Products are found as Saleor's own search finds them: by words.
        """
        one = _KINDS[kind]
        return self._ask(endpoint, one, {"first": first, **one.searched(text.strip())})

    def named(
        self, endpoint: Endpoint, kind: CatalogKind, references: Iterable[str]
    ) -> tuple[CatalogItem, ...]:
        """The things of a kind with these references, without those unknown to Saleor.

        A network call for each hundred of them.
        """
        one = _KINDS[kind]
        found: list[CatalogItem] = []
        wanted = list(dict.fromkeys(references))
        for start in range(0, len(wanted), LARGEST_PAGE):
            page = wanted[start : start + LARGEST_PAGE]
            for variables in _asked(kind, page):
                found += self._ask(endpoint, one, {"first": LARGEST_PAGE, **variables}).items
        return tuple(found)

    def _ask(self, endpoint: Endpoint, one: _Kind, variables: Mapping[str, object]) -> CatalogPage:
        data = self._client.execute(endpoint, documents.load(one.document), variables)
        connection = data.get(one.field)
        if not isinstance(connection, dict):
            raise SaleorQueryError(f"no {one.field} in the answer")
        items = tuple(one.item(edge["node"]) for edge in connection["edges"])
        return CatalogPage(items, bool(connection["pageInfo"]["hasNextPage"]))


_NODES = {"product": "Product", "variant": "ProductVariant"}


def _asked(kind: CatalogKind, references: Sequence[str]) -> list[dict[str, object]]:
    """The variables that ask for references: those that are ids and all others apart."""
    one, node = _KINDS[kind], _NODES.get(kind)
    ids = [each for each in references if node is not None and names(each, node)]
    others = [each for each in references if each not in set(ids)]
    asked = [one.chosen(others)] if others else []
    return [*asked, {"where": {"ids": ids}}] if ids else asked


def _product(node: Mapping[str, Any]) -> CatalogItem:
    return CatalogItem("product", node["slug"], node["id"], node["name"], _name(node["category"]))


def _variant(node: Mapping[str, Any]) -> CatalogItem:
    product, own = _name(node["product"]), node["name"]
    # A variant without a name of its own is called by its SKU or id in Saleor.
    plain = not own or own in (node["sku"], node["id"], product)
    name = product if plain else f"{product} · {own}"
    return CatalogItem(
        "variant", node["sku"] or node["id"], node["id"], name or own, node["sku"] or ""
    )


def _category(node: Mapping[str, Any]) -> CatalogItem:
    return CatalogItem("category", node["slug"], node["id"], node["name"], _name(node["parent"]))


def _grouped(kind: Literal["collection", "product_type"]) -> Callable[..., CatalogItem]:
    return lambda node: CatalogItem(kind, node["slug"], node["id"], node["name"])


def _name(node: Mapping[str, Any] | None) -> str:
    return "" if node is None else str(node["name"])


def _one_of(field: str) -> Callable[[Sequence[str]], dict[str, object]]:
    return lambda references: {"where": {field: {"oneOf": list(references)}}}


def _slugs(references: Sequence[str]) -> dict[str, object]:
    return {"filter": {"slugs": list(references)}}


def _by_search(text: str) -> dict[str, object]:
    return {"search": text} if text else {}


def _by_filter(text: str) -> dict[str, object]:
    return {"filter": {"search": text}} if text else {}


_KINDS: dict[CatalogKind, _Kind] = {
    "product": _Kind("queries/catalog_products", "products", _product, _one_of("slug"), _by_search),
    "variant": _Kind(
        "queries/catalog_variants", "productVariants", _variant, _one_of("sku"), _by_search
    ),
    "category": _Kind("queries/catalog_categories", "categories", _category, _slugs, _by_filter),
    "collection": _Kind(
        "queries/catalog_collections",
        "collections",
        _grouped("collection"),
        _slugs,
        _by_filter,
    ),
    "product_type": _Kind(
        "queries/catalog_product_types",
        "productTypes",
        _grouped("product_type"),
        _slugs,
        _by_filter,
    ),
}
