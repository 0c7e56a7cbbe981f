"""What the Dashboard API takes and tells of messages."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from saleor_loyalty_app.api.opaque import delivery_id, partner_delivery_id, webhook_id
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.messages.deliveries import LogLine, can_be_repeated
from saleor_loyalty_app.messages.kinds import COMMON_FIELDS, KINDS, Kind, MessageClass
from saleor_loyalty_app.messages.partner_deliveries import PartnerLine
from saleor_loyalty_app.messages.partner_webhooks import Webhook
from saleor_loyalty_app.messages.rendering import Rendered
from saleor_loyalty_app.messages.setup import MailSetup, PageAddress
from saleor_loyalty_app.messages.texts import CHOICES, OwnText, Words

Secret = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
LanguageTag = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}$", max_length=20)
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretAge(_Model):
    """A secret that is kept, and never shown."""

    name: str
    since: datetime


class MessageSettings(_Model):
    """The settings of the messages."""

    version: int = Field(description="Give it back when you change them.")
    settings: MailSetup
    sent_by: Literal["store", "operator", "nobody"] = Field(
        description="Whose mail server is used; nobody = mails are not sent."
    )
    secrets: list[SecretAge]
    waiting: int = Field(description="Messages that wait to be sent.")
    unreported_consents: int
    report_until: datetime | None = Field(
        description="Until when the register has to be told of the first of them."
    )


class MessageSettingsInput(_Model):
    """Settings as they are to be."""

    version: int = Field(ge=0, le=2**31)
    settings: MailSetup
    smtp_password: Secret | None = Field(
        default=None, description="null = as it was; empty = none. It is never shown again."
    )
    sms_secret: Secret | None = Field(default=None, description="As smtp_password.")


class MessageKind(_Model):
    """A kind of message."""

    kind: Kind
    name: str
    message_class: MessageClass
    optional: bool = Field(description="Whether it may be switched off.")
    fields: list[str] = Field(description="Values that its texts may show.")
    choices: list[str] = Field(description="Numbers and facts that its texts may choose by.")
    event: str = Field(description='What webhooks call it; "" = they are not told.')

    @classmethod
    def of(cls, kind: Kind, language: str) -> Self:
        """A kind in words."""
        known = KINDS[kind]
        return cls(
            kind=kind,
            name=translate(f"message_kind.{kind}", language),
            message_class=known.message_class,
            optional=known.optional,
            fields=[*COMMON_FIELDS, *known.fields],
            choices=list(CHOICES),
            event=known.event,
        )


class MessageKinds(_Model):
    """All kinds of messages that people get."""

    items: list[MessageKind]


class MessageText(_Model):
    """The words of a kind in a language."""

    kind: Kind
    language: str
    own: bool = Field(description="The store's own words; else the app's.")
    version: int = Field(description="Give it back when you change them.")
    words: Words

    @classmethod
    def of(cls, kind: Kind, language: str, text: OwnText) -> Self:
        """The words as they are stored."""
        return cls(
            kind=kind,
            language=language,
            own=text.version > 0,
            version=text.version,
            words=text.words,
        )


class MessageTextInput(_Model):
    """Words as they are to be."""

    version: int = Field(ge=0, le=2**31)
    words: Words


class PreviewInput(_Model):
    """What to preview."""

    kind: Kind
    language: LanguageTag = "en"
    words: Words | None = Field(default=None, description="Words that are not stored yet.")


class Preview(_Model):
    """A message with sample figures."""

    subject: str
    preheader: str
    html: str = Field(description="Show it in a frame with an empty sandbox.")
    text: str
    sms: str

    @classmethod
    def of(cls, rendered: Rendered) -> Self:
        """A message as it would be read."""
        return cls(
            subject=rendered.subject,
            preheader=rendered.preheader,
            html=rendered.html,
            text=rendered.text,
            sms=rendered.sms,
        )


class TestMailInput(_Model):
    """Which message to send as a test, to the address of who asks."""

    kind: Kind = Kind.points_earned
    language: LanguageTag = "en"


class TestMailSent(_Model):
    """The mail server took the test."""

    sent_to: str


class SentMessage(_Model):
    """A message on its way, or what became of it."""

    id: str
    member: str = Field(description="`id` of the member.")
    kind: str
    kind_name: str
    channel: str
    state: Literal["waiting", "sent", "skipped", "failed"]
    why: str = Field(description="A stable word.")
    why_text: str
    answer: str = Field(description="What the server said when it refused.")
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None
    repeatable: bool = Field(description="Whether it may be sent once more.")

    @classmethod
    def of(cls, line: LogLine, language: str, now: datetime) -> Self:
        """A line of the log in words."""
        return cls.model_validate(
            {
                "id": delivery_id(line.id),
                "member": str(line.member_id),
                "kind": line.kind,
                "kind_name": translate(f"message_kind.{line.kind}", language),
                "channel": line.channel,
                "state": line.state,
                "why": line.why,
                "why_text": translate(f"message_why.{line.why}", language) if line.why else "",
                "answer": line.answer,
                "attempts": line.attempts,
                "created_at": line.created_at,
                "next_try_at": line.due_at if line.state == "waiting" else None,
                "ended_at": line.ended_at,
                "repeatable": can_be_repeated(line, now),
            }
        )


class Repeated(_Model):
    """The message is on its way once more."""

    id: str


class SentMessages(_Model):
    """A page of the log, newest first."""

    items: list[SentMessage]
    next: str | None


class WebhookInput(_Model):
    """A webhook as it is to be."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=1000)]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    events: Annotated[list[str], Field(max_length=50)] = Field(
        default=[], description="Names of events; empty = all."
    )
    active: bool = True


