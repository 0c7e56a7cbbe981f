"""Reads whole orders from Saleor in pages whose size follows what the store can bear."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import (
    SaleorQueryError,
    SaleorQueryTooCostly,
    SaleorUnavailable,
)
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

T = TypeVar("T")
#: Saleor gives at most 100 of anything at once.
LARGEST_PAGE = 100
FIRST_PAGE = 50


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """An order that Saleor described in a way nobody here understands; `place` says where."""

    order_id: str
    place: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, and the cursor that continues behind them; none at the end."""

    orders: tuple[OrderSnapshot, ...]
    unreadable: tuple[UnreadableOrder, ...]
    next_cursor: str | None


class OrderReader:
    """Reads orders of any store; safe to use from any thread.

    All methods raise what `SaleorClient.execute` raises. A page that costs too much or takes too
    long is asked for again with fewer orders, down to one; the size that worked is remembered for
    the store as long as the process lives. An order that Saleor itself cannot describe, such as an
    old one with a value that its schema no longer has, is found by halving and told as unreadable.
    """

    def __init__(self, client: SaleorClient) -> None:
        self._client = client
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def by_ids(self, endpoint: Endpoint, ids: Iterable[str]) -> OrderPage:
        """The orders with these global ids, in no order, without those unknown to Saleor."""
        waiting = list(dict.fromkeys(ids))
        orders: list[OrderSnapshot] = []
        unreadable: list[UnreadableOrder] = []
        while waiting:

            def ask(size: int, rest: list[str] = waiting) -> tuple[int, OrderPage]:
                asked = rest[:size]
                return len(asked), self._chosen(endpoint, asked)

            taken, page = self._sized(endpoint, ask)
            orders.extend(page.orders)
            unreadable.extend(page.unreadable)
            waiting = waiting[taken:]
        return OrderPage(tuple(orders), tuple(unreadable), None)

    def by_number(self, endpoint: Endpoint, number: int) -> OrderSnapshot | None:
        """The order that staff know under this number; None = there is none.

        Raises:
            SaleorQueryError: it is there, but cannot be read.
        """
        variables = {"where": {"number": {"eq": number}}, "first": 1}
        page = _page(self._ask(endpoint, "queries/orders", variables))
        if page.unreadable:
            raise SaleorQueryError(f"order: {page.unreadable[0].place}")
        return page.orders[0] if page.orders else None

    def updated_since(self, endpoint: Endpoint, since: datetime, after: str | None) -> OrderPage:
        """A page of the orders changed at or after `since`, oldest change first, behind `after`.

        An order that changes while the pages are read moves behind them, so that none is missed.
        """
        where = {"updatedAt": {"gte": since.isoformat()}}
        return self._sorted(endpoint, where, "LAST_MODIFIED_AT", after)

    def created_since(
        self, endpoint: Endpoint, since: datetime | None, after: str | None
    ) -> OrderPage:
        """A page of the orders made at or after `since` (none = ever), oldest first."""
        where = {} if since is None else {"createdAt": {"gte": since.isoformat()}}
        return self._sorted(endpoint, where, "CREATED_AT", after)

    def page_size(self, endpoint: Endpoint) -> int:
        """How many orders the next page of the store asks for."""
        with self._lock:
            return self._sizes.get(endpoint.api_url, FIRST_PAGE)

    def _sorted(
        self, endpoint: Endpoint, where: Mapping[str, object], field: str, after: str | None
    ) -> OrderPage:
        variables = {
            "where": where or None,
            "sortBy": {"field": field, "direction": "ASC"},
            "after": after,
        }
        return self._sized(endpoint, lambda size: self._next(endpoint, variables | {"first": size}))

    def _next(self, endpoint: Endpoint, variables: Mapping[str, object]) -> OrderPage:
        try:
            return _page(self._ask(endpoint, "queries/orders", variables))
        except SaleorQueryError as failure:
            if not failure.in_data:
                raise
        connection = self._ask(endpoint, "queries/order_ids", variables)
        chosen = self._chosen(endpoint, [edge["node"]["id"] for edge in connection["edges"]])
        return replace(chosen, next_cursor=_next_cursor(connection))

    def _chosen(self, endpoint: Endpoint, ids: list[str]) -> OrderPage:
        """The orders with these few ids; where one of them spoils the answer, by halves."""
        if not ids:
            return OrderPage((), (), None)
        variables = {"where": {"ids": ids}, "first": len(ids)}
        try:
            return _page(self._ask(endpoint, "queries/orders", variables))
        except SaleorQueryError as failure:
            if not failure.in_data:
                raise
            if len(ids) == 1:
                return OrderPage((), (UnreadableOrder(ids[0], failure.message),), None)
        middle = len(ids) // 2
        one, other = self._chosen(endpoint, ids[:middle]), self._chosen(endpoint, ids[middle:])
        return OrderPage(one.orders + other.orders, one.unreadable + other.unreadable, None)

    def _sized(self, endpoint: Endpoint, ask: Callable[[int], T]) -> T:
        size = self.page_size(endpoint)
        while True:
            try:
                return ask(size)
            except SaleorQueryTooCostly as failure:
                smaller = affordable(size, failure.requested, failure.maximum)
                if size == 1:
                    raise
            except SaleorUnavailable as failure:
                if failure.reason not in ("timeout", "too_large") or size == 1:
                    raise
                smaller = size // 2
            size = smaller
            with self._lock:
                self._sizes[endpoint.api_url] = size

    def _ask(
        self, endpoint: Endpoint, document: str, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        data = self._client.execute(endpoint, documents.load(document), variables)
        connection = data.get("orders")
        if not isinstance(connection, dict):
            raise SaleorQueryError("no orders in the answer")
        return connection


def _page(connection: Mapping[str, Any]) -> OrderPage:
    readable: list[OrderSnapshot] = []
    unreadable: list[UnreadableOrder] = []
    for edge in connection["edges"]:
        try:
            readable.append(shapes.convert(edge["node"], OrderSnapshot))
        except msgspec.ValidationError as failure:
            unreadable.append(UnreadableOrder(str(edge["node"].get("id")), str(failure)))
    return OrderPage(tuple(readable), tuple(unreadable), _next_cursor(connection))


def affordable(size: int, requested: int, maximum: int) -> int:
    """The page size whose cost stays below `maximum`, as cost grows with size; at least 1."""
    if requested <= 0 or maximum <= 0:
        return max(1, size // 2)
    return max(1, min(size - 1, size * maximum // requested))


def _next_cursor(connection: Mapping[str, Any]) -> str | None:
    info = connection.get("pageInfo")
    if not isinstance(info, dict) or not info.get("hasNextPage"):
        return None
    cursor = info.get("endCursor")
    return cursor if isinstance(cursor, str) else None
