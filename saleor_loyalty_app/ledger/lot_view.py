"""What is left of a member's earnings, lot by lot."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.settling import standing_of
from saleor_loyalty_app.ledger.taking import is_pending
from saleor_loyalty_app.ledger.types import Account

_LOT = sql.lot.c

#: In the order in which they are spent.
_PAGE = (
    sa.select(sql.lot)
    .where(
        _LOT.store_id == sa.bindparam("store_id"),
        _LOT.member_id == sa.bindparam("member_id"),
        _LOT.unit == sa.bindparam("unit"),
        _LOT.closed == sa.bindparam("closed", value=False),
    )
    .order_by(_LOT.expires_at.asc().nulls_last(), _LOT.earned_at, _LOT.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .offset(sa.bindparam("offset", type_=sa.Integer))
)


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot with something left at an instant, in whole units.

    `available_from` is none while nobody knows when they become spendable; `expires_at` is none
    where they never expire, and the date by the rules where a notice did not go out in time.
    """

    id: int
    amount: int
    remaining: int
    held: int
    pending: bool
    available_from: datetime | None
    expires_at: datetime | None
    noticed_at: datetime | None
    earned_at: datetime
    source: str
    channel: str


def lots_page(
    conn: Connection, account: Account, *, now: datetime, first: int, offset: int = 0
) -> list[LotView]:
    """The account's lots that are open, as they are spent: at most `first`, behind `offset`.

    Of what is over by its date, and only waits to be booked as expired, 0 remain.
    """
    rows = conn.execute(_PAGE, keys(account) | {"limit": first, "offset": offset}).all()
    stands = [(row, standing_of(row, now)) for row in rows]
    return [
        LotView(
            id=row.id,
            amount=row.amount,
            remaining=0 if stand.lapsed else row.remaining,
            held=row.held,
            pending=is_pending(row.available_from, now),
            available_from=row.available_from,
            expires_at=stand.expires_at,
            noticed_at=row.noticed_at,
            earned_at=row.earned_at,
            source=row.source,
            channel=row.channel,
        )
        for row, stand in stands
    ]
