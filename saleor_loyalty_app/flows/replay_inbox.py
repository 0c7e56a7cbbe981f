"""Runs webhooks again: dead letters and the inbox after a mend, recordings while developing.

Nothing is verified again: what is stored was verified when it came, and a recording is the
developer's own. Converging twice changes nothing, so a replay is always safe for the books.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log, shapes
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.event_handler import EventContext, Handler, Kind
from saleor_loyalty_app.flows.plugin_handler import PluginHandler, plugin_event
from saleor_loyalty_app.flows.receive_event import WrongRecipient
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.inbox.repository import Delivery, StoredLetter
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor.event import parse_envelope, typename_of
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.errors import StoreInactive
from saleor_loyalty_app.stores.refs import StoreRef

LARGEST_RECORDING = 64 * 1024 * 1024
T = TypeVar("T")
_log = log.get(__name__)


class RecordingUnreadable(AppError):
    """The file holds no webhook."""

    code: ClassVar[str] = "recording_unreadable"
    status: ClassVar[int] = 400

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)


class NoHandler(AppError):
    """No handler understands the event, or none has the name that was given."""

    code: ClassVar[str] = "no_handler"
    status: ClassVar[int] = 404

    def __init__(self, event: str) -> None:
        super().__init__(event=event)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one webhook; `failure` is empty where it was understood."""

    id: int
    handler: str
    event: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A webhook from a file: its event's GraphQL type and its body."""

    event: str
    body: bytes


@dataclass(frozen=True)
class Replay:
    """What a replay needs: the books and all handlers.

    Attributes:
        plugin_handlers: the functions behind the handlers of plugins, by their webhooks' names.
        secrets: the keys under which guests are found again.
    """

    database: Database
    handlers: Sequence[Handler]
    plugin_handlers: Mapping[str, PluginHandler]
    secrets: EmailKeys

    def dead_letters(
        self, *, now: datetime, store_id: int | None = None, ids: Sequence[int] = ()
    ) -> list[Replayed]:
        """Replays dead letters, oldest first: those of `ids`, else all that wait.

        Those that are understood are marked; the others stay and say why.
        """
        done: list[Replayed] = []
        after = 0
        while page := self.database.read(
            lambda conn, after=after: inbox.dead_letters(  # type: ignore[misc]
                conn, store_id=store_id, ids=ids, after_id=after
            )
        ):
            after = page[-1].id
            for letter in page:
                result = self._again(letter, now=now, judged=False)
                if not result.failure:
                    self._mark(letter.id, now)
                done.append(result)
        return done

    def messages(self, store_id: int, *, since: datetime, now: datetime) -> list[Replayed]:
        """Replays what a store's inbox accepted at `since` or later and still holds."""
        done: list[Replayed] = []
        after = 0
        while page := self.database.read(
            lambda conn, after=after: inbox.messages(  # type: ignore[misc]
                conn, store_id=store_id, since=since, after_id=after
            )
        ):
            after = page[-1].id
            done.extend(self._again(letter, now=now, judged=True) for letter in page)
        return done

    def recording(
        self,
        recording: Recording,
        store: StoreRef,
        *,
        now: datetime,
        handler: str | None = None,
        keep: bool = False,
    ) -> Replayed:
        """Runs a recording through its handler, or the one named; the same path, then rolled back.

        Args:
            keep: commit what the handler wrote.

        Raises:
            NoHandler: nobody understands it.
            Exception: whatever the handler raises.
        """
        chosen = self._chosen(recording.event, handler)
        delivery = Delivery(store.id, chosen.name, recording.event, recording.body, now)
        run = self.database.write if keep else _rolled_back(self.database)
        self._run(chosen, store, delivery, now=now, run=run)
        return Replayed(0, chosen.name, recording.event)

    def _chosen(self, event: str, name: str | None) -> Handler:
        for handler in self.handlers:
            if handler.name == name or (name is None and event in handler.typenames):
                return handler
        raise NoHandler(name or event)

    def _again(self, letter: StoredLetter, *, now: datetime, judged: bool) -> Replayed:
        """`judged`: that it is for this app was found when it came; a dead letter could not say."""
        delivery = letter.delivery
        failure = ""
        try:
            store = self.database.read(lambda conn: stores.store_by_id(conn, delivery.store_id))
            handler = self._chosen(delivery.event, delivery.handler)
            if store is None or not (store.active or handler.while_inactive):
                raise StoreInactive(str(delivery.store_id))
            if not judged and parse_envelope(delivery.body).recipient_id != store.app_id:
                raise WrongRecipient
            self._run(handler, store, delivery, now=now, run=self.database.write)
        except Exception as problem:  # noqa: BLE001 - one that fails must not stop the others
            _log.warning(
                "replay_failed",
                store_id=delivery.store_id,
                handler=delivery.handler,
                exc_info=problem,
            )
            failure = log.describe(problem)
        return Replayed(letter.id, delivery.handler, delivery.event, failure)

    def _run(
        self,
        handler: Handler,
        store: StoreRef,
        delivery: Delivery,
        *,
        now: datetime,
        run: Callable[[Callable[[Connection], None]], None],
    ) -> None:
        envelope = parse_envelope(delivery.body)
        if envelope.typename not in handler.typenames:
            raise NoHandler(envelope.typename)
        if handler.kind is Kind.plugin:
            own = self.plugin_handlers[handler.name]
            transactions = _Through(self.database, run)
            own.receive(plugin_event(store, delivery, now=now, transactions=transactions))
            return

        def work(conn: Connection) -> None:
            handler.receive(
                EventContext(
                    conn=conn,
                    store=store,
                    envelope=envelope,
                    delivery=delivery,
                    now=now,
                    secrets=self.secrets,
                )
            )

        run(work)

    def _mark(self, letter_id: int, now: datetime) -> None:
        self.database.write(lambda conn: inbox.mark_replayed(conn, letter_id, now))


