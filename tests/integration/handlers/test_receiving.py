"""Genuine webhooks: accepted once, understood or kept, and never lost by a failure of ours."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from saleor_loyalty_app import metrics
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.receive_event import Outcome, WrongRecipient, receive
from saleor_loyalty_app.saleor.event import MalformedEvent
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.problems import open_problems
from tests.factories import make_store
from tests.integration.handlers.conftest import Recorder
from tests.signing import SigningKey
from tests.webhook_edge import SECRETS, WebhookEdge, counted, event_body


def test_a_genuine_webhook_is_accepted_with_what_the_handler_needs(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, clock: ManualClock
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id, order={"id": "T3JkZXI6MQ=="})
    answer = edge.post("noted", body, edge.headers(store, body, key))
    assert (answer.status_code, answer.content) == (200, b"")
    [row] = edge.rows("inbox_message")
    [context] = recorder.seen
    assert (row.store_id, row.handler, row.event) == (store.id, "noted", "OrderUpdated")
    assert (bytes(row.body), row.received_at) == (body, clock())
    assert context.message_id == row.id
    assert (context.store, context.body, context.now) == (store, body, clock())
    assert context.envelope.version == "3.23.28"
    assert context.secrets == SECRETS


def test_the_body_decides_which_event_it_is_not_the_header(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderCreated", store.app_id)
    headers = edge.headers(store, body, key) | {"Saleor-Event": "app_deleted"}
    assert edge.post("noted", body, headers).status_code == 200
    assert [context.envelope.typename for context in recorder.seen] == ["OrderCreated"]


def test_a_repetition_is_answered_without_work(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    before = counted(metrics.webhooks, "noted", "duplicate")
    for _ in range(3):
        assert edge.deliver("noted", store, key, "OrderUpdated").status_code == 200
    assert len(edge.rows("inbox_message")) == len(recorder.seen) == 1
    assert counted(metrics.webhooks, "noted", "duplicate") == before + 2


def test_the_same_body_sixteen_times_at_one_instant_is_one_row(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    delivery = ("noted", body, edge.headers(store, body, key))
    answers = edge.post_all([delivery] * 16)
    assert [answer.status_code for answer in answers] == [200] * 16
    assert len(edge.rows("inbox_message")) == 1
    assert len(recorder.seen) == 1


def test_an_event_the_handler_does_not_know_is_ignored(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    before = counted(metrics.webhooks, "noted", "ignored")
    assert edge.deliver("noted", store, key, "ProductUpdated").status_code == 200
    assert counted(metrics.webhooks, "noted", "ignored") == before + 1
    assert edge.rows("inbox_message") == edge.rows("dead_letter") == []
    assert recorder.seen == []


def test_unknown_fields_and_words_do_not_matter(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    answer = edge.deliver(
        "noted", store, key, "OrderUpdated", novelty={"deep": [1, {"x": None}]}, version="4.0.0-x"
    )
    assert answer.status_code == 200
    assert len(recorder.seen) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b"not json", "not_json"),
        (b'{"__typename": "OrderUpdated"', "not_json"),
        (b'{"version": "\xff\xfe"}', "not_json"),
        (b'{"version": "\\ud800"}', "not_json"),
        (b"[]", "unexpected_shape"),
        (b'{"recipient": 5}', "unexpected_shape"),
        (b'{"issuedAt": "yesterday"}', "unexpected_shape"),
        (b'{"x": ' + b"[" * 60_000 + b"]" * 60_000 + b"}", "too_deep"),
        (b'{"version": "a\\u0000b"}', "zero_character"),
    ],
)
def test_a_signed_body_that_cannot_be_read_is_kept_with_the_reason(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, body: bytes, reason: str
) -> None:
    store = edge.store(key)
    for _ in range(2):
        answer = edge.post("noted", body, edge.headers(store, body, key))
        assert (answer.status_code, answer.content) == (400, b"")
    [letter] = edge.rows("dead_letter")
    assert (letter.store_id, letter.handler, letter.reason) == (store.id, "noted", reason)
    assert bytes(letter.body) == body
    assert edge.rows("inbox_message") == []
    assert recorder.seen == []


def test_what_the_handler_cannot_read_is_a_dead_letter_and_leaves_no_trace(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    recorder.failure = MalformedEvent("unexpected_shape", "$.order")
    assert edge.deliver("noted", store, key, "OrderUpdated").status_code == 400
    [letter] = edge.rows("dead_letter")
    assert (letter.event, letter.reason, letter.place) == (
        "OrderUpdated",
        "unexpected_shape",
        "$.order",
    )
    assert edge.rows("inbox_message") == []


def test_a_defect_of_ours_asks_saleor_to_try_again_and_keeps_the_body(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    recorder.failure = KeyError("a person's name")
    for _ in range(2):
        answer = edge.deliver("noted", store, key, "OrderUpdated")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
    [letter] = edge.rows("dead_letter")
    assert (letter.reason, letter.place) == ("handler_failed", "KeyError")
    assert edge.rows("inbox_message") == []
    recorder.failure = None
    assert edge.deliver("noted", store, key, "OrderUpdated").status_code == 200
    assert len(recorder.seen) == 1


def test_a_database_that_cannot_write_asks_saleor_to_try_again(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    recorder.failure = OperationalError("SELECT 1", {}, Exception("the disk is full"))
    answer = edge.deliver("noted", store, key, "OrderUpdated")
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert edge.rows("dead_letter") == edge.rows("inbox_message") == []


def test_the_work_of_a_handler_that_fails_is_undone(
    database: Database, edge: WebhookEdge, key: SigningKey, clock: ManualClock
) -> None:
    def half(context: EventContext) -> None:
        stores.set_locale(context.conn, context.store.id, timezone="Asia/Tokyo", language="tr")
        raise MalformedEvent("unexpected_shape")

    store = edge.store(key)
    handler = Handler("half", ("ORDER_UPDATED",), "orders", half)
    body = event_body("OrderUpdated", store.app_id)
    outcome = receive(database, handler, store, body, now=clock(), secrets=SECRETS)
    assert outcome is Outcome.malformed
    [row] = edge.rows("store")
    assert row.timezone == "UTC"


def test_errors_in_a_body_are_told_by_place_and_the_rest_is_used(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    errors = [
        {"message": "a secret of ayse@example.com", "path": ["order", "lines", 0, "variant"]},
        {"message": "no path"},
        "not even an object",
    ]
    answer = edge.deliver("noted", store, key, "OrderUpdated", errors=errors)
    assert answer.status_code == 200
    assert recorder.seen[0].envelope.problem_paths() == ("?", "order.lines.*.variant")
    [problem] = edge.database.read(lambda conn: open_problems(conn, store.id))
    assert problem.key == "webhook-errors-noted"
    assert "order.lines.*.variant" in problem.message
    assert "ayse" not in problem.message


def test_a_body_over_the_limit_is_refused_for_good(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    """Saleor does not repeat a 413; the order is found by reconciliation."""
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id, padding="x" * 200_000)
    assert edge.post("noted", body, edge.headers(store, body, key)).status_code == 413
    assert edge.rows("inbox_message") == edge.rows("dead_letter") == []


def test_each_handler_and_each_store_has_its_own_inbox(
    database: Database, recorder: Recorder, key: SigningKey, clock: ManualClock
) -> None:
    first = Handler("first", ("ORDER_UPDATED",), "orders", recorder)
    second = Handler("second", ("ORDER_UPDATED",), "orders", recorder)
    edge = WebhookEdge(database, [first, second], clock)
    one = edge.store(key, app_id="QXBwOjE=")
    two = edge.store(key, app_id="QXBwOjE=")
    body = event_body("OrderUpdated", "QXBwOjE=")
    for store in (one, two):
        for name in ("first", "second"):
            assert edge.post(name, body, edge.headers(store, body, key)).status_code == 200
    edge.close()
    assert len(edge.rows("inbox_message")) == len(recorder.seen) == 4


def test_a_handler_may_work_while_the_app_is_switched_off_but_not_once_it_is_gone(
    database: Database, recorder: Recorder, clock: ManualClock
) -> None:
    handler = Handler(
        "lifecycle", ("APP_STATUS_CHANGED",), "app_lifecycle", recorder, while_inactive=True
    )
    store = database.write(lambda conn: make_store(conn, active=False))
    body = event_body("AppStatusChanged", store.app_id)
    assert receive(database, handler, store, body, now=clock(), secrets=SECRETS) is Outcome.accepted
    database.write(lambda conn: stores.mark_uninstalled(conn, store.id, store.app_id, clock()))
    later = event_body("AppStatusChanged", store.app_id, app={"id": store.app_id})
    assert receive(database, handler, store, later, now=clock(), secrets=SECRETS) is Outcome.gone


def test_receiving_without_the_web_edge_refuses_a_wrong_recipient(
    database: Database, handler: Handler, clock: ManualClock
) -> None:
    store = database.write(make_store)
    body = event_body("OrderUpdated", "QXBwOjA=")
    with pytest.raises(WrongRecipient):
        receive(database, handler, store, body, now=clock(), secrets=SECRETS)


def test_only_post_is_answered(edge: WebhookEdge) -> None:
    routes = {route.path: route.methods for route in edge.app.routes}  # type: ignore[attr-defined]
    assert routes == {"/api/webhooks/noted": {"POST"}}


def test_a_webhook_received_later_is_stamped_later(
    edge: WebhookEdge, key: SigningKey, clock: ManualClock
) -> None:
    store = edge.store(key)
    edge.deliver("noted", store, key, "OrderCreated")
    clock.advance(timedelta(hours=1))
    edge.deliver("noted", store, key, "OrderUpdated")
    first, second = edge.rows("inbox_message")
    assert second.received_at - first.received_at == timedelta(hours=1)


def test_the_body_of_a_webhook_is_stored_byte_by_byte(edge: WebhookEdge, key: SigningKey) -> None:
    store = edge.store(key)
    body = json.dumps(
        json.loads(event_body("OrderUpdated", store.app_id)) | {"note": "ığüşöç \u2028 \\"},
        indent=3,
    ).encode()
    assert edge.post("noted", body, edge.headers(store, body, key)).status_code == 200
    assert [bytes(row.body) for row in edge.rows("inbox_message")] == [body]
