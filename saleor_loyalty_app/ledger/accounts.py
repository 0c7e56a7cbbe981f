"""Balance rows: made before they are locked, locked in one order, moved by differences."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import ForeignAccount
from saleor_loyalty_app.ledger.types import Account


@dataclass(slots=True)
class Locked:
    """An account whose balance row this transaction holds, with the totals as they are now."""

    account: Account
    balance_id: int
    lots: int
    held: int
    debt: int
    next_expiry: datetime | None

    def move(
        self,
        conn: Connection,
        *,
        entries: int = 0,
        lots: int = 0,
        held: int = 0,
        debt: int = 0,
        lifetime: int = 0,
    ) -> None:
        """Adds the differences to the cached totals, in the database and here."""
        conn.execute(
            sql.MOVE_BALANCE,
            {
                "balance_id": self.balance_id,
                "d_entries": entries,
                "d_lots": lots,
                "d_held": held,
                "d_debt": debt,
                "d_lifetime": lifetime,
            },
        )
        self.lots += lots
        self.held += held
        self.debt += debt

    def expires_from(self, conn: Connection, expiry: datetime | None) -> None:
        """Sets the instant before which nothing of the account is due to expire."""
        conn.execute(sql.SET_NEXT_EXPIRY, {"balance_id": self.balance_id, "expiry": expiry})
        self.next_expiry = expiry

    def also_expires(self, conn: Connection, expiry: datetime | None) -> None:
        """Makes that instant sooner where a lot with `expiry` came in."""
        if expiry is not None and (self.next_expiry is None or expiry < self.next_expiry):
            self.expires_from(conn, expiry)


def settle_totals(
    conn: Connection, settled: Collection[tuple[Locked, int, datetime | None]]
) -> None:
    """Takes from each of some locked accounts what expired, and sets when it is due again."""
    if not settled:
        return
    conn.execute(
        sql.SETTLE_BALANCE,
        [
            {"balance_id": books.balance_id, "expired": expired, "expiry": expiry}
            for books, expired, expiry in settled
        ],
    )
    for books, expired, expiry in settled:
        books.lots -= expired
        books.next_expiry = expiry


def keys(account: Account) -> dict[str, Any]:
    """The parameters that choose an account."""
    return {
        "store_id": account.store_id,
        "member_id": account.member_id,
        "unit": account.unit,
    }


def locked(account: Account, row: Row[Any]) -> Locked:
    """A balance row of this transaction as a locked account."""
    return Locked(account, row.id, row.lots, row.held, row.debt, row.next_expiry)


def lock(conn: Connection, account: Account) -> Locked:
    """Locks one account, making its balance row where it is missing.

    Raises:
        ForeignAccount: the member's books belong to another store.
    """
    row = conn.execute(sql.LOCK_BALANCE, keys(account)).one_or_none()
    if row is None:
        _ensure(conn, [account])
        row = conn.execute(sql.LOCK_BALANCE, keys(account)).one_or_none()
        if row is None:
            raise ForeignAccount(member_id=account.member_id)
    return locked(account, row)


def lock_all(conn: Connection, accounts: Iterable[Account]) -> dict[Account, Locked]:
    """Locks several accounts in the order of member and unit, in one statement.

    Rows are made first, so that a first use cannot race: an absent row locks nothing.

    Raises:
        ForeignAccount: a member's books belong to another store.
    """
    wanted = sorted(
        set(accounts), key=lambda account: (account.member_id, account.unit, account.store_id)
    )
    if not wanted:
        return {}
    _ensure(conn, wanted)
    b = sql.balance.c
    rows = conn.execute(
        sa.select(sql.balance)
        .where(
            sa.tuple_(b.store_id, b.member_id, b.unit).in_(
                [(account.store_id, account.member_id, account.unit) for account in wanted]
            )
        )
        .order_by(b.member_id, b.unit)
        .with_for_update()
    )
    found = {Account(row.store_id, row.member_id, row.unit): row for row in rows}
    for account in wanted:
        if account not in found:
            raise ForeignAccount(member_id=account.member_id)
    return {account: locked(account, found[account]) for account in wanted}


def lock_rows(conn: Connection, balance_ids: Collection[int]) -> list[Locked]:
    """Locks accounts that are known by their balance rows, in the order of `lock_all`."""
    b = sql.balance.c
    rows = conn.execute(
        sa.select(sql.balance)
        .where(b.id.in_(list(balance_ids)))
        .order_by(b.member_id, b.unit)
        .with_for_update()
    )
    return [locked(Account(row.store_id, row.member_id, row.unit), row) for row in rows]


def lock_accounts(conn: Connection, accounts: Iterable[Account]) -> None:
    """Locks accounts for the rest of the transaction, always in the same order.

    A flow that posts to several accounts calls it once, before the first posting, with all of
    them. It does not follow `merged_into`; that is the members' work.

    Raises:
        ForeignAccount: a member's books belong to another store.
    """
    lock_all(conn, accounts)


def _ensure(conn: Connection, accounts: list[Account]) -> None:
    empty: dict[str, Any] = {
        "entries": 0,
        "lots": 0,
        "held": 0,
        "debt": 0,
        "lifetime": 0,
        "next_expiry": None,
    }
    conn.execute(sql.of(conn, sql.ENSURE_BALANCE), [keys(account) | empty for account in accounts])