class _Through:
    """The transactions of a plugin's handler in a replay."""

    def __init__(
        self, database: Database, run: Callable[[Callable[[Connection], None]], None]
    ) -> None:
        self._database = database
        self._run = run

    def read(self, fn: Callable[[Connection], T]) -> T:
        return self._database.read(fn)

    def write(self, fn: Callable[[Connection], T]) -> T:
        results: list[T] = []
        self._run(lambda conn: results.append(fn(conn)))
        return results[-1]


class _RollBack(Exception):
    """Ends a transaction whose work was only looked at."""


def _rolled_back(database: Database) -> Callable[[Callable[[Connection], None]], None]:
    def run(work: Callable[[Connection], None]) -> None:
        def undone(conn: Connection) -> None:
            work(conn)
            raise _RollBack

        try:
            database.write(undone)
        except _RollBack:
            return

    return run


def read_recording(path: Path) -> Recording:
    """Reads a webhook from a file: a body as Saleor sent it, or `{"event": …, "body": "…"}`.

    A body without `__typename`, as another app recorded it, gets that of the event.

    Raises:
        RecordingUnreadable: no such file, too large, or no webhook in it.
    """
    try:
        if path.stat().st_size > LARGEST_RECORDING:
            raise RecordingUnreadable(str(path), "too_large")
        raw = path.read_bytes()
    except OSError as failure:
        raise RecordingUnreadable(str(path), failure.strerror or "unreadable") from failure
    document = _object(raw, path)
    if isinstance(document.get("body"), str) and "headers" in document:
        event, inner = str(document.get("event", "")), str(document["body"])
        document, raw = _object(inner.encode(), path), inner.encode()
        if "__typename" not in document and event:
            document = {"__typename": typename_of(event), **document}
            raw = json.dumps(document).encode()
    typename = document.get("__typename")
    if not isinstance(typename, str):
        raise RecordingUnreadable(str(path), "it does not say its __typename")
    return Recording(typename, raw)


def _object(raw: bytes, path: Path) -> dict[str, object]:
    try:
        document = shapes.decode(raw, object)
    except (msgspec.DecodeError, RecursionError) as failure:
        raise RecordingUnreadable(str(path), "it is not JSON") from failure
    if not isinstance(document, dict):
        raise RecordingUnreadable(str(path), "it is not a JSON object")
    return document


def failures(replayed: Iterable[Replayed]) -> list[Replayed]:
    """Those that were not understood this time either."""
    return [one for one in replayed if one.failure]
