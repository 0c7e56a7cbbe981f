"""Posting what the calendar did: expiry, and its extension where no notice went out in time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import (
    Locked,
    lock,
    lock_all,
    lock_rows,
    settle_totals,
)
from saleor_loyalty_app.ledger.expiry import Standing, expiry_after_notice, standing
from saleor_loyalty_app.ledger.lots import allocate_each, expire_lots
from saleor_loyalty_app.ledger.models import LotExtension
from saleor_loyalty_app.ledger.posting import entry_row, fingerprint
from saleor_loyalty_app.ledger.taking import Take
from saleor_loyalty_app.ledger.types import Account, Cause

_lot_extension = table(LotExtension)


def settle(conn: Connection, account: Account, *, now: datetime) -> int:
    """Posts the expiries of one account that are due at `now`; gives the points that expired."""
    books = lock(conn, account)
    return settle_books(conn, books, now)


def settle_page(conn: Connection, store_id: int, *, now: datetime, limit: int) -> int:
    """Settles up to `limit` accounts of a store that have something due; 0 = nothing is left."""
    balances = due_accounts(conn, store_id, now=now, limit=limit)
    settle_accounts(conn, balances, now=now)
    return len(balances)


def due_accounts(conn: Connection, store_id: int, *, now: datetime, limit: int) -> list[int]:
    """Accounts of a store that have something due, by their rows; the longest due first."""
    due = {"store_id": store_id, "now": now, "limit": limit}
    return list(conn.execute(sql.DUE_BALANCES, due).scalars())


def lock_due(conn: Connection, rows: Collection[int]) -> None:
    """Locks accounts of `due_accounts`, in the one order, for whoever settles them by and by."""
    lock_rows(conn, rows)


def settle_accounts(conn: Connection, rows: Collection[int], *, now: datetime) -> None:
    """Locks and settles accounts of `due_accounts`."""
    settle_all(conn, lock_rows(conn, rows), now)


def record_notice(conn: Connection, lot_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Notes that members are told of these lots' expiry at `at` (the present).

    Where the own date is less than 30 days off, the lot is extended at once. Gives the date that
    the notice must name, by lot; lots that are gone, never expire or were told of before are left
    as they are and out of the answer.
    """
    lots = conn.execute(sa.select(sql.lot).where(sql.lot.c.id.in_(sorted(set(lot_ids))))).all()
    accounts = {Account(row.store_id, row.member_id, row.unit) for row in lots}
    settle_all(conn, lock_all(conn, accounts).values(), at)
    told: dict[int, datetime] = {}
    current = conn.execute(
        sa.select(sql.lot)
        .where(
            sql.lot.c.id.in_([row.id for row in lots]),
            sql.lot.c.remaining > 0,
            sql.lot.c.expires_at.is_not(None),
            sql.lot.c.noticed_at.is_(None),
        )
        .order_by(sql.lot.c.id)
    ).all()
    for row in current:
        date = row.expires_at
        if row.notice_required:
            date = expiry_after_notice(row.expires_at, at)
            extend_lot(conn, row, date, at)
        conn.execute(sa.update(sql.lot).where(sql.lot.c.id == row.id).values(noticed_at=at))
        told[row.id] = date
    return told


def lock_settled(conn: Connection, account: Account, now: datetime) -> Locked:
    """Locks an account with everything posted that is due at `now`."""
    books = lock(conn, account)
    settle_books(conn, books, now)
    return books


def settle_books(conn: Connection, books: Locked, now: datetime) -> int:
    """Settles a locked account; gives the points that expired."""
    return settle_all(conn, (books,), now)


def settle_all(conn: Connection, accounts: Iterable[Locked], now: datetime) -> int:
    """Settles locked accounts, each step for all of them at once; gives the points that expired."""
    due = {
        books.account: books
        for books in accounts
        if books.next_expiry is not None and books.next_expiry <= now
    }
    if not due:
        return 0
    whose = {
        "store_ids": sorted({account.store_id for account in due}),
        "member_ids": sorted({account.member_id for account in due}),
        "units": sorted({account.unit for account in due}),
    }
    rows = conn.execute(sql.DUE_LOTS_OF_ANY, whose | {"now": now})
    stands = [(row, standing_of(row, now)) for row in rows if account_of(row) in due]
    extend_lots(
        conn,
        [(row, stand.expires_at) for row, stand in stands if stand.expires_at is not None],
        now,
    )
    lapsed = [(row, stand.expires_at or now) for row, stand in stands if stand.lapsed]
    expired = _expire(conn, lapsed, now) if lapsed else {}
    left = conn.execute(sql.SOONEST_EXPIRY_OF_ANY, whose)
    soonest = {Account(*row[:3]): row[3] for row in left}
    settle_totals(
        conn,
        [(books, expired.get(account, 0), soonest.get(account)) for account, books in due.items()],
    )
    return sum(expired.values())


def account_of(row: Row[Any]) -> Account:
    """Whose a lot is."""
    return Account(row.store_id, row.member_id, row.unit)


def standing_of(row: Row[Any], now: datetime) -> Standing:
    """When a lot's row expires as seen at `now`."""
    return standing(
        row.expires_at,
        notice_required=row.notice_required,
        noticed_at=row.noticed_at,
        now=now,
    )


def extend_lot(conn: Connection, row: Row[Any], expiry: datetime, now: datetime) -> None:
    """Puts a lot's expiry off to `expiry` and logs it; nothing where that is its date already."""
    extend_lots(conn, [(row, expiry)], now)


def extend_lots(conn: Connection, lots: Iterable[tuple[Row[Any], datetime]], now: datetime) -> None:
    """`extend_lot` for several, each with its date."""
    later = [(row, expiry) for row, expiry in lots if row.expires_at != expiry]
    if not later:
        return
    conn.execute(sql.SET_EXPIRY, [{"lot_id": row.id, "expiry": expiry} for row, expiry in later])
    conn.execute(
        sa.insert(_lot_extension),
        [
            {
                "lot_id": row.id,
                "from_at": row.expires_at,
                "to_at": expiry,
                "reason": "no_notice",
                "at": now,
            }
            for row, expiry in later
        ],
    )


def _expire(
    conn: Connection, lapsed: Sequence[tuple[Row[Any], datetime]], now: datetime
) -> dict[Account, int]:
    """Lets expire what remains of lots; gives how much, by account."""
    entries = [_expiry_entry(account_of(row), row, at, now) for row, at in lapsed]
    ids = conn.execute(sql.POST_ENTRIES, entries).scalars().all()
    expire_lots(conn, [row.id for row, _ in lapsed])
    allocate_each(
        conn,
        [
            (entry_id, Take(row.id, row.remaining))
            for (row, _), entry_id in zip(lapsed, ids, strict=True)
        ],
        now,
    )
    expired: defaultdict[Account, int] = defaultdict(int)
    for row, _ in lapsed:
        expired[account_of(row)] += row.remaining
    return expired


def _expiry_entry(
    account: Account, row: Row[Any], expired_at: datetime, now: datetime
) -> dict[str, Any]:
    cause = Cause(
        source=row.source,
        part=row.part,
        actor="system:expiry",
        channel=row.channel,
        currency=row.currency,
        reason={"code": "expired", "lot": row.id},
    )
    return entry_row(
        account,
        "expire",
        -row.remaining,
        cause,
        key=f"expire:lot:{row.id}",
        input_hash=fingerprint("expire", account, cause, row.remaining),
        now=now,
        effective_at=expired_at,
        refers_to=row.entry_id,
    )
