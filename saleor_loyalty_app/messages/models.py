"""Tables of the messages.

The rows hold opaque ids and figures; names and addresses are looked up when something is sent.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, json_doc, key, ref


class OutboxMessage(SQLModel, table=True):
    """Something a member is to be told, written in the transaction of what happened."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "dedup_key"),
        sa.Index("ix_outbox_message_unplanned", "store_id", "planned_at", "id"),
        sa.Index("ix_outbox_message_member", "member_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: What happened, as a stable word: see `kinds.Kind`.
    kind: str
    #: Figures and references of the text, by name.
    data: dict[str, Any] = json_doc()
    #: The same happening is told once.
    dedup_key: str
    created_at: datetime = instant()
    #: When it was decided by which channels it goes; none = not yet.
    planned_at: datetime | None = instant(null=True)


class MessageDelivery(SQLModel, table=True):
    """A message on its way by one channel; afterwards the log of it."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        sa.UniqueConstraint("message_id", "channel", "address_role"),
        sa.CheckConstraint("state IN ('waiting','sent','skipped','failed')", name="state"),
        sa.Index("ix_message_delivery_due", "state", "due_at", "store_id"),
        sa.Index("ix_message_delivery_log", "store_id", "id"),
        sa.Index("ix_message_delivery_member", "store_id", "member_id", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    message_id: int = ref("outbox_message.id")
    member_id: int = ref("member.id")
    kind: str
    #: email or sms.
    channel: str
    #: current, or previous = the address that the member had before.
    address_role: str = "current"
    state: str = "waiting"
    #: Why it was skipped, failed or has to wait, as a stable word.
    why: str = ""
    #: What the other side said when it refused, without addresses.
    answer: str = ""
    attempts: int = 0
    due_at: datetime = instant()
    created_at: datetime = instant()
    ended_at: datetime | None = instant(null=True)


class MessageSettings(SQLModel, table=True):
    """How a store writes to its members, as one document (`setup.MailSetup`), without secrets."""

    __tablename__ = "message_settings"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    document: dict[str, Any] = json_doc()
    #: Counts the changes, so that two editors do not overwrite each other.
    version: int = 1
    updated_at: datetime = instant()


class MessageText(SQLModel, table=True):
    """The owner's own words for a kind in a language."""

    __tablename__ = "message_text"
    __table_args__ = (sa.UniqueConstraint("store_id", "kind", "language"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    kind: str
    #: As a Saleor user has it, small: tr, en, pt-br.
    language: str
    #: Subject, preheader, heading, body, button and sms (`texts.Words`).
    document: dict[str, Any] = json_doc()
    version: int = 1
    updated_at: datetime = instant()


class StoppedAddress(SQLModel, table=True):
    """An address that does not exist, known by its HMAC: nothing is sent there any more."""

    __tablename__ = "stopped_address"
    __table_args__ = (sa.UniqueConstraint("store_id", "address_key"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    address_key: str
    #: What the mail server said, without the address.
    answer: str = ""
    at: datetime = instant()


class MessageCursor(SQLModel, table=True):
    """Up to which instant a store's books were looked at for something to tell."""

    __tablename__ = "message_cursor"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    name: str = Field(primary_key=True)
    position: datetime = instant()


class PartnerWebhook(SQLModel, table=True):
    """An address of a partner's that is told what happens, signed with a secret of its own."""

    __tablename__ = "partner_webhook"
    __table_args__ = (sa.Index("ix_partner_webhook_store", "store_id", "removed_at"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    url: str
    description: str = ""
    #: Names of events; empty = all.
    events: list[str] = json_doc()
    active: bool = True
    #: Why the app switched it off: gone, or failing.
    off_because: str = ""
    #: Since when every delivery fails; none = the last one arrived.
    failing_since: datetime | None = instant(null=True)
    created_at: datetime = instant()
    removed_at: datetime | None = instant(null=True)


class PartnerDelivery(SQLModel, table=True):
    """One event on its way to one partner; afterwards the log of it."""

    __tablename__ = "partner_delivery"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "event_id"),
        sa.CheckConstraint("state IN ('waiting','sent','failed')", name="state"),
        sa.Index("ix_partner_delivery_due", "state", "due_at", "store_id"),
        sa.Index("ix_partner_delivery_log", "webhook_id", "id"),
        sa.Index("ix_partner_delivery_ended", "store_id", "ended_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    webhook_id: int = ref("partner_webhook.id")
    #: `webhook-id`: the same for every attempt and replay, so that the receiver sees repetitions.
    event_id: str
    event: str
    #: The very text that is signed and sent.
    body: str
    state: str = "waiting"
    attempts: int = 0
    due_at: datetime = instant()
    #: Of the last attempt; 0 = no answer.
    status: int = 0
    #: The beginning of the last answer, or why there was none.
    answer: str = ""
    created_at: datetime = instant()
    ended_at: datetime | None = instant(null=True)


class BalanceMirror(SQLModel, table=True):
    """What Saleor was told of a member's balance, and whether it has to be told anew."""

    __tablename__ = "balance_mirror"
    __table_args__ = (sa.Index("ix_balance_mirror_due", "store_id", "due_at"),)

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    store_id: int = ref("store.id")
    #: What stands in Saleor; "" = nothing that we know of.
    told: str = ""
    told_at: datetime | None = instant(null=True)
    #: When to look; none = nothing changed.
    due_at: datetime | None = instant(null=True)
    attempts: int = 0
