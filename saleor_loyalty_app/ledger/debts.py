"""What members owe: made by reversals that took more than there was, paid by what comes in."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys
from saleor_loyalty_app.ledger.lots import move_lots, open_lots
from saleor_loyalty_app.ledger.types import Cause


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
