"""Shipping asked over HTTP: nobody waits for an app but who asks, and nothing is lost on disk."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from sandbox import Request, Response
from sandbox.__main__ import arguments
from sandbox.http.app import create_app
from sandbox.keys import shared_key
from sandbox.wire import ANSWER_SECONDS, http_send
from tests.contract.story_teller import ADDRESS
from tests.unit.sandbox.shipping_app import FREE, ShippingApp, manifest

_METHODS = "query ($id: ID!) { checkout(id: $id) { shippingMethods { name } } }"
BUILT_IN = ["Standard", "Express", "Next day"]


def _open(app: Any, folder: Path) -> TestClient:
    return TestClient(create_app(key=shared_key(), send=app, state_file=folder / "state"))


@pytest.fixture
def shipping() -> ShippingApp:
    return ShippingApp()


@pytest.fixture
def store(shipping: ShippingApp, tmp_path: Path) -> Iterator[TestClient]:
    with _open(shipping, tmp_path) as client:
        yield client


def _ask(store: TestClient, document: str, **given: Any) -> dict[str, Any]:
    answer = store.post("/graphql/", json={"query": document, "variables": given}).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


def _fill(store: TestClient) -> str:
    service = store.app.state.service  # type: ignore[attr-defined]
    with service.box.lock:
        service.box.install(manifest())
    found = _ask(
        store,
        '{ products(first: 1, channel: "default-channel")'
        " { edges { node { defaultVariant { id } } } } }",
    )
    variant = found["products"]["edges"][0]["node"]["defaultVariant"]["id"]
    made = _ask(
        store,
        "mutation ($i: CheckoutCreateInput!) { checkoutCreate(input: $i)"
        " { checkout { id } errors { field message } } }",
        i={
            "channel": "default-channel",
            "email": "somebody@example.com",
            "lines": [{"variantId": variant, "quantity": 1}],
            "shippingAddress": ADDRESS,
        },
    )
    return str(made["checkoutCreate"]["checkout"]["id"])


def _names(store: TestClient, checkout: str) -> list[str]:
    found = _ask(store, _METHODS, id=checkout)["checkout"]["shippingMethods"]
    return [method["name"] for method in found]


def test_others_are_served_while_an_app_is_slow_and_it_may_ask_back(
    store: TestClient, shipping: ShippingApp
) -> None:
    checkout = _fill(store)
    asked, answer = threading.Event(), threading.Event()
    service = store.app.state.service  # type: ignore[attr-defined]

    def slow(request: Request) -> Response:
        asked.set()
        assert answer.wait(10)
        return shipping(request)

    service.box.send = slow
    names: list[str] = []
    shopper = threading.Thread(target=lambda: names.extend(_names(store, checkout)))
    shopper.start()
    assert asked.wait(10)
    assert _ask(store, "{ shop { version } }") == {"shop": {"version": "3.23.28"}}
    assert _ask(store, "query ($id: ID!) { checkout(id: $id) { id } }", id=checkout)
    answer.set()
    shopper.join(10)
    assert names == [*BUILT_IN, FREE["name"]]


def test_deliveries_outlive_the_process(
    store: TestClient, shipping: ShippingApp, tmp_path: Path
) -> None:
    checkout = _fill(store)
    before = _names(store, checkout)
    store.app.state.service.stop()  # type: ignore[attr-defined]
    shipping.asked()
    with _open(shipping, tmp_path) as again:
        assert _names(again, checkout) == before
        assert shipping.asked() == []


def test_the_control_panel_sets_how_an_app_fails_to_answer(
    store: TestClient, shipping: ShippingApp
) -> None:
    checkout = _fill(store)
    set_to = store.post("/_control/faults", json={"sync_answer": "error"})
    assert set_to.json()["faults"]["sync_answer"] == "error"
    assert _names(store, checkout) == BUILT_IN
    assert shipping.asked() == []
    seen = store.get("/_control/state").json()
    assert seen["faults"]["sync_answer"] == "error"
    listed = next(d for d in seen["deliveries"] if d["event"].startswith("SHIPPING_LIST"))
    assert (listed["status"], listed["http_status"], listed["attempts"]) == ("FAILED", 500, 1)


@pytest.mark.parametrize("wrong", ["late", None, 5, True, ["slow"]])
def test_an_unknown_way_to_fail_is_refused(store: TestClient, wrong: Any) -> None:
    answer = store.post("/_control/faults", json={"sync_answer": wrong})
    assert answer.status_code == 400
    assert "sync_answer must be one of refused" in answer.json()["error"]


def test_an_app_has_as_long_to_answer_as_the_store_was_told() -> None:
    assert arguments().parse_args([]).answer_timeout == ANSWER_SECONDS
    assert arguments().parse_args(["--answer-timeout", "0.5"]).answer_timeout == 0.5
    patience: list[dict[str, float]] = []

    def late(request: httpx.Request) -> httpx.Response:
        patience.append(request.extensions["timeout"])
        raise httpx.ReadTimeout("late", request=request)

    with httpx.Client(transport=httpx.MockTransport(late)) as client:
        send = http_send(client, 0.5)
        with pytest.raises(OSError, match="late"):
            send(Request("POST", "http://app.test/list", [], b"{}"))
    assert (patience[0]["read"], patience[0]["connect"]) == (0.5, 2.0)
