"""Orders: read what is due, follow what changed, look daily at what is open."""

import dataclasses
from datetime import timedelta
from functools import partial

from saleor_loyalty_app import metrics
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, refresh_due_orders
from saleor_loyalty_app.orders.refresh import stores_with_due_orders
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of due orders that one run reads for a store before others have their turn.
PAGES = 4


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("refresh_orders", timedelta(seconds=2), partial(refresh_orders, work)),
        Schedule("take_up_deferred", timedelta(seconds=30), partial(take_up_deferred, work)),
        Schedule(
            "reconcile_orders", timedelta(minutes=5), partial(reconcile_orders, work),
            at_start=True,
        ),
        Schedule("daily_pass", timedelta(minutes=15), partial(look_daily, work)),
    )  # fmt: skip


def refresh_orders(work: Background) -> bool:
    """Reads and books the orders that are due, for the stores that have any."""
    now = work.clock()
    due = set(work.database.read(lambda conn: stores_with_due_orders(conn, now=now)))
    stores = [store for store in work.active_stores() if store.id in due]
    return for_each_store("refresh_orders", stores, partial(_refresh, work), threads=work.threads)


def take_up_deferred(work: Background) -> bool:
    """Also takes up the orders whose points waited for the earning switch."""
    stores = [store for store in work.active_stores() if store.earning_on]
    return for_each_store("take_up_deferred", stores, partial(_refresh, work), threads=work.threads)


def reconcile_orders(work: Background) -> bool:
    """Books what changed in Saleor since the last time, whatever webhooks told."""
    return for_each_store(
        "reconcile_orders",
        work.active_stores(),
        partial(_reconcile, work),
        threads=work.threads,
    )


def look_daily(work: Background) -> bool:
    """Looks at all open orders of the stores whose last look is a day ago."""
    return for_each_store(
        "daily_pass",
        work.active_stores(),
        partial(_look_daily, work),
        threads=work.threads,
    )


def _refresh(work: Background, store: StoreRef) -> bool:
    report = refresh_due_orders(
        work.database,
        store,
        work.services.orders,
        clock=work.clock,
        secrets=work.email_keys,
        pages=PAGES,
    )
    _count(report)
    return report.read > 0


def _reconcile(work: Background, store: StoreRef) -> bool:
    report = reconcile_changes(
        work.database,
        store,
        work.services.orders,
        clock=work.clock,
        secrets=work.email_keys,
    )
    _count(report.orders)
    return False


def _look_daily(work: Background, store: StoreRef) -> bool:
    report = daily_pass(
        work.database,
        store,
        work.services.orders,
        clock=work.clock,
        secrets=work.email_keys,
    )
    if report is not None:
        _count(report.orders)
    return False


def _count(report: RefreshReport) -> None:
    for outcome in dataclasses.fields(report):
        metrics.orders.labels(outcome.name).inc(getattr(report, outcome.name))
