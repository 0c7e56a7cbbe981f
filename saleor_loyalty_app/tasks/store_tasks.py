"""Stores: begin with them, keep what is known of them current, tell owners what is wrong."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.catch_up import begin_catch_up
from saleor_loyalty_app.flows.inbox_problems import review_inbox
from saleor_loyalty_app.flows.sync_store import sync_store
from saleor_loyalty_app.flows.tell_problems import tell_problems
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import proposals
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("sync_stores", timedelta(hours=1), partial(sync_stores, work), at_start=True),
        Schedule("tell_problems", timedelta(minutes=1), partial(tell_stores, work)),
    )


def begin(conn: Connection, store: StoreRef, now: datetime) -> None:
    """In the transaction that stores an installation, the first or a later one."""
    proposals.begin(conn, store, now)
    begin_catch_up(conn, store, now)


def sync_stores(work: Background) -> bool:
    """Reads channels, permissions and version of every store again."""

    def sync(store: StoreRef) -> bool:
        sync_store(work.services.access, store, work.clock)
        return False

    return for_each_store("sync_stores", work.active_stores(), sync, threads=work.threads)


def tell_stores(work: Background) -> bool:
    """Shows open problems in the Dashboard of their store, and takes away what is mended."""

    def tell(store: StoreRef) -> bool:
        review_inbox(work.database, store, work.clock())
        tell_problems(work.services.access, store, work.clock)
        return False

    return for_each_store("tell_problems", work.active_stores(), tell, threads=work.threads)
