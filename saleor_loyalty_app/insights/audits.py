"""Recomputations of a store's books: who asked, when, and what did not add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights.models import AuditRun

_RUNS = table(AuditRun)
#: A run that did not end by then is dead; another may be asked for.
PATIENCE = timedelta(hours=1)
MOST_FOUND = 100
#: Nights of which the runs are kept.
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Audit:
    """One recomputation; `drifts` is None until it ended. `found`: the first hundred of them."""

    id: int
    asked_at: datetime
    asked_by: str
    started_at: datetime | None
    finished_at: datetime | None
    drifts: int | None
    found: Sequence[Mapping[str, Any]]


def ask(conn: Connection, store_id: int, *, by: str, now: datetime) -> tuple[Audit, bool]:
    """Notes that an audit is wanted; one that is under way is given instead (False)."""
    running = conn.execute(
        sa.select(_RUNS)
        .where(
            _RUNS.c.store_id == store_id,
            _RUNS.c.finished_at.is_(None),
            _RUNS.c.asked_at > now - PATIENCE,
        )
        .order_by(_RUNS.c.id.desc())
        .limit(1)
    ).one_or_none()
    if running is not None:
        return _audit(running), False
    made = conn.execute(
        sa.insert(_RUNS)
        .values(store_id=store_id, asked_at=now, asked_by=by, found=[])
        .returning(_RUNS)
    )
    return _audit(made.one()), True


def begin(conn: Connection, store_id: int, run_id: int, now: datetime) -> bool:
    """Notes that a run began; False where it ended before."""
    begun = conn.execute(
        sa.update(_RUNS)
        .where(_RUNS.c.store_id == store_id, _RUNS.c.id == run_id, _RUNS.c.finished_at.is_(None))
        .values(started_at=now)
        .returning(_RUNS.c.id)
    )
    return begun.one_or_none() is not None


def finish(
    conn: Connection,
    store_id: int,
    run_id: int,
    *,
    drifts: int,
    found: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Notes what a run found."""
    conn.execute(
        sa.update(_RUNS)
        .where(_RUNS.c.store_id == store_id, _RUNS.c.id == run_id)
        .values(drifts=drifts, found=[dict(one) for one in found[:MOST_FOUND]], finished_at=now)
    )


def page(conn: Connection, store_id: int, first: int, before_id: int | None) -> list[Audit]:
    """The audits of a store, newest first."""
    query = (
        sa.select(_RUNS)
        .where(_RUNS.c.store_id == store_id)
        .order_by(_RUNS.c.id.desc())
        .limit(first)
    )
    if before_id is not None:
        query = query.where(_RUNS.c.id < before_id)
    return [_audit(row) for row in conn.execute(query)]


def forget_old(conn: Connection, store_id: int, now: datetime) -> None:
    """Forgets runs of long ago."""
    conn.execute(
        sa.delete(_RUNS).where(_RUNS.c.store_id == store_id, _RUNS.c.asked_at < now - KEPT)
    )


def _audit(row: Row[Any]) -> Audit:
    return Audit(
        id=row.id,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        drifts=row.drifts,
        found=row.found,
    )
