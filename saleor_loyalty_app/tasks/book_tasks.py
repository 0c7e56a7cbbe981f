"""Books: points expire on time, days are added up, and every night it is proven that all is so."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app import metrics
from saleor_loyalty_app.flows.audit_counters import audit_decided, audit_rows
from saleor_loyalty_app.flows.audit_store import mend_days, note_drifts, renew_orders
from saleor_loyalty_app.flows.settle_points import settle_points
from saleor_loyalty_app.insights import roll_up
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Accounts that one transaction settles; on SQLite, where one writes at a time, in under 50 ms.
PAGE = {"sqlite": 100, "postgresql": 500}
#: Pages of a store that one run settles before others have their turn.
PAGES = 20
#: Days that one run adds up for a store.
DAYS = 31


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("settle_accounts", timedelta(seconds=30), partial(settle_accounts, work)),
        Schedule("audit_books", timedelta(hours=24), partial(audit_books, work)),
        Schedule("add_up_days", timedelta(minutes=10), partial(add_up_days, work)),
    )


def settle_accounts(work: Background) -> bool:
    """Posts what expired, some pages for each store."""
    return for_each_store("settle_accounts", work.active_stores(), partial(settle_pages, work))


def settle_pages(work: Background, store: StoreRef) -> bool:
    """Settles the next pages of a store; gives whether there are more."""
    now, limit = work.clock(), PAGE[work.database.engine.dialect.name]

    def settle(conn: Connection) -> int:
        return settle_points(conn, store, now=now, limit=limit, aside=work.aside)

    return all(work.database.write(settle) == limit for _ in range(PAGES))


def audit_books(work: Background) -> bool:
    """Recomputes all books; a drift is counted, logged and told as a problem of its store.

    What is a sum of rows is added up for all stores at once, what a program decided by store. Where
    the latter cannot be looked at, what is known to be wrong is told all the same, and nothing that
    was told before is withdrawn.
    """
    of_rows = work.database.read(audit_rows, snapshot=True)
    found: list[Drift] = []

    def of_store(store: StoreRef) -> bool:
        now = work.clock()
        note = partial(note_drifts, store=store, run_id=None, now=now)
        certain = [drift for drift in of_rows if drift.store_id == store.id]
        found.extend(certain)
        try:
            decided = work.database.read(
                lambda conn: list(audit_decided(conn, store, now=now)), snapshot=True
            )
        except Exception:
            if certain:
                work.database.write(partial(note, drifts=certain))
            raise
        finally:
            mend_days(work.database, store)
        found.extend(decided)
        work.database.write(partial(note, drifts=[*certain, *decided]))
        return False

    try:
        return for_each_store("audit_books", work.all_stores(), of_store)
    finally:
        metrics.drift.set(len(found))


def add_up_days(work: Background) -> bool:
    """Adds up the days that are over, some for each store, each in transactions of their own."""
    now = work.clock()
    return for_each_store(
        "add_up_days", work.active_stores(), lambda store: _add_up(work, store, now)
    )


def _add_up(work: Background, store: StoreRef, now: datetime) -> bool:
    database = work.database
    if database.read(lambda conn: roll_up.is_stale(conn, store)):
        database.write(lambda conn: roll_up.forget(conn, store.id))
    begins = database.read(lambda conn: roll_up.kept_until(conn, store)) is None
    for _ in range(DAYS):
        added = database.read(lambda conn: roll_up.add_up(conn, store, now), snapshot=True)
        if added is None:
            return False
        for at in range(0, len(added.members), roll_up.PAGE):
            members = added.members[at : at + roll_up.PAGE]
            database.write(
                partial(roll_up.keep_members, store=store, day=added.day, members=members)
            )
        database.write(partial(roll_up.keep, store=store, added=added, now=now))
        if begins:
            # Orders may be older than the first points.
            renew_orders(database, store)
            begins = False
    return True
