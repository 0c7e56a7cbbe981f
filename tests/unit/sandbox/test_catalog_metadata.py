"""Public metadata of the catalog: staff write it, and everybody who sees the product reads it."""

import pytest

from sandbox.box import id_of
from tests.unit.sandbox.discount_shop import DiscountShop

READ = """query ($id: ID!) { product(id: $id) {
  metafield(key: "loyalty_access") productType { metafield(key: "loyalty_access") }
  collections { metafield(key: "loyalty_access") }
} }"""
WRITE = "id: ID!, input: [MetadataInput!]!"


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def test_what_staff_write_on_product_type_and_collection_is_read_by_anybody(
    shop: DiscountShop,
) -> None:
    product = next(iter(shop.box.store.products.values()))
    collection = next(iter(shop.box.store.collections.values()))
    product.collections = [collection]
    for thing, value in ((product, "a"), (product.product_type, "b"), (collection, "c")):
        given = [{"key": "loyalty_access", "value": value}]
        shop.teller.ask(
            "updateMetadata", WRITE, "item { metafield(key: \"loyalty_access\") }", shop.staff,
            id=id_of(thing), input=given,
        )  # fmt: skip
    told = shop.box.execute(READ, {"id": id_of(product)}, shop.staff)["data"]["product"]
    assert told == {
        "metafield": "a",
        "productType": {"metafield": "b"},
        "collections": [{"metafield": "c"}],
    }
    refused = shop.box.execute(
        'mutation ($id: ID!) { updateMetadata(id: $id, input: [{key: "x", value: "y"}])'
        " { errors { code } } }",
        {"id": id_of(collection)},
        None,
    )
    assert refused.get("errors")
