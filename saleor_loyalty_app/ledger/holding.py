"""Points set aside: held, then captured or released. A hold itself posts no entry."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys
from saleor_loyalty_app.ledger.debts import pay_debts
from saleor_loyalty_app.ledger.errors import (
    HoldEnded,
    HoldExceeded,
    HoldNotFound,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidPosting,
)
from saleor_loyalty_app.ledger.expiry import GRACE, restored_expiry
from saleor_loyalty_app.ledger.lots import allocate, following_lot, move_lots, spendable_lots
from saleor_loyalty_app.ledger.posting import (
    check_amount,
    check_name,
    check_names,
    fingerprint,
    first_posting,
    post,
)
from saleor_loyalty_app.ledger.settling import extend_lot, lock_settled, standing_of
from saleor_loyalty_app.ledger.taking import Take, take
from saleor_loyalty_app.ledger.types import Account, Cause, HoldRef, Posted, Released, Spending

_PLACE = sql.by_dialect(
    lambda insert: (
        insert(sql.hold)
        .on_conflict_do_nothing(index_elements=["store_id", "idempotency_key"])
        .returning(sql.hold.c.id)
    )
)

_BY_KEY = sa.select(sql.hold).where(
    sql.hold.c.store_id == sa.bindparam("store_id"),
    sql.hold.c.idempotency_key == sa.bindparam("idempotency_key"),
)

_BY_ID = sa.select(sql.hold).where(
    sql.hold.c.store_id == sa.bindparam("store_id"), sql.hold.c.id == sa.bindparam("hold_id")
)

_HELD = (
    sa.select(
        sql.lot,
        sql.allocation.c.id.label("allocation_id"),
        sql.allocation.c.amount.label("share"),
        sql.allocation.c.returned.label("returned"),
    )
    .join(sql.lot, sql.lot.c.id == sql.allocation.c.lot_id)
    .where(sql.allocation.c.hold_id == sa.bindparam("hold_id"), sql.allocation.c.entry_id.is_(None))
    .order_by(sql.allocation.c.id)
)

_SET_RETURNED = (
    sa.update(sql.allocation)
    .where(sql.allocation.c.id == sa.bindparam("allocation_id"))
    .values(returned=sa.bindparam("back", type_=sa.BigInteger))
)

_END = (
    sa.update(sql.hold)
    .where(sql.hold.c.id == sa.bindparam("hold_id"))
    .values(state=sa.bindparam("new_state"), ended_at=sa.bindparam("now"))
)


def place_hold(
    conn: Connection,
    account: Account,
    amount: int,
    *,
    key: str,
    source: str,
    deadline: datetime,
    now: datetime,
) -> HoldRef:
    """Sets spendable points aside until the hold is captured or released.

    They are taken in spending order and do not expire while held. Nothing ends a hold by itself
    at its `deadline`: whoever placed it asks first whether it was used.

    Raises:
        InsufficientPoints, InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount)
    for name, value in (("key", key), ("source", source), ("unit", account.unit)):
        check_name(name, value)
    input_hash = fingerprint("hold", account, Cause(source, "hold", "hold"), amount)
    books = lock_settled(conn, account, now)
    takes, missing = take(spendable_lots(conn, account, amount, now), amount)
    hold_id: int | None = None
    if not missing and deadline > now:
        hold_id = _insert(conn, books, amount, key, source, deadline, now, input_hash)
    if hold_id is None:
        first = _first(conn, account.store_id, key, input_hash)
        if first is not None:
            return first
        if deadline <= now:
            raise InvalidPosting(field="deadline")
        raise InsufficientPoints(available=amount - missing, needed=amount, unit=account.unit)
    move_lots(
        conn,
        (
            {"lot_id": taken.lot_id, "remaining": -taken.amount, "held": taken.amount}
            for taken in takes
        ),
    )
    allocate(conn, takes, now, hold_id=hold_id)
    books.move(conn, lots=-amount, held=amount)
    return HoldRef(hold_id, amount, deadline, "open", created=True)


