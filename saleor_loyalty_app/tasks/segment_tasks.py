"""Segments: members with news are looked at, and everybody once a day, page by page."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.sweep_segments import is_stale, segments_page
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.segments import access_passes, looks, sweeps
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store that one run works on before others have their turn.
PAGES = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("fill_segments", timedelta(seconds=5), partial(fill_segments, work)),
        Schedule("begin_segments", timedelta(minutes=1), partial(begin_segments, work)),
        Schedule("forget_access", timedelta(hours=1), partial(forget_access, work)),
    )


def fill_segments(work: Background) -> bool:
    """Looks at members, for the stores that have any to look at."""
    busy = work.database.read(lambda conn: looks.stores_waiting(conn) | sweeps.stores_at_work(conn))
    stores = [store for store in work.active_stores() if store.id in busy]
    return for_each_store("fill_segments", stores, partial(fill_pages, work))


def begin_segments(work: Background) -> bool:
    """Begins anew where segments changed, came into force or were filled the day before."""
    return for_each_store("begin_segments", work.active_stores(), partial(_begin, work))


def forget_access(work: Background) -> bool:
    """Takes away passes to goods of early access that are over."""
    now = work.clock()
    return work.database.write(lambda conn: access_passes.forget(conn, now))


def fill_pages(work: Background, store: StoreRef) -> bool:
    """Works on the next pages of a store; gives whether there are more."""
    return all(segments_page(work.database, store, now=work.clock()) for _ in range(PAGES))


def _begin(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    stale = work.database.read(
        lambda conn: is_stale(
            store,
            None if (found := revision_at(conn, store.id, now)) is None else found.program,
            sweeps.sweep_of(conn, store.id),
            now,
        )
    )
    if stale:
        segments_page(work.database, store, now=now)
    return False
