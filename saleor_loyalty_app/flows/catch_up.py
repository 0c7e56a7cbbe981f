"""A store that comes back hears nothing of what happened meanwhile: it is read at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders.source import OrderSource
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class StoreBehind:
    """A store of whose orders nothing was heard for a while."""

    store_id: int


CATCH_UP = Job("catch_up", StoreBehind)


def begin_catch_up(conn: Connection, store: StoreRef, now: datetime) -> None:
    """In the transaction by which a store is installed, installed again or switched on again."""
    enqueue(conn, CATCH_UP, StoreBehind(store.id), dedup_key=f"{store.id}:{now.isoformat()}")


def catch_up(
    db: Database, source: OrderSource, behind: StoreBehind, *, clock: Clock, secrets: EmailKeys
) -> None:
    """Books what changed since the cursor, and looks at open orders if that is due.

    Raises:
        SaleorUnavailable and the like: it is tried again.
    """
    store = db.read(lambda conn: stores.store_by_id(conn, behind.store_id))
    if store is None or not store.active:
        return
    reconcile_changes(db, store, source, clock=clock, secrets=secrets)
    daily_pass(db, store, source, clock=clock, secrets=secrets)