class PartnerHook(_Model):
    """An address of a partner's that is told what happens."""

    id: str
    url: str
    description: str
    events: list[str]
    active: bool
    off_because: str = Field(description='Why the app switched it off: gone, failing; "" else.')
    failing_since: datetime | None
    created_at: datetime
    secret: str | None = Field(
        default=None, description="To verify the signatures; shown only when it was just made."
    )

    @classmethod
    def of(cls, hook: Webhook, secret: str | None = None) -> Self:
        """A webhook as staff see it."""
        return cls(
            id=webhook_id(hook.id),
            url=hook.url,
            description=hook.description,
            events=list(hook.events),
            active=hook.active,
            off_because=hook.off_because,
            failing_since=hook.failing_since,
            created_at=hook.created_at,
            secret=secret,
        )


class PartnerHooks(_Model):
    """The webhooks of the store, and the events there are."""

    items: list[PartnerHook]
    events: list[str]


class PartnerEvent(_Model):
    """One event that was sent to a webhook, or is on its way."""

    id: str
    event_id: str = Field(description="`webhook-id`: the same for every attempt.")
    event: str
    state: Literal["waiting", "sent", "failed"]
    attempts: int
    status: int = Field(description="HTTP status of the last answer; 0 = none.")
    answer: str
    body: str
    created_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, line: PartnerLine) -> Self:
        """A line of the log."""
        return cls.model_validate(
            {
                "id": partner_delivery_id(line.id),
                "event_id": line.event_id,
                "event": line.event,
                "state": line.state,
                "attempts": line.attempts,
                "status": line.status,
                "answer": line.answer,
                "body": line.body,
                "created_at": line.created_at,
                "next_try_at": line.due_at if line.state == "waiting" else None,
                "ended_at": line.ended_at,
            }
        )


class PartnerEvents(_Model):
    """A page of a webhook's log, newest first."""

    items: list[PartnerEvent]
    next: str | None


class AnnouncementText(_Model):
    """An announcement in one language."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class AnnouncementInput(_Model):
    """What is announced to the members who agreed to offers."""

    texts: Annotated[dict[Literal["en", "tr"], AnnouncementText], Field(min_length=1, max_length=2)]
    link: PageAddress = Field(default="", description="Where it leads; empty = nowhere.")


class Announced(_Model):
    """The announcement is on its way; quiet hours and the weekly cap are kept."""

    languages: list[str]


class ReportedInput(_Model):
    """Up to which line of the export the register was told."""

    through: int = Field(ge=1, le=2**62, description="`id` of the last line.")


class Reported(_Model):
    """How many changes are noted as told."""

    reported: int


class RefusalsInput(_Model):
    """A file of the register's, as text."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=4 * 1024 * 1024)] = Field(
        description="CSV with the columns recipient, type (EPOSTA, MESAJ) and status (RET, ONAY)."
    )


class RefusalsTaken(_Model):
    """What became of the refusals."""

    refused: int
    known: int = Field(description="Of these, people who are known here.")
    unknown: int
