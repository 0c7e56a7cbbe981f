"""Tables of what arrived."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from saleor_loyalty_app.db.tables import instant, key, ref


class InboxMessage(SQLModel, table=True):
    """One webhook delivery that was accepted; unique by store, handler and body."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "handler", "body_hash"),
        sa.Index(
            "ix_inbox_message_kept",
            "received_at",
            sqlite_where=sa.text("NOT emptied"),
            postgresql_where=sa.text("NOT emptied"),
        ),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    handler: str
    #: The GraphQL type of the event, such as OrderUpdated.
    event: str
    body_hash: str
    #: The raw body, kept for replay for 14 days.
    body: bytes
    received_at: datetime = instant()
    #: The body went when its time was over; the row stays to tell repetitions.
    emptied: bool = False


class DeadLetter(SQLModel, table=True):
    """A delivery with a true signature that could not be understood; kept for `inbox replay`."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "handler", "body_hash"),
        sa.Index("ix_dead_letter_received", "received_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    handler: str
    event: str = ""
    body_hash: str
    body: bytes
    #: A stable word: not_json, too_deep, unexpected_shape, nothing_in_it, handler_failed …
    reason: str
    #: Where in the body and what was expected, without values.
    place: str = ""
    received_at: datetime = instant()
    replayed_at: datetime | None = instant(null=True)
