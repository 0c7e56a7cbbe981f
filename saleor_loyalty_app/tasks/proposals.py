"""The first program of a store: a template at once, then one that knows what the store sells."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.propose_program import propose_program, recent_stats
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background


@dataclass(frozen=True, slots=True)
class StoreToKnow:
    """A store whose orders are to be read for its first draft."""

    store_id: int


PROPOSE = Job("propose_program", StoreToKnow)


def begin(conn: Connection, store: StoreRef, now: datetime) -> None:
    """In the transaction that stores an installation: a draft at once, a better one soon."""
    propose_program(conn, store, (), now=now)
    enqueue(conn, PROPOSE, StoreToKnow(store.id), dedup_key=f"{store.id}:{now.isoformat()}")


def propose(work: Background, payload: StoreToKnow) -> None:
    """Reads the store's recent orders and writes the draft that follows from them.

    Raises:
        SaleorUnavailable and the like: it is tried again.
    """
    store = work.database.read(lambda conn: stores.store_by_id(conn, payload.store_id))
    if store is None or not store.active:
        return
    stats = recent_stats(work.services.orders, store, now=work.clock())
    work.database.write(lambda conn: propose_program(conn, store, stats, now=work.clock()))
