"""Where orders are read from: the port that Saleor's client (and a sandbox in tests) fits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


class OrderPage(Protocol):
    """Some orders in a known order, and where the next page begins."""

    @property
    def orders(self) -> Sequence[OrderSnapshot]: ...

    #: Opaque; none on the last page.
    @property
    def next_cursor(self) -> str | None: ...


class OrderSource(Protocol):
    """Reads orders of a store from Saleor. Every call is a network call."""

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> Sequence[OrderSnapshot]:
        """The orders with these ids that Saleor still knows, in any order."""
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

    def orders_of_user(self, store: StoreRef, user_id: str, after_cursor: str | None) -> OrderPage:
        """All orders of one user."""
        ...
