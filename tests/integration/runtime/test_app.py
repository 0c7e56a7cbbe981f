"""The whole web application: its faces are mounted, and it starts and ends cleanly."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from saleor_loyalty_app.app import create_app
from saleor_loyalty_app.process import DatabaseNotMigrated, DatabaseUnreachable, migrate_database
from saleor_loyalty_app.settings import Settings, load_settings


def settings_for(folder: Path, **values: object) -> Settings:
    given = {
        "environment": "test",
        "database_url": f"sqlite:///{folder}/books.sqlite3",
        "secret_key": "a secret for tests",
        "app_url": "http://localhost:8000",
        **values,
    }
    return load_settings(**given)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = settings_for(tmp_path_factory.mktemp("app"))
    migrate_database(settings)
    return create_app(settings, with_worker=True)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost:8000") as opened:
        yield opened


def test_it_is_healthy_and_ready_with_a_worker(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json()["worker"] == "alive"
    assert "loyalty_webhooks" in client.get("/metrics").text


def test_the_manifest_leads_to_addresses_that_answer(client: TestClient) -> None:
    manifest = client.get("/api/manifest").json()
    assert manifest["id"] == "saleor.loyalty"
    for field in ("homepageUrl", "dataPrivacyUrl", "supportUrl"):
        assert client.get(manifest[field]).status_code == 200, field
    logo = client.get(manifest["brand"]["logo"]["default"])
    assert logo.headers["content-type"] == "image/png"
    assert client.get(manifest["appUrl"]).status_code == 200


def test_every_webhook_of_the_manifest_has_its_route(client: TestClient) -> None:
    webhooks = client.get("/api/manifest").json()["webhooks"]
    assert webhooks
    for webhook in webhooks:
        assert client.post(webhook["targetUrl"], content=b"{}").status_code == 401
        assert client.get(webhook["targetUrl"]).status_code == 405


def test_a_registration_without_its_header_is_refused_in_words(client: TestClient) -> None:
    answer = client.post("/api/register", json={"auth_token": "x" * 30})
    assert answer.status_code >= 400
    assert answer.json()["error"]["message"]


def test_the_storefront_asks_for_a_token_in_the_language_of_the_shopper(client: TestClient) -> None:
    answer = client.get("/api/storefront/v1/me", headers={"Accept-Language": "tr"})
    assert answer.status_code == 401
    assert answer.headers["content-language"] == "tr"


def test_any_storefront_may_call_the_storefront_api_and_nothing_else(client: TestClient) -> None:
    origin = {"Origin": "https://shop.example.com"}
    answer = client.get("/api/storefront/v1/me", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    asked = client.options(
        "/api/storefront/v1/me",
        headers={
            **origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert asked.status_code == 204
    for path in ("/api/manifest", "/ready", "/"):
        assert "access-control-allow-origin" not in client.get(path, headers=origin).headers


def test_unknown_addresses_are_told_in_the_one_shape(client: TestClient) -> None:
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_the_openapi_document_describes_no_internal_addresses(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert "/api/storefront/v1/me" in paths
    assert not [path for path in paths if re.match(r"/(metrics|ready|api/webhooks)", path)]


def test_a_database_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotMigrated):
        create_app(settings_for(tmp_path))


def test_a_database_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(DatabaseUnreachable):
        create_app(settings_for(tmp_path, database_url=url))
    with pytest.raises(DatabaseUnreachable):
        migrate_database(settings_for(tmp_path, database_url=url))
