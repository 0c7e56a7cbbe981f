"""A store whose orders are in memory, on each database."""

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import Points
from tests.order_books import NOW, books_of, live_store
from tests.order_source import MemorySource


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def source() -> MemorySource:
    return MemorySource()


@pytest.fixture
def books(database: Database, store: StoreRef) -> Points:
    return lambda: database.read(lambda conn: books_of(conn, store)).balances
