"""Rewards: whoever took a code and has not used it hears of it before its time is over."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.each_row import stores_told
from saleor_loyalty_app.flows.warn_of_rewards import PAGE, WORK, about_to_end, warn_page
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("warn_of_rewards", timedelta(minutes=15), partial(warn_of_rewards, work)),)


def warn_of_rewards(work: Background) -> bool:
    """Tells the members of all stores whose codes end soon; a page of each store at a time."""
    return for_each_store("warn_of_rewards", work.active_stores(), partial(_warn, work))


def _warn(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    if not work.database.read(
        lambda conn: (
            about_to_end(conn, store, now=now, limit=1) or store.id in stores_told(conn, WORK)
        )
    ):
        return False
    warned = work.database.write(
        lambda conn: warn_page(conn, store, limit=PAGE, now=now, aside=work.aside)
    )
    return warned == PAGE
