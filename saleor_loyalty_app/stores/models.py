"""Tables of the stores."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import instant, json_doc, key, ref


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
    message: str
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
    #: smtp_password, sms_secret, webhook:<id>.
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
