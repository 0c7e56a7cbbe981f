"""Writing entries: each key once, and never for another input."""

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InvalidAmount, InvalidPosting
from saleor_loyalty_app.ledger.types import Account, Cause

#: No posting moves more; keeps every sum far from 64 bits.
MAX_AMOUNT = 10**12
MAX_NAME = 300


class First(NamedTuple):
    """The entry that a key posted."""

    id: int
    amount: int
    waived: int


_encode = msgspec.json.Encoder(order="deterministic").encode


def check_amount(amount: int, *, signed: bool = False) -> None:
    """Lets whole numbers from 1 to MAX_AMOUNT pass; with `signed`, also their negatives.

    Raises:
        InvalidAmount: anything else.
    """
    valid = type(amount) is int and 0 < (abs(amount) if signed else amount) <= MAX_AMOUNT
    if not valid:
        raise InvalidAmount(amount=str(amount)[:40], maximum=MAX_AMOUNT)


def check_names(account: Account, cause: Cause, key: str) -> None:
    """Lets names pass that both databases can store and a person can read.

    Raises:
        InvalidPosting: an empty or overlong name, or one with a NUL.
    """
    for name, value in (
        ("key", key),
        ("unit", account.unit),
        ("source", cause.source),
        ("part", cause.part),
        ("actor", cause.actor),
    ):
        check_name(name, value)


def check_name(name: str, value: str) -> None:
    """Lets one name pass; see `check_names`."""
    if not value or len(value) > MAX_NAME or "\x00" in value:
        raise InvalidPosting(field=name)


def fingerprint(operation: str, account: Account, cause: Cause, *more: object) -> str:
    """SHA-256 of a posting's input.

    Instants are left out: who repeats a posting after a time-out does so at a later time.
    """
    document = (
        operation,
        account.store_id,
        account.member_id,
        account.unit,
        cause.source,
        cause.part,
        cause.actor,
        cause.channel,
        cause.currency,
        cause.revision_id,
        cause.rule_ids,
        cause.reason,
        more,
    )
    return hashlib.sha256(_encode(document)).hexdigest()


def post(
    conn: Connection,
    account: Account,
    kind: str,
    amount: int,
    cause: Cause,
    *,
    key: str,
    input_hash: str,
    now: datetime,
    effective_at: datetime,
    waived: int = 0,
    refers_to: int | None = None,
) -> int | None:
    """Inserts the entry; none when the key was used before (see `first_posting`)."""
    row = entry_row(
        account,
        kind,
        amount,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=effective_at,
        waived=waived,
        refers_to=refers_to,
    )
    made: int | None = conn.execute(sql.of(conn, sql.POST_ENTRY), row).scalar_one_or_none()
    return made


def entry_row(
    account: Account,
    kind: str,
    amount: int,
    cause: Cause,
    *,
    key: str,
    input_hash: str,
    now: datetime,
    effective_at: datetime,
    waived: int = 0,
    refers_to: int | None = None,
) -> dict[str, Any]:
    """The row of an entry."""
    return {
        "store_id": account.store_id,
        "member_id": account.member_id,
        "unit": account.unit,
        "kind": kind,
        "amount": amount,
        "waived": waived,
        "refers_to": refers_to,
        "part": cause.part,
        "idempotency_key": key,
        "input_hash": input_hash,
        "source": cause.source,
        "channel": cause.channel,
        "currency": cause.currency,
        "revision_id": cause.revision_id,
        "rule_ids": list(cause.rule_ids),
        "reason": dict(cause.reason),
        "actor": cause.actor,
        "effective_at": effective_at,
        "posted_at": now,
    }


def first_posting(conn: Connection, store_id: int, key: str, input_hash: str) -> First | None:
    """The entry posted under `key`, if there is one.

    Raises:
        IdempotencyConflict: it was posted for another input.
    """
    row = conn.execute(
        sql.ENTRY_BY_KEY, {"store_id": store_id, "idempotency_key": key}
    ).one_or_none()
    if row is not None and row.input_hash != input_hash:
        raise IdempotencyConflict(key=key)
    return None if row is None else First(row.id, row.amount, row.waived)


def repeated(conn: Connection, store_id: int, key: str, input_hash: str) -> First:
    """The first posting under a key that is known to be taken."""
    row = first_posting(conn, store_id, key, input_hash)
    if row is None:
        raise LookupError(f"the key {key} was taken a moment ago and is gone")
    return row
