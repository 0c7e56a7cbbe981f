"""Files with everything of a store: asked for, written in the background, there for a day.

The file lies in the database in pieces, so that any process can hand it out. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.models import Store, StoreExport, StoreExportPart

_exports, _parts, _stores = table(StoreExport), table(StoreExportPart), table(Store)
_row = _exports.c
#: So long a file can be fetched.
KEPT = timedelta(hours=24)
#: Who has not written for so long is taken for dead; another file may be asked for then.
SILENCE = timedelta(minutes=30)
#: That there was a file is forgotten after so long.
REMEMBERED = timedelta(days=90)
#: Pieces deleted in one transaction; each is half a megabyte.
PAGE = 20
State = Literal["waiting", "running", "done", "canceled", "failed", "deleted"]
UNDER_WAY = ("waiting", "running")


class ExportRunning(AppError):
    """One file of a store is written at a time."""

    code: ClassVar[str] = "export_running"
    status: ClassVar[int] = 409


class ExportNotFound(AppError):
    """The store has no such file, or it was deleted."""

    code: ClassVar[str] = "export_not_found"
    status: ClassVar[int] = 404


class ExportStopped(AppError):
    """The file is not wanted any more, or somebody else writes it."""

    code: ClassVar[str] = "export_stopped"


@dataclass(frozen=True, slots=True)
class Export:
    """A row of `StoreExport` as it was read."""

    id: int
    store_id: int
    state: State
    asked_by: str
    asked_at: datetime
    done: int
    total: int
    fence: int
    seen_at: datetime
    read_from: datetime | None
    read_until: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    size: int
    sha256: str
    report: Mapping[str, Any]


_COLUMNS = tuple(_row[field.name] for field in fields(Export))


def ask(conn: Connection, store_id: int, *, by: str, now: datetime) -> Export:
    """Notes that a file is wanted.

    Raises:
        ExportRunning: one is being written.
    """
    conn.execute(sa.select(_stores.c.id).where(_stores.c.id == store_id).with_for_update())
    mine = _row.store_id == store_id
    gone = sa.and_(mine, _row.state.in_(UNDER_WAY), _row.seen_at <= now - SILENCE)
    conn.execute(
        sa.update(_exports)
        .where(gone)
        .values(state="failed", finished_at=now, fence=_row.fence + 1)
    )
    running = sa.select(_row.id).where(mine, _row.state.in_(UNDER_WAY))
    if conn.execute(running.limit(1)).first() is not None:
        raise ExportRunning
    values = {
        "store_id": store_id,
        "state": "waiting",
        "asked_by": by,
        "asked_at": now,
        "seen_at": now,
        "report": {},
    }
    return _made(conn.execute(sa.insert(_exports).values(values).returning(*_COLUMNS)).one())


def find(conn: Connection, store_id: int, export_id: int) -> Export:
    """One file of a store.

    Raises:
        ExportNotFound: it has no such file.
    """
    query = sa.select(*_COLUMNS).where(_row.store_id == store_id, _row.id == export_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise ExportNotFound
    return _made(row)


def latest(conn: Connection, store_id: int, *, first: int) -> list[Export]:
    """The files of a store, newest first."""
    query = sa.select(*_COLUMNS).where(_row.store_id == store_id)
    return [_made(row) for row in conn.execute(query.order_by(_row.id.desc()).limit(first))]


def begin(
    conn: Connection, store_id: int, export_id: int, *, total: int, now: datetime
) -> Export | None:
    """Begins to write a file from its start; None where it is not wanted any more."""
    conn.execute(sa.delete(_parts).where(_parts.c.export_id == export_id))
    row = conn.execute(
        sa.update(_exports)
        .where(
            _row.store_id == store_id, _row.id == export_id, _row.state.in_((*UNDER_WAY, "failed"))
        )
        .values(
            state="running",
            fence=_row.fence + 1,
            done=0,
            total=total,
            seen_at=now,
            read_from=now,
            finished_at=None,
        )
        .returning(*_COLUMNS)
    ).one_or_none()
    return None if row is None else _made(row)


def go_on(conn: Connection, held: Export, *, now: datetime, **values: Any) -> None:
    """Writes how far it is.

    Raises:
        ExportStopped: it was canceled, or another worker took over.
    """
    going = conn.execute(
        sa.update(_exports)
        .where(_row.id == held.id, _row.fence == held.fence, _row.state == "running")
        .values(seen_at=now, **values)
        .returning(_row.id)
    )
    if going.scalar_one_or_none() is None:
        raise ExportStopped


def add_part(conn: Connection, held: Export, number: int, data: bytes, *, now: datetime) -> None:
    """Writes a piece of the file.

    Raises:
        ExportStopped: see `go_on`.
    """
    go_on(conn, held, now=now)
    conn.execute(sa.insert(_parts).values(export_id=held.id, number=number, data=data))


def finish(
    conn: Connection,
    held: Export,
    *,
    size: int,
    sha256: str,
    report: Mapping[str, Any],
    now: datetime,
) -> None:
    """The file is there, for a day."""
    go_on(
        conn,
        held,
        now=now,
        state="done",
        size=size,
        sha256=sha256,
        report=dict(report),
        finished_at=now,
        expires_at=now + KEPT,
    )


def fail(conn: Connection, held: Export, *, now: datetime) -> None:
    """It could not be written; the job tries again, or staff do."""
    conn.execute(
        sa.update(_exports)
        .where(_row.id == held.id, _row.fence == held.fence, _row.state == "running")
        .values(state="failed", finished_at=now)
    )


def cancel(conn: Connection, store_id: int, export_id: int, *, now: datetime) -> Export:
    """The file is not wanted any more; what is over stays as it is.

    Raises:
        ExportNotFound: the store has no such file.
    """
    conn.execute(
        sa.update(_exports)
        .where(
            _row.store_id == store_id, _row.id == export_id, _row.state.in_((*UNDER_WAY, "failed"))
        )
        .values(state="canceled", finished_at=now, fence=_row.fence + 1)
    )
    return find(conn, store_id, export_id)


def part(conn: Connection, export_id: int, number: int) -> bytes | None:
    """A piece of a file; None after the last one, or where it was deleted."""
    query = sa.select(_parts.c.data).where(
        _parts.c.export_id == export_id, _parts.c.number == number
    )
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def forget_page(conn: Connection, *, now: datetime, limit: int = PAGE) -> int:
    """Deletes a page of the pieces whose time is over or that nobody wants; says how many rows."""
    old = sa.or_(
        sa.and_(_row.state == "done", _row.expires_at <= now),
        _row.state.in_(("canceled", "failed", "deleted")),
    )
    over: Sequence[int] = (
        conn.execute(sa.select(_row.id).where(old).order_by(_row.id)).scalars().all()
    )
    if not over:
        return 0
    conn.execute(
        sa.update(_exports).where(_row.id.in_(over), _row.state == "done").values(state="deleted")
    )
    page = (
        sa.select(_parts.c.export_id, _parts.c.number)
        .where(_parts.c.export_id.in_(over))
        .limit(limit)
    )
    gone = conn.execute(
        sa.delete(_parts)
        .where(sa.tuple_(_parts.c.export_id, _parts.c.number).in_(page))
        .returning(_parts.c.number)
    ).all()
    if not gone:
        conn.execute(sa.delete(_exports).where(_row.id.in_(over), _row.asked_at < now - REMEMBERED))
    return len(gone)


def forget_store(conn: Connection, store_id: int) -> None:
    """Deletes all files of a store, for its erasure."""
    mine = sa.select(_row.id).where(_row.store_id == store_id)
    conn.execute(sa.delete(_parts).where(_parts.c.export_id.in_(mine)))
    conn.execute(sa.delete(_exports).where(_row.store_id == store_id))


def _made(row: Row[Any]) -> Export:
    return Export(**row._mapping)  # noqa: SLF001
