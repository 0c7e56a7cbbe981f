"""Redemptions: what a request left undone, what became of carts, and whose time is over."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app import metrics
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: So many redemptions of a store are driven before others have their turn.
PAGE = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("drive_redemptions", timedelta(seconds=2), partial(drive_redemptions, work)),)


def drive_redemptions(work: Background) -> bool:
    """Drives the redemptions that are due, for the stores that have any.

    Also where spending was switched off: what began is brought to its end. A store that
    uninstalled the app is asked again once it is back.
    """
    now = work.clock()
    due = set(work.database.read(lambda conn: redemptions.stores_with_due(conn, now)))
    stores = [store for store in work.active_stores() if store.id in due]
    return for_each_store("drive_redemptions", stores, partial(_drive, work), threads=work.threads)


def _drive(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    due = work.database.read(lambda conn: redemptions.due(conn, store.id, now, PAGE))
    for redemption_id in due:
        driven = work.services.driver.drive(store, redemption_id)
        metrics.redemptions.labels(driven.state).inc()
    return len(due) == PAGE
