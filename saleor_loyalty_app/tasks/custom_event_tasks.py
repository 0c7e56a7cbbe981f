"""Events of other systems: what they told is forgotten in time; hashes that name members."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.custom_events import repository
from saleor_loyalty_app.members.address_hashes import fill_page
from saleor_loyalty_app.messages.deliveries import LOG_DAYS
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.retention import Kept, spans
from saleor_loyalty_app.tasks.background import Background

#: Members whose hashes are worked out in one transaction.
PAGE = 500


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("forget_events", timedelta(minutes=30), partial(forget, work)),
        Schedule("hash_addresses", timedelta(minutes=10), partial(hash_addresses, work)),
    )


def forget(work: Background) -> bool:
    """Forgets what events told whose time is over, a page of them."""
    now, gone = work.clock(), 0
    for span in work.database.read(partial(spans, kind=Kept.received_events, usual=LOG_DAYS)):
        before = now - timedelta(days=span.days)
        forget_page = partial(repository.forget_old, before=before, now=now, whose=span.whose)
        gone += work.database.write(forget_page)
    return gone > 0


def hash_addresses(work: Background) -> bool:
    """Works out hashes of addresses that were stored before there were any, a page of them."""
    lacking = partial(fill_page, limit=PAGE)
    return work.database.write(lacking) == PAGE
