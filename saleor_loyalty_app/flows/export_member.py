"""Everything that is kept about one person, for the person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.export_store import LEFT_OUT
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.repository import member_by_id, merged_members
from saleor_loyalty_app.stores.refs import StoreRef

_MEMBER = str(Member.__tablename__)
#: Columns that tell of the app's own workings, or that would let somebody act as the person.
_INTERNAL = frozenset(
    {"store_id", "input_hash", "request_hash", "idempotency_key", "snapshot_hash", "token_hash"}
)


def export_member(
    conn: Connection, store: StoreRef, member_id: int, *, now: datetime
) -> dict[str, Any]:
    """All rows about a member and about whoever was merged into it, by table, as JSON values.

    Every table that names a member is in it, and every table whose rows belong to such a one, so
    that what is added later is not forgotten. Call it on a read of one snapshot.

    Raises:
        MemberNotFound: the store has no such member.
    """
    member = member_by_id(conn, store.id, member_id)
    if member is not None and member.merged_into is not None:
        member = member_by_id(conn, store.id, member.merged_into)
    if member is None:
        raise MemberNotFound
    ids = [member.id, *merged_members(conn, store.id, member.id)]
    tables: dict[str, list[dict[str, Any]]] = {}
    for source in metadata.sorted_tables:
        condition = _about(source, store.id, ids)
        if condition is None:
            continue
        query = sa.select(source).where(condition).order_by(*source.primary_key.columns)
        rows = [_plain(source.name, row) for row in conn.execute(query).mappings()]
        if rows:
            tables[source.name] = rows
    return {
        "store": store.api_url,
        "member": str(member.id),
        "exported_at": now.isoformat(),
        "tables": tables,
    }


def _about(source: sa.Table, store_id: int, ids: Sequence[int]) -> sa.ColumnElement[bool] | None:
    """Which rows of a table are about these members; None = it has none of the kind."""
    if source.name == _MEMBER:
        return sa.and_(source.c.store_id == store_id, source.c.id.in_(ids))
    if "member_id" in source.c:
        theirs = source.c.member_id.in_(ids)
        return sa.and_(source.c.store_id == store_id, theirs) if "store_id" in source.c else theirs
    owners = [
        (key.parent, key.column)
        for key in source.foreign_keys
        if "member_id" in key.column.table.c and key.column.table.name != source.name
    ]
    if not owners:
        return None
    return sa.or_(
        *(
            parent.in_(sa.select(column).where(column.table.c.member_id.in_(ids)))
            for parent, column in owners
        )
    )


def _plain(name: str, row: sa.RowMapping) -> dict[str, Any]:
    kept = {
        column: value
        for column, value in row.items()
        if column not in _INTERNAL and (name, column) not in LEFT_OUT
    }
    plain: dict[str, Any] = msgspec.to_builtins(kept, str_keys=True)
    return plain
