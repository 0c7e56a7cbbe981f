"""Tables of the messages."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, json_doc, key, ref


class OutboxMessage(SQLModel, table=True):
    """Something a member is to be told, kept until a channel has sent it.

    It holds opaque ids and figures only; name and address are looked up when it is sent.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "dedup_key"),
        sa.Index("ix_outbox_message_unsent", "store_id", "sent_at", "id"),
        sa.Index("ix_outbox_message_member", "member_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: What happened, as a stable word: points_held, points_spent, points_returned, …
    kind: str
    #: Figures and references of the text, by name.
    data: dict[str, Any] = json_doc()
    #: The same happening is told once.
    dedup_key: str
    created_at: datetime = instant()
    sent_at: datetime | None = instant(null=True)
    #: The channel that sent it; "" = none so far.
    channel: str = Field(default="")
