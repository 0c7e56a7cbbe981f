"""Retention: what holds personal data goes in time."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.erase_store import erase_store
from saleor_loyalty_app.inbox.retention import delete_dead_letters, delete_old_rows, empty_bodies
from saleor_loyalty_app.limiting.storage import DatabaseStorage
from saleor_loyalty_app.members.mailed_links import forget_expired
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.rewards.offer_rows import delete_old_offers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import uninstalled_before
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("forget_inbox", timedelta(minutes=10), partial(forget_inbox, work)),
        Schedule("forget_requests", timedelta(minutes=10), partial(forget_requests, work)),
        Schedule("forget_links", timedelta(minutes=30), partial(forget_links, work)),
        Schedule("forget_offers", timedelta(minutes=30), partial(forget_offers, work)),
        Schedule("forget_stores", timedelta(hours=6), partial(forget_stores, work)),
    )


def forget_inbox(work: Background) -> bool:
    """Empties bodies and deletes rows and dead letters whose time is over, a page of each."""
    now, settings = work.clock(), work.settings
    emptied = work.database.write(
        lambda conn: empty_bodies(conn, now=now, days=settings.inbox_days)
    )
    dead = work.database.write(
        lambda conn: delete_dead_letters(conn, now=now, days=settings.dead_letter_days)
    )
    rows = work.database.write(lambda conn: delete_old_rows(conn, now=now))
    return emptied + dead + rows > 0


def forget_requests(work: Background) -> bool:
    """Deletes the counters of the rate limits at which nobody looks any more."""
    DatabaseStorage(work.database).forget_expired()
    return False


def forget_links(work: Background) -> bool:
    """Deletes mailed links and sessions of the rewards page that ended yesterday, a page."""
    now = work.clock()
    return work.database.write(lambda conn: forget_expired(conn, now=now)) > 0


def forget_offers(work: Background) -> bool:
    """Deletes what was offered to checkouts two days ago, a page of each kind."""
    now = work.clock()
    return work.database.write(lambda conn: delete_old_offers(conn, now=now)) > 0


def forget_stores(work: Background) -> bool:
    """Erases the people of stores that uninstalled the app long ago; their books stay."""
    now = work.clock()
    moment = now - timedelta(days=work.settings.uninstalled_days)
    gone = work.database.read(lambda conn: uninstalled_before(conn, moment))

    def erase(store: StoreRef) -> bool:
        erase_store(work.database, store, now=now)
        return False

    return for_each_store("forget_stores", gone, erase)
