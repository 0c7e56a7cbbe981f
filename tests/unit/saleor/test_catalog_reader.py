"""What rules name is found in the store by its name, and named by its reference."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from saleor_loyalty_app.saleor.catalog_reader import CatalogKind, CatalogReader
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from sandbox import Sandbox
from sandbox.model.ids import global_id

STORE = Endpoint("http://store/graphql/", "token")


class OfSandbox:
    """Asks a store in a box as staff."""

    def __init__(self) -> None:
        self.box = Sandbox()
        self.asked: list[Mapping[str, object]] = []

    def execute(
        self, endpoint: Endpoint, document: str, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        self.asked.append(variables)
        answer = self.box.execute(document, dict(variables), self.box.staff_token())
        assert "errors" not in answer, answer
        return dict(answer["data"])


@pytest.fixture
def store() -> OfSandbox:
    return OfSandbox()


@pytest.fixture
def reader(store: OfSandbox) -> CatalogReader:
    return CatalogReader(cast(SaleorClient, store))


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("product", "shirt", [("linen-shirt", "Linen shirt", "Shirts")]),
        ("variant", "LINEN-SHIRT", [("LINEN-SHIRT", "Linen shirt · Standard", "LINEN-SHIRT")]),
        ("category", "shirts", [("shirts", "Shirts", "Clothing")]),
        ("collection", "win", [("winter", "Winter", "")]),
        ("product_type", "cloth", [("clothing", "Clothing", "")]),
        ("category", "no such thing", []),
    ],
)
def test_a_search_finds_by_name(
    reader: CatalogReader, kind: CatalogKind, text: str, found: list[tuple[str, str, str]]
) -> None:
    page = reader.search(STORE, kind, text, 10)
    assert [(one.reference, one.name, one.detail) for one in page.items] == found
    assert not page.more


def test_without_a_name_the_first_of_all_are_shown(reader: CatalogReader) -> None:
    page = reader.search(STORE, "product", "  ", 3)
    assert len(page.items) == 3
    assert page.more


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("product", "linen-shirt"),
        ("variant", "LINEN-SHIRT"),
        ("category", "shirts"),
        ("collection", "winter"),
        ("product_type", "clothing"),
    ],
)
def test_references_are_named_and_unknown_ones_left_out(
    reader: CatalogReader, kind: CatalogKind, known: str
) -> None:
    assert [one.reference for one in reader.named(STORE, kind, [known, "gone"])] == [known]


def test_products_and_variants_are_known_by_their_ids_too(
    store: OfSandbox, reader: CatalogReader
) -> None:
    product = next(one for one in store.box.store.products.values() if one.slug == "linen-shirt")
    [variant] = product.variants
    asked = global_id("Product", product.pk)
    [found] = reader.named(STORE, "product", [asked])
    assert (found.id, found.name) == (asked, "Linen shirt")
    [found] = reader.named(STORE, "variant", [global_id("ProductVariant", variant.pk)])
    assert found.reference == "LINEN-SHIRT"


def test_nothing_is_asked_of_saleor_for_nothing(store: OfSandbox, reader: CatalogReader) -> None:
    assert reader.named(STORE, "category", []) == ()
    assert store.asked == []


def test_many_references_are_asked_for_in_hundreds(store: OfSandbox, reader: CatalogReader) -> None:
    reader.named(STORE, "category", [f"category-{number}" for number in range(230)])
    sizes = [len(cast(Any, asked["filter"])["slugs"]) for asked in store.asked]
    assert sizes == [100, 100, 30]
