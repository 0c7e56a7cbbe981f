"""A store in another time zone than UTC, with books, for the tests of the insights."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights import roll_up
from saleor_loyalty_app.insights.reading import Reading, open_reading
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from tests.integration.ledger.books import Books

US: dict[str, Any] = {"channel": "us", "currency": "USD"}
TR: dict[str, Any] = {"channel": "tr", "currency": "TRY"}


class LedgerStore:
    """The books of a store whose clocks are three hours ahead of UTC."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.books = Books(conn)
        self.move_to("Europe/Istanbul")

    @property
    def store(self) -> StoreRef:
        """The store as it is stored."""
        found = store_by_id(self.conn, self.books.store_id)
        assert found is not None
        return found

    def on(self, conn: Connection) -> "LedgerStore":
        """The same store on another connection."""
        self.conn = self.books.conn = conn
        return self

    def store_in(self, database: Database) -> StoreRef:
        """The store, read on a connection of its own."""
        found = database.read(lambda conn: store_by_id(conn, self.books.store_id))
        assert found is not None
        return found

    def move_to(self, zone: str) -> None:
        """The store's clocks show another zone."""
        stores = table(Store)
        self.conn.execute(
            sa.update(stores).where(stores.c.id == self.books.store_id).values(timezone=zone)
        )

    def roll_up(self, now: datetime, until: date | None = None) -> int:
        """Adds up days as the task does; gives how many."""
        done = 0
        while added := roll_up.add_up(self.conn, self.store, now):
            if until is not None and added.day >= until:
                break
            roll_up.keep_members(self.conn, self.store, added.day, added.members)
            assert roll_up.keep(self.conn, self.store, added, now)
            done += 1
        return done

    def reading(self, now: datetime) -> Reading:
        """The books as they are at `now`."""
        return open_reading(self.conn, self.store, now)
