"""Points that come in."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger.accounts import keys, locked
from saleor_loyalty_app.ledger.debts import pay_debts
from saleor_loyalty_app.ledger.earning_sql import write_earning
from saleor_loyalty_app.ledger.errors import ForeignAccount
from saleor_loyalty_app.ledger.lots import new_lot
from saleor_loyalty_app.ledger.posting import (
    check_amount,
    check_names,
    entry_row,
    fingerprint,
    repeated,
)
from saleor_loyalty_app.ledger.settling import settle_books
from saleor_loyalty_app.ledger.types import Account, Cause, Posted


def earn(
    conn: Connection,
    account: Account,
    amount: int,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    effective_at: datetime,
    available_from: datetime | None,
    expires_at: datetime | None,
    notice_required: bool = True,
) -> Posted:
    """Books points earned: a new lot, out of which debt is paid first.

    Args:
        amount: whole units above 0.
        key: the same key with the same input posts once.
        available_from: pending until then; none = until `set_availability` tells.
        expires_at: none = never (see `end_of_month_after`). What is over already expires now, so
            that no month that is closed gets a movement.
        notice_required: the lot does not expire unless its notice went out 30 days before.

    Raises:
        InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    return bring_in(
        conn,
        account,
        "earn",
        amount,
        cause,
        key=key,
        now=now,
        effective_at=effective_at,
        available_from=available_from,
        expires_at=expires_at,
        notice_required=notice_required,
    )


def bring_in(
    conn: Connection,
    account: Account,
    kind: str,
    amount: int,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    effective_at: datetime,
    available_from: datetime | None,
    expires_at: datetime | None,
    notice_required: bool,
) -> Posted:
    """Posts an entry of `kind` that makes a lot and counts to the lifetime; see `earn`."""
    check_amount(amount)
    check_names(account, cause, key)
    input_hash = fingerprint(kind, account, cause, amount, notice_required)
    if expires_at is not None and expires_at < now:
        expires_at = now
    written = write_earning(
        conn,
        entry_row(
            account,
            kind,
            amount,
            cause,
            key=key,
            input_hash=input_hash,
            now=now,
            effective_at=effective_at,
        ),
        {
            **keys(account),
            "entries": amount,
            "lots": amount,
            "held": 0,
            "debt": 0,
            "lifetime": amount,
            "next_expiry": expires_at,
        },
        new_lot(
            account,
            cause,
            amount,
            available_from=available_from,
            expires_at=expires_at,
            notice_required=notice_required,
            earned_at=effective_at,
        ),
    )
    if written is None:
        first = repeated(conn, account.store_id, key, input_hash)
        return Posted(first.id, first.amount, created=False)
    entry_id, row = written
    if row is None:
        raise ForeignAccount(member_id=account.member_id)
    books = locked(account, row)
    settle_books(conn, books, now)
    pay_debts(conn, books, now)
    return Posted(entry_id, amount, created=True)
