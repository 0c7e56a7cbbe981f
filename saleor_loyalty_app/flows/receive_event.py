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

    Raises:
        MalformedEvent: the handler cannot read the body; nothing of the transaction may stay.
    """
    delivery, envelope = prepared.delivery, prepared.envelope
    message_id = inbox.accept(
        conn, delivery, app_id=store.app_id, while_inactive=handler.while_inactive
    )
    if message_id is None:
        return Outcome.duplicate if inbox.is_known(conn, delivery) else Outcome.gone
    tell_errors(conn, handler, store, envelope, now)
    handler.receive(
        EventContext(
            conn=conn,
            store=store,
            envelope=envelope,
            delivery=delivery,
            now=now,
            secrets=secrets,
            message_id=message_id,
        )
    )
    return Outcome.accepted


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
    """Keeps a body that could not be read, for `inbox replay` by a version that can."""
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
        return database.write(
            lambda conn: book(conn, handler, store, prepared, now=now, secrets=secrets)
        )
    except MalformedEvent as failure:
        kept = failure
        database.write(
            lambda conn: keep_malformed(conn, handler, store, body, kept, now=now, event=event)
        )
        return Outcome.malformed
