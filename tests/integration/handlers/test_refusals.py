"""Webhooks that are not genuine, or not for us: refused without a word, and nothing changes."""

import base64
import json
from datetime import timedelta

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.stores import repository as stores
from tests.integration.handlers.conftest import Recorder
from tests.signing import SigningKey
from tests.webhook_edge import WebhookEdge, event_body, refused


def assert_untouched(edge: WebhookEdge, recorder: Recorder) -> None:
    assert edge.rows("inbox_message") == []
    assert edge.rows("dead_letter") == []
    assert recorder.seen == []


def assert_refused(
    edge: WebhookEdge,
    recorder: Recorder,
    body: bytes,
    headers: dict[str, str],
    reason: str,
) -> None:
    before = refused(reason)
    answer = edge.post("noted", body, headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert refused(reason) == before + 1
    assert_untouched(edge, recorder)


def test_a_body_changed_by_one_byte_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id, order={"id": "T3JkZXI6MQ=="})
    headers = edge.headers(store, body, key)
    tampered = body.replace(b"MQ==", b"Mg==")
    assert_refused(edge, recorder, tampered, headers, "signature_does_not_match")


def test_a_signature_by_a_stranger_under_the_stores_key_id_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    headers = edge.headers(store, body, SigningKey(key.kid))
    assert_refused(edge, recorder, body, headers, "signature_does_not_match")
    assert edge.refresh.asked == 0


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "signature_algorithm"),
        ({"alg": "HS256"}, "signature_algorithm"),
        ({"alg": "RS512"}, "signature_algorithm"),
        ({"alg": "PS256"}, "signature_algorithm"),
        ({"b64": True}, "signature_critical_fields"),
        ({"crit": []}, "signature_critical_fields"),
        ({"crit": ["b64", "exp"]}, "signature_critical_fields"),
        ({"kid": None}, "signature_key_id"),
    ],
)
def test_the_algorithm_is_ours_to_choose(
    edge: WebhookEdge,
    recorder: Recorder,
    key: SigningKey,
    header: dict[str, object],
    reason: str,
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    headers = edge.headers(store, body, key) | {"Saleor-Signature": key.sign(body, **header)}
    assert_refused(edge, recorder, body, headers, reason)


def test_the_public_key_is_no_hmac_secret(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    headers = edge.headers(store, body, key) | {"Saleor-Signature": key.hmac_confused(body)}
    assert_refused(edge, recorder, body, headers, "signature_algorithm")


def test_an_unsigned_webhook_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    headers = edge.headers(store, body, key)
    del headers["Saleor-Signature"]
    assert_refused(edge, recorder, body, headers, "signature_missing")


@pytest.mark.parametrize(
    "api_url",
    [
        "",
        "https://stranger.example/graphql/",
        "ftp://store.example/graphql/",
        "https://store.example/graphql/?a=b",
        "https://user@store.example/graphql/",
        "x" * 5000,
        "https://store.example/graphql/\u00e7",
    ],
)
def test_a_store_that_did_not_install_the_app_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, api_url: str
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    headers = edge.headers(store, body, key)
    sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    sent[b"Saleor-Api-Url"] = api_url.encode("latin-1")
    assert_refused(edge, recorder, body, sent, "unknown_store")  # type: ignore[arg-type]


def test_one_stores_key_opens_nothing_of_another(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, other_key: SigningKey
) -> None:
    """Store B signs, truly, a webhook that says it is store A's."""
    mine, other = edge.store(key), edge.store(other_key)
    edge.refresh.answer = KeySet.from_jwks(key.jwks)
    body = event_body("OrderUpdated", mine.app_id)
    headers = edge.headers(other, body, other_key) | {"Saleor-Api-Url": mine.api_url}
    assert_refused(edge, recorder, body, headers, "unknown_key")


def test_a_webhook_for_another_app_of_the_same_store_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", "QXBwOjk5OTk=")
    assert_refused(edge, recorder, body, edge.headers(store, body, key), "wrong_recipient")


def test_a_webhook_of_another_store_with_its_own_recipient_stays_there(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, other_key: SigningKey
) -> None:
    """Two stores number their apps alike, so the recipient alone says nothing."""
    mine = edge.store(key, app_id="QXBwOjE=")
    other = edge.store(other_key, app_id="QXBwOjE=")
    answer = edge.deliver("noted", other, other_key, "OrderUpdated")
    assert answer.status_code == 200
    assert [row.store_id for row in edge.rows("inbox_message")] == [other.id]
    assert mine.id != other.id
    assert [context.store.id for context in recorder.seen] == [other.id]


@pytest.mark.parametrize("recipient", [None, {}, [], "QXBwOjE=", {"id": None}])
def test_a_webhook_that_names_no_recipient_is_not_booked(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, recipient: object
) -> None:
    store = edge.store(key)
    body = json.dumps({"__typename": "OrderUpdated", "recipient": recipient}).encode()
    answer = edge.post("noted", body, edge.headers(store, body, key))
    assert answer.status_code in (400, 401)
    assert edge.rows("inbox_message") == []
    assert recorder.seen == []


def test_a_webhook_recorded_before_a_reinstallation_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", "QXBwOm9sZA==")
    assert_refused(edge, recorder, body, edge.headers(store, body, key), "wrong_recipient")


@pytest.mark.parametrize("gone", ["deactivated", "uninstalled"])
def test_a_store_that_switched_the_app_off_is_refused_at_once(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, gone: str
) -> None:
    """Also while the edge still remembers the store as active."""
    store = edge.store(key)
    assert edge.deliver("noted", store, key, "OrderCreated").status_code == 200
    recorder.seen.clear()
    if gone == "deactivated":
        edge.database.write(lambda conn: stores.set_active(conn, store.id, False, edge.clock()))
    else:
        edge.database.write(
            lambda conn: stores.mark_uninstalled(conn, store.id, store.app_id, edge.clock())
        )
    before = refused("store_inactive")
    assert edge.deliver("noted", store, key, "OrderUpdated").status_code == 401
    assert refused("store_inactive") == before + 1
    assert len(edge.rows("inbox_message")) == 1
    assert recorder.seen == []


def test_a_new_key_is_asked_for_once_and_then_known(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, other_key: SigningKey
) -> None:
    store = edge.store(key)
    edge.refresh.answer = KeySet.from_jwks({"keys": [key.jwk, other_key.jwk]})
    for number in range(3):
        answer = edge.deliver("noted", store, other_key, "OrderUpdated", order={"id": str(number)})
        assert answer.status_code == 200
    assert edge.refresh.asked == 1
    assert len(recorder.seen) == 3


def test_keys_that_another_process_read_are_found_without_asking_the_store(
    edge: WebhookEdge, key: SigningKey, other_key: SigningKey
) -> None:
    store = edge.store(key)
    assert edge.deliver("noted", store, key, "OrderCreated").status_code == 200
    edge.database.write(lambda conn: stores.save_keys(conn, store.id, other_key.jwks, edge.clock()))
    assert edge.deliver("noted", store, other_key, "OrderUpdated").status_code == 200
    assert edge.refresh.asked == 0


def test_keys_that_cannot_be_had_are_our_failure(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, other_key: SigningKey
) -> None:
    """The limiter at work is the same: whether the webhook is genuine cannot be said now."""
    store = edge.store(key)
    edge.refresh.answer = SaleorUnavailable("too soon", retry_after=37)
    answer = edge.deliver("noted", store, other_key, "OrderUpdated")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "37")
    assert_untouched(edge, recorder)


def test_a_key_that_the_store_does_not_publish_is_refused(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, other_key: SigningKey
) -> None:
    store = edge.store(key)
    edge.refresh.answer = KeySet.from_jwks(key.jwks)
    body = event_body("OrderUpdated", store.app_id)
    assert_refused(edge, recorder, body, edge.headers(store, body, other_key), "unknown_key")


def test_a_new_installation_is_recognized_while_the_old_one_is_remembered(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    assert edge.deliver("noted", store, key, "OrderCreated").status_code == 200

    def reinstall(conn: object) -> None:
        stores.save_installation(
            conn,  # type: ignore[arg-type]
            stores.Installation(
                store.api_url, "QXBwOm5ldw==", "t", key.jwks, "3.23", (), "UTC", "en"
            ),
            edge.clock(),
        )

    edge.database.write(reinstall)
    body = event_body("OrderUpdated", "QXBwOm5ldw==")
    assert edge.post("noted", body, edge.headers(store, body, key)).status_code == 200
    assert [context.store.app_id for context in recorder.seen] == [store.app_id, "QXBwOm5ldw=="]


def test_what_is_remembered_of_a_store_is_forgotten_after_seconds(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey, clock: ManualClock
) -> None:
    store = edge.store(key)
    edge.deliver("noted", store, key, "OrderCreated")
    edge.database.write(
        lambda conn: conn.exec_driver_sql("UPDATE store SET timezone = 'Europe/Istanbul'")
    )
    clock.advance(timedelta(seconds=5))
    edge.deliver("noted", store, key, "OrderUpdated")
    assert [context.store.timezone for context in recorder.seen] == ["UTC", "Europe/Istanbul"]


def test_hostile_headers_break_nothing(
    edge: WebhookEdge, recorder: Recorder, key: SigningKey
) -> None:
    store = edge.store(key)
    body = event_body("OrderUpdated", store.app_id)
    signature = key.sign(body)
    header, _, raw = signature.partition("..")
    bomb = base64.urlsafe_b64encode(b"[" * 2000).decode().rstrip("=")
    for hostile in (
        "." * 4000,
        "..",
        "a" * 100_000,
        f"{bomb}..{raw}",
        f"{header}..",
        f"{header}.{base64.urlsafe_b64encode(body).decode()}.{raw}",
        signature + "=",
        signature[:-3],
        "\u00ff\u00fe..\u00ff",
    ):
        headers = {
            name.encode(): value.encode("latin-1")
            for name, value in (
                edge.headers(store, body, key) | {"Saleor-Signature": hostile}
            ).items()
        }
        assert edge.post("noted", body, headers).status_code == 401, hostile[:40]  # type: ignore[arg-type]
    assert_untouched(edge, recorder)
