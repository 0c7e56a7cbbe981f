"""The hot path of the ledger: entry, balance and lot of an earning.

On PostgreSQL they are written in one statement, hence in one round trip; on SQLite, where a round
trip costs nothing and INSERT cannot stand in WITH, in three. The result is the same.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.ledger import statements as sql

_ENTRY_COLUMNS = [column.name for column in sql.entry.c if column.name != "id"]
_LOT_COLUMNS = [column.name for column in sql.lot.c if column.name not in ("id", "entry_id")]
_BALANCE_COLUMNS = [column.name for column in sql.balance.c if column.name != "id"]


def _given(prefix: str, table: sa.Table, names: list[str]) -> list[sa.BindParameter[Any]]:
    return [sa.bindparam(f"{prefix}_{name}", type_=table.c[name].type) for name in names]


def _at_once() -> sa.Select[Any]:
    posted = (
        postgresql.insert(sql.entry)
        .from_select(_ENTRY_COLUMNS, sa.select(*_given("e", sql.entry, _ENTRY_COLUMNS)))
        .on_conflict_do_nothing(index_elements=["store_id", "idempotency_key"])
        .returning(sql.entry.c.id)
        .cte("posted")
    )
    moved = (
        sql.adding_earning(
            postgresql.insert(sql.balance).from_select(
                _BALANCE_COLUMNS,
                sa.select(*_given("b", sql.balance, _BALANCE_COLUMNS)).select_from(posted),
            )
        )
        .returning(*sql.balance.c)
        .cte("moved")
    )
    made = (
        postgresql.insert(sql.lot)
        .from_select(
            [*_LOT_COLUMNS, "entry_id"],
            sa.select(*_given("l", sql.lot, _LOT_COLUMNS), posted.c.id),
        )
        .returning(sql.lot.c.id)
        .cte("made")
    )
    return (
        sa.select(posted.c.id.label("entry_id"), *moved.c)
        .select_from(posted.outerjoin(moved, sa.true()))
        .add_cte(made)
    )


_AT_ONCE = Hot(_at_once())
_POST_ENTRY = Hot(sql.POST_ENTRY)
_EARN_INTO_BALANCE = Hot(sql.EARN_INTO_BALANCE)
_ADD_LOT = Hot(sql.ADD_LOT)


def write_earning(
    conn: Connection,
    entry: Mapping[str, Any],
    balance: Mapping[str, Any],
    lot: Mapping[str, Any],
) -> tuple[int, Row[Any] | None] | None:
    """Writes the three rows; gives the entry's id and the balance as it is now, locked.

    None where the entry's key was used before; then nothing is written. A balance of none: it
    belongs to another store, and the transaction must not be committed.
    """
    if conn.dialect.name == "postgresql":
        parameters = {f"e_{name}": value for name, value in entry.items()}
        parameters.update({f"b_{name}": value for name, value in balance.items()})
        parameters.update({f"l_{name}": value for name, value in lot.items()})
        row = _AT_ONCE.one_or_none(conn, parameters)
        if row is None:
            return None
        return row.entry_id, None if row.id is None else row
    entry_id = _POST_ENTRY.scalar_or_none(conn, entry)
    if entry_id is None:
        return None
    moved = _EARN_INTO_BALANCE.one_or_none(conn, balance)
    _ADD_LOT.run(conn, {**lot, "entry_id": entry_id})
    return entry_id, moved
