"""Reading due orders again from Saleor: the last word after every event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.converge_order import Outcome, converge_page
from saleor_loyalty_app.flows.faults import DATABASES_FAULT, ROWS_FAULT
from saleor_loyalty_app.flows.redemption_uses import note_gone
from saleor_loyalty_app.flows.wake_deeds import wake_deeds
from saleor_loyalty_app.flows.wake_perks import wake_waiting
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import refresh, repository
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.orders.source import OrderPage, OrderSource
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: So many orders are read and booked at a time.
PAGE = 50
#: So many orders that waited for the earning switch are taken up at a time.
DEFERRED_PAGE = 500


class BookPage(Protocol):
    """Books some orders in the transaction of `conn`."""

    def __call__(self, conn: Connection, snapshots: Sequence[OrderSnapshot]) -> list[Outcome]: ...


@dataclass(slots=True)
class RefreshReport:
    """What a run did."""

    read: int = 0
    booked: int = 0
    gone: int = 0
    torn: int = 0
    failed: int = 0

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Counts the outcomes of a page."""
        self.read += len(outcomes)
        self.booked += sum(bool(outcome.posted) for outcome in outcomes)
        self.torn += sum(outcome.verdict is Verdict.torn for outcome in outcomes)


def refresh_due_orders(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    *,
    clock: Clock,
    secrets: EmailKeys,
    pages: int = 20,
) -> RefreshReport:
    """Reads and books the orders of a store that are due, page by page.

    Orders whose points waited for the earning switch are due as soon as it is on; so are those that
    bring somebody a reward or a tier who has an account by now. What deeds bring them is given.

    Raises:
        SaleorUnavailable and the like: nothing of the page is lost, its orders stay due.
    """
    if store.earning_on:
        db.write(
            lambda conn: refresh.wish_deferred(conn, store.id, now=clock(), limit=DEFERRED_PAGE)
        )
        db.write(lambda conn: wake_waiting(conn, store, now=clock()))
        wake_deeds(db, store, clock=clock, keys=secrets)
    report = RefreshReport()
    for _ in range(pages):
        due = db.read(partial(refresh.due_orders, store_id=store.id, now=clock(), limit=PAGE))
        if not due:
            break
        read_and_book(db, store, source, due, clock=clock, secrets=secrets, report=report)
    return report


def read_and_book(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    order_ids: Sequence[str],
    *,
    clock: Clock,
    secrets: EmailKeys,
    report: RefreshReport,
) -> None:
    """Reads some orders and books them; those unknown to Saleor are marked as gone, one by one."""
    started = clock()
    page = source.orders_by_ids(store, order_ids)
    answered = {snapshot.id for snapshot in page.orders}
    missing = set(order_ids) - answered - {item.order_id for item in page.unreadable}

    def book(conn: Connection, snapshots: Sequence[OrderSnapshot]) -> list[Outcome]:
        return converge_page(
            conn, store, snapshots, Look.read(started), now=clock(), secrets=secrets
        )

    report.add(book_page(db, store, page.orders, book, clock=clock, report=report))
    mark_gone(db, store, missing, started, clock=clock, report=report)
    report.failed += db.write(lambda conn: retry_unreadable(conn, store, page, clock()))


def book_page(
    db: Database,
    store: StoreRef,
    snapshots: Sequence[OrderSnapshot],
    book: BookPage,
    *,
    clock: Clock,
    report: RefreshReport,
) -> list[Outcome]:
    """Books a page in one transaction; where one order fails, each by itself.

    An order that cannot be booked is logged and read again later, so that it blocks no other.
    """
    if not snapshots:
        return []
    try:
        return db.write(lambda conn: book(conn, snapshots))
    except ROWS_FAULT as failure:
        if isinstance(failure, DATABASES_FAULT):
            raise
        logger.warning("order_page_failed", store_id=store.id, error_code=_code(failure))
    outcomes: list[Outcome] = []
    for snapshot in sorted(snapshots, key=lambda item: item.id):
        try:
            outcomes += db.write(partial(book, snapshots=[snapshot]))
        except ROWS_FAULT as failure:
            if isinstance(failure, DATABASES_FAULT):
                raise
            logger.exception("order_failed", store_id=store.id, order_id=snapshot.id)
            report.failed += 1
            db.write(
                partial(refresh.retry_later, store_id=store.id, order_id=snapshot.id, now=clock())
            )
    return outcomes


def retry_unreadable(conn: Connection, store: StoreRef, page: OrderPage, now: datetime) -> int:
    """Orders that could not be understood are read again later; gives their number."""
    for item in page.unreadable:
        refresh.retry_later(conn, store.id, item.order_id, now=now)
    return len(page.unreadable)


def mark_gone(
    db: Database,
    store: StoreRef,
    missing: Collection[str],
    started: datetime,
    *,
    clock: Clock,
    report: RefreshReport,
) -> None:
    """Notes orders that Saleor did not know when it was asked, each in its own transaction.

    One that fails is logged and read again later, so that it keeps none of the others.
    """
    for order_id in sorted(missing):
        try:
            report.gone += db.write(
                partial(_mark_gone, store=store, order_id=order_id, started=started, now=clock())
            )
        except ROWS_FAULT as failure:
            if isinstance(failure, DATABASES_FAULT):
                raise
            logger.exception("order_gone_failed", store_id=store.id, order_id=order_id)
            report.failed += 1
            db.write(
                partial(refresh.retry_later, store_id=store.id, order_id=order_id, now=clock())
            )


def _mark_gone(
    conn: Connection, *, store: StoreRef, order_id: str, started: datetime, now: datetime
) -> bool:
    if not repository.mark_gone(conn, store.id, order_id, looked_at=started, now=now):
        refresh.retry_later(conn, store.id, order_id, now=now)
        return False
    refresh.refreshed(conn, store.id, order_id)
    if not repository.was_paid(conn, store.id, order_id):
        note_gone(conn, store, order_id, now=now)
    logger.info("order_gone", store_id=store.id, order_id=order_id)
    return True


def _code(failure: Exception) -> str:
    return failure.code if isinstance(failure, AppError) else type(failure).__name__
