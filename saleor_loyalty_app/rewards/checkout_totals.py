"""Subtotals that were asked of Saleor, each for one state of a cart."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards.models import LIVE_STATES, CheckoutTotal, Redemption

totals = table(CheckoutTotal)
redemptions = table(Redemption)


def keep(
    conn: Connection,
    store_id: int,
    checkout_id: str,
    hashed: str,
    subtotal: Decimal,
    now: datetime,
) -> None:
    """Writes what a cart costs; of a checkout only the last cart is kept."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(totals).values(
        store_id=store_id,
        checkout_id=checkout_id,
        cart_hash=hashed,
        subtotal=plain(subtotal),
        read_at=now,
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[totals.c.store_id, totals.c.checkout_id],
            set_={
                "cart_hash": statement.excluded.cart_hash,
                "subtotal": statement.excluded.subtotal,
                "read_at": statement.excluded.read_at,
            },
        )
    )


def is_own_code(conn: Connection, store_id: int, code: str) -> bool:
    """Whether a code is that of a live redemption."""
    found = conn.execute(
        sa.select(redemptions.c.id).where(
            redemptions.c.store_id == store_id,
            redemptions.c.code == code,
            redemptions.c.state.in_(LIVE_STATES),
        )
    )
    return found.scalar_one_or_none() is not None
