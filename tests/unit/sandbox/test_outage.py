"""The store's own API in trouble: what apps and shops hear, and what was done all the same."""

import json
from collections.abc import Iterator

import httpx
import pytest
from starlette.testclient import TestClient

from sandbox.http import outage
from sandbox.http.app import create_app
from sandbox.keys import shared_key

REGISTER = (
    'mutation { tokenCreate(email: "admin@example.com", password: "admin") '
    "{ token errors { message } } }"
)


@pytest.fixture
def store() -> Iterator[TestClient]:
    with TestClient(create_app(key=shared_key()), raise_server_exceptions=False) as client:
        yield client


def in_trouble(store: TestClient, answer: str) -> httpx.Response:
    """What somebody hears who asks."""
    changed = store.post("/_control/faults", json={"api_answer": answer})
    assert changed.json()["faults"]["api_answer"] == answer
    heard: httpx.Response = store.post("/graphql/", json={"query": REGISTER})
    return heard


def test_each_trouble_is_heard_and_the_panel_ends_it(
    store: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "SLOW_SECONDS", 0.05)
    throttled = in_trouble(store, "throttled")
    assert (throttled.status_code, throttled.headers["retry-after"]) == (429, "1")
    assert in_trouble(store, "error").status_code == 502
    denied = in_trouble(store, "denied")
    [error] = denied.json()["errors"]
    assert (denied.status_code, error["extensions"]["exception"]["code"]) == (
        200,
        "PermissionDenied",
    )
    with pytest.raises(json.JSONDecodeError):
        in_trouble(store, "torn").json()
    assert store.get("/.well-known/jwks.json").text.count("}") == 0
    late = in_trouble(store, "slow")
    assert late.json()["data"]["tokenCreate"]["token"]
    assert late.elapsed.total_seconds() >= 0.05
    assert in_trouble(store, "").json()["data"]["tokenCreate"]["errors"] == []


def test_an_unknown_trouble_is_refused_and_pages_stay_as_they_are(store: TestClient) -> None:
    refused = store.post("/_control/faults", json={"api_answer": "sulking"})
    assert refused.status_code == 400
    assert "throttled" in refused.json()["error"]
    in_trouble(store, "error")
    assert store.get("/_control/state").status_code == 200
