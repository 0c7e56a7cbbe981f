"""What Saleor's catalog keeps back, read page by page: product types, collections, products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.programs.early_access import Notice
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.refs import StoreRef

Kind = Literal["product_type", "collection", "product"]
#: In the order in which they are listed: what says something of many goods comes first.
KINDS: tuple[Kind, ...] = ("product_type", "collection", "product")
_DOCUMENTS: dict[Kind, tuple[str, str]] = {
    "product_type": ("queries/kept_product_types", "productTypes"),
    "collection": ("queries/kept_collections", "collections"),
    "product": ("queries/kept_products", "products"),
}


@dataclass(frozen=True, slots=True)
class KeptThing:
    """A thing of the catalog that has the key."""

    kind: Kind
    id: str
    name: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list goes on: after Saleor's `cursor` in a kind; "" = from its first thing."""

    kind: Kind
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class KeptGoods:
    """A page of the list; `next` is None on the last."""

    things: tuple[KeptThing, ...]
    next: Place | None


def read_kept(
    access: StoreAccess, store: StoreRef, *, first: int, after: Place = Place(KINDS[0])
) -> KeptGoods:
    """The next things that have the key. A network call for each kind that the page reaches.

    Raises:
        What `StoreAccess.ask` raises.
    """
    things: list[KeptThing] = []
    cursor = after.cursor
    for kind in KINDS[KINDS.index(after.kind) :]:
        room = first - len(things)
        # With no room left the question is only whether there is anything more.
        found, end = _asked(access, store, kind, max(room, 1), cursor)
        if found and not room:
            return KeptGoods(tuple(things), Place(kind))
        things += found
        if end:
            return KeptGoods(tuple(things), Place(kind, end))
        cursor = ""
    return KeptGoods(tuple(things), None)


def _asked(
    access: StoreAccess, store: StoreRef, kind: Kind, first: int, cursor: str
) -> tuple[list[KeptThing], str]:
    """The next things of a kind, and the cursor behind them; "" = they are the last."""
    document, field = _DOCUMENTS[kind]
    data = access.ask(store, document, {"first": first, "after": cursor or None})
    connection = data.get(field)
    if not isinstance(connection, dict):
        raise SaleorQueryError(f"no {field} in the answer")
    things = [_thing(kind, edge["node"]) for edge in connection["edges"]]
    page = connection["pageInfo"]
    return things, str(page["endCursor"] or "") if page["hasNextPage"] else ""


def _thing(kind: Kind, node: Mapping[str, Any]) -> KeptThing:
    return KeptThing(kind, node["id"], node["name"], Notice(node["access"], node["accessUntil"]))
