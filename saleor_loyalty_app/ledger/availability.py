"""When pending points become spendable."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.ledger import statements as sql

_LOCK_MEMBER = (
    sa.select(sql.balance.c.id)
    .where(
        sql.balance.c.store_id == sa.bindparam("store_id"),
        sql.balance.c.member_id == sa.bindparam("member_id"),
    )
    .order_by(sql.balance.c.member_id, sql.balance.c.unit)
    .with_for_update()
)

_SET = (
    sa.update(sql.lot)
    .where(
        sql.lot.c.store_id == sa.bindparam("of_store"),
        sql.lot.c.source == sa.bindparam("of_source"),
        sql.lot.c.member_id == sa.bindparam("of_member"),
        sql.lot.c.remaining > 0,
        sa.or_(
            sql.lot.c.available_from.is_(None),
            sa.and_(
                sql.lot.c.available_from > sa.bindparam("now", type_=UTCDateTime),
                sql.lot.c.available_from != sa.bindparam("available", type_=UTCDateTime),
            ),
        ),
    )
    .values(available_from=sa.bindparam("available", type_=UTCDateTime))
    .returning(sql.lot.c.id)
)


def set_availability(
    conn: Connection,
    store_id: int,
    member_id: int,
    source: str,
    available_from: datetime,
    *,
    now: datetime,
) -> int:
    """Tells when a source's pending points become spendable; gives the number of lots it concerns.

    Only lots that are pending at `now`, without a date or with another one, are set. What is
    spendable stays so: availability is a latch. No task is needed when the date comes.
    """
    conn.execute(_LOCK_MEMBER, {"store_id": store_id, "member_id": member_id}).all()
    changed = conn.execute(
        _SET,
        {
            "of_store": store_id,
            "of_source": source,
            "of_member": member_id,
            "available": available_from,
            "now": now,
        },
    )
    return len(changed.all())
