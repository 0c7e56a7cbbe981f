"""Tables of the imports of members."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class MemberImport(SQLModel, table=True):
    """A file of members and points that staff brought, and how far it is."""

    __tablename__ = "member_import"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('reading','checking','checked','booking','done','canceled',"
            "'reversing','reversed')",
            name="state",
        ),
        sa.Index("ix_member_import_state", "store_id", "state"),
        sa.Index("ix_member_import_listed", "store_id", "id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    state: str
    file_name: str
    #: SHA-256 of the file.
    file_hash: str
    encoding: str
    delimiter: str
    #: Headings that mean nothing here.
    ignored: list[str] = json_doc()
    #: Who brought it, and once it is started who did that: "user:<id>" or "cli".
    actor: str
    #: Rows below the header.
    rows: int = count(0)
    #: The last row that was looked at in this state, by its number; members, of a reversal.
    cursor: int = count(0)
    #: How many rows were looked at in this state.
    handled: int = count(0)
    #: What the dry run found, what was booked, and what a reversal took back.
    checked: dict[str, Any] | None = json_doc(null=True)
    booked: dict[str, Any] | None = json_doc(null=True)
    reversal: dict[str, Any] | None = json_doc(null=True)
    created_at: datetime = instant()
    started_at: datetime | None = instant(null=True)
    finished_at: datetime | None = instant(null=True)
    #: When its rows were deleted, which hold personal data.
    rows_gone_at: datetime | None = instant(null=True)
    updated_at: datetime = instant()


class MemberImportRow(SQLModel, table=True):
    """One row of a file. Personal data: deleted in time, and with the member.

    An address stands here only until the row is booked; of a row that is wrong nothing stands here
    but where it is and why.
    """

    __tablename__ = "member_import_row"
    __table_args__ = (
        sa.CheckConstraint("state IN ('new','ready','there','bad','booked')", name="state"),
        sa.CheckConstraint("points >= 0 AND lifetime >= 0 AND worth >= 0", name="not_negative"),
        sa.Index("ix_member_import_row_import", "import_id", "state", "id"),
        sa.Index("ix_member_import_row_key", "import_id", "row_key"),
        sa.Index("ix_member_import_row_who", "store_id", "who"),
        sa.Index("ix_member_import_row_member", "member_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    import_id: int = ref("member_import.id")
    line: int = count()
    state: str
    #: Why it is bad or skipped, or what is told of it; "" = nothing.
    code: str = ""
    column: str = ""
    #: All problems, as [column, code].
    problems: list[list[str]] = json_doc()
    #: Stands for the person: "user:<id>", or the key of an address.
    who: str = ""
    #: account, guest, new or fetched: how the person was found; "" = not looked for yet.
    found: str = ""
    row_key: str = ""
    digest: str = ""
    email: str = ""
    user_id: str = ""
    external_id: str = ""
    points: int = count(0)
    #: How many of the points are to be booked, or were.
    worth: int = count(0)
    expires: str = ""
    earned: str = ""
    lifetime: int = count(0)
    channel: str = ""
    currency: str = ""
    #: The currency in which they are booked: also of a row that names none.
    books_currency: str = ""
    consent_email: bool = False
    consent_sms: bool = False
    consent_at: str = ""
    consent_proof: str = ""
    phone: str = ""
    note: str = ""
    member_id: int | None = ref("member.id", null=True)


class MemberImportBooking(SQLModel, table=True):
    """A row that was booked, in whichever file: it is not booked again.

    `used` is what an import that was reversed could not take back: it counts as booked already.
    """

    __tablename__ = "member_import_booking"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "row_key"),
        sa.CheckConstraint("points >= 0 AND posted >= 0 AND used >= 0", name="not_negative"),
        sa.Index("ix_member_import_booking_import", "import_id", "reversed"),
        sa.Index("ix_member_import_booking_entry", "entry_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    row_key: str
    digest: str
    who: str
    #: The import that booked it last.
    import_id: int = ref("member_import.id")
    entry_id: int | None = ref("entry.id", null=True)
    points: int = count()
    posted: int = count()
    used: int = count(0)
    reversed: bool = False
    #: How often it was booked; part of the key of its entry.
    times: int = count(1)
    at: datetime = instant()


class MemberImportLifetime(SQLModel, table=True):
    """What a member had ever collected in the system before, as the file says."""

    __tablename__ = "member_import_lifetime"

    import_id: int = Field(foreign_key="member_import.id", primary_key=True)
    member_id: int = Field(foreign_key="member.id", primary_key=True, index=True)
    store_id: int = ref("store.id")
    points: int = count()


class MemberImportConsent(SQLModel, table=True):
    """A consent that a file proves. Of a guest it waits until there is an account to write to."""

    __tablename__ = "member_import_consent"
    __table_args__ = (
        sa.UniqueConstraint("import_id", "member_id", "channel"),
        sa.CheckConstraint("channel IN ('email','sms')", name="channel"),
        sa.Index("ix_member_import_consent_member", "member_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    import_id: int = ref("member_import.id")
    member_id: int = ref("member.id")
    channel: str
    given_at: datetime = instant()
    proof: str
    #: When it was written down as the member's consent; none = it waits.
    applied_at: datetime | None = instant(null=True)
