"""What a handler of a synchronous webhook is: one object with its event, its document, its answer.

Saleor waits for the answer while a shopper does, and takes an error for "nothing". So a handler
answers from local data within milliseconds, keeps nothing in the inbox, and where the database
cannot work it repeats what this process remembers (`Memory`).
"""

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import LONGEST_NAME, NAME, InvalidHandler
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.event import Envelope, typename_of
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import sync_permission_for
from saleor_loyalty_app.stores.refs import StoreRef


class Memory:
    """What a process remembers of its answers, the least used forgotten first. Thread-safe.

    Args:
        most: so many things are remembered at a time.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """What is remembered under `key`, or None."""
        with self._lock:
            thing = self._things.get(key)
            if thing is not None:
                self._things.move_to_end(key)
            return thing

    def put(self, key: Hashable, thing: object) -> None:
        """Remembers `thing` under `key`."""
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)

    def drop(self, key: Hashable) -> None:
        """Forgets what was remembered under `key`."""
        with self._lock:
            self._things.pop(key, None)

    def __len__(self) -> int:
        return len(self._things)


@dataclass(frozen=True, slots=True)
class SyncContext:
    """One question of Saleor's as its handler sees it; its signature and recipient are proved."""

    database: Database
    memory: Memory
    store: StoreRef
    envelope: Envelope
    body: bytes
    now: datetime


@dataclass(frozen=True)
class SyncHandler:
    """A handler of one synchronous event.

    Attributes:
        name: stable; names the webhook in Saleor and its address.
        event: such as "SHIPPING_LIST_METHODS_FOR_CHECKOUT".
        document: the subscription's file under `graphql/subscriptions/`, without ".graphql".
        answer: gives what is sent to Saleor as JSON; raises MalformedEvent for what it cannot read.
        older_document: for the Saleors that do not understand `document` yet.
    """

    name: str
    event: str
    document: str
    answer: Callable[[SyncContext], Awaitable[object]] = field(repr=False)
    older_document: str = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise InvalidHandler(f"{self.name!r}: a name is lower-case words with hyphens")
        sync_permission_for(self.event)

    @property
    def path(self) -> str:
        """Where the questions arrive, below the app's address."""
        return f"/api/webhooks/{self.name}"

    @property
    def events(self) -> tuple[str, ...]:
        """What Saleor is asked to send."""
        return (self.event,)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the app must be allowed so that Saleor asks."""
        return frozenset({sync_permission_for(self.event)})

    @cached_property
    def typename(self) -> str:
        """The GraphQL type of the event."""
        return typename_of(self.event)

    def query_for(self, version: SchemaVersion) -> str | None:
        """The whole subscription as a Saleor of that version is given it; None = it cannot ask."""
        for document in filter(None, (self.document, self.older_document)):
            if documents.needs(f"subscriptions/{document}") <= version:
                return documents.minified(f"subscriptions/{document}")
        return None
