"""All that a store's books are proven by: the ledger, and the counters that are kept beside it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.audit_plans import plan_drifts
from saleor_loyalty_app.flows.audit_standing import standing_drifts
from saleor_loyalty_app.flows.audit_sums import sum_drifts
from saleor_loyalty_app.ledger.auditing import Drift, audit
from saleor_loyalty_app.stores.refs import StoreRef


def audit_all(conn: Connection, store: StoreRef, *, now: datetime) -> list[Drift]:
    """Recomputes ledger and counters of a store; an empty list means that all adds up.

    To be run on a connection that reads one snapshot.
    """
    return [*audit(conn, store.id), *counter_drifts(conn, store, now=now)]


def counter_drifts(conn: Connection, store: StoreRef, *, now: datetime) -> Iterator[Drift]:
    """The counters of a store beside the ledger that are not what their rows make them."""
    yield from sum_drifts(conn, store.id)
    yield from plan_drifts(conn, store.id)
    yield from standing_drifts(conn, store, now=now)
