"""Points that go out by the member's will or the staff's, and spent points that come back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, lock_all
from saleor_loyalty_app.ledger.debts import pay_debts, undo_debts, unpaid_debts
from saleor_loyalty_app.ledger.earning import bring_in
from saleor_loyalty_app.ledger.errors import (
    EntryNotFound,
    InsufficientPoints,
    NotRestorable,
    RestoreExceeded,
)
from saleor_loyalty_app.ledger.expiry import GRACE, restored_expiry
from saleor_loyalty_app.ledger.lots import (
    following_lot,
    open_lots,
    spendable_lots,
    take_for_entry,
)
from saleor_loyalty_app.ledger.posting import (
    check_amount,
    check_names,
    fingerprint,
    first_posting,
    post,
    repeated,
)
from saleor_loyalty_app.ledger.settling import lock_settled, settle_books, standing_of
from saleor_loyalty_app.ledger.taking import OpenLot, available_first, take
from saleor_loyalty_app.ledger.types import Account, Cause, Posted, Spending

_RETURNABLE = (
    sa.select(
        sql.lot,
        sql.allocation.c.id.label("allocation_id"),
        (sql.allocation.c.amount - sql.allocation.c.returned).label("returnable"),
    )
    .join(sql.lot, sql.lot.c.id == sql.allocation.c.lot_id)
    .where(
        sql.allocation.c.entry_id == sa.bindparam("entry_id"),
        sql.allocation.c.amount > sql.allocation.c.returned,
    )
    .order_by(sql.allocation.c.id.desc())
)

_RETURN = (
    sa.update(sql.allocation)
    .where(sql.allocation.c.id == sa.bindparam("allocation_id"))
    .values(returned=sql.allocation.c.returned + sa.bindparam("back", type_=sa.BigInteger))
)


def redeem(
    conn: Connection,
    account: Account,
    amount: int,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    kind: Spending = Spending.redeem,
) -> Posted:
    """Spends points at once: soonest expiry first, then what never expires, then by age.

    Raises:
        InsufficientPoints, InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount)
    check_names(account, cause, key)
    books = lock_settled(conn, account, now)
    lots = spendable_lots(conn, account, amount, now)
    return _take_out(
        conn, books, kind.value, amount, lots, cause, key=key, now=now, effective_at=now
    )


def adjust(
    conn: Connection,
    account: Account,
    amount: int,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    effective_at: datetime,
    available_from: datetime | None = None,
    expires_at: datetime | None = None,
    notice_required: bool = True,
) -> Posted:
    """Corrects a balance up or down by hand.

    Upwards it makes a lot, spendable at once unless `available_from` is given, and pays debt
    first. Downwards it takes spendable points, then pending ones, and never makes debt.

    Raises:
        InsufficientPoints, InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount, signed=True)
    if amount > 0:
        return bring_in(
            conn,
            account,
            "adjust",
            amount,
            cause,
            key=key,
            now=now,
            effective_at=effective_at,
            available_from=available_from or now,
            expires_at=expires_at,
            notice_required=notice_required,
        )
    check_names(account, cause, key)
    books = lock_settled(conn, account, now)
    lots = available_first(open_lots(conn, account), now)
    return _take_out(
        conn, books, "adjust", -amount, lots, cause, key=key, now=now, effective_at=effective_at
    )


def restore(
    conn: Connection,
    store_id: int,
    *,
    redeem_entry_id: int,
    amount: int,
    cause: Cause,
    key: str,
    now: datetime,
    grace: timedelta = GRACE,
    account: Account | None = None,
) -> Posted:
    """Gives spent points back, to lots that follow those they came from.

    They keep source, part, channel and availability; they expire with the later of their own
    expiry and `now + grace`. What was taken last comes back first, so that a part that returns is
    the longest-lived; before it, what the spending left as debt and is not paid yet. `account` is
    given when the member was merged into another since.

    Raises:
        EntryNotFound, NotRestorable, RestoreExceeded, InvalidAmount, InvalidPosting,
        IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount)
    spent = conn.execute(
        sql.ENTRY_BY_ID, {"store_id": store_id, "entry_id": redeem_entry_id}
    ).one_or_none()
    if spent is None:
        raise EntryNotFound(entry=redeem_entry_id)
    if spent.kind not in set(Spending):
        raise NotRestorable(entry=redeem_entry_id, kind=spent.kind)
    spender = Account(store_id, spent.member_id, spent.unit)
    target = account or spender
    if (target.store_id, target.unit) != (spender.store_id, spender.unit):
        raise NotRestorable(entry=redeem_entry_id, kind=spent.kind)
    check_names(target, cause, key)
    books = lock_all(conn, [spender, target])[target]
    settle_books(conn, books, now)
    input_hash = fingerprint("restore", target, cause, amount, redeem_entry_id)
    first = first_posting(conn, store_id, key, input_hash)
    if first is not None:
        return Posted(first.id, first.amount, created=False)
    rows = conn.execute(_RETURNABLE, {"entry_id": redeem_entry_id}).all()
    unpaid = unpaid_debts(conn, target, redeem_entry_id)
    restorable = sum(row.returnable for row in rows) + sum(owed.remaining for owed in unpaid)
    if amount > restorable:
        raise RestoreExceeded(restorable=restorable, needed=amount)
    entry_id = post(
        conn,
        target,
        "restore",
        amount,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=now,
        refers_to=redeem_entry_id,
    )
    if entry_id is None:
        first = repeated(conn, store_id, key, input_hash)
        return Posted(first.id, first.amount, created=False)
    undone = undo_debts(conn, target, unpaid, amount, cause, entry_id, now)
    left = amount - undone
    for row in rows:
        back = min(left, row.returnable)
        if not back:
            break
        left -= back
        expiry = restored_expiry(standing_of(row, now).expires_at, now, grace)
        returned = following_lot(row, back, account=target, entry_id=entry_id, expires_at=expiry)
        conn.execute(sql.ADD_LOT, returned)
        conn.execute(_RETURN, {"allocation_id": row.allocation_id, "back": back})
        books.also_expires(conn, expiry)
    books.move(conn, entries=amount, lots=amount - undone, debt=-undone)
    pay_debts(conn, books, now)
    return Posted(entry_id, amount, created=True)


def _take_out(
    conn: Connection,
    books: Locked,
    kind: str,
    amount: int,
    lots: Sequence[OpenLot],
    cause: Cause,
    *,
    key: str,
    now: datetime,
    effective_at: datetime,
) -> Posted:
    account = books.account
    input_hash = fingerprint(kind, account, cause, -amount)
    takes, missing = take(lots, amount)
    if missing:
        first = first_posting(conn, account.store_id, key, input_hash)
        if first is None:
            raise InsufficientPoints(available=amount - missing, needed=amount, unit=account.unit)
        return Posted(first.id, first.amount, created=False)
    entry_id = post(
        conn,
        account,
        kind,
        -amount,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=effective_at,
    )
    if entry_id is None:
        first = repeated(conn, account.store_id, key, input_hash)
        return Posted(first.id, first.amount, created=False)
    take_for_entry(conn, takes, entry_id, now)
    books.move(conn, entries=-amount, lots=-amount)
    return Posted(entry_id, -amount, created=True)
