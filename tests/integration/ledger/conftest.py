"""Fixtures of the ledger's tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from tests.integration.ledger.books import Books


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a writing transaction, committed at the end."""
    with database.engine.begin() as connection:
        yield connection


@pytest.fixture
def books(conn: Connection) -> Iterator[Books]:
    """The books of one store; whatever a test did, they balance at its end."""
    kept = Books(conn)
    yield kept
    kept.assert_no_drift()
