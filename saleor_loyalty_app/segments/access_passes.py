"""Checkouts whose shoppers were let in to goods of early access, and stay so for a while."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.segments.models import AccessPass

#: As long as an offer of shipping stands: Saleor may ask again at completion, with the money paid.
STANDS = timedelta(hours=24)
#: A pass that ends sooner than this is given anew.
RENEWED = timedelta(hours=12)
#: So many are taken away in one transaction.
PAGE = 500
_passes = table(AccessPass)
_P = _passes.c


def give(
    conn: Connection,
    store_id: int,
    checkout_id: str,
    user_id: str,
    gates: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Lets a shopper's checkout through these gates for a while, and through no others."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = {"gates": sorted(set(gates)), "until": now + STANDS}
    conn.execute(
        insert(_passes)
        .values(store_id=store_id, checkout_id=checkout_id, user_id=user_id, **values)
        .on_conflict_do_update(
            index_elements=[_P.store_id, _P.checkout_id, _P.user_id], set_=values
        )
    )


def holds(
    conn: Connection,
    store_id: int,
    checkout_id: str,
    user_id: str,
    gates: Collection[str],
    *,
    now: datetime,
) -> bool:
    """Whether a shopper's checkout was let through all of these gates and still is."""
    passed = conn.execute(
        sa.select(_P.gates).where(
            _P.store_id == store_id,
            _P.checkout_id == checkout_id,
            _P.user_id == user_id,
            _P.until > now,
        )
    ).scalar_one_or_none()
    return passed is not None and set(passed).issuperset(gates)


def forget(conn: Connection, now: datetime) -> bool:
    """Takes away passes that are over; gives whether there are more."""
    over = conn.execute(
        sa.select(_P.store_id, _P.checkout_id, _P.user_id)
        .where(_P.until <= now)
        .order_by(_P.until)
        .limit(PAGE)
    ).all()
    for row in over:
        conn.execute(
            sa.delete(_passes).where(
                _P.store_id == row.store_id,
                _P.checkout_id == row.checkout_id,
                _P.user_id == row.user_id,
            )
        )
    return len(over) == PAGE
