"""Where orders are read from: the port that Saleor's client fits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


class Unreadable(Protocol):
    """An order that Saleor described in a way nobody here understands."""

    @property
    def order_id(self) -> str: ...

    @property
    def place(self) -> str: ...


class OrderPage(Protocol):
    """Some orders, and the opaque cursor that continues behind them; none at the end."""

    @property
    def orders(self) -> Sequence[OrderSnapshot]: ...

    @property
    def unreadable(self) -> Sequence[Unreadable]: ...

    @property
    def next_cursor(self) -> str | None: ...


class OrderSource(Protocol):
    """Reads orders of a store. Every call goes over the network, outside transactions."""

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> OrderPage:
        """The orders with these ids that Saleor still knows, all on one page, in any order.

        An order that is there but cannot be understood is told as unreadable: what is in neither
        list is gone.
        """
        ...

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> OrderPage:
        """Orders whose `updatedAt` is at or after `since`, the oldest change first."""
        ...

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> OrderPage:
        """Orders created at or after `since` (none = ever), the oldest first."""
        ...
