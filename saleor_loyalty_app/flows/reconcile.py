"""Healing what events did not tell: a cursor over changed orders, and a daily look at open ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import Outcome, converge_page
from saleor_loyalty_app.flows.rebuild_campaigns import finish_campaigns, rebuild_campaigns
from saleor_loyalty_app.flows.rebuild_holds import rebuild_holds
from saleor_loyalty_app.flows.refresh_orders import (
    PAGE,
    RefreshReport,
    book_page,
    read_and_book,
    refresh_due_orders,
    retry_unreadable,
)
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import watching
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.source import OrderPage, OrderSource
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef

_stores = table(Store)

#: So far the cursor reaches back each time: clocks differ, and a commit may come late.
OVERLAP = timedelta(minutes=10)
#: A restored database believes what it knew; Saleor is asked from so long before.
RESTORE_OVERLAP = timedelta(days=1)
#: The key of the problem that the owner is told of.
UNFULFILLED = "orders-unfulfilled"
#: The daily pass is due again after so long.
DAY = timedelta(hours=24)


@dataclass(slots=True)
class ReconcileReport:
    """What a run did; `cursor` is Saleor's `updatedAt` up to which all is booked."""

    orders: RefreshReport = field(default_factory=RefreshReport)
    pages: int = 0
    cursor: datetime | None = None
    #: Numbers of orders paid long ago and still not fulfilled.
    unfulfilled: tuple[str, ...] = ()
    #: Redemptions that a restored database learned of again, and those that it could not.
    rebuilt: int = 0
    missing: tuple[str, ...] = ()
    #: Vouchers of campaigns that it learned of, codes of theirs that were deleted in Saleor, and
    #: names of vouchers whose campaigns it does not know.
    campaign_vouchers: int = 0
    campaign_codes: int = 0
    campaigns_unknown: tuple[str, ...] = ()


def reconcile_changes(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    *,
    clock: Clock,
    secrets: EmailKeys,
    since: datetime | None = None,
) -> ReconcileReport:
    """Books every order that changed in Saleor since the cursor, less an overlap.

    The cursor moves on only after a page was committed, and never backwards, so that a run that
    breaks off loses nothing. Orders that change while pages are read move behind them.

    Args:
        since: begin there instead, whatever the cursor says.

    Raises:
        SaleorUnavailable and the like: what was booked stays, the next run goes on from there.
    """
    begin = since or db.read(lambda conn: _marks(conn, store.id).cursor) - OVERLAP
    report = ReconcileReport()
    after: str | None = None
    while True:
        started = clock()
        page = source.orders_updated_since(store, begin, after)
        _book_changes(db, store, page, started, clock=clock, secrets=secrets, report=report.orders)
        report.pages += 1
        after = page.next_cursor
        if after is None:
            break
    report.cursor = db.read(lambda conn: _marks(conn, store.id).cursor)
    return report


def daily_pass(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    *,
    clock: Clock,
    secrets: EmailKeys,
    force: bool = False,
) -> ReconcileReport | None:
    """Reads all open orders and recent guest orders again; none where it is not due.

    Saleor expires orders and attaches guest orders to accounts without moving `updatedAt`, so the
    cursor never sees it.
    """
    begun = clock()
    last = db.read(lambda conn: _marks(conn, store.id).daily_pass_at)
    if not force and last is not None and begun - last < DAY:
        return None
    report = ReconcileReport()
    reached = 0
    while watched := db.read(
        partial(
            watching.orders_to_watch, store_id=store.id, after_id=reached, now=begun, limit=PAGE
        )
    ):
        ids = [order_id for _, order_id in watched]
        read_and_book(db, store, source, ids, clock=clock, secrets=secrets, report=report.orders)
        report.pages += 1
        reached = watched[-1][0]
    report.unfulfilled = db.write(lambda conn: _finish_daily_pass(conn, store, begun))
    return report


