"""Imports of history: whoever started one, a worker goes on with it."""

import time
from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.import_history import run_history_import
from saleor_loyalty_app.orders.imports import running_import
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store's history that one run reads before others have their turn.
PAGES = 5


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("import_history", timedelta(seconds=5), partial(import_history, work)),)


def import_history(work: Background) -> bool:
    """Reads and counts the next pages of all imports that are under way."""
    return for_each_store(
        "import_history",
        work.active_stores(),
        partial(import_pages, work),
        threads=work.threads,
    )


def import_pages(work: Background, store: StoreRef) -> bool:
    """Reads and counts the next pages of a store's import; gives whether there are more."""
    running = work.database.read(lambda conn: running_import(conn, store.id))
    if running is None:
        return False
    after = run_history_import(
        work.database,
        store,
        work.services.orders,
        running.id,
        clock=work.clock,
        secrets=work.email_keys,
        wait=time.sleep,
        pages=PAGES,
    )
    return after.state == "running"
