"""How far the celebrations of a store went, so that a missed day is caught up."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.bonuses.models import BonusRun
from saleor_loyalty_app.db.tables import table

Celebrated = Literal["birthday", "anniversary"]
_runs = table(BonusRun)


@dataclass(frozen=True, slots=True)
class Run:
    """The day at work, and the last member whose turn it was."""

    day: date
    after: int = 0


def run_of(conn: Connection, store_id: int, kind: Celebrated) -> Run | None:
    """How far a store's celebrations of a kind went, locked; None = they never began."""
    row = conn.execute(
        sa.select(_runs.c.day, _runs.c.after_member)
        .where(_runs.c.store_id == store_id, _runs.c.kind == kind)
        .with_for_update()
    ).one_or_none()
    return None if row is None else Run(date.fromisoformat(row.day), row.after_member)


def keep_run(conn: Connection, store_id: int, kind: Celebrated, run: Run) -> None:
    """Writes down how far it went."""
    how_far = {"day": run.day.isoformat(), "after_member": run.after}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(_runs).values(store_id=store_id, kind=kind, **how_far)
    conn.execute(statement.on_conflict_do_update(index_elements=["store_id", "kind"], set_=how_far))
