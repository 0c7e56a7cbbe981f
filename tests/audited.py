"""Proves that the books of a store, and all counters beside them, add up."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_counters import audit_all
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.stores.repository import store_by_id

_entries = table(Entry)


def drifts_of(conn: Connection, store_id: int, *, now: datetime | None = None) -> list[Drift]:
    """What the audit finds; `now` is when something was posted last, where it is not given."""
    store = store_by_id(conn, store_id)
    assert store is not None
    last = sa.select(sa.func.max(_entries.c.posted_at)).where(_entries.c.store_id == store_id)
    at = now or conn.execute(last).scalar_one() or datetime(2026, 1, 1, tzinfo=UTC)
    return audit_all(conn, store, now=at)
