"""What a member has, right at read time: pending, spendable and expired by the dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.settling import standing_of
from saleor_loyalty_app.ledger.taking import is_pending
from saleor_loyalty_app.ledger.types import Account


class Expiring(NamedTuple):
    """So many points expire then."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A balance as it is at an instant, in whole units.

    `available` may be spent, `pending` not yet, `held` is set aside; `debt` is owed. `lifetime` is
    what was ever earned less what was reversed. `expiring`: dates with what is left of them,
    soonest first.
    """

    available: int
    pending: int
    held: int
    debt: int
    lifetime: int
    expiring: list[Expiring]

    @property
    def total(self) -> int:
        """All of it together; below zero where more is owed than there is."""
        return self.available + self.pending + self.held - self.debt


_NOW = sa.bindparam("now", type_=UTCDateTime)

_LOT, _BALANCE = sql.lot.c, sql.balance.c

#: The balance beside its open lots that are not due, by date of expiry: one statement, so that
#: nothing can be booked between the parts.
BY_EXPIRY = (
    sa.select(
        _BALANCE.held,
        _BALANCE.debt,
        _BALANCE.lifetime,
        _BALANCE.next_expiry,
        _LOT.expires_at,
        sa.func.coalesce(sa.func.sum(_LOT.remaining), 0).label("remaining"),
        sa.func.sum(sa.case((_LOT.available_from <= _NOW, _LOT.remaining), else_=0)).label(
            "available"
        ),
    )
    .select_from(
        sql.balance.outerjoin(
            sql.lot,
            sa.and_(
                _LOT.store_id == _BALANCE.store_id,
                _LOT.member_id == _BALANCE.member_id,
                _LOT.unit == _BALANCE.unit,
                _LOT.closed == sa.bindparam("closed", value=False),
                sa.or_(_LOT.expires_at.is_(None), _LOT.expires_at > _NOW),
            ),
        )
    )
    .where(
        _BALANCE.store_id == sa.bindparam("store_id"),
        _BALANCE.member_id == sa.bindparam("member_id"),
        _BALANCE.unit == sa.bindparam("unit"),
    )
    .group_by(_BALANCE.id, _LOT.expires_at)
)


def balance(conn: Connection, account: Account, *, now: datetime) -> BalanceView:
    """The account's balance at `now`, whether or not anything due was posted yet.

    One indexed read over open lots (two while an expiry waits to be posted), whatever the length
    of the history.
    """
    groups = conn.execute(BY_EXPIRY, keys(account) | {"now": now}).all()
    if not groups:
        return BalanceView(0, 0, 0, 0, 0, [])
    row = groups[0]
    available = pending = 0
    expiring: dict[datetime, int] = {}
    for group in groups:
        available += int(group.available)
        pending += int(group.remaining) - int(group.available)
        if group.expires_at is not None and group.remaining:
            expiring[group.expires_at] = int(group.remaining)
    if row.next_expiry is not None and row.next_expiry <= now:
        for lot in conn.execute(sql.DUE_LOTS, keys(account) | {"now": now}):
            stand = standing_of(lot, now)
            if stand.lapsed or stand.expires_at is None:
                continue
            if is_pending(lot.available_from, now):
                pending += lot.remaining
            else:
                available += lot.remaining
            expiring[stand.expires_at] = expiring.get(stand.expires_at, 0) + lot.remaining
    return BalanceView(
        available,
        pending,
        row.held,
        row.debt,
        row.lifetime,
        [Expiring(at, amount) for at, amount in sorted(expiring.items())],
    )
