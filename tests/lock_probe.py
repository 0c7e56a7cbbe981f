"""Looks at who waits for whom on PostgreSQL; for tests of the order of locks."""

import time
from concurrent.futures import Future
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database


def wait_until_it_waits(database: Database, work: Future[Any], request: Connection) -> None:
    """Until `work` waits for what the request holds."""
    mine = request.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    waits = sa.text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND :mine = ANY(pg_blocking_pids(pid))"
    )
    while not database.read(lambda conn: conn.execute(waits, {"mine": mine}).scalar_one()):
        assert not work.done(), work.result()
        time.sleep(0.01)
