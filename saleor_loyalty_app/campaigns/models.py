"""Tables of the campaigns. A campaign and its codes are things apart: codes come and go."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class Campaign(SQLModel, table=True):
    """What an owner planned for a while. Its row is locked by whoever draws from its budget."""

    __tablename__ = "campaign"
    __table_args__ = (
        sa.UniqueConstraint("public_id"),
        sa.CheckConstraint("state IN ('draft','scheduled','running','ended')", name="state"),
        sa.CheckConstraint("kind IN ('percent','amount','free_shipping','points')", name="kind"),
        sa.CheckConstraint("sharing IN ('','shared','personal','after_order')", name="sharing"),
        sa.CheckConstraint("ends_at > starts_at", name="period"),
        sa.CheckConstraint("spent_points >= 0", name="spent_points"),
        sa.Index("ix_campaign_state", "store_id", "state"),
        sa.Index("ix_campaign_period", "store_id", "starts_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: What it is called in addresses, in the names of vouchers and in plans of awards.
    public_id: str
    state: str = "draft"
    #: Counts the changes; a change names the version that it was made upon.
    version: int = count(1)
    kind: str
    #: Who gets codes: "shared", "personal", "after_order"; "" = there are none.
    sharing: str = ""
    #: What the owner calls it.
    name: str
    #: campaigns.terms.Terms as JSON.
    terms: dict[str, Any] = json_doc()
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    #: When it was scheduled; it does nothing for what was before.
    published_at: datetime | None = instant(null=True)
    #: When it ended, and why: "time", "budget", "hand", or "program" with which it ended.
    ended_at: datetime | None = instant(null=True)
    ended_why: str = ""
    #: Whole points that it added to orders; of money see CampaignSpent.
    spent_points: int = count(0)
    #: When the owner was warned that the budget runs low, and when its value was reduced.
    warned_at: datetime | None = instant(null=True)
    reduced_at: datetime | None = instant(null=True)
    #: The last member of this round who was given a code, and when the next round begins.
    issue_after: int = count(0)
    issue_due_at: datetime | None = instant(null=True)
    #: The last member who was told that it began; none = nobody is to be told (any more).
    tell_after: int | None = Field(default=None, nullable=True, sa_type=sa.BigInteger)
    #: Why its codes cannot be made, as a stable word; "" = they can.
    trouble: str = ""
    #: In what a code that is in Saleor already differs from the terms, as stable words.
    differs: list[str] = json_doc()
    #: The owner said that a code that is in Saleor already may be used.
    adopts: bool = False
    created_at: datetime = instant()
    updated_at: datetime = instant()


class CampaignVersion(SQLModel, table=True):
    """A campaign as it was from a time on; written when it is scheduled and with each change."""

    __tablename__ = "campaign_version"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "version"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    campaign_id: int = ref("campaign.id")
    version: int = count()
    name: str
    terms: dict[str, Any] = json_doc()
    from_at: datetime = instant()
    #: "user:<id>".
    actor: str


class CampaignSpent(SQLModel, table=True):
    """What a campaign took off orders in one currency, in thousandths of its major unit."""

    __tablename__ = "campaign_spent"
    __table_args__ = (sa.CheckConstraint("money_milli >= 0", name="money_milli"),)

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True, sa_type=sa.BigInteger)
    currency: str = Field(primary_key=True)
    money_milli: int = count(0)


class CampaignVoucher(SQLModel, table=True):
    """A voucher in Saleor that carries codes of a campaign: one dates and values many codes.

    `batch`: "" of the campaign itself, "test-…", or the day (YYYY-MM-DD) on which the codes that
    came with orders were issued, since those end a number of days later.
    """

    __tablename__ = "campaign_voucher"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "batch"),
        sa.CheckConstraint("state IN ('wanted','open','to_end','ended')", name="state"),
        sa.Index("ix_campaign_voucher_state", "store_id", "state"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    campaign_id: int = ref("campaign.id")
    batch: str = ""
    state: str = "wanted"
    #: Saleor's id; none = it is not made yet.
    voucher_id: str | None = Field(default=None, nullable=True)
    #: It was in Saleor before: its terms are the owner's, and only our code of it is ended.
    adopted: bool = False
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    #: What Saleor was told of dates and values, as a digest; "" = nothing, or they changed since.
    told: str = ""
    #: When Saleor last refused what was asked of it; none = it never did.
    tried_at: datetime | None = instant(null=True)


class CampaignCode(SQLModel, table=True):
    """A code of a campaign: shared by all, or of one member."""

    __tablename__ = "campaign_code"
    __table_args__ = (
        # A code that has ended may be another campaign's later.
        sa.Index(
            "ix_campaign_code_live",
            "store_id",
            "code",
            unique=True,
            sqlite_where=sa.text("state <> 'ended'"),
            postgresql_where=sa.text("state <> 'ended'"),
        ),
        sa.Index("ix_campaign_code_text", "store_id", "code"),
        sa.UniqueConstraint("store_id", "issue_key", "campaign_id"),
        sa.CheckConstraint("state IN ('wanted','open','to_end','ended')", name="state"),
        sa.Index("ix_campaign_code_state", "voucher_id", "state"),
        sa.Index("ix_campaign_code_campaign", "campaign_id", "state"),
        sa.Index("ix_campaign_code_member", "store_id", "member_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    campaign_id: int = ref("campaign.id")
    voucher_id: int = ref("campaign_voucher.id")
    code: str
    #: What it was issued for, never twice: "shared", "member:12", "order:<id>", "test:…"; with
    #: ":again:<code>" behind it in the place of one that was used up.
    issue_key: str
    member_id: int | None = ref("member.id", null=True)
    state: str = "wanted"
    valid_until: datetime = instant()
    issued_at: datetime = instant()
    #: When its end was decided, and why: "hand", "refund" (the order that it came for came back),
    #: "kept" (that order did not come back after all), "campaign", "time" or "gone" (Saleor did not
    #: have it any more when a backup was restored).
    ended_at: datetime | None = instant(null=True)
    ended_why: str = ""


class CampaignUse(SQLModel, table=True):
    """What a campaign did to one order: money taken off, points added. A look sets it anew."""

    __tablename__ = "campaign_use"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "order_id"),
        sa.Index("ix_campaign_use_order", "store_id", "order_id"),
        sa.Index("ix_campaign_use_code", "code_id"),
        sa.Index("ix_campaign_use_member", "member_id", "campaign_id"),
        sa.CheckConstraint("points >= 0", name="points"),
        sa.CheckConstraint("money_milli >= 0", name="money_milli"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    campaign_id: int = ref("campaign.id")
    code_id: int | None = ref("campaign_code.id", null=True)
    #: Saleor's global id, and the number.
    order_id: str
    number: str
    member_id: int | None = ref("member.id", null=True)
    currency: str
    #: What counts now: less what went back.
    money_milli: int = count(0)
    points: int = count(0)
    #: It was made with a code after the campaign had ended.
    late: bool = False
    ordered_at: datetime = instant()
