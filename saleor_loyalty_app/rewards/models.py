"""Tables of the rewards."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref

STATES = (
    "held",
    "issued",
    "attached",
    "consumed",
    "restored",
    "released",
    "expired",
    "failed",
)
#: Points are set aside and the end is open.
LIVE_STATES = ("held", "issued", "attached")
CLAIM_KINDS = (
    "amount",
    "percent",
    "free_product",
    "shipping",
    "invitation",
    "early_access",
    "custom",
)
#: How far something is that staff hand over.
CLAIM_STATES = ("", "requested", "preparing", "handed_over", "refused")
USES = ("first", "second", "foreign", "late")
_LIVE = "state IN ('held', 'issued', 'attached')"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Redemption(SQLModel, table=True):
    """Points on their way into a price: one saga between the books and an instrument in Saleor.

    The row is changed under its lease: whoever changes it after a network call proves by `fence`
    that nobody took over meanwhile.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "public_id"),
        sa.UniqueConstraint("store_id", "code"),
        sa.UniqueConstraint("store_id", "member_id", "request_key"),
        sa.CheckConstraint(_one_of("state", STATES), name="state"),
        sa.CheckConstraint(
            "points > 0 AND hold_id IS NOT NULL OR points = 0 AND hold_id IS NULL", name="points"
        ),
        sa.CheckConstraint("restored >= 0 AND restored <= points", name="restored"),
        sa.CheckConstraint("ending IN ('', 'released', 'expired', 'failed')", name="ending"),
        sa.Index(
            "uq_redemption_live",
            "store_id",
            "checkout_id",
            "instrument",
            unique=True,
            sqlite_where=sa.text(f"{_LIVE} AND checkout_id IS NOT NULL"),
            postgresql_where=sa.text(f"{_LIVE} AND checkout_id IS NOT NULL"),
        ),
        sa.Index("ix_redemption_checkout", "store_id", "checkout_id"),
        sa.Index("ix_redemption_order", "store_id", "order_id"),
        sa.Index("ix_redemption_due", "store_id", "due_at"),
        sa.Index("ix_redemption_member", "member_id", "id"),
        sa.Index("ix_redemption_voucher", "store_id", "voucher_deleted_at", "ended_at"),
        sa.Index("ix_redemption_voucher_id", "store_id", "voucher_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: What the outside knows it by, also in Saleor's private metadata.
    public_id: str
    member_id: int = ref("member.id")
    #: Saleor's id of the user whose points they are.
    user_id: str
    #: Which port carries it: "voucher", or "hand_over" for what staff give.
    instrument: str
    unit: str
    points: int = count()
    #: What they take off, in the currency's major unit, as text of a decimal.
    amount: str
    #: What a reward of the catalog is made with, by kind; none = points for exactly the amount.
    terms: dict[str, Any] | None = json_doc(null=True)
    channel: str
    currency: str
    revision_id: int | None = ref("program_revision.id", null=True)
    #: The checkout it is bound to; none = a bearer code that has seen none yet.
    checkout_id: str | None = Field(default=None, nullable=True)
    #: The draft order it was put on by staff, then the order that consumed it.
    order_id: str | None = Field(default=None, nullable=True)
    #: Idempotency key of the request, and the hash of what was asked.
    request_key: str
    request_hash: str
    #: "shopper", "user:<id>" (staff) or "app".
    actor: str
    state: str = "held"
    #: Where it is to end; "" = nowhere yet. The driver works towards it.
    ending: str = ""
    #: Why it ended without being used, as a stable code with its details.
    reason: dict[str, Any] | None = json_doc(null=True)
    #: What sets the points aside; none = a reward that was given for nothing.
    hold_id: int | None = ref("hold.id", null=True)
    #: The entry that spent the points.
    redeem_entry_id: int | None = ref("entry.id", null=True)
    #: Points given back after they were spent.
    restored: int = count(0)
    #: Number of restorings; makes the next idempotency key.
    restorings: int = count(0)
    #: The code, made before Saleor hears of it; cleared never, worthless once ended.
    code: str
    voucher_id: str | None = Field(default=None, nullable=True)
    #: The checkout's totals before the code, as text by name, to be compared with those after.
    before: dict[str, Any] | None = json_doc(null=True)
    #: Until then the points stay set aside without a question.
    deadline: datetime = instant()
    #: When the sweep looks at it next; none = never again.
    due_at: datetime | None = instant(null=True)
    leased_until: datetime | None = instant(null=True)
    #: Counts the leases; a change is written only by the holder of the newest.
    fence: int = count(0)
    #: Failed tries in a row of the present step.
    attempts: int = count(0)
    created_at: datetime = instant()
    issued_at: datetime | None = instant(null=True)
    attached_at: datetime | None = instant(null=True)
    consumed_at: datetime | None = instant(null=True)
    ended_at: datetime | None = instant(null=True)
    #: The code was ended in Saleor (written before that is done), the voucher deleted there.
    code_ended_at: datetime | None = instant(null=True)
    voucher_deleted_at: datetime | None = instant(null=True)


class RedemptionSighting(SQLModel, table=True):
    """A checkout on which a code was put or seen; later it tells whose a use was."""

    __tablename__ = "redemption_sighting"
    __table_args__ = (
        sa.UniqueConstraint("redemption_id", "checkout_id"),
        sa.Index("ix_redemption_sighting_checkout", "store_id", "checkout_id"),
        sa.Index("ix_redemption_sighting_due", "store_id", "due_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    redemption_id: int = ref("redemption.id")
    checkout_id: str
    #: Saleor's id of the checkout's user then; none = a guest.
    user_id: str | None = Field(default=None, nullable=True)
    #: Not the checkout that the code belongs to: it is taken off there.
    foreign_checkout: bool = False
    first_seen: datetime = instant()
    #: When it was taken off there; none = not done (yet). Written before it is done, and until
    #: somebody looked what came of that, so that money that arrives meanwhile gets the code back:
    #: a checkout where the code does not belong has a `due_at` until then.
    removed_at: datetime | None = instant(null=True)
    #: When it is tried to be taken off next; none = not at all.
    due_at: datetime | None = instant(null=True)
    #: Failed tries in a row.
    attempts: int = count(0)


class RedemptionUse(SQLModel, table=True):
    """An order that was made with a code; further uses are cases for the staff."""

    __tablename__ = "redemption_use"
    __table_args__ = (
        sa.UniqueConstraint("redemption_id", "order_id"),
        sa.CheckConstraint(_one_of("kind", USES), name="kind"),
        sa.CheckConstraint(
            "state IN ('settled', 'open', 'charged', 'restored', 'dismissed')", name="state"
        ),
        sa.Index("ix_redemption_use_open", "store_id", "state", "id"),
        sa.Index("ix_redemption_use_order", "store_id", "order_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    redemption_id: int = ref("redemption.id")
    order_id: str
    order_number: str
    checkout_id: str | None = Field(default=None, nullable=True)
    #: first = spends the hold; second = again by the owner; foreign = by somebody else; late =
    #: after the points had gone back.
    kind: str
    #: The order's user is not the owner of the points.
    by_stranger: bool = False
    #: settled = nothing to decide; open = waits for staff; charged, restored, dismissed by them.
    state: str
    seen_at: datetime = instant()
    decided_at: datetime | None = instant(null=True)
    #: Who decided, "user:<id>".
    decided_by: str = ""
    #: The share that the customer kept of the order, or of the product that was free in it, as text
    #: of a fraction such as "2/3".
    kept: str = "1"
    #: The entry that charged it, what came back of that, and in how many steps.
    entry_id: int | None = ref("entry.id", null=True)
    restored: int = count(0)
    restorings: int = count(0)


class RewardClaim(SQLModel, table=True):
    """A reward of the catalog that a member took; its points are those of a redemption."""

    __tablename__ = "reward_claim"
    __table_args__ = (
        sa.UniqueConstraint("redemption_id"),
        sa.CheckConstraint(_one_of("kind", CLAIM_KINDS), name="kind"),
        sa.CheckConstraint(_one_of("state", CLAIM_STATES), name="state"),
        sa.Index("ix_reward_claim_reward", "store_id", "reward_id", "id"),
        sa.Index("ix_reward_claim_member", "member_id", "reward_id", "claimed_at"),
        sa.Index("ix_reward_claim_state", "store_id", "state", "id"),
        sa.Index("ix_reward_claim_warn", "store_id", "warned_at", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    redemption_id: int = ref("redemption.id")
    member_id: int = ref("member.id")
    #: Id of the reward in the program.
    reward_id: str
    kind: str
    #: The reward as it was when it was taken: later programs change nothing.
    item: dict[str, Any] = json_doc()
    #: How far staff are with what they hand over; "" = a code, which they have nothing to do with.
    state: str = ""
    #: What staff wrote at the last move; goes when the member is erased.
    note: str = ""
    claimed_at: datetime = instant()
    #: When stock and limit were given back; none = they are drawn.
    returned_at: datetime | None = instant(null=True)
    #: When the member was told that the time is nearly over.
    warned_at: datetime | None = instant(null=True)
    #: When staff moved it last, and who, "user:<id>".
    moved_at: datetime | None = instant(null=True)
    moved_by: str = ""


class RewardStock(SQLModel, table=True):
    """How many of a reward were taken and not given back: whoever takes one counts up here."""

    __tablename__ = "reward_stock"
    __table_args__ = (sa.CheckConstraint("drawn >= 0", name="drawn"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    reward_id: str = Field(primary_key=True)
    drawn: int = count(0)


class ShippingOffer(SQLModel, table=True):
    """The methods offered to a checkout, stored before they are answered; they stay for a day."""

    __tablename__ = "shipping_offer"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "checkout_id", "user_id", "country", "currency"),
        sa.Index("ix_shipping_offer_expires", "expires_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    checkout_id: str
    #: "" = a guest.
    user_id: str = ""
    country: str
    currency: str
    #: What was answered: by offer id, with its price, names and what it asks of the cart.
    offers: dict[str, Any] = json_doc()
    offered_at: datetime = instant()
    expires_at: datetime = instant()


class CheckoutTotal(SQLModel, table=True):
    """A subtotal that was asked of Saleor, where a webhook's own figures cannot be trusted."""

    __tablename__ = "checkout_total"
    __table_args__ = (sa.Index("ix_checkout_total_read", "read_at"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    checkout_id: str = Field(primary_key=True)
    #: Hash of what the subtotal depends on: lines, code, discount, user, country.
    cart_hash: str
    #: Entered-side subtotal in major units, as text of a decimal.
    subtotal: str
    read_at: datetime = instant()


class ShippingAsk(SQLModel, table=True):
    """For whom Saleor asked for the methods of a checkout last, where that makes a difference."""

    __tablename__ = "shipping_ask"
    __table_args__ = (sa.Index("ix_shipping_ask_asked", "asked_at"),)

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    checkout_id: str = Field(primary_key=True)
    #: "" = a guest. Also whom a new calculation was asked for that has not come yet.
    user_id: str = ""
    #: The cart whose subtotal is being asked of Saleor; "" = none.
    doubted_hash: str = ""
    #: The methods were shown without an offer before, so their originals are not hidden any more.
    bare: bool = False
    asked_at: datetime = instant()
