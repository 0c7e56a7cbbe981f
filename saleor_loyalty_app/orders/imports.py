"""Imports of order history as rows: what was chosen, how far it is, what it gave. Never commits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.models import HistoryImport, HistoryImportTally

imports = table(HistoryImport)
tallies = table(HistoryImportTally)
#: What a dry run counts besides units, so that it knows what rules would look at.
OF_RULES = "of:"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as it stands."""

    id: int
    store_id: int
    choice: Mapping[str, Any]
    dry_run: bool
    state: str
    cursor: str | None
    orders_seen: int
    orders_counted: int
    report: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime | None = None


_COLUMNS = tuple(imports.c[name] for name in ImportRow.__dataclass_fields__)


def start_import(
    conn: Connection, store_id: int, choice: Mapping[str, Any], *, dry_run: bool, now: datetime
) -> ImportRow:
    """Notes a new import."""
    made = conn.execute(
        sa.insert(imports)
        .values(
            store_id=store_id,
            choice=dict(choice),
            dry_run=dry_run,
            state="running",
            report={},
            started_at=now,
            updated_at=now,
        )
        .returning(*_COLUMNS)
    )
    return ImportRow(*made.one())


def find_import(
    conn: Connection, store_id: int, import_id: int, *, lock: bool = False
) -> ImportRow | None:
    """One import of a store. `lock`: nobody else goes on with it until the transaction ends."""
    query = sa.select(*_COLUMNS).where(imports.c.store_id == store_id, imports.c.id == import_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else ImportRow(*row)


def running_import(conn: Connection, store_id: int) -> ImportRow | None:
    """The import of a store that is under way."""
    query = sa.select(*_COLUMNS).where(imports.c.store_id == store_id, imports.c.state == "running")
    row = conn.execute(query.order_by(imports.c.id).limit(1)).one_or_none()
    return None if row is None else ImportRow(*row)


def update_import(conn: Connection, import_id: int, **values: Any) -> None:
    """Changes columns of an import."""
    conn.execute(sa.update(imports).where(imports.c.id == import_id).values(values))


def add_to_report(
    conn: Connection, store_id: int, import_id: int, counts: Mapping[str, int]
) -> None:
    """Adds to what the report says of the orders; the import stays locked."""
    row = find_import(conn, store_id, import_id, lock=True)
    if row is None:
        return
    orders = Counter(row.report.get("orders", {}))
    orders.update(counts)
    update_import(
        conn,
        import_id,
        orders_counted=row.orders_counted + counts.get("counted", 0),
        report={**row.report, "orders": dict(orders)},
    )


def note_span(conn: Connection, store_id: int, import_id: int, created: Sequence[datetime]) -> None:
    """Notes from when to when the orders were made that were read so far."""
    row = find_import(conn, store_id, import_id, lock=True)
    if row is None or not created:
        return
    start = row.report.get("from") or min(created).isoformat()
    report = {**row.report, "from": start, "until": max(created).isoformat()}
    update_import(conn, import_id, report=report)


def history_was_counted(conn: Connection, store_id: int) -> bool:
    """Whether orders from before the program were booked, or are being booked now."""
    choices = conn.execute(
        sa.select(imports.c.choice).where(
            imports.c.store_id == store_id,
            imports.c.dry_run.is_(sa.false()),
            imports.c.state.in_(("running", "done")),
        )
    ).scalars()
    return any(choice["mode"] != "none" for choice in choices)


def latest_imports(conn: Connection, store_id: int, *, first: int) -> list[ImportRow]:
    """The imports of a store, newest first."""
    query = sa.select(*_COLUMNS).where(imports.c.store_id == store_id)
    rows = conn.execute(query.order_by(imports.c.id.desc()).limit(max(1, min(first, 100))))
    return [ImportRow(*row) for row in rows]


def tally_of(conn: Connection, import_id: int, customer: str, unit: str) -> int:
    """What a customer got by the import so far."""
    found: int | None = conn.execute(
        sa.select(tallies.c.points).where(
            tallies.c.import_id == import_id,
            tallies.c.customer == customer,
            tallies.c.unit == unit,
        )
    ).scalar_one_or_none()
    return found or 0


def add_to_tally(conn: Connection, import_id: int, customer: str, unit: str, points: int) -> None:
    """Counts what a customer got."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(tallies).values(
        import_id=import_id, customer=customer, unit=unit, points=points
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[tallies.c.import_id, tallies.c.customer, tallies.c.unit],
            set_={"points": tallies.c.points + statement.excluded.points},
        )
    )


def totals_of(conn: Connection, import_id: int) -> dict[str, dict[str, int]]:
    """By unit: how many customers, how many points, and the most that one customer got."""
    rows = conn.execute(
        sa.select(
            tallies.c.unit,
            sa.func.count(),
            sa.func.sum(tallies.c.points),
            sa.func.max(tallies.c.points),
        )
        .where(
            tallies.c.import_id == import_id,
            tallies.c.points > 0,
            tallies.c.unit.not_like(f"{OF_RULES}%"),
        )
        .group_by(tallies.c.unit)
    )
    return {
        unit: {"customers": customers, "points": int(points), "most": int(most)}
        for unit, customers, points, most in rows
    }
