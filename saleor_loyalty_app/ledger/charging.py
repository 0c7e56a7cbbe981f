"""Points that are owed for something that was had already: taken where they are, else as debt."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger.debts import owe
from saleor_loyalty_app.ledger.lots import open_lots, take_for_entry
from saleor_loyalty_app.ledger.posting import (
    check_amount,
    check_names,
    fingerprint,
    post,
    repeated,
)
from saleor_loyalty_app.ledger.settling import lock_settled
from saleor_loyalty_app.ledger.taking import available_first, take
from saleor_loyalty_app.ledger.types import Account, Cause, Posted, Spending


def charge(
    conn: Connection, account: Account, amount: int, cause: Cause, *, key: str, now: datetime
) -> Posted:
    """Spends points whether they are there or not: for a discount that was had before it was paid.

    Spendable points go first, then pending ones; what is missing is debt, settled by what comes in.
    Held points stay held. `restore` gives it back, unpaid debt first.

    Raises:
        InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount)
    check_names(account, cause, key)
    books = lock_settled(conn, account, now)
    input_hash = fingerprint("charge", account, cause, -amount)
    takes, missing = take(available_first(open_lots(conn, account), now), amount)
    entry_id = post(
        conn,
        account,
        Spending.redeem.value,
        -amount,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=now,
    )
    if entry_id is None:
        first = repeated(conn, account.store_id, key, input_hash)
        return Posted(first.id, first.amount, created=False)
    take_for_entry(conn, takes, entry_id, now)
    if missing:
        owe(conn, books, entry_id, missing, cause, now)
    books.move(conn, entries=-amount, lots=missing - amount, debt=missing)
    return Posted(entry_id, -amount, created=True)
