"""The documents under graphql/."""

from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    InlineFragmentNode,
    SelectionSetNode,
    parse,
)
from msgspec import inspect

from saleor_loyalty_app import assets
from saleor_loyalty_app.assets import AssetMissing
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.saleor.version import OLDEST, SchemaVersion

ALL = [
    name for kind in ("queries", "mutations", "subscriptions") for name in documents.all_names(kind)
]


@pytest.mark.parametrize("name", ALL)
def test_every_document_brings_its_fragments_once(name: str) -> None:
    definitions = parse(documents.load(name)).definitions
    names = [str(getattr(definition, "name", None)) for definition in definitions]
    assert len(names) == len(set(names))
    assert len(definitions) == 1 + documents.load(name).count("\nfragment ")


@pytest.mark.parametrize("name", ALL)
def test_a_minified_document_says_the_same(name: str) -> None:
    short = documents.minified(name)
    assert "\n" not in short
    assert len(short) < len(documents.load(name))
    assert documents.is_query(short) == documents.is_query(documents.load(name))


def test_only_queries_may_be_repeated() -> None:
    assert all(documents.is_query(documents.load(name)) for name in documents.all_names("queries"))
    assert not any(
        documents.is_query(documents.load(name)) for name in documents.all_names("mutations")
    )
    assert not documents.is_query("query A { shop { name } } mutation B { x }")
    assert not documents.is_query("fragment A on Shop { name }")


def test_the_oldest_saleor_of_a_document_is_written_in_it() -> None:
    assert documents.needs("queries/orders") == OLDEST
    assert documents.text_needs("# since 3.23\nquery A { shop { name } }") == SchemaVersion(3, 23)


def test_a_missing_document_is_named() -> None:
    with pytest.raises(AssetMissing, match="orders_by_heart"):
        documents.load("queries/orders_by_heart")


Shape = dict[str, Any]


def asked(selections: SelectionSetNode | None) -> Shape:
    """What a selection asks for, by name; what it asks of one type only is among the rest."""
    shape: Shape = {}
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            name = node.alias or node.name
            shape[name.value] = asked(node.selection_set)
        elif isinstance(node, InlineFragmentNode):
            shape |= asked(node.selection_set)
    return shape


def understood(kind: inspect.Type) -> Shape:
    """What a type reads from JSON, by name."""
    match kind:
        case inspect.StructType():
            return {one.encode_name: understood(one.type) for one in kind.fields}
        case inspect.VarTupleType():
            return understood(kind.item_type)
        case inspect.UnionType():
            parts: Shape = {}
            for one in kind.types:
                parts |= understood(one)
            return parts
    return {}


def test_the_snapshot_of_an_order_is_what_its_fragment_asks_for() -> None:
    [fragment] = parse(assets.read_text("graphql/fragments/OrderSnapshot.graphql")).definitions
    assert isinstance(fragment, FragmentDefinitionNode)
    asks, reads = asked(fragment.selection_set), understood(inspect.type_info(OrderSnapshot))
    assert without_currency(asks) == without_currency(reads)


def without_currency(shape: Shape) -> Shape:
    """Amounts may be asked for without their currency, where it is the order's."""
    if set(shape) == {"amount", "currency"}:
        return {"amount": {}}
    return {name: without_currency(inner) for name, inner in shape.items()}
