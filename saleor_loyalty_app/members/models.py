"""Tables of the members.

The books know a member by number only; who it is stands in `member_identity`.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, json_doc, key, ref


class Member(SQLModel, table=True):
    """A person in a store's program, or a guest who may become one (no `user_id`)."""

    __tablename__ = "member"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "user_id"),
        sa.UniqueConstraint("store_id", "guest_key"),
        sa.CheckConstraint(
            "state IN ('guest','invited','active','paused','blocked','left','erased')", name="state"
        ),
        sa.CheckConstraint("bucket BETWEEN 0 AND 9999", name="bucket"),
        sa.Index("ix_member_merged_into", "merged_into"),
        sa.Index("ix_member_listed", "store_id", "id"),
        sa.Index("ix_member_first_enrolled", "store_id", "first_enrolled_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Saleor's user id (global id); none for a guest.
    user_id: str | None = Field(default=None, nullable=True)
    #: HMAC of the normalized e-mail, for guests only; cleared when joined to a user.
    guest_key: str | None = Field(default=None, nullable=True)
    state: str
    spending_blocked: bool = False
    earning_blocked: bool = False
    codes_blocked: bool = False
    #: 0..9999, a stable hash of the member: below the hold-out share = control group.
    bucket: int
    hold_out: bool = False
    enrolled_at: datetime | None = instant(null=True)
    paused_at: datetime | None = instant(null=True)
    left_at: datetime | None = instant(null=True)
    #: When the address of the account became another one: spending rests for a while then.
    email_changed_at: datetime | None = instant(null=True)
    merged_into: int | None = ref("member.id", null=True)
    #: The sign-up bonus and its like are paid once in a lifetime, also after rejoining.
    first_enrolled_at: datetime | None = instant(null=True)
    created_at: datetime = instant()


class MemberIdentity(SQLModel, table=True):
    """Personal data of a member; erasable without touching the books."""

    __tablename__ = "member_identity"
    # Found by beginnings: PostgreSQL needs an operator class for that, SQLite does not.
    __table_args__ = (
        sa.Index("ix_member_identity_email_key", "store_id", "email_key"),
        sa.Index(
            "ix_member_identity_email",
            "store_id",
            "email",
            postgresql_ops={"email": "text_pattern_ops"},
        ),
        sa.Index(
            "ix_member_identity_name",
            "store_id",
            "name_key",
            postgresql_ops={"name_key": "text_pattern_ops"},
        ),
        sa.Index(
            "ix_member_identity_surname",
            "store_id",
            "surname_key",
            postgresql_ops={"surname_key": "text_pattern_ops"},
        ),
        sa.Index("ix_member_identity_address", "email_sha256", "store_id"),
    )

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    store_id: int = ref("store.id")
    email: str
    #: HMAC of the normalized e-mail, for look-ups.
    email_key: str
    #: SHA-256 of the normalized e-mail, by which other systems name members
    #: (members.address_hashes); "" = not worked out yet.
    email_sha256: str = Field(default="", sa_column_kwargs={"server_default": ""})
    first_name: str = ""
    last_name: str = ""
    #: The name as it is searched for (members.name_keys): first name first, and last name first.
    name_key: str = Field(default="", sa_column_kwargs={"server_default": ""})
    surname_key: str = Field(default="", sa_column_kwargs={"server_default": ""})
    language: str = "en"
    confirmed: bool = False
    #: For text messages, as E.164; given by the member with the consent.
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: The address before the newest change: it is told of the change too.
    previous_email: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: When Saleor wrote what is stored here.
    as_of: datetime | None = instant(null=True)
    updated_at: datetime = instant()


class MemberConsent(SQLModel, table=True):
    """What a member agreed to, when and where."""

    __tablename__ = "member_consent"

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id", index=True)
    #: "terms" or "privacy".
    kind: str
    version: str
    source: str
    at: datetime = instant()


class ChannelConsent(SQLModel, table=True):
    """A member agreed to offers by a channel, or withdrew that. Rows are added only."""

    __tablename__ = "channel_consent"
    __table_args__ = (
        sa.CheckConstraint("channel IN ('email','sms')", name="channel"),
        sa.Index("ix_channel_consent_member", "store_id", "member_id", "channel", "id"),
        sa.Index("ix_channel_consent_unreported", "store_id", "reported_at", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    channel: str
    granted: bool
    #: Where it was said: storefront, hosted_page, unsubscribe, iys, import, staff, …
    source: str
    #: Version of the text that was agreed to.
    text_version: str = ""
    at: datetime = instant()
    #: When it was reported to the register of consents (İYS); none = not so far.
    reported_at: datetime | None = instant(null=True)


class MemberNote(SQLModel, table=True):
    """What staff wrote down about a member; goes when the member is erased."""

    __tablename__ = "member_note"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('note','block')", name="kind"),
        sa.Index("ix_member_note_member", "member_id", "id"),
        sa.Index("ix_member_note_due", "store_id", "done_at", "due_on"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: "note", or "block": why the member was blocked or freed.
    kind: str
    text: str
    #: Until when something is to be done, as YYYY-MM-DD; none = nothing is.
    due_on: str | None = Field(default=None, nullable=True)
    #: Who wrote it, "user:<id>".
    author: str
    created_at: datetime = instant()
    done_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    done_at: datetime | None = instant(null=True)


class MemberTag(SQLModel, table=True):
    """A tag that staff put on a member; goes when the member is erased.

    It stays with the member who had it when that one becomes another: who asks reads both.
    """

    __tablename__ = "member_tag"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    tag: str = Field(primary_key=True)
    store_id: int = ref("store.id")
    at: datetime = instant()
    #: Who put it there, "user:<id>".
    author: str


class MemberPreference(SQLModel, table=True):
    """How a member wants to be told of their own points; goes when the member is erased."""

    __tablename__ = "member_preference"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    store_id: int = ref("store.id")
    #: Chosen by the member, above what Saleor says; "" = Saleor's.
    language: str = ""
    #: Channels by which they want no news of their points; what must be told is told all the same.
    muted: list[str] = json_doc()
    updated_at: datetime = instant()


class MailedLink(SQLModel, table=True):
    """A link that was mailed to an address, or would have been if it were a member's."""

    __tablename__ = "mailed_link"
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('sign_in','claim')", name="purpose"),
        sa.Index("ix_mailed_link_expiry", "expires_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Whom it is for; none = nobody was mailed to.
    member_id: int | None = ref("member.id", null=True, index=True)
    purpose: str
    #: SHA-256 of what stands in the link.
    token_hash: str = Field(unique=True)
    asked_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(null=True)


class PageSession(SQLModel, table=True):
    """A member signed in to the rewards page."""

    __tablename__ = "page_session"
    __table_args__ = (sa.Index("ix_page_session_expiry", "expires_at"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id", index=True)
    #: SHA-256 of the cookie.
    token_hash: str = Field(unique=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
