"""One file with everything of a store, for the owner to take along: a ZIP of CSV and JSON.

Members are read in pages, each page with all rows of its members in one short snapshot, so that
every member's points add up while the store goes on. The tables grow in temporary files of this
process; the ZIP goes where the caller wants it, half a megabyte at a time.
"""

import hashlib
import json
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, TextIO, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.csv_lines import csv_line
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.archive_files import (
    MEMBERS,
    TABLES,
    cell,
    columns_of,
    readme,
)
from saleor_loyalty_app.flows.archive_table import CsvTable
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.models import ProgramDraft, ProgramRevision
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.stores import exports, staff_actions
from saleor_loyalty_app.stores.exports import Export, ExportStopped
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels, store_by_id

logger = log.get(__name__)
#: Members, orders and the like that are read at once.
PAGE = 200
#: Rows that the driver fetches at a time.
CHUNK = 500
PART = 512 * 1024
FORMAT = 1
_member, _balance = table(Member), table(Balance)
_revision, _draft = table(ProgramRevision), table(ProgramDraft)


@dataclass(frozen=True, slots=True)
class ExportWish:
    """A file that was asked for."""

    store_id: int
    export_id: int


EXPORT = Job("export_store", ExportWish, attempts=3)


@dataclass(slots=True)
class Page:
    """Rows by file, and points by unit as the balances have them."""

    rows: Counter[str] = field(default_factory=Counter)
    points: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, other: "Page") -> None:
        """Counts another page too."""
        self.rows.update(other.rows)
        for unit, sums in other.points.items():
            self.points.setdefault(unit, Counter()).update(sums)


@dataclass(slots=True)
class Contents(Page):
    """What was written, and when it was read."""

    read_from: datetime = field(kw_only=True)
    read_until: datetime = field(kw_only=True)

    def report(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": FORMAT,
            "read_from": self.read_from.isoformat(),
            "read_until": self.read_until.isoformat(),
            "rows": dict(self.rows),
            "points": {unit: dict(sums) for unit, sums in sorted(self.points.items())},
        }


def ask_export(conn: Connection, store: StoreRef, *, by: str, now: datetime) -> Export:
    """Asks for a file, written outside of this transaction.

    Raises:
        ExportRunning: one is being written.
    """
    asked = exports.ask(conn, store.id, by=by, now=now)
    wish = ExportWish(store.id, asked.id)
    enqueue(conn, EXPORT, wish, dedup_key=f"{store.id}:{asked.id}")
    staff_actions.note(
        conn, store.id, actor=by, kind="export_asked", subject=f"export:{asked.id}", now=now
    )
    return asked


def run_export(database: Database, wish: ExportWish, *, clock: Clock) -> None:
    """Writes a file that was asked for; from its beginning, where somebody broke off."""
    store = database.read(lambda conn: store_by_id(conn, wish.store_id))
    if store is None:
        return
    total = database.read(lambda conn: count_members(conn, wish.store_id))
    held = database.write(
        lambda conn: exports.begin(conn, wish.store_id, wish.export_id, total=total, now=clock())
    )
    if held is None:
        return
    parts = _Parts(database, held, clock)
    try:
        contents = write_archive(
            database,
            store,
            parts.add,
            clock=clock,
            progress=lambda done: database.write(
                lambda conn: exports.go_on(conn, held, now=clock(), done=done)
            ),
        )
        database.write(
            lambda conn: exports.finish(
                conn,
                held,
                size=parts.size,
                sha256=parts.digest.hexdigest(),
                report=contents.report(),
                now=clock(),
            )
        )
    except ExportStopped:
        logger.info("export_stopped", store_id=store.id)
    except Exception:
        database.write(lambda conn: exports.fail(conn, held, now=clock()))
        raise


def count_members(conn: Connection, store_id: int) -> int:
    """How many members there are to read."""
    query = sa.select(sa.func.count()).where(_member.c.store_id == store_id)
    return int(conn.execute(query).scalar_one())


def write_archive(
    database: Database,
    store: StoreRef,
    sink: Callable[[bytes], None],
    *,
    clock: Clock,
    progress: Callable[[int], None],
) -> Contents:
    """Reads a store and writes its ZIP to `sink`, in order.

    Args:
        progress: is told after each page how many members were read; raises to stop.
    """
    now = clock()
    contents = Contents(read_from=now, read_until=now)
    with tempfile.TemporaryDirectory(prefix="saleor-loyalty-export-") as folder:
        _write_tables(database, store, Path(folder), contents, clock=clock, progress=progress)
        contents.read_until = clock()
        out = _Sink(sink)
        with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", readme(store.api_url, now, contents.read_until))
            for one in TABLES:
                archive.write(Path(folder) / one.file, one.file)
            _write_programs(database, store, archive, contents)
            facts = {"store": _facts(database, store), **contents.report()}
            archive.writestr("manifest.json", json.dumps(facts, indent=2, ensure_ascii=False))
        out.end()
    return contents


