"""Requests of a real Saleor, through the web edge into the books.

The recorded subscriptions asked for no `__typename`. So each request is sent twice: verbatim, where
the signature must hold and the event is not known; and as our documents would have made it, signed
by a key of the tests.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app import metrics
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.replay_inbox import Replay, read_recording
from saleor_loyalty_app.handlers import CORE_HANDLERS
from saleor_loyalty_app.saleor.event import typename_of
from saleor_loyalty_app.stores.refs import StoreRef
from tests.contract.test_recorded_orders import COMPUTED
from tests.order_books import Books, books_of, live_store
from tests.signing import SigningKey
from tests.webhook_edge import SECRETS, WebhookEdge, counted, refused

SALEOR = "http://127.0.0.1:8000/graphql/"
NO_REQUESTS = ("jwks.json", "manifest.json")
APP_EVENTS = ("APP_DELETED", "APP_STATUS_CHANGED", "APP_UPDATED")


@dataclass(frozen=True)
class Request:
    """A recorded request."""

    file: Path
    event: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


def read(path: Path) -> Request:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Request(path, found["event"], dict(found["headers"]), found["body"].encode())


def handled(folder: Path) -> list[Request]:
    """The requests in `folder` that a core handler understands, in the order of arrival."""
    typenames = {name for handler in CORE_HANDLERS for name in handler.typenames}
    files = [path for path in sorted(folder.rglob("*.json")) if path.name not in NO_REQUESTS]
    requests = [read(path) for path in files]
    return [one for one in requests if typename_of(one.event) in typenames]


def handler_of(event: str) -> str:
    return next(one.name for one in CORE_HANDLERS if typename_of(event) in one.typenames)


def is_kept(request: Request) -> bool:
    """Whether the handler of the event has an inbox."""
    return next(one for one in CORE_HANDLERS if one.name == handler_of(request.event)).inbox


def as_ours(request: Request, app_id: str) -> bytes:
    """The body as our documents would have made it, for our app."""
    document = request.document
    ours = {"__typename": typename_of(request.event), **document, "recipient": {"id": app_id}}
    if order := document.get("order"):
        ours["orderRef"] = {"id": order["id"]}
    if orders := document.get("orders"):
        ours["orderRefs"] = [{"id": order["id"]} for order in orders]
    if request.event in APP_EVENTS:
        ours["app"] = {**document["app"], "id": app_id}
    return json.dumps(ours).encode()


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey("ours")


@pytest.fixture
def edge(database: Database, clock: ManualClock) -> Iterator[WebhookEdge]:
    made = WebhookEdge(database, CORE_HANDLERS, clock)
    yield made
    made.close()


def real_store(edge: WebhookEdge, shared: Path, app_id: str) -> StoreRef:
    jwks = json.loads((shared / "recordings" / "jwks.json").read_text())
    return edge.database.write(
        lambda conn: live_store(conn, saleor_api_url=SALEOR, app_id=app_id, jwks=jwks)
    )


def our_store(edge: WebhookEdge, key: SigningKey) -> StoreRef:
    return edge.database.write(lambda conn: live_store(conn, jwks=key.jwks))


def send(edge: WebhookEdge, store: StoreRef, key: SigningKey, request: Request) -> int:
    body = as_ours(request, store.app_id)
    headers = edge.headers(store, body, key)
    return edge.post(handler_of(request.event), body, headers).status_code


def test_every_recorded_request_passes_the_signature_and_a_tampered_one_does_not(
    edge: WebhookEdge, shared: Path
) -> None:
    requests = handled(shared / "recordings")
    assert len(requests) > 100
    ids = {request.document["recipient"]["id"] for request in requests}
    for app_id in sorted(ids):
        edge.database.write(lambda conn: conn.exec_driver_sql("DELETE FROM program_revision"))
        edge.database.write(lambda conn: conn.exec_driver_sql("DELETE FROM store"))
        store = real_store(edge, shared, app_id)
        mine = [one for one in requests if one.document["recipient"]["id"] == app_id]
        for request in mine:
            before = refused("signature_does_not_match")
            name = handler_of(request.event)
            assert edge.post(name, request.body, request.headers).status_code == 200
            tampered = request.body.replace(b"3.23.28", b"3.23.29")
            assert edge.post(name, tampered, request.headers).status_code == 401
            assert refused("signature_does_not_match") == before + 1
        assert store.app_id == app_id
    assert edge.rows("inbox_message") == edge.rows("dead_letter") == []


def test_a_recorded_request_for_another_installation_is_refused(
    edge: WebhookEdge, shared: Path
) -> None:
    real_store(edge, shared, "QXBwOjk5OTk=")
    [request] = [
        one for one in handled(shared / "recordings" / "events") if one.event == "ORDER_CREATED"
    ]
    before = refused("wrong_recipient")
    assert edge.post("orders", request.body, request.headers).status_code == 401
    assert refused("wrong_recipient") == before + 1


def test_every_recorded_event_is_understood_by_its_handler(
    edge: WebhookEdge, shared: Path, key: SigningKey
) -> None:
    store = our_store(edge, key)
    requests = handled(shared / "recordings" / "events")
    rank = {"APP_STATUS_CHANGED": 1, "APP_DELETED": 2}
    for request in sorted(requests, key=lambda one: rank.get(one.event, 0)):
        assert send(edge, store, key, request) == 200, request.file.name
    events = {row.event for row in edge.rows("inbox_message")}
    assert events == {typename_of(request.event) for request in requests if is_kept(request)}
    assert edge.rows("dead_letter") == []
    [row] = edge.rows("store")
    assert row.uninstalled_at is not None


@pytest.mark.parametrize("story", sorted(COMPUTED))
def test_the_chosen_events_of_a_story_end_in_the_books_of_all_its_events(
    story: str, edge: WebhookEdge, shared: Path, key: SigningKey
) -> None:
    """What the smallest set leaves out, a story of a real order does not miss."""
    chosen = {event for handler in CORE_HANDLERS for event in handler.events}
    requests = handled(shared / "recordings" / "stories" / story)
    assert requests
    outcomes: list[Books] = []
    for told in (requests, [one for one in requests if one.event in chosen]):
        store = our_store(edge, key)
        for request in told:
            assert send(edge, store, key, request) == 200
        outcomes.append(edge.database.read(partial(books_of, store=store)))
    assert outcomes[0].orders == outcomes[1].orders


@pytest.mark.parametrize("story", sorted(COMPUTED))
def test_a_story_told_twice_and_replayed_changes_nothing(
    story: str, edge: WebhookEdge, shared: Path, key: SigningKey, clock: ManualClock
) -> None:
    store = our_store(edge, key)
    requests = handled(shared / "recordings" / "stories" / story)
    kept = [request for request in requests if is_kept(request)]
    for request in requests:
        assert send(edge, store, key, request) == 200
    books = edge.database.read(lambda conn: books_of(conn, store))
    entries = len(edge.rows("entry"))
    before = counted(metrics.webhooks, "orders", "duplicate")
    for request in reversed(requests):
        assert send(edge, store, key, request) == 200
    replay = Replay(edge.database, CORE_HANDLERS, {}, SECRETS)
    replayed = replay.messages(store.id, since=clock(), now=clock())
    assert len(replayed) == len(kept)
    assert [one.failure for one in replayed if one.failure] == []
    assert len(edge.rows("entry")) == entries
    assert edge.database.read(lambda conn: books_of(conn, store)) == books
    if "bulk" not in story:
        assert counted(metrics.webhooks, "orders", "duplicate") == before + len(kept)


def test_a_recording_runs_through_its_handler_without_a_trace(
    edge: WebhookEdge, shared: Path, key: SigningKey, clock: ManualClock
) -> None:
    store = our_store(edge, key)
    file = shared / "recordings" / "events" / "ORDER_FULLY_PAID.json"
    replay = Replay(edge.database, CORE_HANDLERS, {}, SECRETS)
    tried = replay.recording(read_recording(file), store, now=clock())
    assert (tried.handler, tried.event) == ("orders", "OrderFullyPaid")
    assert edge.rows("entry") == edge.rows("order_state") == []
    replay.recording(read_recording(file), store, now=clock(), keep=True)
    assert len(edge.rows("order_state")) == 1
    assert edge.rows("inbox_message") == []
