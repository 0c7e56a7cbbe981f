"""What the books must say: those of an app that only reads the store, once, in peace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.order_reader import OrderPage, OrderReader
from saleor_loyalty_app.stores.refs import StoreRef
from tests.crash.scene import BEGIN, PROGRAM, Scene
from tests.factories import make_revision, make_store
from tests.order_books import KEYS, Books


@dataclass(frozen=True)
class ReadOrders:
    """The orders of a store, as the installed app may read them."""

    reader: OrderReader
    endpoint: Endpoint

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> OrderPage:
        """See `OrderSource`."""
        return self.reader.by_ids(self.endpoint, ids)

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        return self.reader.updated_since(self.endpoint, since, after_cursor)

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        return self.reader.created_since(self.endpoint, since, after_cursor)


def books_by_reading(scene: Scene, database_url: str) -> Books:
    """The books of a second app, on an empty database, that reads every order of the store."""
    real = scene.store()
    database = open_database(database_url, pool_size=2)
    try:

        def settle_in(conn: Connection) -> StoreRef:
            store = make_store(conn, app_id=real.app_id, timezone=real.timezone)
            make_revision(conn, store.id, PROGRAM, effective_from=BEGIN - timedelta(days=1))
            return store

        store = database.write(settle_in)
        token = scene.service.box.app_token("saleor.loyalty")
        with httpx.Client(trust_env=False) as http:
            client = SaleorClient(http, now=scene.now)
            source = ReadOrders(OrderReader(client), Endpoint(real.api_url, token))
            reconcile_changes(
                database,
                store,
                source,
                clock=scene.now,
                secrets=KEYS,
                since=BEGIN - timedelta(days=1),
            )
            daily_pass(database, store, source, clock=scene.now, secrets=KEYS, force=True)
        return scene.books(database, store)
    finally:
        database.close()