def reconcile_after_restore(
    db: Database,
    store: StoreRef,
    source: OrderSource,
    *,
    clock: Clock,
    secrets: EmailKeys,
    access: StoreAccess,
) -> ReconcileReport:
    """Brings a database that was restored from a backup up to what Saleor knows.

    Redemptions and campaigns' vouchers that the backup does not know are rebuilt first, so that
    orders find them. Then everything that changed since a day before the restored cursor is booked,
    then all open and guest orders are read, whenever they were read last. Redemptions for which
    there were too few points before that are tried again.
    """
    holds = rebuild_holds(access, store, clock=clock)
    campaigns = rebuild_campaigns(access, store, clock=clock)
    cursor = db.read(lambda conn: _marks(conn, store.id).cursor)
    changes = reconcile_changes(
        db, store, source, clock=clock, secrets=secrets, since=cursor - RESTORE_OVERLAP
    )
    opened = daily_pass(db, store, source, clock=clock, secrets=secrets, force=True)
    if opened is not None:
        changes.pages += opened.pages
        _add(changes.orders, opened.orders)
        changes.unfulfilled = opened.unfulfilled
    changes.rebuilt = len(holds.rebuilt)
    if holds.missing:
        holds = rebuild_holds(access, store, clock=clock)
        changes.rebuilt += len(holds.rebuilt)
    due = refresh_due_orders(db, store, source, clock=clock, secrets=secrets)
    _add(changes.orders, due)
    changes.missing = tuple(holds.missing)
    finish_campaigns(access, store, campaigns, clock=clock)
    changes.campaign_vouchers, changes.campaign_codes = campaigns.vouchers, campaigns.codes
    changes.campaigns_unknown = tuple(campaigns.unknown)
    return changes


def _add(total: RefreshReport, more: RefreshReport) -> None:
    for one in fields(RefreshReport):
        setattr(total, one.name, getattr(total, one.name) + getattr(more, one.name))


def _book_changes(
    db: Database,
    store: StoreRef,
    page: OrderPage,
    started: datetime,
    *,
    clock: Clock,
    secrets: EmailKeys,
    report: RefreshReport,
) -> None:
    def book(conn: Connection, snapshots: Sequence[OrderSnapshot]) -> list[Outcome]:
        return converge_page(
            conn, store, snapshots, Look.read(started), now=clock(), secrets=secrets
        )

    report.add(book_page(db, store, page.orders, book, clock=clock, report=report))
    newest = max((item.updated_at for item in page.orders), default=None)

    def finish(conn: Connection) -> int:
        if newest is not None:
            _move_cursor(conn, store.id, newest)
        return retry_unreadable(conn, store, page, clock())

    report.failed += db.write(finish)


@dataclass(frozen=True, slots=True)
class _Marks:
    cursor: datetime
    daily_pass_at: datetime | None


def _marks(conn: Connection, store_id: int) -> _Marks:
    """How far the store is; a store that was never reconciled begins at its installation."""
    row = conn.execute(
        sa.select(
            sa.func.coalesce(_stores.c.cursor_updated_at, _stores.c.installed_at).label("cursor"),
            _stores.c.daily_pass_at,
        ).where(_stores.c.id == store_id)
    ).one()
    return _Marks(row.cursor, row.daily_pass_at)


def _move_cursor(conn: Connection, store_id: int, to: datetime) -> None:
    conn.execute(
        sa.update(_stores)
        .where(
            _stores.c.id == store_id,
            sa.or_(_stores.c.cursor_updated_at.is_(None), _stores.c.cursor_updated_at < to),
        )
        .values(cursor_updated_at=to)
    )


def _finish_daily_pass(conn: Connection, store: StoreRef, begun: datetime) -> tuple[str, ...]:
    """Notes the pass, and tells of orders whose points wait for a fulfillment for too long."""
    conn.execute(sa.update(_stores).where(_stores.c.id == store.id).values(daily_pass_at=begun))
    revision = revision_at(conn, store.id, begun)
    if revision is None:
        return ()
    days = revision.program.settings.unfulfilled_alert_days
    waiting = watching.unfulfilled_orders(conn, store.id, paid_before=begun - timedelta(days=days))
    if waiting:
        words = Words(
            "problem.orders_unfulfilled",
            {"count": len(waiting), "days": days, "orders": ", ".join(waiting[:5])},
        )
        report_words(conn, store, UNFULFILLED, words, begun)
    else:
        resolve_problem(conn, store.id, UNFULFILLED, begun)
    return tuple(waiting)
