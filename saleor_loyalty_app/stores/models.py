"""Tables of the stores."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class Store(SQLModel, table=True):
    """One tenant: a Saleor installation, known by its API address for ever."""

    __tablename__ = "store"

    id: int | None = key()
    saleor_api_url: str = Field(unique=True)
    app_id: str
    token_encrypted: str
    jwks: dict[str, Any] = json_doc()
    jwks_refreshed_at: datetime = instant()
    #: When the keys were asked for last, with or without success; bounds how often that is.
    jwks_attempted_at: datetime | None = instant(null=True)
    schema_version: str
    permissions: list[str] = json_doc()
    timezone: str = "UTC"
    language: str = "en"
    #: What Saleor calls the shop.
    name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    installed_at: datetime = instant()
    active: bool = True
    deactivated_at: datetime | None = instant(null=True)
    uninstalled_at: datetime | None = instant(null=True)
    #: Kill switches; a part that is off stops within a minute.
    earning_on: bool = True
    spending_on: bool = True
    shipping_on: bool = True
    messages_on: bool = True
    switched_at: datetime | None = instant(null=True)
    #: Origins whose browsers may call the storefront API for this store; none = all.
    storefront_origins: list[str] | None = json_doc(null=True)
    #: Orders are re-read from Saleor up to here (Saleor's `updatedAt`).
    cursor_updated_at: datetime | None = instant(null=True)
    daily_pass_at: datetime | None = instant(null=True)
    metadata_synced_at: datetime | None = instant(null=True)


class Channel(SQLModel, table=True):
    """A sales channel of a store as Saleor described it last."""

    __tablename__ = "channel"
    __table_args__ = (sa.UniqueConstraint("store_id", "slug"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    saleor_id: str
    slug: str
    name: str
    currency: str
    active: bool = True
    default_country: str
    countries: list[str] = json_doc()
    prices_entered_with_tax: bool
    display_gross_prices: bool
    synced_at: datetime = instant()


class StoreProblem(SQLModel, table=True):
    """A problem told to the owner in Saleor under a stable key, until it is mended."""

    __tablename__ = "store_problem"
    __table_args__ = (sa.UniqueConstraint("store_id", "problem_key"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    problem_key: str
    #: In the language of the store, as Saleor is told it.
    message: str
    #: The same to be said in any language (`i18n.Words`); none = only `message` is known.
    words: dict[str, Any] | None = json_doc(null=True)
    first_seen: datetime = instant()
    last_seen: datetime = instant()
    #: What Saleor shows under the key; none = nothing.
    told_message: str | None = Field(default=None, nullable=True)
    reported_at: datetime | None = instant(null=True)
    resolved_at: datetime | None = instant(null=True)
    dismissed_at: datetime | None = instant(null=True)


class StaffAction(SQLModel, table=True):
    """What a staff member changed, written in the same transaction; never changed itself."""

    __tablename__ = "staff_action"
    __table_args__ = (
        sa.Index("ix_staff_action_store", "store_id", "id"),
        sa.Index("ix_staff_action_subject", "store_id", "subject", "id"),
        sa.Index("ix_staff_action_kind", "store_id", "kind", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    at: datetime = instant()
    #: "user:<id>" of Saleor.
    actor: str
    #: A stable word, such as "program_published".
    kind: str
    #: What it was done to: "revision:3", "member:12".
    subject: str
    #: What was changed, without personal data and secrets; none = it was not there.
    before: dict[str, Any] | None = json_doc(null=True)
    after: dict[str, Any] | None = json_doc(null=True)


class StoreSecret(SQLModel, table=True):
    """A secret that a store entrusted to the app, sealed as its token is."""

    __tablename__ = "store_secret"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: smtp_password, sms_secret, webhook:<id>, partner_key:<id>, partner_key_previous:<id>.
    name: str = Field(primary_key=True)
    sealed: str
    changed_at: datetime = instant()


class StorefrontSetup(SQLModel, table=True):
    """How a store meets its shoppers (`storefront_setup.Setup`), as one document."""

    __tablename__ = "storefront_setup"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: What the rewards page is found by, beside the host of the store's API.
    slug: str | None = Field(default=None, nullable=True, unique=True)
    document: dict[str, Any] = json_doc()
    #: Counts the changes, so that two editors do not overwrite each other.
    version: int = 1
    updated_at: datetime = instant()


class PartnerKey(SQLModel, table=True):
    """An API key: another system of the store's (cash registers, help desk) acts by it."""

    __tablename__ = "partner_key"
    __table_args__ = (
        sa.CheckConstraint("day_limit >= 0", name="day_limit"),
        sa.CheckConstraint(
            "(previous_hash IS NULL) = (previous_until IS NULL)", name="previous_secret"
        ),
        sa.Index("ix_partner_key_store", "store_id", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: The public part of the key, by which it is found.
    prefix: str = Field(unique=True)
    name: str
    scopes: list[str] = json_doc()
    #: Points that it may give and take in a day of the store's, added up.
    day_limit: int = count(0)
    #: SHA-256; whoever reads it cannot use it.
    secret_hash: str
    secret_at: datetime = instant()
    #: The secret before the newest rotation; it goes on working until then.
    previous_hash: str | None = Field(default=None, nullable=True)
    previous_until: datetime | None = instant(null=True)
    #: Its requests are signed with the secret, which is then kept sealed in `store_secret`.
    must_sign: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    #: The same of the secret before the newest rotation.
    previous_must_sign: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_by: str
    created_at: datetime = instant()
    #: It works until then; none = for ever.
    expires_at: datetime | None = instant(null=True)
    revoked_by: str = ""
    revoked_at: datetime | None = instant(null=True)


class PartnerKeyUse(SQLModel, table=True):
    """When an API key was used last: apart from the key, so that nobody waits for it."""

    __tablename__ = "partner_key_use"

    key_id: int = Field(foreign_key="partner_key.id", primary_key=True)
    store_id: int = ref("store.id")
    used_at: datetime = instant()


class WindDown(SQLModel, table=True):
    """How a store ends its program: dates that were announced, and what happened so far.

    One plan of a store stands at a time; those that were called off stay for what they decided.
    """

    __tablename__ = "wind_down"
    __table_args__ = (
        sa.Index(
            "uq_wind_down_standing",
            "store_id",
            unique=True,
            sqlite_where=sa.text("called_off_at IS NULL"),
            postgresql_where=sa.text("called_off_at IS NULL"),
        ),
        sa.CheckConstraint("earning_ends_at <= spending_ends_at", name="order"),
    )

    id: int | None = key()
    store_id: int = ref("store.id", index=True)
    #: Counts the changes, so that two editors do not overwrite each other.
    version: int = 1
    #: As YYYY-MM-DD in the store's time zone when it was planned, and the instants they mean.
    earning_ends_on: str
    last_spending_on: str
    earning_ends_at: datetime = instant()
    spending_ends_at: datetime = instant()
    tell_members: bool = True
    planned_at: datetime = instant()
    planned_by: str
    #: The last member who was told of the present dates, and when all were.
    told_after: int = count(0)
    told_at: datetime | None = instant(null=True)
    #: Somebody was told of any dates: then they are told too if it is called off.
    any_told: bool = False
    earning_ended_at: datetime | None = instant(null=True)
    spending_ended_at: datetime | None = instant(null=True)
    codes_ended_at: datetime | None = instant(null=True)
    #: Staff confirmed that what is left expires.
    expiry_asked_at: datetime | None = instant(null=True)
    expiry_asked_by: str = ""
    expired_at: datetime | None = instant(null=True)
    expired_points: int = count(0)
    called_off_at: datetime | None = instant(null=True)
    called_off_by: str = ""
    #: The last member who was told that it goes on, and when all were.
    revoked_after: int = count(0)
    revoked_at: datetime | None = instant(null=True)


class StoreExport(SQLModel, table=True):
    """Everything of a store as one file to take along, for a day."""

    __tablename__ = "store_export"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('waiting','running','done','canceled','failed','deleted')", name="state"
        ),
        sa.Index("ix_store_export_store", "store_id", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    state: str = "waiting"
    asked_by: str
    asked_at: datetime = instant()
    #: Members that were read, and how many there are.
    done: int = count(0)
    total: int = count(0)
    #: Counts the tries; a worker that was taken for dead writes nothing more.
    fence: int = count(0)
    #: The last sign of whoever writes it.
    seen_at: datetime = instant()
    #: Between these instants the books were read, each member's at one.
    read_from: datetime | None = instant(null=True)
    read_until: datetime | None = instant(null=True)
    finished_at: datetime | None = instant(null=True)
    expires_at: datetime | None = instant(null=True)
    size: int = count(0)
    sha256: str = ""
    #: Rows by file, and points by unit.
    report: dict[str, Any] = json_doc()


class StoreExportPart(SQLModel, table=True):
    """A piece of the file: any process can hand it out."""

    __tablename__ = "store_export_part"

    export_id: int = Field(foreign_key="store_export.id", primary_key=True)
    number: int = Field(primary_key=True)
    data: bytes


class StoreRetention(SQLModel, table=True):
    """How long a store keeps what holds personal data, in days; none = as the operator says."""

    __tablename__ = "store_retention"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: `retention.Kept` by name, of what the store set itself.
    days: dict[str, Any] = json_doc()
    version: int = 1
    updated_at: datetime = instant()


class SealingKey(SQLModel, table=True):
    """A key of LOYALTY_SECRET_KEY by its fingerprint, and since when it was seen here."""

    __tablename__ = "sealing_key"

    fingerprint: str = Field(primary_key=True)
    first_seen: datetime = instant()
