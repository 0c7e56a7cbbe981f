"""Members and points from another system: checked, then booked, page by page; both can break off
anywhere and go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.book_member_rows import book_rows
from saleor_loyalty_app.flows.saleor_customers import customers_by_ids
from saleor_loyalty_app.flows.stay_erased import marks_of
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.deciding import Found, Judged, Surroundings, judge
from saleor_loyalty_app.member_imports.errors import (
    ImportNeedsProgram,
    ImportRowsGone,
    MemberImportBusy,
    MemberImportNotFound,
    WrongImportState,
)
from saleor_loyalty_app.member_imports.identity import identity_of
from saleor_loyalty_app.member_imports.people import people_of, unknown_users
from saleor_loyalty_app.member_imports.reports import report_of
from saleor_loyalty_app.member_imports.repository import PAGE, ImportRef, StoredRow
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels


@dataclass(frozen=True, slots=True)
class Importer:
    """Goes on with imports of members. Its methods call the network where a file names accounts
    of Saleor that are no members here yet."""

    access: StoreAccess
    keys: EmailKeys
    clock: Clock

    def next_page(self, store: StoreRef, import_id: int) -> ImportRef:
        """Checks or books the next rows of an import; nothing happens to one that does not wait.

        Raises:
            MemberImportNotFound: there is none.
            What `customers_by_ids` raises: the import stays as it is.
        """
        database = self.access.database
        row = database.read(partial(require_import, store_id=store.id, import_id=import_id))
        states = _STATES_OF_ROWS.get(row.state)
        if states is None:
            return row
        page = database.read(
            lambda conn: repository.rows_after(
                conn, import_id, states=states, after=row.cursor, first=PAGE
            )
        )
        unknown = database.read(lambda conn: unknown_users(conn, store.id, page))
        fetched = customers_by_ids(self.access, store, unknown)
        return database.write(
            lambda conn: self._turn(conn, store, row, page, fetched, self.clock())
        )

    def _turn(
        self,
        conn: Connection,
        store: StoreRef,
        seen: ImportRef,
        page: Sequence[StoredRow],
        fetched: Mapping[str, Person],
        now: datetime,
    ) -> ImportRef:
        row = require_import(conn, store.id, seen.id, lock=True)
        if (row.state, row.cursor) != (seen.state, seen.cursor):
            return row
        if not page:
            return _finish(conn, row, now)
        if row.state == "checking":
            judged = judge_rows(conn, store, row, page, fetched, self.keys, now)
            repository.change_rows(conn, [_checked(one) for one in judged])
        else:
            revision = revision_at(conn, store.id, now)
            if revision is None:
                raise ImportNeedsProgram
            judged = judge_rows(conn, store, row, page, fetched, self.keys, now)
            book_rows(conn, store, row, judged, fetched, revision, keys=self.keys, now=now)
        repository.change_import(
            conn, row.id, cursor=page[-1].id, handled=row.handled + len(page), updated_at=now
        )
        return require_import(conn, store.id, row.id)


#: Which rows an import looks at, by its own state. What is there already may bring a consent.
_STATES_OF_ROWS: Mapping[str, tuple[str, ...]] = {
    "checking": ("new",),
    "booking": ("ready", "there"),
}


def judge_rows(
    conn: Connection,
    store: StoreRef,
    row: ImportRef,
    page: Sequence[StoredRow],
    fetched: Mapping[str, Person],
    keys: EmailKeys,
    now: datetime,
) -> list[Judged]:
    """What becomes of each row of a page."""
    around = Surroundings(
        now,
        ZoneInfo(store.timezone),
        {one.slug: one.currency for one in channels(conn, store.id)},
    )
    people = people_of(conn, store.id, page, fetched, keys)
    people |= _erased(conn, store, page, people, fetched, keys, now)
    identities = {one.id: identity_of(store.id, one, keys) for one in page}
    known = repository.bookings_of(
        conn, store.id, (key for identity in identities.values() for key in identity.keys)
    )
    first = repository.first_of_keys(conn, row.id, (one.row_key for one in page))
    judged: list[Judged] = []
    for one in page:
        identity = identities[one.id]
        booking = next((known[key] for key in identity.keys if key in known), None)
        verdict = judge(
            one,
            people[one.who],
            around,
            owners=identity.owners,
            booking=booking,
            twice=_twice(one, first.get(one.row_key)),
        )
        judged.append(Judged(one, verdict, identity, booking, people[one.who].how))
    return judged


def _erased(
    conn: Connection,
    store: StoreRef,
    page: Sequence[StoredRow],
    people: Mapping[str, Found],
    fetched: Mapping[str, Person],
    keys: EmailKeys,
    now: datetime,
) -> dict[str, Found]:
    """Who is nobody here since they were erased: a file does not bring them back."""
    addresses = {
        key: row.who
        for row in page
        if people[row.who].how in ("fetched", "new")
        for key in (
            marks_of(store, fetched[row.user_id], keys)
            if row.user_id
            else keys.every(store.id, row.email)
        )
    }
    gone = given.erased_among(conn, store.id, addresses, now=now) if addresses else ()
    return {addresses[key]: replace(people[addresses[key]], state="erased") for key in gone}


def _twice(row: StoredRow, first: tuple[int, str] | None) -> str:
    """Why an earlier row of the file stands for this one; "" = none does."""
    if not row.points or first is None or first[0] == row.id:
        return ""
    if not row.external_id:
        return "same_line_twice"
    return "external_id_repeated" if first[1] == row.digest else "external_id_twice"


def _checked(one: Judged) -> dict[str, Any]:
    column, code = one.verdict.problem
    return {
        "row_id": one.row.id,
        "state": one.verdict.state,
        "column": column,
        "code": code,
        "problems": [[column, code]] if code else [],
        "found": one.found,
        "worth": one.verdict.worth,
        "books_currency": one.verdict.currency,
    }


def start_member_import(
    conn: Connection, store: StoreRef, import_id: int, *, actor: str, now: datetime
) -> ImportRef:
    """Has an import that was checked be booked, or one that was stopped go on.

    Raises:
        MemberImportNotFound, WrongImportState, ImportRowsGone, ImportNeedsProgram.
        MemberImportBusy: another one is at work.
    """
    busy = repository.import_at_work(conn, store.id, lock=True)
    row = require_import(conn, store.id, import_id, lock=True)
    if row.state == "booking":
        return row
    if row.state not in ("checked", "canceled") or row.checked is None:
        raise WrongImportState(state=row.state)
    if row.rows_gone_at is not None:
        raise ImportRowsGone
    if busy is not None:
        raise MemberImportBusy
    if revision_at(conn, store.id, now) is None:
        raise ImportNeedsProgram
    repository.change_import(
        conn,
        row.id,
        state="booking",
        actor=actor,
        cursor=0,
        handled=0,
        started_at=row.started_at or now,
        finished_at=None,
        updated_at=now,
    )
    _note(conn, row, "member_import_started", actor, now)
    return require_import(conn, store.id, row.id)


def cancel_member_import(
    conn: Connection, store: StoreRef, import_id: int, *, actor: str, now: datetime
) -> ImportRef:
    """Stops an import; what it booked stays booked, and what is over stays as it is.

    Raises:
        MemberImportNotFound: there is none.
        WrongImportState: it is being reversed.
    """
    row = require_import(conn, store.id, import_id, lock=True)
    if row.state in ("done", "canceled", "reversed"):
        return row
    if row.state == "reversing":
        raise WrongImportState(state=row.state)
    booked = report_of(conn, row.id, "booked") if row.started_at is not None else None
    repository.change_import(
        conn, row.id, state="canceled", booked=booked, finished_at=now, updated_at=now
    )
    _note(conn, row, "member_import_canceled", actor, now)
    return require_import(conn, store.id, row.id)


def require_import(
    conn: Connection, store_id: int, import_id: int, *, lock: bool = False
) -> ImportRef:
    """The import of a store.

    Raises:
        MemberImportNotFound: there is none, or it is still read in.
    """
    row = repository.find_import(conn, store_id, import_id, lock=lock)
    if row is None or row.state == "reading":
        raise MemberImportNotFound(import_id=import_id)
    return row


def _finish(conn: Connection, row: ImportRef, now: datetime) -> ImportRef:
    ended: dict[str, Any] = {"handled": 0, "cursor": 0, "updated_at": now}
    if row.state == "checking":
        ended |= {"state": "checked", "checked": report_of(conn, row.id, "ready")}
    else:
        ended |= {"state": "done", "booked": report_of(conn, row.id, "booked"), "finished_at": now}
    repository.change_import(conn, row.id, **ended)
    return require_import(conn, row.store_id, row.id)


def _note(conn: Connection, row: ImportRef, kind: str, actor: str, now: datetime) -> None:
    staff_actions.note(
        conn,
        row.store_id,
        actor=actor,
        kind=kind,
        subject=f"member_import:{row.id}",
        before={"state": row.state},
        after={"rows": row.rows},
        now=now,
    )
