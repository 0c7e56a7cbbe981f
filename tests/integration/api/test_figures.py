"""The figures of a large store are read from indexes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.dashboard.figures import figures
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause, earn
from saleor_loyalty_app.ledger.models import Lot
from tests.factories import make_member, make_store

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
SPENT = 2_000
_lots = table(Lot)


def long_history(conn: Connection) -> int:
    """A store with one pending earning, and many that were spent long ago."""
    store = make_store(conn).id
    account = Account(store, make_member(conn, store), "points")
    cause = Cause(source="order:1", part="points", actor="app")
    later = NOW + timedelta(days=14)
    earn(
        conn,
        account,
        50,
        cause,
        key="1",
        now=NOW,
        effective_at=NOW,
        available_from=later,
        expires_at=None,
    )
    open_lot = dict(conn.execute(sa.select(_lots)).mappings().one())
    spent = {**open_lot, "remaining": 0, "closed": True, "available_from": NOW}
    del spent["id"]
    conn.execute(sa.insert(_lots), [spent] * SPENT)
    conn.exec_driver_sql("ANALYZE")
    return store


def plan_of_figures(conn: Connection) -> str:
    """How the database answers."""
    store, asked = long_history(conn), list[tuple[str, Any]]()

    def note(_conn: Connection, _cursor: Any, text: str, parameters: Any, *_rest: Any) -> None:
        asked.append((text, parameters))

    event.listen(conn, "before_cursor_execute", note)
    assert figures(conn, store, NOW).pending == 50
    event.remove(conn, "before_cursor_execute", note)
    [(text, parameters)] = asked
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    rows = conn.exec_driver_sql(f"{explain} {text}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


def test_points_that_are_pending_are_two_ranges_of_the_open_lots(database: Database) -> None:
    plan = database.write(plan_of_figures)
    assert plan.count("ix_lot_open") == 2, plan
    assert "SCAN lot" not in plan
    assert "Seq Scan on lot" not in plan
