"""The outbox: what happened is written down in its own transaction, and sent later."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import OutboxMessage

__all__ = ["Kind", "News", "tell", "tell_each", "waiting"]

_message = table(OutboxMessage)


@dataclass(frozen=True, slots=True)
class News:
    """What a member is to be told.

    Attributes:
        data: JSON values: figures and references, no personal data.
        key: of the happening, unique in the store.
    """

    member_id: int
    kind: Kind
    data: Mapping[str, Any]
    key: str


def tell(
    conn: Connection,
    store_id: int,
    member_id: int,
    kind: Kind,
    data: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
) -> bool:
    """Writes down what a member is to be told; False if that was done before.

    Args:
        data: JSON values: figures and references, no personal data.
        key: of the happening, unique in the store.
    """
    values = {
        "store_id": store_id,
        "member_id": member_id,
        "kind": kind.value,
        "data": dict(data),
        "dedup_key": key,
        "created_at": now,
    }
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    written = conn.execute(
        insert(_message)
        .values(values)
        .on_conflict_do_nothing(index_elements=["store_id", "dedup_key"])
        .returning(_message.c.id)
    )
    return written.scalar_one_or_none() is not None


def tell_each(conn: Connection, store_id: int, news: Collection[News], *, now: datetime) -> None:
    """`tell` for many at once."""
    rows = [
        {
            "store_id": store_id,
            "member_id": one.member_id,
            "kind": one.kind.value,
            "data": dict(one.data),
            "dedup_key": one.key,
            "created_at": now,
        }
        for one in news
    ]
    if rows:
        insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        conn.execute(
            insert(_message).on_conflict_do_nothing(index_elements=["store_id", "dedup_key"]), rows
        )


def waiting(conn: Connection, store_id: int, *, limit: int) -> list[sa.Row[Any]]:
    """The oldest messages of a store of which nobody has decided how they are sent."""
    return list(
        conn.execute(
            sa.select(_message)
            .where(_message.c.store_id == store_id, _message.c.planned_at.is_(None))
            .order_by(_message.c.id)
            .limit(limit)
        )
    )
