"""Samples of past orders: whoever asked for one, a worker reads it."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.sample_orders import read_pages
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store's orders that one run reads before others have their turn.
PAGES = 5


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("order_samples", timedelta(seconds=3), partial(order_samples, work)),)


def order_samples(work: Background) -> bool:
    """Reads the next pages of all samples that are under way."""
    return for_each_store(
        "order_samples", work.active_stores(), partial(_of_store, work), threads=work.threads
    )


def _of_store(work: Background, store: StoreRef) -> bool:
    return read_pages(work.database, work.services.orders, store, clock=work.clock, pages=PAGES)
