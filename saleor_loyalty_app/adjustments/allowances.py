"""Who may move how many points by hand: one allowance for everybody, others by address."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.adjustments.budget import DEFAULT, Allowance
from saleor_loyalty_app.adjustments.errors import AllowanceUnknown, InvalidStaffEmail
from saleor_loyalty_app.adjustments.models import StaffAllowance
from saleor_loyalty_app.db.tables import table

_allowances = table(StaffAllowance)
_row = _allowances.c
EVERYBODY = ""
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class SetAllowance:
    """An allowance as it was set; `email` "" is that of everybody without an own one."""

    email: str
    allowance: Allowance
    set_by: str
    set_at: datetime


def allowance_of(conn: Connection, store_id: int, email: str) -> Allowance:
    """What a staff member with this (normalized) address may move."""
    rows = conn.execute(
        sa.select(_row.per_day, _row.per_month)
        .where(_row.store_id == store_id, _row.email.in_([email, EVERYBODY]))
        .order_by(_row.email.desc())
    ).all()
    return Allowance(rows[0].per_day, rows[0].per_month) if rows else DEFAULT


def allowances(conn: Connection, store_id: int) -> list[SetAllowance]:
    """All that were set, everybody's first."""
    query = sa.select(_allowances).where(_row.store_id == store_id).order_by(_row.email)
    return [
        SetAllowance(row.email, Allowance(row.per_day, row.per_month), row.set_by, row.set_at)
        for row in conn.execute(query)
    ]


def set_allowance(
    conn: Connection,
    store_id: int,
    email: str,
    allowance: Allowance,
    *,
    actor: str,
    now: datetime,
) -> Allowance:
    """Sets the allowance of an address, or of everybody; gives what it was before.

    Raises:
        InvalidStaffEmail: not an address.
    """
    if email != EVERYBODY and not is_email(email):
        raise InvalidStaffEmail
    before = allowance_of(conn, store_id, email)
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = {
        "per_day": allowance.per_day,
        "per_month": allowance.per_month,
        "set_by": actor,
        "set_at": now,
    }
    statement = make(_allowances).values(store_id=store_id, email=email, **values)
    conn.execute(
        statement.on_conflict_do_update(index_elements=[_row.store_id, _row.email], set_=values)
    )
    return before


def drop_allowance(conn: Connection, store_id: int, email: str) -> Allowance:
    """That of everybody holds for an address again; gives what it was before.

    Raises:
        AllowanceUnknown: there was none.
    """
    gone = conn.execute(
        sa.delete(_allowances)
        .where(_row.store_id == store_id, _row.email == email)
        .returning(_row.per_day, _row.per_month)
    ).one_or_none()
    if gone is None:
        raise AllowanceUnknown
    return Allowance(gone.per_day, gone.per_month)


def is_email(text: str) -> bool:
    """Whether a text may be an address: enough to tell a name or a typing error from one."""
    name, _, host = text.partition("@")
    return (
        bool(name)
        and "." in host.strip(".")
        and "@" not in host
        and len(text) <= LONGEST_EMAIL
        and text.isprintable()
        and " " not in text
    )
