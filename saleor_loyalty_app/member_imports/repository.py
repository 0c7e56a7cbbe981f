"""Imports and their rows, as rows of the database. Nothing here commits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.member_imports.models import (
    MemberImport,
    MemberImportBooking,
    MemberImportConsent,
    MemberImportLifetime,
    MemberImportRow,
)

imports, rows, bookings = table(MemberImport), table(MemberImportRow), table(MemberImportBooking)
lifetimes, consents = table(MemberImportLifetime), table(MemberImportConsent)

#: States in which the background works on an import.
AT_WORK = ("checking", "booking", "reversing")
#: So long the rows of an import are kept once nobody works with it.
ROWS_KEPT = timedelta(days=30)
PAGE = 100


@dataclass(frozen=True, slots=True)
class ImportRef:
    """An import as it stands."""

    id: int
    store_id: int
    state: str
    file_name: str
    file_hash: str
    encoding: str
    delimiter: str
    ignored: list[str]
    actor: str
    rows: int
    cursor: int
    handled: int
    checked: Mapping[str, Any] | None
    booked: Mapping[str, Any] | None
    reversal: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_gone_at: datetime | None

    @property
    def source(self) -> str:
        """Under which the books keep what it brought."""
        return f"import:{self.id}"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a file as it is kept."""

    id: int
    line: int
    state: str
    code: str
    column: str
    problems: list[list[str]]
    who: str
    found: str
    row_key: str
    digest: str
    email: str
    user_id: str
    external_id: str
    points: int
    worth: int
    expires: str
    earned: str
    lifetime: int
    channel: str
    currency: str
    consent_email: bool
    consent_sms: bool
    consent_at: str
    consent_proof: str
    phone: str
    note: str
    member_id: int | None


@dataclass(frozen=True, slots=True)
class Booking:
    """What was booked for a row before; see `MemberImportBooking`."""

    id: int
    row_key: str
    digest: str
    who: str
    import_id: int
    points: int
    posted: int
    used: int
    reversed: bool
    times: int


_IMPORT = tuple(imports.c[one.name] for one in fields(ImportRef))
_ROW = tuple(rows.c[one.name] for one in fields(StoredRow))
_BOOKING = tuple(bookings.c[one.name] for one in fields(Booking))


def add_import(conn: Connection, store_id: int, **values: Any) -> int:
    """A new import; gives its number."""
    made: int = conn.execute(
        sa.insert(imports).values(store_id=store_id, **values).returning(imports.c.id)
    ).scalar_one()
    return made


