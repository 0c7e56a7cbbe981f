"""Campaigns: what time brings, and Saleor brought to what the rows of their codes say."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.campaigns import repository
from saleor_loyalty_app.flows.campaign_turns import turn
from saleor_loyalty_app.flows.campaign_vouchers import work_on_vouchers
from saleor_loyalty_app.flows.watch_shared_codes import watch_shared_codes
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("campaigns", timedelta(seconds=15), partial(turn_all, work)),
        Schedule("campaign_codes_seen", timedelta(minutes=10), partial(watch_codes, work)),
        Schedule("campaign_codes", timedelta(seconds=5), partial(work_on_codes, work)),
    )


def turn_all(work: Background) -> bool:
    """Begins and ends campaigns, gives out codes and tells members, page by page."""
    return for_each_store(
        "campaigns",
        _stores(work),
        lambda store: turn(work.database, store, clock=work.clock, keys=work.email_keys),
    )


def work_on_codes(work: Background) -> bool:
    """Makes, changes and ends vouchers and codes in Saleor."""
    access = work.services.access
    return for_each_store(
        "campaign_codes",
        _stores(work),
        lambda store: work_on_vouchers(access, store, clock=work.clock),
        threads=work.threads,
    )


def watch_codes(work: Background) -> bool:
    """Looks whether Saleor still has the shared codes as they were made."""
    access = work.services.access
    return for_each_store(
        "campaign_codes_seen",
        _stores(work),
        lambda store: watch_shared_codes(access, store, clock=work.clock),
        threads=work.threads,
    )


def _stores(work: Background) -> list[StoreRef]:
    now = work.clock()
    due = work.database.read(lambda conn: repository.stores_at_work(conn, now))
    return [store for store in work.active_stores() if store.id in due]
