"""Tiers: who has news, whose time has come and whom changed tiers concern is looked at."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.sweep_tiers import has_work, rewards_page, tiers_page
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store that one run works on before others have their turn.
PAGES = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("move_tiers", timedelta(seconds=5), partial(move_tiers, work)),)


def move_tiers(work: Background) -> bool:
    """Looks at members of all stores, and gives the rewards of tiers that were reached."""
    return for_each_store("move_tiers", work.active_stores(), partial(move_pages, work))


def move_pages(work: Background, store: StoreRef) -> bool:
    """Works on the next pages of a store; gives whether there are more."""
    now = work.clock()
    if not work.database.read(lambda conn: has_work(conn, store, now=now)):
        return False
    more = True
    for _ in range(PAGES):
        more = work.database.write(lambda conn: tiers_page(conn, store, now=now))
        if not more:
            break
    rewards = work.database.write(lambda conn: rewards_page(conn, store, now=now))
    return more or rewards
