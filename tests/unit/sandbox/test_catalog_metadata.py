"""Public metadata of the catalog: staff write it, and everybody who sees the product reads it."""

import base64
from typing import Any

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


LISTS = {
    "products": "where",
    "collections": "filter",
    "productTypes": "filter",
}


@pytest.mark.parametrize("field", LISTS)
def test_what_has_a_key_is_found_by_it(shop: DiscountShop, field: str) -> None:
    """All that is asked for has to be there; no value, or an empty one, asks for the key alone."""
    rows: dict[str, dict[int, Any]] = {
        "products": shop.box.store.products,
        "collections": shop.box.store.collections,
        "productTypes": shop.box.store.product_types,
    }
    things: list[Any] = sorted(rows[field].values(), key=lambda one: str(one.slug))
    assert len(things) > 1
    things[0].metadata |= {"loyalty_access": "gold", "season": ""}

    def found(*wanted: dict[str, str]) -> list[str]:
        asked = f"{field}(first: 100, {LISTS[field]}: {{metadata: $wanted}})"
        text = f"query ($wanted: [MetadataFilter!]) {{ {asked} {{ edges {{ node {{ slug }} }} }} }}"
        told = shop.box.execute(text, {"wanted": list(wanted)}, shop.staff)
        assert "errors" not in told, told
        return [edge["node"]["slug"] for edge in told["data"][field]["edges"]]

    mine = [things[0].slug]
    assert found({"key": "loyalty_access"}) == mine
    assert found({"key": "season", "value": ""}) == mine
    assert found({"key": "loyalty_access", "value": "gold"}, {"key": "season"}) == mine
    assert found({"key": "loyalty_access", "value": "gol"}) == []
    assert found({"key": "loyalty_access"}, {"key": "year"}) == []
    assert found() == [one.slug for one in things]


@pytest.mark.parametrize("cursor", ["!", "x", "{}", '["a", "b", "c"]'])
@pytest.mark.parametrize("field", LISTS)
def test_a_cursor_of_no_list_is_refused(shop: DiscountShop, field: str, cursor: str) -> None:
    """Seen on 3.23.28, of all four."""
    text = cursor if len(cursor) == 1 else base64.b64encode(cursor.encode()).decode()
    asked = f'query {{ {field}(first: 5, after: "{text}") {{ edges {{ node {{ id }} }} }} }}'
    told = shop.box.execute(asked, {}, shop.staff)
    assert [one["message"] for one in told["errors"]] == ["Received cursor is invalid."]


def test_a_stranger_has_to_say_in_which_channel(shop: DiscountShop) -> None:
    """Seen on 3.23.28, by an app token that is dead: product types are everybody's."""
    text = "query { %s(first: 5) { edges { node { id } } } }"
    for field in ("products", "collections"):
        told = shop.box.execute(text % field, {}, None)
        assert [one["message"] for one in told["errors"]] == [
            "More than one channel exists. Specify which channel to use."
        ]
    assert "errors" not in shop.box.execute(text % "productTypes", {}, None)
    for channel in [*shop.box.store.channels.values()][1:]:
        channel.is_active = False
    assert "errors" not in shop.box.execute(text % "collections", {}, None)
