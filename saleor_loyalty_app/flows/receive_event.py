"""One webhook, from verified bytes to books: {inbox row; handler} in one transaction.

The order of the questions: can the body be read, is it made for this installed app, is it an event
of this handler, is it new. Only then the handler works; what it cannot read becomes a dead letter.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.event_handler import EventContext, Handler, Kind
from saleor_loyalty_app.flows.inbox_problems import tell_errors
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor.event import Envelope, MalformedEvent, parse_envelope
from saleor_loyalty_app.stores.refs import StoreRef

__all__ = [
    "EventContext",
    "Handler",
    "Kind",
    "Outcome",
    "Prepared",
    "WrongRecipient",
    "book",
    "is_concerned",
    "keep_malformed",
    "prepare",
    "receive",
]


class Outcome(StrEnum):
    """What became of a webhook whose signature was true."""

    accepted = "accepted"
    #: Came before, byte by byte.
    duplicate = "duplicate"
    #: An event that this handler does not know.
    ignored = "ignored"
    #: No news for a handler that keeps none.
    unconcerned = "unconcerned"
    #: Kept as a dead letter.
    malformed = "malformed"
    #: The app is no longer installed there, or switched off.
    gone = "gone"


class WrongRecipient(AppError):
    """The webhook was signed by the store, but made for another app or an earlier installation."""

    code: ClassVar[str] = "wrong_recipient"
    status: ClassVar[int] = 401


@dataclass(frozen=True, slots=True)
class Prepared:
    """A webhook that may enter the books."""

    envelope: Envelope
    delivery: Delivery


def prepare(handler: Handler, store: StoreRef, body: bytes, now: datetime) -> Prepared | None:
    """Reads the envelope and decides whether the handler may have it; no I/O.

    Returns:
        None for an event that the handler does not know; `__typename` says which one it is.

    Raises:
        MalformedEvent: the body cannot be read.
        WrongRecipient: it is not for the installed app.
    """
    envelope = parse_envelope(body)
    if envelope.recipient_id != store.app_id:
        raise WrongRecipient
    if envelope.typename not in handler.typenames:
        return None
    return Prepared(envelope, Delivery(store.id, handler.name, envelope.typename, body, now))


def is_concerned(
    conn: Connection,
    handler: Handler,
    store: StoreRef,
    prepared: Prepared,
    *,
    now: datetime,
    secrets: EmailKeys,
) -> bool:
    """Whether the webhook has to be booked; only reads.

    One that Saleor could not fill has to be told of.

    Raises:
        MalformedEvent: the handler cannot read the body.
    """
    if handler.concerns is None or prepared.envelope.errors:
        return True
    return handler.concerns(_context(conn, store, prepared, now, secrets))


def book(
    conn: Connection,
    handler: Handler,
    store: StoreRef,
    prepared: Prepared,
    *,
    now: datetime,
    secrets: EmailKeys,
) -> Outcome:
    """The transaction: accepts the webhook once and lets the handler work.

    A handler without an inbox works each time the webhook comes.

    Raises:
        MalformedEvent: the handler cannot read the body; nothing of the transaction may stay.
    """
    delivery, message_id = prepared.delivery, None
    if handler.inbox:
        message_id = inbox.accept(
            conn, delivery, app_id=store.app_id, while_inactive=handler.while_inactive
        )
        if message_id is None:
            return Outcome.duplicate if inbox.is_known(conn, delivery) else Outcome.gone
    tell_errors(conn, handler, store, prepared.envelope, now)
    handler.receive(_context(conn, store, prepared, now, secrets, message_id))
    return Outcome.accepted


def _context(
    conn: Connection,
    store: StoreRef,
    prepared: Prepared,
    now: datetime,
    secrets: EmailKeys,
    message_id: int | None = None,
) -> EventContext:
    return EventContext(
        conn=conn,
        store=store,
        envelope=prepared.envelope,
        delivery=prepared.delivery,
        now=now,
        secrets=secrets,
        message_id=message_id,
    )


def keep_malformed(
    conn: Connection,
    handler: Handler,
    store: StoreRef,
    body: bytes,
    failure: MalformedEvent,
    *,
    now: datetime,
    event: str = "",
) -> None:
    """Keeps a body that could not be read, for `inbox replay` by a version that can.

    Not for a handler without an inbox: its events are no news any more by then.
    """
    if not handler.inbox:
        return
    delivery = Delivery(store.id, handler.name, event, body, now)
    inbox.keep_dead_letter(conn, delivery, reason=failure.reason, place=failure.place)


def receive(
    database: Database,
    handler: Handler,
    store: StoreRef,
    body: bytes,
    *,
    now: datetime,
    secrets: EmailKeys,
) -> Outcome:
    """All of it for a caller that may wait; the web edge takes the same steps asynchronously.

    Raises:
        WrongRecipient: it is not for the installed app.
    """
    event = ""
    try:
        prepared = prepare(handler, store, body, now)
        if prepared is None:
            return Outcome.ignored
        event = prepared.envelope.typename
        if not database.read(
            lambda conn: is_concerned(conn, handler, store, prepared, now=now, secrets=secrets)
        ):
            return Outcome.unconcerned
        return database.write(
            lambda conn: book(conn, handler, store, prepared, now=now, secrets=secrets)
        )
    except MalformedEvent as failure:
        kept = failure
        database.write(
            lambda conn: keep_malformed(conn, handler, store, body, kept, now=now, event=event)
        )
        return Outcome.malformed
