"""Tables of the adjustments."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, key, ref

STATES = ("waiting", "posted", "refused", "withdrawn")


class Adjustment(SQLModel, table=True):
    """Points that a staff member gave or took, or asks another one to approve.

    The entry in the books tells the reason only; the notes, which may name people, stand here and
    go when the member is erased.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "requested_by", "request_key"),
        sa.CheckConstraint("state IN ('waiting', 'posted', 'refused', 'withdrawn')", name="state"),
        sa.CheckConstraint("points <> 0", name="points"),
        sa.CheckConstraint("(state = 'posted') = (entry_id IS NOT NULL)", name="entry"),
        sa.Index("ix_adjustment_state", "store_id", "state", "id"),
        sa.Index("ix_adjustment_budget", "store_id", "requested_by", "requested_on"),
        sa.Index("ix_adjustment_member", "member_id", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: Signed whole units.
    points: int = count()
    #: A stable word of `adjustments.reasons`.
    reason: str
    note: str = ""
    #: The order that it is about, by its number; "" = of none.
    order_number: str = Field(default="", sa_column_kwargs={"server_default": ""})
    state: str
    #: "user:<id>" of the staff member who did it or asks for it.
    requested_by: str
    request_key: str
    request_hash: str
    requested_at: datetime = instant()
    #: The day in the store's time zone, as YYYY-MM-DD; budgets go by it.
    requested_on: str
    #: It was posted at once, and counts to the budget of who did it.
    within_budget: bool
    decided_by: str = ""
    decided_at: datetime | None = instant(null=True)
    decision_note: str = ""
    entry_id: int | None = ref("entry.id", null=True)


class StaffAllowance(SQLModel, table=True):
    """How many points staff may move by hand without approval."""

    __tablename__ = "staff_allowance"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "email"),
        sa.CheckConstraint("per_day >= 0 AND per_month >= 0", name="not_negative"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Normalized address of a staff member; "" = everybody who has no row.
    email: str
    per_day: int = count()
    per_month: int = count()
    set_by: str
    set_at: datetime = instant()


class StaffMember(SQLModel, table=True):
    """Who changed something, by the id that the books keep; locked while a budget is drawn."""

    __tablename__ = "staff_member"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: "user:<id>".
    actor: str = Field(primary_key=True)
    email: str
    seen_at: datetime = instant()