def _write_tables(
    database: Database,
    store: StoreRef,
    folder: Path,
    contents: Contents,
    *,
    clock: Clock,
    progress: Callable[[int], None],
) -> None:
    with ExitStack() as stack:
        files = {}
        for one in TABLES:
            out = stack.enter_context((folder / one.file).open("w", encoding="utf-8-sig"))
            out.write(csv_line(list(columns_of(one))))
            files[one.name] = out
        after, done = 0, 0
        while True:
            marks = {name: out.tell() for name, out in files.items()}
            read = partial(_members_page, store=store, after=after, as_of=clock().isoformat())
            ids, page = database.read(partial(read, files=files, marks=marks), snapshot=True)
            if not ids:
                break
            contents.add(page)
            after, done = ids[-1], done + len(ids)
            progress(done)
        for one in TABLES:
            if not one.by_member:
                _write_rest(database, store, one, files[one.name], contents, progress, done)


def _members_page(
    conn: Connection,
    *,
    store: StoreRef,
    after: int,
    as_of: str,
    files: Mapping[str, TextIO],
    marks: Mapping[str, int],
) -> tuple[list[int], Page]:
    """Writes all rows of a page of members, as they are at one moment.

    Args:
        marks: where the page begins in each file: what a read over a dead connection left is gone
            over.
    """
    for name, out in files.items():
        out.seek(marks[name])
        out.truncate()
    query = sa.select(_member.c.id).where(_member.c.store_id == store.id, _member.c.id > after)
    ids = list(conn.execute(query.order_by(_member.c.id).limit(PAGE)).scalars())
    page = Page()
    for one in TABLES if ids else ():
        if not one.by_member:
            continue
        owner = one.source.c.id if one is MEMBERS else one.source.c.member_id
        rows = conn.execution_options(yield_per=CHUNK).execute(
            one.select().where(owner.in_(ids), one.source.c.store_id == store.id)
        )
        for row in rows.mappings():
            values = [cell(name, row[name]) for name in one.columns]
            files[one.name].write(csv_line([*values, as_of] if one is MEMBERS else values))
            page.rows[one.file] += 1
            if one.source is _balance:
                sums = page.points.setdefault(row["unit"], Counter())
                sums.update({name: row[name] for name in ("entries", "lots", "held", "debt")})
    return ids, page


def _write_rest(
    database: Database,
    store: StoreRef,
    one: CsvTable,
    out: TextIO,
    contents: Contents,
    progress: Callable[[int], None],
    done: int,
) -> None:
    """Writes a table page by page of its key."""
    after = 0
    key = one.source.c[one.key]
    owner = one.source if "store_id" in one.source.c else _owner_of(one)
    while True:
        query = (
            one.select()
            .add_columns(key.label("page_key"))
            .where(owner.c.store_id == store.id, key > after)
            .limit(PAGE)
        )
        rows = database.read(partial(_rows, query=query))
        for row in rows:
            out.write(csv_line([cell(name, row[name]) for name in one.columns]))
            contents.rows[one.file] += 1
        if len(rows) < PAGE:
            return
        after = rows[-1]["page_key"]
        progress(done)


def _owner_of(one: CsvTable) -> sa.Table:
    """The table that says whose store a row is of."""
    [owner] = {key.column.table for key in one.source.foreign_keys}
    return owner


def _write_programs(
    database: Database, store: StoreRef, archive: zipfile.ZipFile, contents: Contents
) -> None:
    """Writes each revision and the draft, one at a time."""
    number: int | None = 0
    while number is not None:
        query = (
            sa.select(_revision)
            .where(_revision.c.store_id == store.id, _revision.c.number > number)
            .order_by(_revision.c.number)
            .limit(1)
        )
        found = database.read(partial(_rows, query=query))
        number = found[0]["number"] if found else None
        for row in found:
            _write_json(archive, f"programs/revision-{number}.json", row)
            contents.rows["programs"] += 1
    draft = sa.select(_draft).where(_draft.c.store_id == store.id)
    for row in database.read(partial(_rows, query=draft)):
        _write_json(archive, "programs/draft.json", row)


def _rows(conn: Connection, *, query: sa.Select[Any]) -> Sequence[RowMapping]:
    return conn.execute(query).mappings().all()


def _write_json(archive: zipfile.ZipFile, name: str, row: RowMapping) -> None:
    values = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in row.items()
        if key != "store_id"
    }
    archive.writestr(name, json.dumps(values, indent=2, ensure_ascii=False))


def _facts(database: Database, store: StoreRef) -> dict[str, Any]:
    found = database.read(lambda conn: channels(conn, store.id))
    return {
        "address": store.api_url,
        "timezone": store.timezone,
        "language": store.language,
        "channels": [{"channel": one.slug, "currency": one.currency} for one in found],
    }


class _Sink:
    """What a ZIP is written to: it is never gone back in. Gives pieces of `PART` bytes."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) >= PART:
            self._take(bytes(self._buffer[:PART]))
            del self._buffer[:PART]
        return len(data)

    def flush(self) -> None:
        """The ZIP flushes often: pieces go when they are full."""

    def end(self) -> None:
        if self._buffer:
            self._take(bytes(self._buffer))
            self._buffer.clear()


class _Parts:
    """Writes the pieces of a file into the database."""

    def __init__(self, database: Database, held: Export, clock: Clock) -> None:
        self._database, self._held, self._clock = database, held, clock
        self._number = 0
        self.size = 0
        self.digest = hashlib.sha256()

    def add(self, data: bytes) -> None:
        self._database.write(
            lambda conn: exports.add_part(conn, self._held, self._number, data, now=self._clock())
        )
        self._number += 1
        self.size += len(data)
        self.digest.update(data)
