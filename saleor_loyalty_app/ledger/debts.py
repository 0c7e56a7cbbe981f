"""What members owe: made by postings that took more than there was, paid by what comes in."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys
from saleor_loyalty_app.ledger.lots import move_lots, new_lot, open_lots
from saleor_loyalty_app.ledger.types import Account, Cause

_UNPAID_OF_ENTRY = sql.OPEN_DEBTS.where(sql.debt.c.entry_id == sa.bindparam("entry_id"))


def owe(
    conn: Connection, books: Locked, entry_id: int, amount: int, cause: Cause, now: datetime
) -> None:
    """Writes down that an entry took `amount` more than there was. The caller moves the totals."""
    conn.execute(
        sql.ADD_DEBT,
        {
            **keys(books.account),
            "entry_id": entry_id,
            "channel": cause.channel,
            "currency": cause.currency,
            "amount": amount,
            "remaining": amount,
            "created_at": now,
        },
    )


def unpaid_debts(conn: Connection, account: Account, entry_id: int) -> Sequence[Row[Any]]:
    """What the account still owes for one entry."""
    return conn.execute(_UNPAID_OF_ENTRY, keys(account) | {"entry_id": entry_id}).all()


def undo_debts(
    conn: Connection,
    account: Account,
    debts: Sequence[Row[Any]],
    amount: int,
    cause: Cause,
    entry_id: int,
    now: datetime,
) -> int:
    """Lets the entry `entry_id`, which gives a spending back, take that spending's own debt away.

    It is written as a lot that came in and paid at once, so that every sum can be recomputed. Gives
    how much of `amount` went this way. The caller moves the totals.
    """
    left = amount
    for owed in debts:
        undone = min(left, owed.remaining)
        if not undone:
            break
        left -= undone
        lot = new_lot(
            account,
            cause,
            undone,
            available_from=now,
            expires_at=None,
            notice_required=False,
            earned_at=now,
        )
        lot_id = conn.execute(
            sql.ADD_LOTS, [lot | {"entry_id": entry_id, "remaining": 0, "closed": True}]
        ).scalar_one()
        conn.execute(sql.PAY_DEBT, [{"debt_id": owed.id, "paid": undone}])
        conn.execute(
            sql.ALLOCATE,
            [
                {
                    "lot_id": lot_id,
                    "entry_id": owed.entry_id,
                    "hold_id": None,
                    "debt_id": owed.id,
                    "amount": undone,
                    "returned": undone,
                    "at": now,
                }
            ],
        )
    return amount - left


def pay_debts(conn: Connection, books: Locked, now: datetime) -> None:
    """Pays what the member owes out of the open lots, oldest debt first, also with pending points.

    Called after everything that brings points in, so that a member with debt has no points left.
    """
    if not books.debt or not books.lots:
        return
    left = {lot.id: lot.remaining for lot in open_lots(conn, books.account)}
    payments = [
        (owed, lot_id, amount)
        for owed in conn.execute(sql.OPEN_DEBTS, keys(books.account)).all()
        for lot_id, amount in _drain(left, owed.remaining)
    ]
    if not payments:
        return
    conn.execute(
        sql.PAY_DEBT, [{"debt_id": owed.id, "paid": amount} for owed, _, amount in payments]
    )
    move_lots(conn, ({"lot_id": lot_id, "remaining": -amount} for _, lot_id, amount in payments))
    conn.execute(
        sql.ALLOCATE,
        [
            {
                "lot_id": lot_id,
                "entry_id": owed.entry_id,
                "hold_id": None,
                "debt_id": owed.id,
                "amount": amount,
                "returned": 0,
                "at": now,
            }
            for owed, lot_id, amount in payments
        ],
    )
    paid = sum(amount for _, _, amount in payments)
    books.move(conn, lots=-paid, debt=-paid)


def _drain(left: dict[int, int], amount: int) -> Iterator[tuple[int, int]]:
    for lot_id, remaining in left.items():
        share = min(remaining, amount)
        if share:
            left[lot_id] -= share
            amount -= share
            yield lot_id, share
