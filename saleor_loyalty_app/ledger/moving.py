"""Points that change their member: an order with a new owner, two members who are one person.

Lots change hands with all their dates; the entries of kinds `transfer` and `merge` say so in the
books of both. Over a store they add up to nothing.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import Locked, keys, lock_all
from saleor_loyalty_app.ledger.debts import pay_debts
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InvalidPosting
from saleor_loyalty_app.ledger.lots import following_lot, lots_of_source, move_lots
from saleor_loyalty_app.ledger.posting import (
    check_name,
    check_names,
    fingerprint,
    first_posting,
    post,
)
from saleor_loyalty_app.ledger.settling import settle_books
from saleor_loyalty_app.ledger.types import Account, Cause, Moved

_HAND_OVER = (
    sa.update(sql.lot)
    .where(sql.lot.c.id == sa.bindparam("lot_id"))
    .values(member_id=sa.bindparam("new_member"), noticed_at=None)
)

_UNITS = (
    sa.select(sql.balance.c.unit)
    .where(
        sql.balance.c.store_id == sa.bindparam("store_id"),
        sql.balance.c.member_id.in_(
            [
                sa.bindparam("loser", type_=sa.BigInteger),
                sa.bindparam("winner", type_=sa.BigInteger),
            ]
        ),
    )
    .distinct()
    .order_by(sql.balance.c.unit)
)


def _hand_all_over(target: sa.Table, still_open: sa.ColumnElement[bool]) -> sa.Update:
    return (
        sa.update(target)
        .where(
            target.c.store_id == sa.bindparam("of_store"),
            target.c.member_id == sa.bindparam("loser"),
            target.c.unit == sa.bindparam("of_unit"),
            still_open,
        )
        .values(member_id=sa.bindparam("winner"))
    )


#: What expired goes along, so that a later reversal knows that the member lost it already.
_LAPSED = sql.lot.c.expired > sql.lot.c.forgiven

_HAND_LAPSED_OVER = (
    sa.update(sql.lot)
    .where(
        sql.lot.c.store_id == sa.bindparam("of_store"),
        sql.lot.c.source == sa.bindparam("of_source"),
        sql.lot.c.member_id == sa.bindparam("giver"),
        sql.lot.c.unit == sa.bindparam("of_unit"),
        sql.lot.c.closed.is_(True),
        _LAPSED,
    )
    .values(member_id=sa.bindparam("taker"))
)

_HAND_ALL_OVER = (
    _hand_all_over(sql.lot, sa.or_(sql.lot.c.closed.is_(False), _LAPSED)),
    _hand_all_over(sql.hold, sql.hold.c.state == "open"),
    _hand_all_over(sql.debt, sql.debt.c.remaining > 0),
)


def transfer(
    conn: Connection,
    source: str,
    from_account: Account,
    to_account: Account,
    *,
    cause: Cause,
    key: str,
    now: datetime,
) -> Moved:
    """Moves what is left of a source from one member to another, with its dates.

    What was spent stays in the giver's books, and so does what is on hold. The receiver answers
    for the source from then on: reversals are made against the receiver. A notice of expiry told
    the giver, so it counts no more. Where nothing is left, nothing is posted, and asking again
    looks again.

    Raises:
        InvalidPosting: not two accounts of one store and unit; IdempotencyConflict, ForeignAccount.
    """
    if from_account == to_account or (from_account.store_id, from_account.unit) != (
        to_account.store_id,
        to_account.unit,
    ):
        raise InvalidPosting(field="to_account")
    check_name("source", source)
    check_names(from_account, cause, key)
    input_hash = fingerprint("transfer", from_account, cause, source, to_account.member_id)
    both = lock_all(conn, [from_account, to_account])
    giver, receiver = both[from_account], both[to_account]
    settle_books(conn, giver, now)
    settle_books(conn, receiver, now)
    first = first_posting(conn, from_account.store_id, f"{key}:out", input_hash)
    if first is not None:
        return Moved(-first.amount, created=False)
    conn.execute(
        _HAND_LAPSED_OVER,
        {
            "of_store": from_account.store_id,
            "of_source": source,
            "of_unit": from_account.unit,
            "giver": from_account.member_id,
            "taker": to_account.member_id,
        },
    )
    lots = lots_of_source(conn, from_account, source)
    amount = sum(lot.remaining for lot in lots)
    if not amount:
        return Moved(0, created=False)
    _post_both(conn, "transfer", giver, receiver, amount, cause, key, input_hash, now)
    for lot in lots:
        if lot.remaining == lot.amount:
            conn.execute(_HAND_OVER, {"lot_id": lot.id, "new_member": to_account.member_id})
        else:
            conn.execute(sql.ADD_LOT, following_lot(lot, lot.remaining, account=to_account))
            move_lots(
                conn,
                [{"lot_id": lot.id, "remaining": -lot.remaining, "amount": -lot.remaining}],
            )
        receiver.also_expires(conn, lot.expires_at)
    giver.move(conn, entries=-amount, lots=-amount, lifetime=-amount)
    receiver.move(conn, entries=amount, lots=amount, lifetime=amount)
    pay_debts(conn, receiver, now)
    return Moved(amount, created=True)


def merge_accounts(
    conn: Connection,
    store_id: int,
    loser_member_id: int,
    winner_member_id: int,
    *,
    cause: Cause,
    key: str,
    now: datetime,
) -> dict[str, Moved]:
    """Moves everything of one member to another: lots, holds and debt of all units.

    Gives what moved by unit (a total below zero is debt). The loser's entries stay where they
    are; its balances end at zero. Merging again finds nothing to move.

    Raises:
        InvalidPosting: a member cannot be merged with itself; IdempotencyConflict, ForeignAccount.
    """
    if loser_member_id == winner_member_id:
        raise InvalidPosting(field="winner_member_id")
    units = conn.execute(
        _UNITS,
        {"store_id": store_id, "loser": loser_member_id, "winner": winner_member_id},
    ).scalars()
    pairs = [
        (Account(store_id, loser_member_id, unit), Account(store_id, winner_member_id, unit))
        for unit in units.all()
    ]
    both = lock_all(conn, [account for pair in pairs for account in pair])
    moved: dict[str, Moved] = {}
    for losing, winning in pairs:
        loser, winner = both[losing], both[winning]
        settle_books(conn, loser, now)
        settle_books(conn, winner, now)
        moved[losing.unit] = _merge(conn, loser, winner, cause, f"{key}:{losing.unit}", now)
    return moved


def _merge(
    conn: Connection, loser: Locked, winner: Locked, cause: Cause, key: str, now: datetime
) -> Moved:
    check_names(loser.account, cause, key)
    input_hash = fingerprint("merge", loser.account, cause, winner.account.member_id)
    first = first_posting(conn, loser.account.store_id, f"{key}:out", input_hash)
    if first is not None:
        return Moved(-first.amount, created=False)
    row = conn.execute(sql.READ_BALANCE, keys(loser.account)).one()
    for statement in _HAND_ALL_OVER:
        conn.execute(
            statement,
            {
                "of_store": loser.account.store_id,
                "of_unit": loser.account.unit,
                "loser": loser.account.member_id,
                "winner": winner.account.member_id,
            },
        )
    if not (row.lots or row.held or row.debt or row.lifetime):
        return Moved(0, created=False)
    if row.entries:
        _post_both(conn, "merge", loser, winner, row.entries, cause, key, input_hash, now)
    totals: dict[str, Any] = {
        name: getattr(row, name) for name in ("entries", "lots", "held", "debt", "lifetime")
    }
    loser.move(conn, **{name: -value for name, value in totals.items()})
    winner.move(conn, **totals)
    winner.also_expires(conn, row.next_expiry)
    loser.expires_from(conn, None)
    pay_debts(conn, winner, now)
    return Moved(row.entries, created=True)


def _post_both(
    conn: Connection,
    kind: str,
    giver: Locked,
    receiver: Locked,
    amount: int,
    cause: Cause,
    key: str,
    input_hash: str,
    now: datetime,
) -> None:
    for books, suffix, signed in ((giver, "out", -amount), (receiver, "in", amount)):
        entry_id = post(
            conn,
            books.account,
            kind,
            signed,
            cause,
            key=f"{key}:{suffix}",
            input_hash=input_hash,
            now=now,
            effective_at=now,
        )
        if entry_id is None:
            raise IdempotencyConflict(key=f"{key}:{suffix}")
