"""Books of a store for the insights."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from tests.integration.insights.ledger_store import LedgerStore


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a writing transaction, committed at the end."""
    with database.engine.begin() as connection:
        yield connection


@pytest.fixture
def kept(conn: Connection) -> LedgerStore:
    """A store in Istanbul with books."""
    return LedgerStore(conn)
