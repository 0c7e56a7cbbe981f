"""Tables of the events that other systems report."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class ReceivedEvent(SQLModel, table=True):
    """An event that another system reported, once an id of its type.

    What tells of the person's doings (`reference`, `properties`) goes with the retention or when
    the member is erased; the row stays where points were decided, so that the same id never pays
    again.
    """

    __tablename__ = "received_event"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "type", "reference_hash"),
        sa.CheckConstraint(
            "outcome IN ('given','nothing','withheld','unknown_member','refused')", name="outcome"
        ),
        sa.CheckConstraint("points >= 0 AND status_points >= 0", name="not_negative"),
        sa.Index("ix_received_event_received", "store_id", "received_at"),
        sa.Index("ix_received_event_kept", "received_at", "forgotten_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: The id of the type in the program.
    type: str
    #: The other system's id of the event; "" = forgotten.
    reference: str
    #: SHA-256 of that id.
    reference_hash: str
    #: SHA-256 of what was sent, to tell a repetition from another event; "" = forgotten, or it was
    #: taken back before it came.
    input_hash: str
    #: Whom it was about; none = nobody was found, or it was refused before anybody was looked for.
    member_id: int | None = ref("member.id", null=True, index=True)
    #: The key by which it came first.
    key_id: int = ref("partner_key.id", index=True)
    #: By what the member was named: user_id or email_sha256; "" = it was taken back before it came.
    identity: str
    #: When it happened, by what was sent.
    at: datetime = instant()
    #: When it came last; one that was decided is not looked at again.
    received_at: datetime = instant()
    #: How often it came until it was decided.
    tries: int = count(1)
    outcome: str
    points: int = count(0)
    status_points: int = count(0)
    properties: dict[str, Any] = json_doc()
    #: Why nothing, or not more, was given: {"rule", "reason"} or {"field", "code", …} of each.
    why: list[dict[str, Any]] = json_doc()
    #: When it was taken back; none = it stands.
    reversed_at: datetime | None = instant(null=True)
    #: Points that taking it back cost the member; what the refund policy forgave is not among them.
    taken_back: int = count(0)
    forgotten_at: datetime | None = instant(null=True)
