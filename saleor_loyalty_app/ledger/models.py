"""Tables of the books. Entries are inserted only by this room and never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref, table
from saleor_loyalty_app.ledger import append_only

ENTRY_KINDS = (
    "earn",
    "redeem",
    "reverse",
    "restore",
    "expire",
    "adjust",
    "transfer",
    "donate",
    "merge",
    "waive",
)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Balance(SQLModel, table=True):
    """Cached totals of one member and unit; the row that writers lock.

    Σ entries = `lots` + `held` − `debt`, always.
    """

    __tablename__ = "balance"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "unit"),
        sa.CheckConstraint("lots >= 0 AND held >= 0 AND debt >= 0", name="not_negative"),
        sa.CheckConstraint("entries = lots + held - debt", name="adds_up"),
        sa.Index("ix_balance_due", "store_id", "next_expiry"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    unit: str
    #: Σ of all entries' amounts.
    entries: int = count(0)
    #: Σ of what remains in lots.
    lots: int = count(0)
    #: Σ of open holds.
    held: int = count(0)
    debt: int = count(0)
    #: Σ of earn and adjust amounts above zero, less what was reversed: never spent down.
    lifetime: int = count(0)
    #: No lot of this balance is due to expire before; none = never.
    next_expiry: datetime | None = instant(null=True)


class Entry(SQLModel, table=True):
    """One movement of the books: immutable, with an idempotency key and the hash of its input."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "idempotency_key"),
        sa.CheckConstraint(_one_of("kind", ENTRY_KINDS), name="kind"),
        sa.CheckConstraint("waived >= 0", name="waived"),
        sa.CheckConstraint("amount <> 0 OR (kind = 'waive' AND waived > 0)", name="moves"),
        sa.Index("ix_entry_member", "member_id", "unit", "id"),
        sa.Index("ix_entry_source", "store_id", "source"),
        sa.Index("ix_entry_posted", "store_id", "posted_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    unit: str
    kind: str
    #: Signed whole units.
    amount: int = count()
    #: What a reversal should have taken and the refund policy forgave.
    waived: int = count(0)
    #: The entry that this one undoes: of a restore, the spending.
    refers_to: int | None = ref("entry.id", null=True)
    #: The part of the program: points, referral, stamps:<card>, membership, cause, campaign:<id>.
    part: str
    idempotency_key: str
    #: SHA-256 over the input of the posting: the same key with another input is an error.
    input_hash: str
    #: What caused it, e.g. "order:T3JkZXI6…", "redemption:…", "staff:…".
    source: str
    #: The channel and currency the movement belongs to, where it has one ("" = none).
    channel: str = ""
    currency: str = ""
    revision_id: int | None = ref("program_revision.id", null=True)
    rule_ids: list[str] = json_doc()
    #: Stable reason code with arguments for the explanation, e.g. {"code": "order_earned", …}.
    reason: dict[str, object] = json_doc()
    #: Who did it: "app", "user:<id>" (staff), "shopper", "system:<task>".
    #: Older versions wrote "shopper:<id>", with Saleor's id of the account.
    actor: str
    effective_at: datetime = instant()
    posted_at: datetime = instant()


class Lot(SQLModel, table=True):
    """Points of one earning, with their own availability and expiry."""

    __tablename__ = "lot"
    __table_args__ = (
        sa.CheckConstraint("remaining >= 0 AND held >= 0", name="not_negative"),
        sa.CheckConstraint("remaining + held <= amount", name="within_amount"),
        sa.CheckConstraint("forgiven >= 0 AND forgiven <= expired", name="forgiven"),
        sa.Index("ix_lot_member", "member_id", "unit", "closed", "expires_at"),
        sa.Index("ix_lot_source", "store_id", "source"),
        sa.Index("ix_lot_open", "store_id", "closed", "available_from"),
        sa.Index("ix_lot_entry", "entry_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    unit: str
    #: The entry that brought the points in.
    entry_id: int = ref("entry.id")
    #: The lot that this one was split from, or whose spent points came back in it.
    follows: int | None = ref("lot.id", null=True)
    part: str
    source: str
    channel: str = ""
    currency: str = ""
    amount: int = count()
    remaining: int = count()
    held: int = count(0)
    #: How much of it expired, and how much of that a reversal let go since.
    expired: int = count(0)
    forgiven: int = count(0)
    #: remaining + held == 0; lets reads look at open lots only.
    closed: bool = False
    #: Pending until then; none = pending until something tells when.
    available_from: datetime | None = instant(null=True)
    #: None = never.
    expires_at: datetime | None = instant(null=True)
    #: When the member was told of the expiry; needed for it to happen, if the program says so.
    noticed_at: datetime | None = instant(null=True)
    #: Expiry needs a notice at least 30 days before.
    notice_required: bool = True
    earned_at: datetime = instant()


class Hold(SQLModel, table=True):
    """Points set aside until captured or released; posts no entry itself."""

    __tablename__ = "hold"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "idempotency_key"),
        sa.CheckConstraint(_one_of("state", ("open", "captured", "released")), name="state"),
        sa.Index("ix_hold_deadline", "state", "deadline"),
        sa.Index("ix_hold_member", "member_id", "unit", "state"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    unit: str
    amount: int = count()
    idempotency_key: str
    input_hash: str
    source: str
    state: str = "open"
    deadline: datetime = instant()
    created_at: datetime = instant()
    ended_at: datetime | None = instant(null=True)


class Allocation(SQLModel, table=True):
    """How much of a lot was taken by an entry, or is set aside by a hold.

    `amount` is what was taken, `returned` what came back: of a hold to the lot or one split from
    it, of a spending to a lot that follows it. With a hold and an entry: what the capture took.
    With a debt: what the lot paid of it, for the entry that had taken more than there was.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        sa.CheckConstraint("amount > 0 AND returned >= 0 AND returned <= amount", name="amounts"),
        sa.CheckConstraint("entry_id IS NOT NULL OR hold_id IS NOT NULL", name="taker"),
        sa.Index("ix_allocation_lot", "lot_id"),
        sa.Index("ix_allocation_entry", "entry_id"),
        sa.Index("ix_allocation_hold", "hold_id"),
        sa.Index("ix_allocation_debt", "debt_id"),
    )

    id: int | None = key()
    lot_id: int = ref("lot.id")
    entry_id: int | None = ref("entry.id", null=True)
    hold_id: int | None = ref("hold.id", null=True)
    debt_id: int | None = ref("debt.id", null=True)
    amount: int = count()
    returned: int = count(0)
    at: datetime = instant()


class Debt(SQLModel, table=True):
    """What a member owes because a posting took more than there was; later earnings settle it."""

    __tablename__ = "debt"
    __table_args__ = (
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name="amounts"),
        sa.Index("ix_debt_member", "member_id", "unit", "remaining"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    unit: str
    entry_id: int = ref("entry.id")
    channel: str = ""
    currency: str = ""
    amount: int = count()
    remaining: int = count()
    created_at: datetime = instant()


class LotExtension(SQLModel, table=True):
    """Log of expiries put off because no notice had gone out in time."""

    __tablename__ = "lot_extension"

    id: int | None = key()
    lot_id: int = ref("lot.id", index=True)
    from_at: datetime = instant()
    to_at: datetime = instant()
    reason: str = Field(default="no_notice")
    at: datetime = instant()


append_only.protect(table(Entry))
