"""Tables of the programs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, json_doc, key, ref


class ProgramDraft(SQLModel, table=True):
    """The one draft of a store that the owner edits; publishing copies it into a revision."""

    __tablename__ = "program_draft"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    document: dict[str, Any] = json_doc()
    #: What the proposal was based on: order count, median, monthly cost, per currency.
    evidence: dict[str, Any] = json_doc()
    updated_at: datetime = instant()
    updated_by: str = "app"


class ProgramRevision(SQLModel, table=True):
    """An immutable published program. The one in force at t: newest with effective_from <= t."""

    __tablename__ = "program_revision"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "number"),
        sa.Index("ix_program_revision_effective", "store_id", "effective_from"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    number: int
    document: dict[str, Any] = json_doc()
    digest: str
    effective_from: datetime = instant()
    published_at: datetime = instant()
    published_by: str
    note: str = ""
