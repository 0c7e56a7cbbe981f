"""Codes of spent points: taken off where they do not belong, and cleared away in the end."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.foreign_checkouts import PAGE, clean_checkouts
from saleor_loyalty_app.flows.used_vouchers import delete_used_vouchers
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.rewards import sightings
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("clean_checkouts", timedelta(seconds=2), partial(clean_all, work)),
        Schedule("delete_vouchers", timedelta(hours=6), partial(delete_all, work)),
    )


def clean_all(work: Background) -> bool:
    """Takes codes off checkouts where they do not belong, for the stores that have any."""
    now = work.clock()
    due = set(work.database.read(lambda conn: sightings.stores_with_due(conn, now)))
    stores = [store for store in work.active_stores() if store.id in due]
    return for_each_store("clean_checkouts", stores, partial(_clean, work), threads=work.threads)


def delete_all(work: Background) -> bool:
    """Deletes the vouchers in Saleor that ended long ago."""
    return for_each_store(
        "delete_vouchers", work.active_stores(), partial(_delete, work), threads=work.threads
    )


def _clean(work: Background, store: StoreRef) -> bool:
    carts = work.services.driver.bench.carts
    report = clean_checkouts(work.database, store, carts, clock=work.clock)
    return report.removed + report.waiting + report.failed == PAGE


def _delete(work: Background, store: StoreRef) -> bool:
    delete_used_vouchers(work.services.access, store, clock=work.clock)
    return False
