"""Handlers that others write: they run as durable jobs after the webhook was accepted.

A plugin's handler gets no share in the transaction that books orders, so that one that fails, hangs
or is slow costs nobody points. It may run more than once for the same webhook: what it writes
needs an idempotency key of its own (`PluginEvent.key`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.event_handler import (
    NAME,
    EventContext,
    Handler,
    InvalidHandler,
    Kind,
)
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.programs.plugin_kinds import ConditionKind, EffectKind
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.saleor.event import Envelope, parse, parse_envelope
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef

#: Raised with the first change that breaks plugins; see docs/developers/handlers.md.
API_VERSION = 1

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


class Transactions(Protocol):
    """Reads and writes of the app's database, each in one short transaction."""

    def read(self, fn: Callable[[Connection], T]) -> T:
        """Runs `fn` on one state of the books."""

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Runs `fn` in one transaction and commits it."""


@dataclass(frozen=True, slots=True)
class PluginEvent:
    """A webhook as a plugin's handler sees it, after it was accepted.

    Attributes:
        key: the same for each run with the same webhook; begin idempotency keys with it.
        now: the app's time when this run began.
        transactions: `transactions.write(fn)` for what belongs together. Keep each under 50 ms, and
            call the network outside of them.
    """

    store: StoreRef
    envelope: Envelope
    body: bytes
    received_at: datetime
    now: datetime
    key: str
    transactions: Transactions

    def parse(self, shape: type[S]) -> S:
        """The body as a `msgspec.Struct` of the plugin.

        Raises:
            MalformedEvent: it has another shape.
        """
        return parse(self.body, shape)


@dataclass(frozen=True)
class PluginHandler:
    """A handler in a plugin: events, one subscription document, function.

    Attributes:
        name: unique in the plugin, lower-case words with hyphens.
        events: such as ("CUSTOMER_UPDATED",).
        document: the text of the subscription; it spreads `...EventEnvelope` and may use the other
            fragments of the app.
        receive: the function; what it raises is tried again later.
    """

    name: str
    events: tuple[str, ...]
    document: str
    receive: Callable[[PluginEvent], None]


@dataclass(frozen=True)
class Plugin:
    """What an entry point of the group `saleor_loyalty_app.plugins` leads to.

    Attributes:
        name: lower-case words with hyphens; begins the names of its webhooks and kinds.
        api_version: the `API_VERSION` that it was written for.
        conditions: kinds of conditions for earning rules.
        effects: kinds of effects for earning rules.
    """

    name: str
    api_version: int
    handlers: tuple[PluginHandler, ...] = field(default=())
    conditions: tuple[ConditionKind[Any], ...] = field(default=())
    effects: tuple[EffectKind[Any], ...] = field(default=())


class PluginCall(msgspec.Struct, frozen=True):
    """The payload of the job: which handler, which inbox row."""

    handler: str
    message_id: int


PLUGIN_JOB = Job("plugin_handler", PluginCall)


class PluginHandlerMissing(AppError):
    """A job waits for a plugin that is no longer installed."""

    code: ClassVar[str] = "plugin_handler_missing"

    def __init__(self, handler: str) -> None:
        super().__init__(handler=handler)


def check_plugin(plugin: Plugin) -> None:
    """Refuses a plugin that this app cannot use at all.

    Raises:
        InvalidHandler: its name does not fit, or it was written for another version of the API.
    """
    if not NAME.fullmatch(plugin.name):
        raise InvalidHandler(f"{plugin.name!r}: a name is lower-case words with hyphens")
    if plugin.api_version != API_VERSION:
        raise InvalidHandler(
            f"{plugin.name} was written for version {plugin.api_version} of the extension API; "
            f"this app has version {API_VERSION}"
        )


def as_handler(plugin: Plugin, own: PluginHandler) -> Handler:
    """The handler that accepts a plugin's webhooks and enqueues the plugin's work.

    Raises:
        InvalidHandler: it is not complete or its document cannot be used.
        UnknownEvent: an event does not exist.
    """
    check_plugin(plugin)
    name = f"{plugin.name}-{own.name}"
    if "...EventEnvelope" not in own.document:
        raise InvalidHandler(f"{name}: the document must select ...EventEnvelope on its event")

    def receive(context: EventContext) -> None:
        if context.message_id is None:
            raise InvalidHandler(f"{name} runs after the inbox, not in it")
        enqueue(
            context.conn,
            PLUGIN_JOB,
            PluginCall(name, context.message_id),
            dedup_key=f"{context.store.id}:{context.message_id}",
        )

    handler = Handler(
        name=name,
        events=own.events,
        document="",
        text=own.document,
        receive=receive,
        kind=Kind.plugin,
    )
    try:
        handler.query  # noqa: B018 - a document that cannot be read is found at the start
    except Exception as failure:
        raise InvalidHandler(f"{name}: {failure}") from failure
    return handler


def run_plugin_handler(
    database: Database, handlers: Mapping[str, PluginHandler], call: PluginCall, *, clock: Clock
) -> None:
    """Does the job: runs a plugin's handler on a webhook that was accepted before.

    A webhook whose body or store is gone by now is passed over.

    Raises:
        PluginHandlerMissing: the plugin is not installed (any more).
        Exception: whatever the handler raises; the job is tried again.
    """
    own = handlers.get(call.handler)
    if own is None:
        raise PluginHandlerMissing(call.handler)

    def look(conn: Connection) -> tuple[StoreRef, Delivery] | None:
        letter = inbox.message(conn, call.message_id)
        store = letter and stores.store_by_id(conn, letter.delivery.store_id)
        return (store, letter.delivery) if letter and store and store.active else None

    found = database.read(look)
    if found is not None:
        store, delivery = found
        own.receive(plugin_event(store, delivery, now=clock(), transactions=database))


def plugin_event(
    store: StoreRef, delivery: Delivery, *, now: datetime, transactions: Transactions
) -> PluginEvent:
    """What a plugin's handler is given for a delivery."""
    return PluginEvent(
        store=store,
        envelope=parse_envelope(delivery.body),
        body=delivery.body,
        received_at=delivery.received_at,
        now=now,
        key=f"{delivery.handler}:{delivery.body_hash[:32]}",
        transactions=transactions,
    )


def by_name(plugins: Iterable[Plugin]) -> dict[str, PluginHandler]:
    """The handlers of all plugins by the names of their webhooks."""
    return {f"{plugin.name}-{own.name}": own for plugin in plugins for own in plugin.handlers}
