"""Saleor's orders for the flows: the reader, with the token of each store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.saleor.order_reader import OrderPage, OrderReader
from saleor_loyalty_app.stores.refs import StoreRef

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class StoreOrders:
    """The `orders.source.OrderSource` of the app.

    Besides what the reader raises, each method raises what `StoreAccess.endpoint` does.
    """

    access: StoreAccess
    reader: OrderReader

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> OrderPage:
        """See `OrderSource`."""
        return _told(store, self.reader.by_ids(self.access.endpoint(store), ids))

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        endpoint = self.access.endpoint(store)
        return _told(store, self.reader.updated_since(endpoint, since, after_cursor))

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        endpoint = self.access.endpoint(store)
        return _told(store, self.reader.created_since(endpoint, since, after_cursor))


def _told(store: StoreRef, page: OrderPage) -> OrderPage:
    for order in page.unreadable:
        _log.error(
            "order_unreadable", store_id=store.id, order_id=order.order_id, field=order.place
        )
    return page
