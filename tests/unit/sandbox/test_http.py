"""The store over HTTP."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox import Request, Response
from sandbox.http.app import create_app
from sandbox.http.files import UnreadableState
from sandbox.keys import shared_key
from sandbox.model.ids import global_id
from tests.unit.sandbox.shopping import manifest, subscription

MANIFEST = manifest(subscription("number", "OrderCreated"))


class AppServer:
    """An app that serves its manifest and keeps the webhooks."""

    def __init__(self) -> None:
        self.hooks: list[Request] = []

    def __call__(self, request: Request) -> Response:
        if request.method == "GET":
            return Response(200, json.dumps(MANIFEST).encode())
        if request.header("Saleor-Event"):
            self.hooks.append(request)
        return Response(200)


@pytest.fixture
def server() -> AppServer:
    return AppServer()


@pytest.fixture
def store(server: AppServer, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(
        key=shared_key(),
        send=server,
        state_file=tmp_path / "state",
        clock_file=tmp_path / "clock",
    )
    with TestClient(app) as client:
        yield client


def _control(store: TestClient, name: str, **data: Any) -> dict[str, Any]:
    return dict(store.post(f"/_control/{name}", json=data).json())


def test_graphql_answers_and_refuses_as_saleor(store: TestClient) -> None:
    shop = store.post("/graphql/", json={"query": "{ shop { version } }"})
    assert shop.json() == {"data": {"shop": {"version": "3.23.28"}}}
    denied = store.post("/graphql/", json={"query": "{ app { id } }"})
    assert denied.status_code == 200
    assert denied.json()["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    wrong = store.post("/graphql/", json={"query": "{ nothing }"})
    assert wrong.status_code == 400
    assert store.post("/graphql/", content=b"{").status_code == 400


def test_a_browser_of_another_origin_may_ask(store: TestClient) -> None:
    answer = store.options("/graphql/", headers={"Origin": "http://shop.test"})
    assert answer.headers["access-control-allow-origin"] == "http://shop.test"


def test_keys_are_published(store: TestClient) -> None:
    (key,) = store.get("/.well-known/jwks.json").json()["keys"]
    assert key["alg"] == "RS256"


def test_an_app_is_installed_removed_and_seen(store: TestClient) -> None:
    app_id = _control(store, "install", manifest_url="http://app.test/api/manifest")["app_id"]
    (app,) = store.get("/_control/state").json()["apps"]
    assert (app["id"], app["identifier"], app["is_active"]) == (app_id, "saleor.loyalty", True)
    token = _control(store, "app_token", app_id=app_id)["token"]
    assert token.count(".") == 2
    assert _control(store, "uninstall", app_id=app_id) == {}
    assert store.get("/_control/state").json()["apps"] == []
    assert store.post("/_control/uninstall", json={"app_id": app_id}).status_code == 404


def test_webhooks_leave_by_themselves(store: TestClient, server: AppServer) -> None:
    _control(store, "install", manifest_url="http://app.test/api/manifest")
    box = store.app.state.service.box  # type: ignore[attr-defined]
    with box.lock:
        staff = box.staff_token()
        variant = next(iter(box.store.variants.values()))
        channel = next(iter(box.store.channels.values()))
        method = next(iter(box.store.shipping_methods.values()))
    address = {"country": "US"}
    made = _graphql(
        store,
        "mutation ($i: DraftOrderCreateInput!) { draftOrderCreate(input: $i) { order { id }"
        " errors { field message } } }",
        {
            "i": {
                "channelId": _id("Channel", channel.pk),
                "lines": [{"variantId": _id("ProductVariant", variant.pk), "quantity": 1}],
                "shippingMethod": _id("ShippingMethod", method.pk),
                "shippingAddress": address,
                "billingAddress": address,
                "userEmail": "guest@example.com",
            }
        },
        staff,
    )["draftOrderCreate"]["order"]["id"]
    _graphql(
        store,
        "mutation ($id: ID!) { draftOrderComplete(id: $id) { errors { field message } } }",
        {"id": made},
        staff,
    )
    deadline = time.monotonic() + 10
    while not server.hooks and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [hook.header("Saleor-Event") for hook in server.hooks] == ["order_created"]
    assert server.hooks[0].json()["order"] == {"number": "1"}


def _id(kind: str, pk: int) -> str:
    return global_id(kind, pk)


def _graphql(
    store: TestClient, query: str, variables: dict[str, Any], token: str
) -> dict[str, Any]:
    answer = store.post(
        "/graphql/",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


def test_the_clock_moves_and_is_told_to_others(store: TestClient, tmp_path: Path) -> None:
    before = store.get("/_control/state").json()["now"]
    _control(store, "clock", advance_seconds=86_400)
    after = store.get("/_control/state").json()["now"]
    assert after[:10] > before[:10]
    assert (tmp_path / "clock").read_text() == "86400\n"
    assert store.post("/_control/clock", json={"advance_seconds": -1}).status_code == 400


def test_faults_are_set_and_checked(store: TestClient) -> None:
    assert _control(store, "faults", duplicate=0.5)["faults"]["duplicate"] == 0.5
    assert store.post("/_control/faults", json={"duplicate": 2}).status_code == 400
    assert store.post("/_control/faults", json={"storm": True}).status_code == 400


def test_the_state_outlives_the_process(server: AppServer, tmp_path: Path) -> None:
    state, clock = tmp_path / "state", tmp_path / "clock"
    with TestClient(
        create_app(key=shared_key(), send=server, state_file=state, clock_file=clock)
    ) as first:
        app_id = _control(first, "install", manifest_url="http://app.test/api/manifest")["app_id"]
        _control(first, "clock", advance_seconds=60)
        keys = first.get("/.well-known/jwks.json").json()
    with TestClient(create_app(send=server, state_file=state, clock_file=clock)) as second:
        assert second.get("/_control/state").json()["apps"][0]["id"] == app_id
        assert second.get("/.well-known/jwks.json").json() == keys
        _control(second, "reset")
        assert second.get("/_control/state").json()["apps"] == []


def test_a_foreign_state_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"not ours")
    with pytest.raises(UnreadableState, match="delete it to start anew"):
        create_app(state_file=tmp_path / "state")
