"""What products say on who may buy them, read from Saleor and remembered for a short while."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.programs.early_access import Gate, Notice, gates_of
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.global_ids import names
from saleor_loyalty_app.stores.refs import StoreRef

#: So long an answer of Saleor's is repeated; checkouts are always told by Saleor itself.
REMEMBERED = timedelta(seconds=60)
#: So many products are asked for at once.
MOST = 50
_KEPT = 20_000

#: The gates of a product; None = the store has no such product.
Gates = tuple[Gate, ...] | None


class GateBook:
    """The gates of products of any store, the least used forgotten first. Thread-safe."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str], tuple[datetime, Gates]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, access: StoreAccess, store: StoreRef, products: Sequence[str], *, now: datetime
    ) -> dict[str, Gates]:
        """The gates of products, by the slug or id that each was asked by.

        At most two network calls, for what is not remembered.

        Raises:
            What `StoreAccess.ask` raises.
        """
        wanted = list(dict.fromkeys(products))
        found = self._remembered(store.id, wanted, now)
        lacking = [one for one in wanted if one not in found]
        if lacking:
            fresh = _asked(access, store, lacking)
            self._remember(store.id, fresh, now)
            found |= fresh
        return {one: found[one] for one in wanted}

    def _remembered(self, store_id: int, wanted: Sequence[str], now: datetime) -> dict[str, Gates]:
        found = {}
        with self._lock:
            for one in wanted:
                known = self._known.get((store_id, one))
                if known is not None and now - known[0] < REMEMBERED:
                    self._known.move_to_end((store_id, one))
                    found[one] = known[1]
        return found

    def _remember(self, store_id: int, fresh: Mapping[str, Gates], now: datetime) -> None:
        with self._lock:
            for one, gates in fresh.items():
                self._known[store_id, one] = now, gates
                self._known.move_to_end((store_id, one))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


def _asked(access: StoreAccess, store: StoreRef, products: Sequence[str]) -> dict[str, Gates]:
    ids = [one for one in products if names(one, "Product")]
    slugs = [one for one in products if one not in set(ids)]
    found: dict[str, Gates] = dict.fromkeys(products)
    for where in ({"ids": ids} if ids else None, {"slug": {"oneOf": slugs}} if slugs else None):
        if where is None:
            continue
        variables = {"first": len(products), "where": where}
        data = access.ask(store, "queries/access_products", variables)
        connection = data.get("products")
        if not isinstance(connection, dict):
            raise SaleorQueryError("no products in the answer")
        for edge in connection["edges"]:
            node = edge["node"]
            gates = _gates(node)
            for reference in (node["id"], node["slug"]):
                if reference in found:
                    found[reference] = gates
    return found


def _gates(node: Mapping[str, Any]) -> tuple[Gate, ...]:
    others = [*(node["collections"] or ()), node["productType"]]
    return gates_of(_notice(node), [_notice(one) for one in others if one is not None])


def _notice(node: Mapping[str, Any]) -> Notice:
    return Notice(node["access"], node["accessUntil"])
