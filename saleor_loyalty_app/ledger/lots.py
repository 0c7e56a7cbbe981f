"""Lots and what takes from them, as rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.taking import Take
from saleor_loyalty_app.ledger.types import Account, Cause

#: So many lots are looked at first; a spending that needs more reads them all.
FIRST_LOTS = 32
_ALL = 2**31 - 1
#: So many lots are named in one statement.
MANY = 500


def new_lot(
    account: Account,
    cause: Cause,
    amount: int,
    *,
    available_from: datetime | None,
    expires_at: datetime | None,
    notice_required: bool,
    earned_at: datetime,
) -> dict[str, Any]:
    """The row of a lot that an entry brings in, without the entry's number."""
    return {
        "store_id": account.store_id,
        "member_id": account.member_id,
        "unit": account.unit,
        "follows": None,
        "part": cause.part,
        "source": cause.source,
        "channel": cause.channel,
        "currency": cause.currency,
        "amount": amount,
        "remaining": amount,
        "held": 0,
        "expired": 0,
        "forgiven": 0,
        "closed": False,
        "available_from": available_from,
        "expires_at": expires_at,
        "noticed_at": None,
        "notice_required": notice_required,
        "earned_at": earned_at,
    }


def following_lot(
    origin: Row[Any],
    amount: int,
    *,
    account: Account | None = None,
    entry_id: int | None = None,
    expires_at: datetime | None = None,
) -> dict[str, Any]:
    """The row of a lot that carries points of `origin` on, with its dates and its source.

    Whatever is given replaces what the origin has; a notice told of the origin's own date, so it
    does not carry over.
    """
    owner = account or Account(origin.store_id, origin.member_id, origin.unit)
    return {
        **keys(owner),
        "entry_id": origin.entry_id if entry_id is None else entry_id,
        "follows": origin.id,
        "part": origin.part,
        "source": origin.source,
        "channel": origin.channel,
        "currency": origin.currency,
        "amount": amount,
        "remaining": amount,
        "held": 0,
        "expired": 0,
        "forgiven": 0,
        "closed": False,
        "available_from": origin.available_from,
        "expires_at": origin.expires_at if expires_at is None else expires_at,
        "noticed_at": None,
        "notice_required": origin.notice_required,
        "earned_at": origin.earned_at,
    }


def open_lots(conn: Connection, account: Account) -> Sequence[Row[Any]]:
    """The account's lots with something left, in spending order."""
    return conn.execute(sql.OPEN_LOTS, keys(account)).all()


def spendable_lots(
    conn: Connection, account: Account, amount: int, now: datetime
) -> Sequence[Row[Any]]:
    """Spendable lots in spending order: as many as cover `amount`, or all there are."""
    for limit in (FIRST_LOTS, _ALL):
        rows = conn.execute(sql.SPENDABLE_LOTS, keys(account) | {"now": now, "limit": limit}).all()
        if len(rows) < limit or sum(row.remaining for row in rows) >= amount:
            return rows
    raise AssertionError("the second look reads all")


def lots_of_source(conn: Connection, account: Account, source: str) -> Sequence[Row[Any]]:
    """The account's lots of a source with something left, in spending order."""
    return conn.execute(sql.OPEN_LOTS_OF_SOURCE, keys(account) | {"source": source}).all()


def move_lots(conn: Connection, moves: Iterable[dict[str, int]]) -> None:
    """Moves lots by differences: {lot_id, remaining, held, expired, amount}, each optional."""
    rows = [
        {
            "lot_id": move["lot_id"],
            "d_remaining": move.get("remaining", 0),
            "d_held": move.get("held", 0),
            "d_expired": move.get("expired", 0),
            "d_amount": move.get("amount", 0),
        }
        for move in moves
    ]
    if rows:
        conn.execute(sql.MOVE_LOT, rows)


def expire_lots(conn: Connection, lot_ids: Sequence[int]) -> None:
    """All that remains of these lots expires."""
    for at in range(0, len(lot_ids), MANY):
        conn.execute(sql.EXPIRE_LOTS, {"lot_ids": lot_ids[at : at + MANY]})


def allocate(
    conn: Connection,
    takes: Iterable[Take],
    at: datetime,
    *,
    entry_id: int | None = None,
    hold_id: int | None = None,
) -> None:
    """Writes down which lots an entry or a hold took from."""
    rows = [_allocation(taken, at, entry_id, hold_id) for taken in takes]
    if rows:
        conn.execute(sql.ALLOCATE, rows)


def allocate_each(conn: Connection, takes: Iterable[tuple[int, Take]], at: datetime) -> None:
    """Writes down which lots several entries took from: (entry, what it took)."""
    rows = [_allocation(taken, at, entry_id, None) for entry_id, taken in takes]
    if rows:
        conn.execute(sql.ALLOCATE, rows)


def _allocation(
    taken: Take, at: datetime, entry_id: int | None, hold_id: int | None
) -> dict[str, Any]:
    return {
        "lot_id": taken.lot_id,
        "entry_id": entry_id,
        "hold_id": hold_id,
        "debt_id": None,
        "amount": taken.amount,
        "returned": 0,
        "at": at,
    }


def take_for_entry(conn: Connection, takes: Sequence[Take], entry_id: int, at: datetime) -> None:
    """Takes points out of lots for an entry, and writes it down."""
    move_lots(conn, ({"lot_id": taken.lot_id, "remaining": -taken.amount} for taken in takes))
    allocate(conn, takes, at, entry_id=entry_id)
