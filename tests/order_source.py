"""Where tests have Saleor's orders from: memory, or a store that is read as the app reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from saleor_loyalty_app.saleor.client import Endpoint
from saleor_loyalty_app.saleor.order_reader import OrderPage, OrderReader
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True)
class NotUnderstood:
    """An order that could not be parsed."""

    order_id: str
    place: str = "lines.0"


@dataclass(frozen=True)
class Page:
    """A page as Saleor's reader gives it."""

    orders: Sequence[OrderSnapshot]
    unreadable: Sequence[NotUnderstood] = ()
    next_cursor: str | None = None


@dataclass(frozen=True)
class ReadOrders:
    """The orders of one store, over the app's own client."""

    reader: OrderReader
    endpoint: Endpoint

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> OrderPage:
        return self.reader.by_ids(self.endpoint, ids)

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> OrderPage:
        return self.reader.updated_since(self.endpoint, since, after_cursor)

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> OrderPage:
        return self.reader.created_since(self.endpoint, since, after_cursor)


@dataclass
class MemorySource:
    """Orders by id; `before_page` runs before each page is read, e.g. to change something."""

    orders: dict[str, OrderSnapshot] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    page_size: int = 2
    before_page: Callable[[], None] = lambda: None
    asked: list[object] = field(default_factory=list)

    def put(self, *snapshots: OrderSnapshot) -> None:
        """The orders are so from now on."""
        self.orders.update({one.id: one for one in snapshots})

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> Page:
        self.before_page()
        self.asked.append(("ids", tuple(ids)))
        unreadable = [NotUnderstood(id_) for id_ in ids if id_ in self.unreadable]
        found = [self.orders[id_] for id_ in ids if id_ in self.orders]
        return Page([one for one in found if one.id not in self.unreadable], unreadable)

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> Page:
        self.asked.append(("since", since))
        return self._page(lambda one: one.updated_at, since, after_cursor)

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> Page:
        self.asked.append(("created", since))
        return self._page(lambda one: one.created, since, after_cursor)

    def _page(
        self,
        key: Callable[[OrderSnapshot], datetime],
        since: datetime | None,
        after: str | None,
    ) -> Page:
        self.before_page()
        found = sorted(
            (one for one in self.orders.values() if since is None or key(one) >= since),
            key=lambda one: (key(one), one.id),
        )
        if after is not None:
            found = [one for one in found if f"{key(one).isoformat()}|{one.id}" > after]
        page = found[: self.page_size]
        more = len(found) > len(page)
        cursor = f"{key(page[-1]).isoformat()}|{page[-1].id}" if more else None
        return Page(page, (), cursor)
