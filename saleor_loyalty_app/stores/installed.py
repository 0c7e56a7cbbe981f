"""Since when a store has the app."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Store

_STORE = table(Store).c


def installed_at(conn: Connection, store_id: int) -> datetime:
    """When the app was installed in a store, the last time."""
    query = sa.select(_STORE.installed_at).where(_STORE.id == store_id)
    found: datetime = conn.execute(query).scalar_one()
    return found
