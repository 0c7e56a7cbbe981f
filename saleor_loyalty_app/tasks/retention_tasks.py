"""Retention: what holds personal data goes in time."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.erase_store import erase_store
from saleor_loyalty_app.inbox.retention import delete_dead_letters, delete_old_rows, empty_bodies
from saleor_loyalty_app.limiting.storage import DatabaseStorage
from saleor_loyalty_app.members.mailed_links import forget_expired
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.rewards.offer_rows import KEPT as OFFERS_KEPT
from saleor_loyalty_app.rewards.offer_rows import delete_old_offers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import uninstalled_before
from saleor_loyalty_app.stores.retention import Kept, Span, spans
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
    gone = work.database.write(lambda conn: delete_old_rows(conn, now=now))
    for span in _spans(work, Kept.inbox, settings.inbox_days):
        gone += work.database.write(
            partial(empty_bodies, now=now, days=span.days, whose=span.whose)
        )
    for span in _spans(work, Kept.dead_letters, settings.dead_letter_days):
        gone += work.database.write(
            partial(delete_dead_letters, now=now, days=span.days, whose=span.whose)
        )
    return gone > 0


def forget_requests(work: Background) -> bool:
    """Deletes the counters of the rate limits at which nobody looks any more."""
    DatabaseStorage(work.database).forget_expired()
    return False


def forget_links(work: Background) -> bool:
    """Deletes mailed links and sessions of the rewards page that ended yesterday, a page."""
    now = work.clock()
    return work.database.write(lambda conn: forget_expired(conn, now=now)) > 0


def forget_offers(work: Background) -> bool:
    """Deletes what was offered to checkouts days ago, a page of each kind."""
    now, gone = work.clock(), 0
    for span in _spans(work, Kept.offers, OFFERS_KEPT.days):
        kept = timedelta(days=span.days)
        gone += work.database.write(
            partial(delete_old_offers, now=now, kept=kept, whose=span.whose)
        )
    return gone > 0


def forget_stores(work: Background) -> bool:
    """Erases the people of stores that uninstalled the app long ago; their books stay."""
    now = work.clock()
    gone: list[StoreRef] = []
    for span in _spans(work, Kept.uninstalled, work.settings.uninstalled_days):
        moment = now - timedelta(days=span.days)
        gone += work.database.read(partial(uninstalled_before, moment=moment, whose=span.whose))

    def erase(store: StoreRef) -> bool:
        erase_store(work.database, store, now=now)
        return False

    return for_each_store("forget_stores", gone, erase)


def _spans(work: Background, kind: Kept, usual: int) -> list[Span]:
    return work.database.read(lambda conn: spans(conn, kind, usual))
