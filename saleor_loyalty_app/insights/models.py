"""Tables of the insights. All but the closed periods and the settings can be made anew."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class LedgerDay(SQLModel, table=True):
    """Movements of the books, added up by day in the store's time zone; never truth, a copy.

    A row holds what was posted on one day, so that a day which is over is final.
    """

    __tablename__ = "ledger_day"
    __table_args__ = (sa.Index("ix_ledger_day_day", "store_id", "day"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    posted_on: date = Field(primary_key=True)
    #: The day in whose figures it counts: of an expiry its own, of all else `posted_on`.
    day: date = Field(primary_key=True)
    #: When it happened, which may be long before it was posted.
    effective_on: date = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    #: The kind of the entry, or "settle": a debt that later points paid.
    kind: str = Field(primary_key=True)
    #: Signed whole units.
    amount: int = count()


class ActiveDay(SQLModel, table=True):
    """A member earned or spent something on a day; lets distinct members be counted quickly."""

    __tablename__ = "active_day"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    day: date = Field(primary_key=True)
    member_id: int = Field(foreign_key="member.id", primary_key=True)


class OrderDay(SQLModel, table=True):
    """Orders paid on a day, added up; made anew every night, as orders may come late."""

    __tablename__ = "order_day"
    __table_args__ = (sa.CheckConstraint("buyer IN ('guest', 'member', 'control')", name="buyer"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    day: date = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    #: Whose: of somebody who is no member, of a member, of one in the control group.
    buyer: str = Field(primary_key=True)
    #: Points were spent on them.
    spent: bool = Field(primary_key=True)
    orders: int = count()
    #: How many of them have a known total, and what these totals add up to, in thousandths.
    priced: int = count()
    total_milli: int = count()


class RollUp(SQLModel, table=True):
    """How far the days of a store are added up, and in which time zone."""

    __tablename__ = "roll_up"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    timezone: str
    #: The first day that is not added up yet.
    next_day: date
    updated_at: datetime = instant()


class ClosedPeriod(SQLModel, table=True):
    """A month whose figures were handed to accounting; never rewritten."""

    __tablename__ = "closed_period"
    __table_args__ = (sa.UniqueConstraint("store_id", "month"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Its first day.
    month: date
    timezone: str
    #: The figures as they were closed (insights.closing), with the rates and accounts of then.
    figures: dict[str, Any] = json_doc()
    closed_at: datetime = instant()
    #: "user:<id>".
    closed_by: str


class JournalAccounts(SQLModel, table=True):
    """The account codes of a store for its journal."""

    __tablename__ = "journal_accounts"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: By purpose: liability, expense, redemption, breakage, adjustment, revaluation.
    codes: dict[str, Any] = json_doc()
    updated_at: datetime = instant()
    updated_by: str


class AuditRun(SQLModel, table=True):
    """A recomputation of a store's books: asked for by staff, or the nightly one."""

    __tablename__ = "audit_run"
    __table_args__ = (sa.Index("ix_audit_run_store", "store_id", "id"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    asked_at: datetime = instant()
    #: "user:<id>", or "system:audit" at night.
    asked_by: str
    started_at: datetime | None = instant(null=True)
    finished_at: datetime | None = instant(null=True)
    #: How many sums were not what they should be; none = not finished.
    drifts: int | None = Field(default=None, nullable=True)
    #: The first hundred of them.
    found: list[dict[str, Any]] = json_doc()
