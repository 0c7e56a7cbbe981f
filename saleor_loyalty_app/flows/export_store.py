"""Everything a store has here, as lines of JSON, for the owner to take along."""

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.stores.models import Store

#: Rows fetched at a time.
CHUNK = 500
#: Secrets of the installation are of no use elsewhere.
LEFT_OUT = frozenset(
    {
        ("store", "token_encrypted"),
        ("store", "jwks"),
        ("store_secret", "sealed"),
        ("store_export_part", "data"),
        ("partner_key", "secret_hash"),
        ("partner_key", "previous_hash"),
    }
)
_STORE = Store.__tablename__


def export_store(conn: Connection, store_id: int) -> Iterator[str]:
    """Every row of a store, table by table, as `{"table": …, "row": {…}}`, one a line.

    Call it on a read of one snapshot (`db.read(…, snapshot=True)`) and consume it there: rows are
    streamed, so that memory stays flat. Tokens and keys are left out, binary values are base64.
    """
    for source in metadata.sorted_tables:
        condition = _belongs(source, store_id)
        if condition is None:
            continue
        query = sa.select(source).where(condition).order_by(*source.primary_key.columns)
        rows = conn.execution_options(yield_per=CHUNK).execute(query).mappings()
        for row in rows:
            yield json.dumps(
                {"table": source.name, "row": _plain(source.name, row)}, ensure_ascii=False
            )


def _belongs(source: sa.Table, store_id: int) -> sa.ColumnElement[bool] | None:
    """Which rows are the store's: by their own column, or by the row they belong to."""
    if source.name == _STORE:
        return source.c.id == store_id
    if "store_id" in source.c:
        return source.c.store_id == store_id
    for key in source.foreign_keys:
        owner = key.column.table
        condition = _belongs(owner, store_id) if owner is not source else None
        if condition is not None:
            return key.parent.in_(sa.select(key.column).where(condition))
    return None


def _plain(name: str, row: sa.RowMapping) -> dict[str, Any]:
    return {column: _json(value) for column, value in row.items() if (name, column) not in LEFT_OUT}


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value