def find_import(
    conn: Connection, store_id: int, import_id: int, *, lock: bool = False
) -> ImportRef | None:
    """One import. `lock`: nobody else goes on with it until the transaction ends."""
    query = sa.select(*_IMPORT).where(imports.c.store_id == store_id, imports.c.id == import_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else ImportRef(*row)


def import_at_work(conn: Connection, store_id: int, *, lock: bool = False) -> ImportRef | None:
    """The import that the background works on. `lock`: none can begin in this transaction's time.

    All that are not over are locked, so that two that begin at once see each other.
    """
    if lock:
        conn.execute(
            sa.select(imports.c.id)
            .where(imports.c.store_id == store_id)
            .order_by(imports.c.id)
            .with_for_update()
        ).all()
    query = sa.select(*_IMPORT).where(imports.c.store_id == store_id, imports.c.state.in_(AT_WORK))
    row = conn.execute(query.order_by(imports.c.id).limit(1)).one_or_none()
    return None if row is None else ImportRef(*row)


def imports_page(
    conn: Connection, store_id: int, *, first: int, before: int | None
) -> list[ImportRef]:
    """Imports, newest first; without those that are still read in."""
    query = sa.select(*_IMPORT).where(imports.c.store_id == store_id, imports.c.state != "reading")
    if before is not None:
        query = query.where(imports.c.id < before)
    found = conn.execute(query.order_by(imports.c.id.desc()).limit(first))
    return [ImportRef(*row) for row in found]


def change_import(conn: Connection, import_id: int, **values: Any) -> None:
    """Changes columns of an import."""
    conn.execute(sa.update(imports).where(imports.c.id == import_id).values(values))


def delete_import(conn: Connection, import_id: int) -> None:
    """Deletes an import of which nothing is kept."""
    conn.execute(sa.delete(imports).where(imports.c.id == import_id))


def add_rows(conn: Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows."""
    if values:
        conn.execute(sa.insert(rows), list(values))


def rows_after(
    conn: Connection, import_id: int, *, states: Sequence[str], after: int, first: int
) -> list[StoredRow]:
    """Rows in some states with numbers above `after`, of which nothing was booked yet."""
    query = sa.select(*_ROW).where(
        rows.c.import_id == import_id,
        rows.c.state.in_(states),
        rows.c.id > after,
        rows.c.member_id.is_(None),
    )
    return [StoredRow(*row) for row in conn.execute(query.order_by(rows.c.id).limit(first))]


def rows_page(
    conn: Connection, import_id: int, *, state: str | None, after: int, first: int
) -> list[StoredRow]:
    """Rows with numbers above `after`, in the order of the file."""
    query = sa.select(*_ROW).where(rows.c.import_id == import_id, rows.c.id > after)
    if state is not None:
        query = query.where(rows.c.state == state)
    return [StoredRow(*row) for row in conn.execute(query.order_by(rows.c.id).limit(first))]


def rows_with_problems(
    conn: Connection, import_id: int
) -> Iterator[tuple[int, str, list[list[str]]]]:
    """Line, state and problems of all rows of which something is to be told."""
    query = (
        sa.select(rows.c.line, rows.c.state, rows.c.problems)
        .where(rows.c.import_id == import_id, rows.c.code != "")
        .order_by(rows.c.id)
    )
    for row in conn.execute(query):
        yield row.line, row.state, row.problems


def change_rows(conn: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Changes rows: {"row_id": …, "state": …, …}, all with the same columns."""
    if changes:
        names = [name for name in changes[0] if name != "row_id"]
        statement = (
            sa.update(rows)
            .where(rows.c.id == sa.bindparam("row_id"))
            .values({name: sa.bindparam(f"new_{name}", type_=rows.c[name].type) for name in names})
        )
        conn.execute(
            statement,
            [
                {"row_id": one["row_id"], **{f"new_{name}": one[name] for name in names}}
                for one in changes
            ],
        )


def first_of_keys(
    conn: Connection, import_id: int, keys: Iterable[str]
) -> dict[str, tuple[int, str]]:
    """The first row of a file with each key: its number and its digest."""
    wanted = set(keys)
    first = (
        sa.select(sa.func.min(rows.c.id))
        .where(rows.c.import_id == import_id, rows.c.row_key.in_(wanted), rows.c.points > 0)
        .group_by(rows.c.row_key)
    )
    query = sa.select(rows.c.row_key, rows.c.id, rows.c.digest).where(rows.c.id.in_(first))
    return {row.row_key: (row.id, row.digest) for row in conn.execute(query)}


def bookings_of(conn: Connection, store_id: int, keys: Iterable[str]) -> dict[str, Booking]:
    """What was booked under these keys."""
    query = sa.select(*_BOOKING).where(
        bookings.c.store_id == store_id, bookings.c.row_key.in_(set(keys))
    )
    return {row.row_key: Booking(*row) for row in conn.execute(query)}


def put_booking(conn: Connection, booking_id: int | None, **values: Any) -> None:
    """Writes down that a row was booked, anew or again."""
    if booking_id is None:
        conn.execute(sa.insert(bookings).values(values))
    else:
        conn.execute(sa.update(bookings).where(bookings.c.id == booking_id).values(values))


def delete_rows(conn: Connection, import_id: int, *, limit: int) -> int:
    """Deletes a page of an import's rows; 0 = none is left."""
    page = sa.select(rows.c.id).where(rows.c.import_id == import_id).limit(limit)
    gone = conn.execute(sa.delete(rows).where(rows.c.id.in_(page)).returning(rows.c.id))
    return len(gone.all())


def imports_to_forget(conn: Connection, now: datetime) -> list[int]:
    """Imports of all stores with rows that nobody needs any more."""
    query = sa.select(imports.c.id).where(
        imports.c.rows_gone_at.is_(None),
        imports.c.state.not_in(AT_WORK),
        imports.c.updated_at < now - ROWS_KEPT,
    )
    return list(conn.execute(query.order_by(imports.c.id).limit(20)).scalars())


def forget_file(conn: Connection, import_id: int, now: datetime) -> None:
    """Notes that an import's rows are gone; a file that was never read to its end goes altogether.

    One that waited to be started cannot be started any more.
    """
    over = sa.case((imports.c.state == "checked", "canceled"), else_=imports.c.state)
    gone = conn.execute(
        sa.delete(imports).where(imports.c.id == import_id, imports.c.state == "reading")
    )
    if not gone.rowcount:
        change_import(conn, import_id, state=over, rows_gone_at=now)


def forget_members(
    conn: Connection, store_id: int, member_ids: Sequence[int], people: Iterable[str] = ()
) -> None:
    """Deletes what files say of members who are forgotten.

    Args:
        people: what stands for them in rows that were not booked (`identity.Identity.who`).
    """
    theirs: sa.ColumnElement[bool] = rows.c.member_id.in_(member_ids)
    known = [one for one in people if one]
    if known:
        theirs = sa.or_(theirs, rows.c.who.in_(known))
    conn.execute(sa.delete(rows).where(rows.c.store_id == store_id, theirs))
    for kept in (lifetimes, consents):
        conn.execute(
            sa.delete(kept).where(kept.c.store_id == store_id, kept.c.member_id.in_(member_ids))
        )


def forget_store(conn: Connection, store_id: int) -> None:
    """Deletes what the files of a store say of people; what was booked stays."""
    conn.execute(sa.delete(rows).where(rows.c.store_id == store_id))
    conn.execute(sa.delete(consents).where(consents.c.store_id == store_id))
    conn.execute(
        sa.update(imports)
        .where(imports.c.store_id == store_id)
        .values(file_name="", rows_gone_at=imports.c.updated_at)
    )


def lifetime_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> int:
    """What members, who are one person, had collected in the system before; 0 = nothing is known.

    Of several imports the largest number counts.
    """
    most = (
        sa.select(sa.func.max(lifetimes.c.points).label("most"))
        .where(lifetimes.c.store_id == store_id, lifetimes.c.member_id.in_(member_ids))
        .group_by(lifetimes.c.member_id)
        .subquery()
    )
    return int(conn.execute(sa.select(sa.func.coalesce(sa.func.sum(most.c.most), 0))).scalar_one())
