"""Tables of the segments."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class SegmentMember(SQLModel, table=True):
    """A member is in a segment."""

    __tablename__ = "segment_member"
    __table_args__ = (sa.Index("ix_segment_member_listed", "store_id", "segment", "member_id"),)

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    #: The id of the segment in the program.
    segment: str = Field(primary_key=True)
    store_id: int = ref("store.id")
    since: datetime = instant()
    #: The numbers that each condition looked at when they came in (programs.segment_match).
    why: list[dict[str, Any]] = json_doc()


class SegmentLook(SQLModel, table=True):
    """A member of whom something is new: to be looked at soon. Rows are only added and taken."""

    __tablename__ = "segment_look"
    __table_args__ = (sa.Index("ix_segment_look_store", "store_id", "id"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id", index=True)


class SegmentSweep(SQLModel, table=True):
    """How far a store's members were looked at under the segments in force, since it began anew.

    It begins anew each day, and when the segments change.
    """

    __tablename__ = "segment_sweep"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: programs.segments.digest_of; "" = there are no segments.
    digest: str
    #: Raised with every page that is written, so that nobody writes what was read before another.
    turn: int = count(0)
    #: The last member looked at.
    after: int = count(0)
    #: Members to look at when it began, and those looked at.
    total: int = count(0)
    done: int = count(0)
    #: Where each fifth of the store's buyers ends (segments.fifths), as of the beginning.
    fifths: dict[str, Any] = json_doc()
    started_at: datetime = instant()
    finished_at: datetime | None = instant(null=True)


class AccessPass(SQLModel, table=True):
    """A checkout whose shopper was let in to goods of early access, and stays so for a while."""

    __tablename__ = "access_pass"
    __table_args__ = (sa.Index("ix_access_pass_until", "until"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: Saleor's global ids.
    checkout_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    #: What was passed: the values of the gates, as `programs.early_access` writes them.
    gates: list[str] = json_doc()
    until: datetime = instant()
