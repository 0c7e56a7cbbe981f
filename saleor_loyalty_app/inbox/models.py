"""Tables of what arrived."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, key, ref


class InboxMessage(SQLModel, table=True):
    """One webhook delivery that was accepted; unique by store, handler and body."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "handler", "body_hash"),
        sa.Index("ix_inbox_message_received", "received_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    handler: str
    event: str
    body_hash: str
    #: The raw body, kept for replay for 14 days (then empty).
    body: bytes
    received_at: datetime = instant()


class DeadLetter(SQLModel, table=True):
    """A delivery with a true signature that could not be understood; kept for `inbox replay`."""

    __tablename__ = "dead_letter"
    __table_args__ = (sa.Index("ix_dead_letter_received", "received_at"),)

    id: int | None = key()
    store_id: int = ref("store.id", index=True)
    handler: str
    event: str = ""
    body_hash: str
    body: bytes
    reason: str
    received_at: datetime = instant()
    replayed_at: datetime | None = instant(null=True)