def capture_hold(
    conn: Connection,
    store_id: int,
    hold_id: int,
    amount: int | None,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    kind: Spending = Spending.redeem,
    grace: timedelta = GRACE,
) -> Posted:
    """Spends held points: all of them, or `amount`, with the rest released.

    Raises:
        HoldNotFound, HoldEnded, HoldExceeded, InvalidAmount, InvalidPosting, IdempotencyConflict.
    """
    held, books = _locked_hold(conn, store_id, hold_id, now)
    wanted = held.amount if amount is None else amount
    check_amount(wanted)
    check_names(books.account, cause, key)
    input_hash = fingerprint(kind.value, books.account, cause, "hold", hold_id, wanted)
    first = first_posting(conn, store_id, key, input_hash)
    if first is not None:
        return Posted(first.id, first.amount, created=False)
    if held.state != "open":
        raise HoldEnded(hold_id=hold_id, state=held.state)
    if wanted > held.amount:
        raise HoldExceeded(held=held.amount, needed=wanted)
    entry_id = post(
        conn,
        books.account,
        kind.value,
        -wanted,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=now,
    )
    if entry_id is None:
        raise IdempotencyConflict(key=key)
    shares = conn.execute(_HELD, {"hold_id": hold_id}).all()
    left = wanted
    takes: list[Take] = []
    rest: list[tuple[Row[Any], int]] = []
    for share in shares:
        captured = min(left, share.share)
        left -= captured
        if captured:
            takes.append(Take(share.id, captured))
        if share.share > captured:
            rest.append((share, share.share - captured))
    move_lots(conn, ({"lot_id": taken.lot_id, "held": -taken.amount} for taken in takes))
    allocate(conn, takes, now, entry_id=entry_id, hold_id=hold_id)
    _give_back(conn, books, rest, now, grace)
    _end(conn, hold_id, "captured", now)
    books.move(conn, entries=-wanted, lots=held.amount - wanted, held=-held.amount)
    pay_debts(conn, books, now)
    return Posted(entry_id, -wanted, created=True)


def release_hold(
    conn: Connection, store_id: int, hold_id: int, *, now: datetime, grace: timedelta = GRACE
) -> Released:
    """Puts held points back into the lots they came from.

    What would have expired meanwhile comes back for `grace` more. Releasing twice is no error.

    Raises:
        HoldNotFound; HoldEnded: it was captured.
    """
    held, books = _locked_hold(conn, store_id, hold_id, now)
    if held.state == "released":
        return Released(hold_id, held.amount, created=False)
    if held.state != "open":
        raise HoldEnded(hold_id=hold_id, state=held.state)
    shares = conn.execute(_HELD, {"hold_id": hold_id}).all()
    _give_back(conn, books, [(share, share.share) for share in shares], now, grace)
    _end(conn, hold_id, "released", now)
    books.move(conn, lots=held.amount, held=-held.amount)
    pay_debts(conn, books, now)
    return Released(hold_id, held.amount, created=True)


def _first(conn: Connection, store_id: int, key: str, input_hash: str) -> HoldRef | None:
    row = conn.execute(_BY_KEY, {"store_id": store_id, "idempotency_key": key}).one_or_none()
    if row is None:
        return None
    if row.input_hash != input_hash:
        raise IdempotencyConflict(key=key)
    return HoldRef(row.id, row.amount, row.deadline, row.state, created=False)


def _insert(
    conn: Connection,
    books: Locked,
    amount: int,
    key: str,
    source: str,
    deadline: datetime,
    now: datetime,
    input_hash: str,
) -> int | None:
    made: int | None = conn.execute(
        sql.of(conn, _PLACE),
        {
            **keys(books.account),
            "amount": amount,
            "idempotency_key": key,
            "input_hash": input_hash,
            "source": source,
            "state": "open",
            "deadline": deadline,
            "created_at": now,
            "ended_at": None,
        },
    ).scalar_one_or_none()
    return made


def _locked_hold(
    conn: Connection, store_id: int, hold_id: int, now: datetime
) -> tuple[Row[Any], Locked]:
    """The hold as it is once its account is locked: a merge may have moved it before."""
    member_id: int | None = None
    books: Locked | None = None
    while True:
        row = conn.execute(_BY_ID, {"store_id": store_id, "hold_id": hold_id}).one_or_none()
        if row is None:
            raise HoldNotFound(hold_id=hold_id)
        if books is not None and row.member_id == member_id:
            return row, books
        member_id = row.member_id
        books = lock_settled(conn, Account(store_id, row.member_id, row.unit), now)


def _give_back(
    conn: Connection,
    books: Locked,
    shares: Sequence[tuple[Row[Any], int]],
    now: datetime,
    grace: timedelta,
) -> None:
    for lot, amount in shares:
        stand = standing_of(lot, now)
        expiry = stand.expires_at
        if stand.lapsed or lot.expired:
            expiry = restored_expiry(expiry, now, grace)
            conn.execute(sql.ADD_LOT, following_lot(lot, amount, expires_at=expiry))
            move_lots(conn, [{"lot_id": lot.id, "held": -amount, "amount": -amount}])
        else:
            if expiry is not None:
                extend_lot(conn, lot, expiry, now)
            move_lots(conn, [{"lot_id": lot.id, "held": -amount, "remaining": amount}])
        conn.execute(_SET_RETURNED, {"allocation_id": lot.allocation_id, "back": amount})
        books.also_expires(conn, expiry)


def _end(conn: Connection, hold_id: int, state: str, now: datetime) -> None:
    conn.execute(_END, {"hold_id": hold_id, "new_state": state, "now": now})
