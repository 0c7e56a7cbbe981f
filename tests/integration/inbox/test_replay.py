"""Replaying: dead letters after a mend, the inbox after a defect, recordings while developing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.plugin_handler import (
    API_VERSION,
    Plugin,
    PluginEvent,
    PluginHandler,
    as_handler,
    by_name,
)
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.flows.replay_inbox import (
    NoHandler,
    Recording,
    RecordingUnreadable,
    Replay,
    read_recording,
)
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.saleor.event import MalformedEvent
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.webhook_edge import SECRETS, event_body


class Mendable:
    """A handler that cannot read a thing until it is mended; it writes the time zone."""

    def __init__(self) -> None:
        self.mended = False
        self.calls = 0

    def __call__(self, context: EventContext) -> None:
        self.calls += 1
        if not self.mended:
            raise MalformedEvent("unexpected_shape", "$.order")
        stores.set_locale(context.conn, context.store.id, timezone="Asia/Tokyo", language="en")


@pytest.fixture
def mendable() -> Mendable:
    return Mendable()


@pytest.fixture
def handler(mendable: Mendable) -> Handler:
    return Handler("noted", ("ORDER_UPDATED",), "orders", mendable)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(make_store)


@pytest.fixture
def replay(database: Database, handler: Handler) -> Replay:
    return Replay(database, [handler], {}, SECRETS)


def timezone(database: Database, store: StoreRef) -> str:
    found = database.read(lambda conn: stores.store_by_id(conn, store.id))
    assert found is not None
    return found.timezone


def tell(
    database: Database, handler: Handler, store: StoreRef, clock: ManualClock, number: int = 1
) -> Outcome:
    body = event_body("OrderUpdated", store.app_id, number=number)
    return receive(database, handler, store, body, now=clock(), secrets=SECRETS)


def test_a_dead_letter_waits_until_it_is_understood_and_is_replayed_once(
    database: Database,
    handler: Handler,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    assert tell(database, handler, store, clock) is Outcome.malformed
    [still] = replay.dead_letters(now=clock())
    assert "malformed_event" in still.failure
    mendable.mended = True
    [done] = replay.dead_letters(now=clock())
    assert (done.handler, done.event, done.failure) == ("noted", "OrderUpdated", "")
    assert timezone(database, store) == "Asia/Tokyo"
    assert replay.dead_letters(now=clock()) == []
    [again] = replay.dead_letters(now=clock(), ids=[done.id])
    assert again.failure == ""


def test_one_that_fails_does_not_stop_the_others(
    database: Database,
    handler: Handler,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    for number in range(3):
        tell(database, handler, store, clock, number)
    gone = inbox.Delivery(store.id, "removed", "OrderUpdated", b"{}", clock())
    database.write(lambda conn: inbox.keep_dead_letter(conn, gone, reason="not_json"))
    mendable.mended = True
    done = replay.dead_letters(now=clock(), store_id=store.id)
    assert [bool(one.failure) for one in done] == [False, False, False, True]
    assert "no_handler" in done[-1].failure


def test_a_dead_letter_that_turns_out_to_be_anothers_is_not_obeyed(
    database: Database,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    """What could not be read could not be asked for its recipient either."""
    mendable.mended = True
    foreign = event_body("OrderUpdated", "QXBwOjk5OTk=")
    kept = inbox.Delivery(store.id, "noted", "", foreign, clock())
    database.write(lambda conn: inbox.keep_dead_letter(conn, kept, reason="too_deep"))
    [result] = replay.dead_letters(now=clock())
    assert "wrong_recipient" in result.failure
    assert mendable.calls == 0


def test_nothing_is_replayed_for_a_store_that_is_gone(
    database: Database,
    handler: Handler,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    tell(database, handler, store, clock)
    mendable.mended = True
    database.write(lambda conn: stores.mark_uninstalled(conn, store.id, store.app_id, clock()))
    [result] = replay.dead_letters(now=clock())
    assert "store_inactive" in result.failure
    assert mendable.calls == 1


def test_the_inbox_is_replayed_since_a_time(
    database: Database,
    handler: Handler,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    mendable.mended = True
    for number in range(4):
        tell(database, handler, store, clock, number)
        clock.advance(timedelta(hours=1))
    mendable.calls = 0
    done = replay.messages(store.id, since=clock() - timedelta(hours=2), now=clock())
    assert len(done) == mendable.calls == 2


def test_a_recording_leaves_no_trace_unless_it_is_kept(
    database: Database,
    mendable: Mendable,
    store: StoreRef,
    replay: Replay,
    clock: ManualClock,
) -> None:
    mendable.mended = True
    recording = Recording("OrderUpdated", event_body("OrderUpdated", "any"))
    replay.recording(recording, store, now=clock())
    assert (mendable.calls, timezone(database, store)) == (1, "UTC")
    replay.recording(recording, store, now=clock(), keep=True)
    assert (mendable.calls, timezone(database, store)) == (2, "Asia/Tokyo")


def test_a_recording_nobody_understands_is_told(
    store: StoreRef, replay: Replay, clock: ManualClock
) -> None:
    recording = Recording("ProductUpdated", event_body("ProductUpdated", "any"))
    with pytest.raises(NoHandler, match="ProductUpdated"):
        replay.recording(recording, store, now=clock())
    with pytest.raises(NoHandler, match="unknown"):
        replay.recording(recording, store, now=clock(), handler="unknown")
    with pytest.raises(NoHandler, match="ProductUpdated"):
        replay.recording(recording, store, now=clock(), handler="noted")


def test_a_recording_runs_through_a_plugins_handler_without_a_trace(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    def receive_it(event: PluginEvent) -> None:
        def write(conn: Connection) -> str:
            stores.set_locale(conn, event.store.id, timezone="Asia/Tokyo", language="en")
            return "written"

        assert event.transactions.write(write) == "written"

    document = "subscription { event { ...EventEnvelope ... on OrderUpdated { order { id } } } }"
    own = PluginHandler("thanks", ("ORDER_UPDATED",), document, receive_it)
    plugin = Plugin("gifts", API_VERSION, (own,))
    replay = Replay(database, [as_handler(plugin, own)], by_name([plugin]), SECRETS)
    recording = Recording("OrderUpdated", event_body("OrderUpdated", "any"))
    assert replay.recording(recording, store, now=clock()).handler == "gifts-thanks"
    assert timezone(database, store) == "UTC"
    replay.recording(recording, store, now=clock(), keep=True)
    assert timezone(database, store) == "Asia/Tokyo"


def test_a_recorded_request_and_a_plain_body_are_both_read(tmp_path: Path) -> None:
    body = {"__typename": "OrderUpdated", "order": None}
    plain, request = tmp_path / "plain.json", tmp_path / "request.json"
    plain.write_text(json.dumps(body))
    request.write_text(json.dumps({"event": "X", "headers": [], "body": json.dumps(body)}))
    expected = Recording("OrderUpdated", json.dumps(body).encode())
    assert read_recording(plain) == read_recording(request) == expected


def test_a_recording_without_its_type_gets_that_of_its_event(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"event": "ORDER_PAID", "headers": [], "body": '{"order": null}'}))
    found = read_recording(path)
    assert found.event == "OrderPaid"
    assert json.loads(found.body) == {"__typename": "OrderPaid", "order": None}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"__typename": 7}', '{"headers": [], "body": "{"}', "[" * 100_000],
)
def test_what_is_no_recording_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(RecordingUnreadable):
        read_recording(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable, match="No such file"):
        read_recording(tmp_path / "gone.json")
