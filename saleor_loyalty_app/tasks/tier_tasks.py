"""Tiers: who has news, whose time has come and whom changed tiers concern is looked at."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.sweep_tiers import has_work, is_changed, rewards_page, tiers_page
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store
from saleor_loyalty_app.tiers import looks, sweeps

#: Pages of a store that one run works on before others have their turn.
PAGES = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("move_tiers", timedelta(seconds=5), partial(move_tiers, work)),
        Schedule("change_tiers", timedelta(minutes=1), partial(change_tiers, work)),
    )


def move_tiers(work: Background) -> bool:
    """Looks at members and gives the rewards of tiers, for the stores that may have any."""
    busy = work.database.read(
        lambda conn: looks.stores_waiting(conn) | sweeps.stores_with_tiers(conn)
    )
    stores = [store for store in work.active_stores() if store.id in busy]
    return for_each_store("move_tiers", stores, partial(move_pages, work))


def change_tiers(work: Background) -> bool:
    """Begins to look at everybody in the stores whose tiers came into force or were changed."""
    return for_each_store("change_tiers", work.active_stores(), partial(_change, work))


def move_pages(work: Background, store: StoreRef) -> bool:
    """Works on the next pages of a store; gives whether there are more."""
    now = work.clock()
    if not work.database.read(lambda conn: has_work(conn, store, now=now)):
        return False
    more = True
    for _ in range(PAGES):
        more = work.database.write(lambda conn: tiers_page(conn, store, now=now, aside=work.aside))
        if not more:
            break
    rewards = all(
        work.database.write(
            lambda conn: rewards_page(conn, store, keys=work.email_keys, now=now, aside=work.aside)
        )
        for _ in range(PAGES)
    )
    return more or rewards


def _change(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    if work.database.read(lambda conn: is_changed(conn, store, now=now)):
        work.database.write(lambda conn: tiers_page(conn, store, now=now, aside=work.aside))
    return False
