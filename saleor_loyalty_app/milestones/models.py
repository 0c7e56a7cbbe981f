"""Tables of the milestones."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, ref

STATES = ("waiting", "given", "nothing", "before", "taking", "taken")


class MilestonePassed(SQLModel, table=True):
    """A line of a rule that a member has passed, and what became of its perk.

    The perk is given and taken back after the look, in a transaction of its own.
    """

    __tablename__ = "milestone_passed"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('waiting', 'given', 'nothing', 'before', 'taking', 'taken')", name="state"
        ),
        sa.Index("ix_milestone_passed_state", "store_id", "state"),
    )

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    rule_id: str = Field(primary_key=True)
    #: "points", "orders" or "spend".
    kind: str = Field(primary_key=True)
    store_id: int = ref("store.id")
    #: The line as it was then (programs.milestones, `text` of a line).
    line: str
    #: programs.milestone_rules.PassedState.
    state: str
    #: What came of it.
    points: int = count(0)
    at: datetime = instant()


class MilestoneSweep(SQLModel, table=True):
    """The lines in force in a store, since when, and how far its members were looked at for them.

    Who passes a line later is found by what changes in their books.
    """

    __tablename__ = "milestone_sweep"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: By rule id {"line": its text, "since": when it came into force, in ISO 8601}.
    lines: dict[str, Any] = json_doc()
    #: SHA-256 of the milestones in force; "" = none.
    digest: str
    #: The last member looked at.
    after: int = count(0)
    #: Members to look at when it began, and those looked at.
    total: int = count(0)
    done: int = count(0)
    started_at: datetime = instant()
    finished_at: datetime | None = instant(null=True)
