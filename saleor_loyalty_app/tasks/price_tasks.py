"""Prices of channels whose owners want to tell the lowest one of past days."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.note_prices import forget_page, note_page
from saleor_loyalty_app.prices import watches
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store that one run works on before others have their turn.
PAGES = 5


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("note_prices", timedelta(minutes=1), partial(note_prices, work)),
        Schedule("forget_prices", timedelta(hours=1), partial(forget_prices, work)),
    )


def note_prices(work: Background) -> bool:
    """Reads the next products of the stores whose turn it is. Asks Saleor."""
    now = work.clock()
    due = work.database.read(lambda conn: watches.stores_due(conn, now))
    stores = [store for store in work.active_stores() if store.id in due]
    return for_each_store("note_prices", stores, partial(_pages, work), threads=work.threads)


def forget_prices(work: Background) -> bool:
    """Deletes days that nothing is compared with any more, a page of each store."""
    access = work.services.access
    return for_each_store(
        "forget_prices",
        work.active_stores(),
        lambda store: forget_page(access, store, clock=work.clock),
    )


def _pages(work: Background, store: StoreRef) -> bool:
    access = work.services.access
    return all(note_page(access, store, clock=work.clock) for _ in range(PAGES))
