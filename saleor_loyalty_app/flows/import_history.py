"""Importing the orders of the time before the program: choose, try dry, import, go on."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.converge_order import Outcome, converge_page
from saleor_loyalty_app.flows.history_preview import preview_page
from saleor_loyalty_app.flows.import_choice import HistoryGrant, ImportChoice
from saleor_loyalty_app.flows.refresh_orders import (
    BookPage,
    RefreshReport,
    book_page,
    retry_unreadable,
)
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import imports
from saleor_loyalty_app.orders.imports import ImportRow
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.orders.source import OrderPage, OrderSource
from saleor_loyalty_app.programs.repository import (
    Revision,
    get_draft,
    revision_at,
    went_live_at,
)
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: How often an order is read again that another look or an event overtook.
LOOKS = 3
MISSED = frozenset({Verdict.not_newer, Verdict.overtaken, Verdict.lagging, Verdict.torn})


class ImportNotFound(AppError):
    """The store has no such import."""

    code: ClassVar[str] = "import_not_found"
    status: ClassVar[int] = 404


class ImportRunning(AppError):
    """One import of a store runs at a time."""

    code: ClassVar[str] = "import_running"
    status: ClassVar[int] = 409


class ProgramNotLive(AppError):
    """History is counted by the rules of a program that is live."""

    code: ClassVar[str] = "program_not_live"
    status: ClassVar[int] = 409


def start_history_import(
    conn: Connection, store: StoreRef, choice: ImportChoice, *, dry_run: bool, now: datetime
) -> ImportRow:
    """Notes an import to be run with `run_history_import`.

    A dry run may come before the first program: then the draft decides.

    Raises:
        ProgramNotLive: no program is in force.
        ImportRunning: another one is under way.
        NoDraft, ProgramInvalid: it is a dry run, and there is nothing that could decide.
    """
    if revision_at(conn, store.id, now) is None:
        if not dry_run:
            raise ProgramNotLive
        get_draft(conn, store.id).program()
    if imports.running_import(conn, store.id) is not None:
        raise ImportRunning
    row = imports.start_import(conn, store.id, choice.to_json(), dry_run=dry_run, now=now)
    if choice.mode == "none":
        _finish(conn, row, now)
    return row


def cancel_history_import(
    conn: Connection, store: StoreRef, import_id: int, *, now: datetime
) -> ImportRow:
    """Stops an import; what it booked so far stays booked, and what is over stays as it is.

    Raises:
        ImportNotFound: the store has no such import.
    """
    row = imports.find_import(conn, store.id, import_id, lock=True)
    if row is None:
        raise ImportNotFound(import_id=import_id)
    if row.state != "running":
        return row
    _finish(conn, row, now, state="canceled")
    return imports.find_import(conn, store.id, import_id) or row


def run_history_import(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    import_id: int,
    *,
    clock: Clock,
    secrets: EmailKeys,
    wait: Callable[[float], None],
    seconds_between_pages: float = 0.5,
    pages: int | None = None,
) -> ImportRow:
    """Goes on with an import until it is done, or for so many pages.

    Every page is read outside and booked in one transaction; a run that breaks off goes on where it
    stopped, and orders that were counted before are not counted again.

    Args:
        wait: sleeps so many seconds between pages, so that the store has room for its customers.

    Raises:
        ImportNotFound; SaleorUnavailable and the like: the import stays as it is.
    """
    row = _import(db, store, import_id)
    done = 0
    while row.state == "running" and (pages is None or done < pages):
        if done:
            wait(seconds_between_pages)
        row = import_next_page(db, store, source, import_id, clock=clock, secrets=secrets)
        done += 1
    return row


def import_next_page(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    import_id: int,
    *,
    clock: Clock,
    secrets: EmailKeys,
) -> ImportRow:
    """Reads and counts the next page of an import.

    Raises:
        ImportNotFound: the store has no such import.
    """
    row = _import(db, store, import_id)
    if row.state != "running":
        return row
    choice = ImportChoice.from_json(row.choice)
    since = None if choice.days is None else row.started_at - timedelta(days=choice.days)
    started = clock()
    page = source.orders_created_since(store, since, row.cursor)
    live_at = db.read(lambda conn: went_live_at(conn, store.id))
    past = [one for one in page.orders if live_at is None or one.created < live_at]
    is_last = page.next_cursor is None or len(past) < len(page.orders)
    if row.dry_run:
        return db.write(
            lambda conn: _try_page(
                conn, store, row, choice, page, past, is_last, secrets=secrets, now=clock()
            )
        )
    failed = _book_history(
        db, store, source, row, choice, past, started, clock=clock, secrets=secrets
    )
    return db.write(
        lambda conn: _advance(
            conn, store, row, page, len(past), Counter(failed=failed), is_last, clock()
        )
    )


def _try_page(
    conn: Connection,
    store: StoreRef,
    row: ImportRow,
    choice: ImportChoice,
    page: OrderPage,
    past: list[OrderSnapshot],
    is_last: bool,
    *,
    secrets: EmailKeys,
    now: datetime,
) -> ImportRow:
    """Counts a page without booking it, unless another run did so meanwhile."""
    current = imports.find_import(conn, store.id, row.id, lock=True)
    if current is None:
        raise ImportNotFound(import_id=row.id)
    if current.state != "running" or current.cursor != row.cursor:
        return current
    counts = preview_page(conn, store, past, _grant(conn, store, row, choice, secrets), now=now)
    return _advance(conn, store, row, page, len(past), counts, is_last, now)


def _grant(
    conn: Connection, store: StoreRef, row: ImportRow, choice: ImportChoice, keys: EmailKeys
) -> HistoryGrant:
    revision = revision_at(conn, store.id, row.started_at)
    if revision is None:
        if not row.dry_run:
            raise ProgramNotLive
        revision = _draft_as_if_in_force(conn, store, row.started_at)
    return HistoryGrant(revision, row.started_at, row.id, choice, keys, store.id)


def _draft_as_if_in_force(conn: Connection, store: StoreRef, at: datetime) -> Revision:
    """What a dry run decides by before anything was published; it is never written."""
    draft = get_draft(conn, store.id)
    program = draft.program()
    return Revision(0, 0, program, program.digest, at, at, draft.updated_by, "")


def _book_history(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    row: ImportRow,
    choice: ImportChoice,
    past: list[OrderSnapshot],
    started: datetime,
    *,
    clock: Clock,
    secrets: EmailKeys,
) -> int:
    """Books a page; gives how many orders could not be booked.

    An order that another look or an event overtook is read again at once: nobody else would book
    it as history.
    """

    def book_at(started: datetime) -> BookPage:
        def book(conn: Connection, snapshots: Sequence[OrderSnapshot]) -> list[Outcome]:
            outcomes = converge_page(
                conn,
                store,
                snapshots,
                Look.read(started),
                now=clock(),
                secrets=secrets,
                origin="import",
                grant=_grant(conn, store, row, choice, secrets),
            )
            _count(conn, store, row.id, outcomes)
            return outcomes

        return book

    report = RefreshReport()
    outcomes = book_page(db, store, past, book_at(started), clock=clock, report=report)
    for _ in range(LOOKS):
        missed = [one.order_id for one in outcomes if one.verdict in MISSED]
        if not missed:
            break
        started = clock()
        fresh = source.orders_by_ids(store, missed).orders
        outcomes = book_page(db, store, fresh, book_at(started), clock=clock, report=report)
    return report.failed


def _count(conn: Connection, store: StoreRef, import_id: int, outcomes: list[Outcome]) -> None:
    """Writes down what a booking did, in its own transaction: neither a crash nor another run of
    the same page loses it or counts it twice."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.verdict is Verdict.book:
            counts["counted" if outcome.posted else outcome.withheld or "nothing_to_earn"] += 1
            for (unit, _), points in outcome.posted.items():
                counts[f"points:{unit}"] += points
    if counts:
        imports.add_to_report(conn, store.id, import_id, counts)


