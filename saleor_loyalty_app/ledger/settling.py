"""Posting what the calendar did: expiry, and its extension where no notice went out in time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys, lock, lock_all
from saleor_loyalty_app.ledger.expiry import Standing, expiry_after_notice, standing
from saleor_loyalty_app.ledger.lots import allocate, move_lots
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
    rows = conn.execute(sql.DUE_BALANCES, {"store_id": store_id, "now": now, "limit": limit}).all()
    accounts = [Account(store_id, row.member_id, row.unit) for row in rows]
    for books in lock_all(conn, accounts).values():
        settle_books(conn, books, now)
    return len(accounts)


def record_notice(conn: Connection, lot_ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Notes that members are told of these lots' expiry at `at` (the present).

    Where the own date is less than 30 days off, the lot is extended at once. Gives the date that
    the notice must name, by lot; lots that are gone, never expire or were told of before are left
    as they are and out of the answer.
    """
    lots = conn.execute(sa.select(sql.lot).where(sql.lot.c.id.in_(sorted(set(lot_ids))))).all()
    accounts = {Account(row.store_id, row.member_id, row.unit) for row in lots}
    for books in lock_all(conn, accounts).values():
        settle_books(conn, books, at)
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
    if books.next_expiry is None or books.next_expiry > now:
        return 0
    due = conn.execute(sql.DUE_LOTS, keys(books.account) | {"now": now}).all()
    stands = [(row, standing_of(row, now)) for row in due]
    for row, stand in stands:
        if stand.expires_at is not None:
            extend_lot(conn, row, stand.expires_at, now)
    lapsed = [(row, stand.expires_at or now) for row, stand in stands if stand.lapsed]
    expired = _expire(conn, books, lapsed, now) if lapsed else 0
    books.expires_from(conn, conn.execute(sql.SOONEST_EXPIRY, keys(books.account)).scalar_one())
    return expired


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
    if row.expires_at == expiry:
        return
    conn.execute(sql.SET_EXPIRY, {"lot_id": row.id, "expiry": expiry})
    conn.execute(
        sa.insert(_lot_extension),
        {
            "lot_id": row.id,
            "from_at": row.expires_at,
            "to_at": expiry,
            "reason": "no_notice",
            "at": now,
        },
    )


def _expire(
    conn: Connection, books: Locked, lapsed: list[tuple[Row[Any], datetime]], now: datetime
) -> int:
    ids = conn.execute(
        sql.POST_ENTRIES, [_expiry_entry(books.account, row, at, now) for row, at in lapsed]
    ).scalars()
    total = 0
    for (row, _), entry_id in zip(lapsed, ids.all(), strict=True):
        move_lots(conn, [{"lot_id": row.id, "remaining": -row.remaining, "expired": row.remaining}])
        allocate(conn, [Take(row.id, row.remaining)], now, entry_id=entry_id)
        total += row.remaining
    books.move(conn, entries=-total, lots=-total)
    return total


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
