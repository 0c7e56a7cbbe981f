"""What is left in an account expires at once, by somebody's decision and not by the calendar."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys, lock_all
from saleor_loyalty_app.ledger.lots import allocate, move_lots
from saleor_loyalty_app.ledger.posting import entry_row, fingerprint
from saleor_loyalty_app.ledger.settling import settle_books
from saleor_loyalty_app.ledger.taking import Take
from saleor_loyalty_app.ledger.types import Account, Cause

_LEFT = (
    sa.select(sql.lot)
    .where(
        sql.lot.c.store_id == sa.bindparam("store_id"),
        sql.lot.c.member_id == sa.bindparam("member_id"),
        sql.lot.c.unit == sa.bindparam("unit"),
        sql.lot.c.closed.is_(False),
        sql.lot.c.remaining > 0,
    )
    .order_by(sql.lot.c.id)
)


def expire_page(
    conn: Connection,
    store_id: int,
    *,
    unit: str,
    key: str,
    reason: str,
    actor: str,
    now: datetime,
    limit: int,
) -> tuple[int, int]:
    """Expires all that remains in up to `limit` accounts of a store, also what is pending.

    What is set aside by holds stays. Gives the number of accounts and of points; (0, 0) = nothing
    remains anywhere. Whoever asks decided it: no notice is looked for.

    Args:
        key: of the decision; what comes into a lot again later expires by a key of its own.
        reason: the code of why, for the explanation.
    """
    members = (
        conn.execute(
            sa.select(sql.balance.c.member_id)
            .where(
                sql.balance.c.store_id == store_id,
                sql.balance.c.unit == unit,
                sql.balance.c.lots > 0,
            )
            .order_by(sql.balance.c.member_id)
            .limit(limit)
        )
        .scalars()
        .all()
    )
    accounts = [Account(store_id, member_id, unit) for member_id in members]
    points = 0
    for books in lock_all(conn, accounts).values():
        settle_books(conn, books, now)
        points += _expire_all(conn, books, key=key, reason=reason, actor=actor, now=now)
    return len(accounts), points


def _expire_all(
    conn: Connection, books: Locked, *, key: str, reason: str, actor: str, now: datetime
) -> int:
    rows = conn.execute(_LEFT, keys(books.account)).all()
    if not rows:
        return 0
    entries = [_entry(books.account, row, key, reason, actor, now) for row in rows]
    ids = conn.execute(sql.POST_ENTRIES, entries).scalars().all()
    total = 0
    for row, entry_id in zip(rows, ids, strict=True):
        move_lots(conn, [{"lot_id": row.id, "remaining": -row.remaining, "expired": row.remaining}])
        allocate(conn, [Take(row.id, row.remaining)], now, entry_id=entry_id)
        total += row.remaining
    books.move(conn, entries=-total, lots=-total)
    books.expires_from(conn, conn.execute(sql.SOONEST_EXPIRY, keys(books.account)).scalar_one())
    return total


def _entry(
    account: Account, row: Row[Any], key: str, reason: str, actor: str, now: datetime
) -> dict[str, Any]:
    cause = Cause(
        source=row.source,
        part=row.part,
        actor=actor,
        channel=row.channel,
        currency=row.currency,
        reason={"code": reason, "lot": row.id},
    )
    return entry_row(
        account,
        "expire",
        -row.remaining,
        cause,
        key=f"{key}:lot:{row.id}:{row.expired}",
        input_hash=fingerprint("expire", account, cause, row.remaining),
        now=now,
        effective_at=now,
        refers_to=row.entry_id,
    )
