"""For whom a checkout's methods were asked last: rows that are written only when that changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import ShippingAsk

asks = table(ShippingAsk)
#: A row that is still read is written again after this time, so that it is not forgotten.
REFRESHED_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Asked:
    """The last question about a checkout's methods.

    Attributes:
        user_id: whose checkout it was; "" = a guest's.
        doubted_hash: the cart whose subtotal Saleor is being asked for.
        bare: an answer without an offer was given before.
    """

    user_id: str
    doubted_hash: str
    bare: bool
    asked_at: datetime


_FIND = Hot(
    sa.select(asks.c.user_id, asks.c.doubted_hash, asks.c.bare, asks.c.asked_at).where(
        asks.c.store_id == sa.bindparam("store"), asks.c.checkout_id == sa.bindparam("checkout")
    )
)


def find(conn: Connection, store_id: int, checkout_id: str) -> Asked | None:
    """The last question about a checkout; None where there was none, or none that mattered."""
    row = _FIND.one_or_none(conn, {"store": store_id, "checkout": checkout_id})
    return None if row is None else Asked(*row)


def change_user(
    conn: Connection, store_id: int, checkout_id: str, was: str, becomes: str, now: datetime
) -> bool:
    """Notes whom the methods are to be asked for now; False where another process was faster."""
    changed = conn.execute(
        sa.update(asks)
        .where(
            asks.c.store_id == store_id,
            asks.c.checkout_id == checkout_id,
            asks.c.user_id == was,
        )
        .values(user_id=becomes, asked_at=now)
        .returning(asks.c.checkout_id)
    )
    return changed.scalar_one_or_none() is not None


def note(conn: Connection, store_id: int, checkout_id: str, asked: Asked) -> None:
    """Writes the last question about a checkout. Shown bare once, it stays so."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(asks).values(
        store_id=store_id,
        checkout_id=checkout_id,
        user_id=asked.user_id,
        doubted_hash=asked.doubted_hash,
        bare=asked.bare,
        asked_at=asked.asked_at,
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[asks.c.store_id, asks.c.checkout_id],
            set_={
                "user_id": statement.excluded.user_id,
                "doubted_hash": statement.excluded.doubted_hash,
                "bare": sa.or_(asks.c.bare, statement.excluded.bare),
                "asked_at": statement.excluded.asked_at,
            },
        )
    )
