"""What the books must say: those of an app that only reads the store, once, in peace."""

from datetime import timedelta

import httpx
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.network import trusted
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.stores.refs import StoreRef
from tests.crash.scene import BEGIN, PROGRAM, Scene
from tests.factories import make_revision, make_store
from tests.order_books import KEYS, Books
from tests.order_source import ReadOrders


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
        with httpx.Client(trust_env=False, verify=trusted()) as http:
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
