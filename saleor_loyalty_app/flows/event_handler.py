"""What a handler of webhooks is: one object with its events, its document and its function.

The manifest, the migration of installed stores, the routes and the inbox all come from these
objects. A core handler runs inside the transaction that accepts the webhook; handlers of plugins
are built from `flows.plugin_handler.PluginHandler` and run after it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from graphql import strip_ignored_characters
from sqlalchemy.engine import Connection

from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.event import Envelope, typename_of
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import permission_for
from saleor_loyalty_app.stores.refs import StoreRef

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_NAME = 60


class Kind(StrEnum):
    """Whose handler it is: core runs before the answer, plugin after it."""

    core = "core"
    plugin = "plugin"


class InvalidHandler(ValueError):
    """A handler object is not complete; the message says what to change."""


@dataclass(frozen=True, slots=True)
class EventContext:
    """One webhook as its handler sees it, inside the transaction that accepts it.

    Attributes:
        conn: the transaction; a handler neither commits nor calls the network.
        message_id: the inbox row; none in a replay.
        secrets: the keys under which guests are found again.
    """

    conn: Connection
    store: StoreRef
    envelope: Envelope
    delivery: Delivery
    now: datetime
    secrets: EmailKeys
    message_id: int | None = None

    @property
    def body(self) -> bytes:
        """The raw bytes that Saleor signed."""
        return self.delivery.body

    @property
    def received_at(self) -> datetime:
        """When the webhook came here."""
        return self.delivery.received_at

    def keep_dead_letter(self, reason: str, place: str = "") -> None:
        """Keeps the body for a later replay although the webhook is accepted."""
        inbox.keep_dead_letter(self.conn, self.delivery, reason=reason, place=place)


@dataclass(frozen=True)
class Handler:
    """A handler of one family of Saleor's asynchronous events.

    Attributes:
        name: stable; names the webhook in Saleor, its address and the inbox key.
        events: what Saleor is asked to send, such as ("ORDER_CREATED", "ORDER_UPDATED").
        document: the subscription's file under `graphql/subscriptions/`, without ".graphql".
        receive: does the work; raises MalformedEvent for what it cannot read.
        understands: further events whose payload it reads in a replay.
        while_inactive: also works for an app that staff switched off.
        text: the subscription itself, where it is no file of the app; may use its fragments.
        inbox: whether deliveries are kept, so that each is worked on once and may be replayed. The
            function of a handler without an inbox takes the same event any number of times.
        concerns: for a handler without an inbox; only reads, and says whether its function has
            anything to do. Most events end there, without a transaction that writes.
    """

    name: str
    events: tuple[str, ...]
    document: str
    receive: Callable[[EventContext], None]
    understands: tuple[str, ...] = ()
    while_inactive: bool = False
    text: str | None = None
    kind: Kind = Kind.core
    inbox: bool = True
    concerns: Callable[[EventContext], bool] | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise InvalidHandler(f"{self.name!r}: a name is lower-case words with hyphens")
        if not self.events:
            raise InvalidHandler(f"{self.name}: name at least one event")
        if len(set(self.events)) != len(self.events):
            raise InvalidHandler(f"{self.name}: an event is named twice")
        if self.concerns is not None and self.inbox:
            raise InvalidHandler(f"{self.name}: only a handler without an inbox may be choosy")
        for event in (*self.events, *self.understands):
            permission_for(event)

    @property
    def path(self) -> str:
        """Where the handler's webhooks arrive, below the app's address."""
        return f"/api/webhooks/{self.name}"

    @cached_property
    def query(self) -> str:
        """The whole subscription with its fragments, as Saleor is given it."""
        if self.text is None:
            return documents.minified(f"subscriptions/{self.document}")
        return strip_ignored_characters(documents.complete(self.text))

    @cached_property
    def needs(self) -> SchemaVersion:
        """The oldest Saleor that understands the subscription."""
        if self.text is None:
            return documents.needs(f"subscriptions/{self.document}")
        return documents.text_needs(documents.complete(self.text))

    def query_for(self, version: SchemaVersion) -> str | None:
        """The subscription for a Saleor of that version; None = it does not understand it."""
        return self.query if self.needs <= version else None

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the app must be allowed so that Saleor sends these events."""
        return frozenset(code for event in self.events if (code := permission_for(event)))

    @cached_property
    def typenames(self) -> frozenset[str]:
        """The GraphQL types of all events that it understands."""
        return frozenset(map(typename_of, (*self.events, *self.understands)))
