"""All that books are proven by: the ledger, and the counters that are kept beside it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.audit_plans import plan_drifts
from saleor_loyalty_app.flows.audit_standing import standing_drifts
from saleor_loyalty_app.flows.audit_sums import sum_drifts
from saleor_loyalty_app.ledger.auditing import Drift, audit
from saleor_loyalty_app.stores.refs import StoreRef

# Each is to be run on a connection that reads one snapshot.


def audit_all(conn: Connection, store: StoreRef, *, now: datetime) -> list[Drift]:
    """Recomputes ledger and counters of a store; an empty list means that all adds up."""
    return [*audit_rows(conn, store.id), *audit_decided(conn, store, now=now)]


def audit_rows(conn: Connection, store_id: int | None = None) -> list[Drift]:
    """Recomputes what is a sum of rows, of one store or of all at once."""
    return [*audit(conn, store_id), *sum_drifts(conn, store_id)]


def audit_decided(conn: Connection, store: StoreRef, *, now: datetime) -> Iterator[Drift]:
    """Does again, of one store, what the program decided: plans, deeds, tiers and milestones."""
    yield from plan_drifts(conn, store.id)
    yield from standing_drifts(conn, store, now=now)
