"""Tables of the orders."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class OrderState(SQLModel, table=True):
    """The last booked look at an order, and what was frozen when it was first paid in full."""

    __tablename__ = "order_state"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "order_id"),
        sa.Index("ix_order_state_member", "member_id"),
        sa.Index("ix_order_state_number", "store_id", "number"),
        sa.Index("ix_order_state_open", "store_id", "open", "checked_at"),
        sa.Index("ix_order_state_deferred", "store_id", "deferred"),
        sa.Index("ix_order_state_paid", "store_id", "paid_at"),
        sa.CheckConstraint("owner_changes >= 0", name="owner_changes"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Saleor's global id.
    order_id: str
    number: str
    status: str
    channel: str
    currency: str
    created_at: datetime = instant()
    #: Saleor's updatedAt of the snapshot booked last; none = never booked (torn so far).
    updated_at: datetime | None = instant(null=True)
    #: What it costs in all, with tax and shipping and after discounts, in thousandths of the
    #: currency's major unit (Saleor keeps three places); none = not seen since this is kept.
    total_milli: int | None = Field(default=None, nullable=True, sa_type=sa.BigInteger)
    #: What its shipping costs, with tax, in the same; none = not seen since this is kept.
    shipping_milli: int | None = Field(default=None, nullable=True, sa_type=sa.BigInteger)
    #: What of it counts as spent by its member, see `orders.counted`; none = not seen since this
    #: is kept, or not paid.
    counted_milli: int | None = Field(default=None, nullable=True, sa_type=sa.BigInteger)
    #: The country it goes to; "" = not told, none = not seen since this and `order_category` are
    #: kept, or not paid.
    country: str | None = Field(default=None, nullable=True)
    #: SHA-256 of the canonical snapshot booked last.
    snapshot_hash: str = ""
    #: When the newest event about this order arrived here.
    last_event_at: datetime | None = instant(null=True)
    #: When the re-read behind the last booked snapshot began; none = a webhook's snapshot.
    checked_at: datetime | None = instant(null=True)
    member_id: int | None = ref("member.id", null=True)
    #: Why the owner earns nothing for it, as a stable word; "" = earns.
    withheld: str = ""
    #: How often the order went to another member; makes the next transfer's idempotency key.
    owner_changes: int = count(0)
    #: Latch: the first instant at which the order was paid in full. Never unset.
    paid_at: datetime | None = instant(null=True)
    fulfilled_at: datetime | None = instant(null=True)
    #: The award plan (orders.plan.AwardPlan as JSON); none until paid in full.
    plan: dict[str, Any] | None = json_doc(null=True)
    revision_id: int | None = ref("program_revision.id", null=True)
    #: What had gone back at the last booked look (orders.target.Kept.losses); none = nothing.
    losses: dict[str, Any] | None = json_doc(null=True)
    #: Which share of each award of the plan was kept at that look (orders.target.told_shares), so
    #: that the self-audit can do the sum again; none = not looked at since this is kept.
    kept_shares: list[str] | None = json_doc(null=True)
    #: Not final: still looked at by the daily pass.
    open: bool = True
    #: Earning was switched off when points were due; looked at again when it is on.
    deferred: bool = False
    #: Saleor no longer knows it; the books stay.
    gone_at: datetime | None = instant(null=True)
    #: "webhook", "import", "reconcile": how it came here first.
    origin: str = "webhook"


class OrderUnit(SQLModel, table=True):
    """What an order has booked in one unit and part: delta = target − (booked − waived)."""

    __tablename__ = "order_unit"
    __table_args__ = (sa.UniqueConstraint("order_state_id", "unit", "part"),)

    id: int | None = key()
    order_state_id: int = ref("order_state.id")
    unit: str
    part: str
    #: Σ of the entries posted for it.
    booked: int = count(0)
    #: Reversals that the refund policy forgave.
    waived: int = count(0)
    #: Number of postings so far; makes the next idempotency key.
    postings: int = count(0)


class OrderCategory(SQLModel, table=True):
    """What of an order counts as spent in one category, or in one below it."""

    __tablename__ = "order_category"
    __table_args__ = (sa.Index("ix_order_category_named", "store_id", "category"),)

    order_state_id: int = Field(foreign_key="order_state.id", primary_key=True)
    #: The category's slug.
    category: str = Field(primary_key=True)
    store_id: int = ref("store.id")
    #: As `OrderState.counted_milli`.
    counted_milli: int = count()


class OrderRefresh(SQLModel, table=True):
    """An order to be read again from Saleor soon."""

    __tablename__ = "order_refresh"
    __table_args__ = (sa.Index("ix_order_refresh_due", "store_id", "due_at"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    order_id: str = Field(primary_key=True)
    due_at: datetime = instant()
    first_seen: datetime = instant()
    #: However many events follow, it is not due later than this.
    latest_at: datetime = instant()
    attempts: int = count(0)
    #: SHA-256 of the last read that contradicted itself, and how often just that was read.
    torn_hash: str = ""
    torn_reads: int = count(0)


class HistoryImport(SQLModel, table=True):
    """A resumable import of a store's order history."""

    __tablename__ = "history_import"

    id: int | None = key()
    store_id: int = ref("store.id", index=True)
    #: {"mode": "none"|"days"|"capped"|"status_only", "days": …, "cap": …}
    choice: dict[str, Any] = json_doc()
    dry_run: bool
    state: str = "running"
    cursor: str | None = Field(default=None, nullable=True)
    orders_seen: int = count(0)
    orders_counted: int = count(0)
    report: dict[str, Any] = json_doc()
    started_at: datetime = instant()
    updated_at: datetime = instant()
    finished_at: datetime | None = instant(null=True)


class HistoryImportTally(SQLModel, table=True):
    """What one customer got (or would get) by an import so far; keeps caps over all pages."""

    __tablename__ = "history_import_tally"

    import_id: int = Field(foreign_key="history_import.id", primary_key=True)
    #: A keyed hash of the customer: the user's id or the guest's address.
    customer: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    points: int = count(0)
