"""What the pages on data, its export and the end of the program ask and answer."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.stores.exports import State


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


EndStepName = Literal["announced", "earning_ended", "spending_ended", "codes_ended", "expired"]


class EndStep(_Shape):
    """A step on the way to the end."""

    name: EndStepName
    due_at: datetime | None = Field(description="When it is due; null = it follows the one before.")
    done_at: datetime | None


class EndLeft(_Shape):
    """What is left of the program."""

    members: int = Field(description="Who hold points.")
    points: int = Field(description="That they hold, pending ones included.")
    held: int = Field(description="Points set aside for carts and codes.")
    codes: int = Field(description="Codes and carts whose end is open.")
    paying: int = Field(description="Those of them that wait as somebody may be paying.")
    waiting: int = Field(description="Rewards that were taken and are still to be handed over.")


class EndPlan(_Shape):
    """The plan of the end."""

    version: int
    earning_ends_on: date = Field(description="The first day on which orders earn nothing.")
    last_spending_on: date = Field(description="The last day on which points can be spent.")
    tell_members: bool
    planned_at: datetime
    steps: list[EndStep]
    expired_points: int = Field(description="Points that expired for the end.")


class EndPage(_Shape):
    """How the program ends, if it does."""

    today: date = Field(description="In the store's time zone.")
    plan: EndPlan | None
    left: EndLeft
    may_expire: bool = Field(description="Whether what is left can be expired now.")


class EndInput(_Shape):
    """When the program is to end."""

    version: int = Field(ge=0, le=2**31 - 1, description="Of the plan that was seen; 0 = none.")
    earning_ends_on: date
    last_spending_on: date
    tell_members: bool = Field(description="Whether each member is written to.")


class EndVersion(_Shape):
    """The plan that was seen."""

    version: int = Field(ge=1, le=2**31 - 1)


class EndExpiryInput(EndVersion):
    """The confirmation that what is left expires."""

    points: int = Field(ge=0, le=2**53, description="As many as were shown.")


class ExportTotals(_Shape):
    """Points of one kind in a file: entries = lots + held − debt."""

    unit: str
    entries: int
    lots: int
    held: int
    debt: int


class ExportSeen(_Shape):
    """A file with everything of the store."""

    id: int
    state: State
    asked_at: datetime
    done: int = Field(description="Members that were read.")
    total: int = Field(description="Members to be read.")
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="Until when it can be fetched.")
    size: int = Field(description="Bytes.")
    sha256: str
    rows: int
    points: list[ExportTotals]


class Exports(_Shape):
    """The files of the store, newest first."""

    items: list[ExportSeen]


Kept = Literal[
    "inbox",
    "dead_letters",
    "offers",
    "messages",
    "partner_events",
    "received_events",
    "uninstalled",
]


class RetentionSpan(_Shape):
    """How long one kind of data is kept."""

    name: Kept
    days: int = Field(description="As it holds.")
    usual: int = Field(description="As the operator set it for all stores.")
    own: bool = Field(description="Whether this store has days of its own.")
    least: int
    most: int
    meaning: str = Field(description="What is kept and what goes, in words.")


class RetentionPage(_Shape):
    """How long data are kept."""

    version: int
    spans: list[RetentionSpan]
    job_days: int = Field(description="Finished background jobs, set by the operator for all.")


class RetentionInput(_Shape):
    """Days by kind; null = as the operator set it."""

    version: int = Field(ge=0, le=2**31 - 1)
    days: dict[Kept, int | None]


SecretKind = Literal[
    "saleor_token",
    "encryption_key",
    "smtp_password",
    "sms_secret",
    "webhook_secret",
    "partner_key",
    "shopper_tokens",
]


class SecretSeen(_Shape):
    """A secret without itself: how old it is, and what to do about it."""

    name: str
    kind: SecretKind
    title: str
    since: datetime | None = Field(description="Since when it is the same; null = not known.")
    last_used_at: datetime | None = Field(description="null = never, or not known.")
    key: str = Field(description='Fingerprint of the key that seals it; "" = not sealed.')
    old_key: bool = Field(description="Sealed with a key that is not the newest.")
    unreadable: bool = Field(description="No key of this app opens it.")
    old: bool = Field(description="Older than is good for a secret of its kind.")
    advice: str = Field(description="What to do to renew it.")


class SecretsPage(_Shape):
    """The store's secrets, by age."""

    secrets: list[SecretSeen]
    keys: int = Field(description="Keys that the app knows, the newest included.")
    newest_key: str = Field(description="Fingerprint of the newest key.")
    under_old_keys: int = Field(description="Secrets of this store sealed with an older one.")


class Resealed(_Shape):
    """How many secrets were sealed anew."""

    secrets: int