def _advance(
    conn: Connection,
    store: StoreRef,
    row: ImportRow,
    page: OrderPage,
    seen: int,
    counts: Counter[str],
    is_last: bool,
    now: datetime,
) -> ImportRow:
    """Moves the cursor behind the page, unless another run did so meanwhile."""
    current = imports.find_import(conn, store.id, row.id, lock=True)
    if current is None:
        raise ImportNotFound(import_id=row.id)
    if current.state != "running" or current.cursor != row.cursor:
        return current
    retry_unreadable(conn, store, page, now)
    counts["unreadable"] += len(page.unreadable)
    imports.add_to_report(conn, store.id, row.id, +counts)
    imports.note_span(conn, store.id, row.id, [one.created for one in page.orders])
    imports.update_import(
        conn,
        row.id,
        cursor=page.next_cursor,
        orders_seen=current.orders_seen + seen,
        updated_at=now,
    )
    if is_last:
        _finish(conn, row, now)
    found = imports.find_import(conn, store.id, row.id)
    return found or current


def _finish(conn: Connection, row: ImportRow, now: datetime, *, state: str = "done") -> None:
    current = imports.find_import(conn, row.store_id, row.id)
    report = dict(current.report) if current is not None else {}
    report["customers"] = imports.totals_of(conn, row.id)
    imports.update_import(conn, row.id, state=state, report=report, updated_at=now, finished_at=now)


def _import(db: Database, store: StoreRef, import_id: int) -> ImportRow:
    row = db.read(lambda conn: imports.find_import(conn, store.id, import_id))
    if row is None:
        raise ImportNotFound(import_id=import_id)
    return row
