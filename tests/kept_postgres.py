"""A database on PostgreSQL whose connections stay open from test to test.

A new connection learns anew what tables there are: for the server more work than most tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import metadata

SIZE = 4


class _KeptPool(QueuePool):
    """A pool that stays as it is when one of those who share it is done with it."""

    def dispose(self) -> None:
        """Closes nothing: others go on with the connections."""

    def recreate(self) -> "_KeptPool":
        """Itself, as none of its connections was closed."""
        return self

    def end(self) -> None:
        """Closes the connections."""
        super().dispose()


class KeptPostgres:
    """The database at `url`, in which there are no tables yet."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            poolclass=_KeptPool,
            pool_size=SIZE,
            max_overflow=0,
            pool_timeout=30,
        )
        metadata.create_all(self._engine)

    def empty(self) -> None:
        """Empties all tables."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(emptying())

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """The database as the app opens it, on an engine of its own that has the connections."""
        own = self._engine.execution_options()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("saleor_loyalty_app.db.database.postgres_engine", lambda *_, **__: own)
            database = open_database(self.url, pool_size=SIZE)
        yield database
        database.close()
        assert self._pool.checkedout() == 0

    def close(self) -> None:
        """Closes the connections."""
        self._pool.end()

    @property
    def _pool(self) -> _KeptPool:
        assert isinstance(self._engine.pool, _KeptPool)
        return self._engine.pool


@cache
def emptying() -> str:
    """SQL that empties all tables: ten times as quick as TRUNCATE while they are small.

    As a replica the session fires no triggers, so that the append-only tables let go.
    """
    deletes = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)]
    counters = (
        "SELECT setval(pg_class.oid, 1, false) FROM pg_class "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE relkind = 'S' AND nspname = 'public'"
    )
    return "; ".join(["SET LOCAL session_replication_role = replica", *deletes, counters])
