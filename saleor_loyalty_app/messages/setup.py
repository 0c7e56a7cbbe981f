"""How a store writes to its members: mail server, sender, footer, hours, gateway, mirror.

One document without secrets; passwords are in `stores.kept_secrets` under the names below.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.addresses import is_hostname, is_mail_address
from saleor_loyalty_app.messages.errors import SettingsChanged
from saleor_loyalty_app.messages.kinds import KINDS, Kind
from saleor_loyalty_app.messages.models import MessageSettings

#: Names of the secrets that belong to the settings.
SMTP_PASSWORD, SMS_SECRET = "smtp_password", "sms_secret"
#: Where a secret stands in what is sent to a gateway.
SECRET_MARK, PHONE_MARK, TEXT_MARK = "{secret}", "{phone}", "{text}"

#: Kinds that are not sent until the owner switches them on.
OFF_AT_FIRST = (Kind.monthly_statement, Kind.birthday, Kind.anniversary)
#: Where a stored document says which kinds there were, so that later ones start as they should.
_KINDS_THEN = "kinds_then"

_settings = table(MessageSettings)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def _plain(text: str) -> str:
    """One line that cannot begin another header."""
    if _CONTROL.search(text):
        raise ValueError("must be one line")
    return text


def _mail_address(text: str) -> str:
    if text and not is_mail_address(text):
        raise ValueError("is not an e-mail address")
    return text


def _hostname(text: str) -> str:
    if not is_hostname(text):
        raise ValueError("is not the name of a server")
    return text.lower()


def _page(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s\"'<>\\]+", text):
        raise ValueError("must begin with https://")
    return text


def _kinds(kinds: list[Kind]) -> list[Kind]:
    for kind in kinds:
        if not KINDS[kind].optional:
            raise ValueError(f"{kind} cannot be switched off")
    return sorted(set(kinds))


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_plain)
]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_plain),
    AfterValidator(_mail_address),
]
#: Hour and minute.
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
PageAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_page)
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpServer(_Part):
    """The store's own mail server; its password is a secret apart."""

    host: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=253), AfterValidator(_hostname)
    ]
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="none is taken for servers in one's own network only."
    )
    username: Line = ""


class Sender(_Part):
    """Whom members see as the sender."""

    address: Address = ""
    name: Line = ""
    reply_to: Address = ""


class Footer(_Part):
    """Who writes, at the end of every mail; the law asks for it in marketing."""

    company: Line = ""
    postal_address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    #: Number in the Turkish central register of companies: 16 digits.
    mersis: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([0-9]{16})?$")] = ""


class Look(_Part):
    """What mails look like; what is left empty is as on the rewards page."""

    color: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{6})?$")] = ""
    logo_url: PageAddress = ""
    #: Where members see their points; linked in every mail.
    points_url: PageAddress = ""


class QuietHours(_Part):
    """When no offers are sent, in the store's time zone; equal times = always allowed."""

    begin: ClockTime = "21:00"
    end: ClockTime = "09:00"


class SmsGateway(_Part):
    """A gateway for text messages that takes an HTTP request.

    `{phone}`, `{text}` and `{secret}` are filled in: in the address percent-encoded, in a JSON body
    as JSON writes text, in a form body as forms do.
    """

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=1000)]
    method: Literal["POST", "GET"] = "POST"
    body_type: Literal["json", "form"] = "json"
    body: Annotated[str, StringConstraints(max_length=4000)] = (
        '{"to": "{phone}", "message": "{text}"}'
    )
    authorization: Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)] = (
        Field(
            default="",
            description="The header Authorization, such as Bearer {secret}; empty = none.",
        )
    )
    kinds: Annotated[list[Kind], Field(max_length=len(Kind))] = Field(
        default=[], description="What is told by text message too."
    )


class ConsentRegister(_Part):
    """The Turkish register of consents (İYS)."""

    used: bool = False
    brand_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,12}$")] = ""


class MailSetup(_Part):
    """All settings of the messages."""

    smtp: SmtpServer | None = None
    sender: Sender = Sender()
    footer: Footer = Footer()
    look: Look = Look()
    quiet_hours: QuietHours = QuietHours()
    weekly_cap: int = Field(default=2, ge=1, le=20, description="Offers to one member in 7 days.")
    switched_off: Annotated[list[Kind], Field(max_length=len(Kind)), AfterValidator(_kinds)] = (
        Field(
            default=list(OFF_AT_FIRST),
            description="Kinds that are not sent; offers start switched off.",
        )
    )
    sms: SmsGateway | None = None
    consent_register: ConsentRegister = ConsentRegister()
    mirror: Literal["off", "private", "public"] = Field(
        default="private", description="Where a member's balance stands in Saleor's metadata."
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """The settings of a store with the number of their version; 0 = never changed."""

    setup: MailSetup
    version: int


def setup_of(conn: Connection, store_id: int) -> Stored:
    """The settings of a store, or what holds where none were made."""
    row = conn.execute(
        sa.select(_settings.c.document, _settings.c.version).where(_settings.c.store_id == store_id)
    ).one_or_none()
    if row is None:
        return Stored(MailSetup(), 0)
    return Stored(read_setup(row.document), row.version)


def setups_of(conn: Connection, store_ids: Sequence[int]) -> dict[int, Stored]:
    """`setup_of` for several stores."""
    return {store_id: setup_of(conn, store_id) for store_id in store_ids}


def read_setup(document: dict[str, Any]) -> MailSetup:
    """The settings of a stored document.

    A kind that came after it was stored, and starts switched off, is switched off: nobody who
    saved other settings meant to send it.
    """
    # Documents of the first release do not say which kinds there were: one of those above.
    then = document.get(_KINDS_THEN, [Kind.monthly_statement])
    later = [kind for kind in OFF_AT_FIRST if kind not in then]
    setup = MailSetup.model_validate(known_parts(document))
    return setup.model_copy(update={"switched_off": sorted({*setup.switched_off, *later})})


def known_parts(document: dict[str, Any]) -> dict[str, Any]:
    """The parts of a stored document that this version knows, so that a later one may be read."""
    return {name: value for name, value in document.items() if name in MailSetup.model_fields}


def store_setup(
    conn: Connection, store_id: int, setup: MailSetup, *, version: int, now: datetime
) -> Stored:
    """Replaces the settings that were read as `version`.

    Raises:
        SettingsChanged: somebody else was faster.
    """
    values: dict[str, Any] = {
        "document": setup.model_dump(mode="json") | {_KINDS_THEN: sorted(Kind)},
        "version": version + 1,
        "updated_at": now,
    }
    if version == 0:
        insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        written = conn.execute(
            insert(_settings)
            .values(store_id=store_id, **values)
            .on_conflict_do_nothing()
            .returning(_settings.c.version)
        )
    else:
        written = conn.execute(
            sa.update(_settings)
            .where(_settings.c.store_id == store_id, _settings.c.version == version)
            .values(values)
            .returning(_settings.c.version)
        )
    if written.scalar_one_or_none() is None:
        raise SettingsChanged
    return Stored(setup, version + 1)
