"""The served manifest under the rules of Saleor core and of its Dashboard."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, build_schema, parse, validate

from saleor_loyalty_app import assets
from saleor_loyalty_app.flows.app_manifest import manifest_for, template
from saleor_loyalty_app.handlers.registry import load_registry
from saleor_loyalty_app.saleor.mounts import MOUNTS
from saleor_loyalty_app.saleor.version import SchemaVersion
from sandbox import Sandbox

VERSIONS = {"3.22": "3.22", "3.23": "3.23", "3.24": "3.24-alpha"}
APP_URL = "https://loyalty.example.com"
BROWSER_URL = "https://loyalty-staff.example.com"


def served(version: str) -> dict[str, Any]:
    manifest = manifest_for(
        load_registry().webhooks,
        app_url=APP_URL,
        browser_url=BROWSER_URL,
        version=SchemaVersion.parse(version),
    )
    return json.loads(json.dumps(manifest.as_json()))  # type: ignore[no-any-return]


@cache
def schema_of(folder: Path, version: str) -> GraphQLSchema:
    text = (folder / "schemas" / f"{VERSIONS[version]}.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


def values(schema: GraphQLSchema, name: str) -> set[str]:
    found = schema.type_map[name]
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


def test_the_template_says_who_the_app_is() -> None:
    assert template()["id"] == "saleor.loyalty", "stores know the app by this id for ever"
    assert template()["permissions"] == [
        "MANAGE_ORDERS",
        "MANAGE_USERS",
        "MANAGE_CHECKOUTS",
        "MANAGE_DISCOUNTS",
        "MANAGE_SHIPPING",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_sandbox_stores_core_accepts_it(version: str) -> None:
    box = Sandbox(version=version)
    app = box.install(served(version))
    assert {webhook.name for webhook in app.webhooks} == {
        webhook["name"] for webhook in served(version)["webhooks"]
    }
    assert app.permissions == frozenset(template()["permissions"])


@pytest.mark.parametrize("version", VERSIONS)
def test_saleors_schema_knows_events_permissions_and_fields(shared: Path, version: str) -> None:
    schema = schema_of(shared, version)
    manifest = served(version)
    assert set(manifest["permissions"]) <= values(schema, "PermissionEnum")
    for webhook in manifest["webhooks"]:
        assert set(webhook["asyncEvents"]) <= values(schema, "WebhookEventTypeAsyncEnum")
        assert set(webhook["syncEvents"]) <= values(schema, "WebhookEventTypeSyncEnum")
        assert validate(schema, parse(webhook["query"])) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_event_of_a_webhook_is_asked_for_in_its_subscription(version: str) -> None:
    for webhook in served(version)["webhooks"]:
        for event in webhook["asyncEvents"]:
            typename = "".join(word.capitalize() for word in event.split("_"))
            assert re.search(rf"\.\.\.\s*on {typename}\b", webhook["query"]), (
                f"{webhook['name']} is sent for {event} but selects nothing of it"
            )


@pytest.mark.parametrize("version", VERSIONS)
def test_every_subscription_says_whom_and_when_it_is_for(version: str) -> None:
    for webhook in served(version)["webhooks"]:
        for field in ("__typename", "issuedAt", "version", "recipient{id}"):
            assert field in webhook["query"], webhook["name"]


@pytest.mark.parametrize("version", VERSIONS)
def test_queries_are_of_a_sane_size(version: str) -> None:
    for webhook in served(version)["webhooks"]:
        assert len(webhook["query"]) < 6000, webhook["name"]
        assert "\n" not in webhook["query"]
    assert len(json.dumps(served(version))) < 60_000


def test_identifiers_are_only_for_saleors_that_know_them() -> None:
    old, new = served("3.22"), served("3.23")
    for kind in ("webhooks", "extensions"):
        assert all("identifier" not in one for one in old[kind])
        identifiers = [one["identifier"] for one in new[kind]]
        assert len(set(identifiers)) == len(identifiers) > 0


def test_mounts_are_those_of_saleor_3_22(shared: Path) -> None:
    known = values(schema_of(shared, "3.22"), "AppExtensionMountEnum")
    ours = {mount for mount, since in MOUNTS.items() if since <= SchemaVersion(3, 22)}
    assert known - ours == {"TRANSLATIONS_MORE_ACTIONS"}, "which the Dashboard's rules leave out"
    assert ours <= known


@pytest.mark.parametrize("version", VERSIONS)
def test_addresses_are_absolute_and_each_is_where_it_is_asked_from(version: str) -> None:
    manifest = served(version)
    assert manifest["tokenTargetUrl"] == f"{APP_URL}/api/register"
    assert manifest["brand"]["logo"]["default"] == f"{APP_URL}/static/logo.png"
    assert manifest["appUrl"] == BROWSER_URL, "the Dashboard joins it with the address of a page"
    for name in ("dataPrivacyUrl", "homepageUrl", "supportUrl"):
        assert manifest[name].startswith(f"{BROWSER_URL}/")
    assert all(
        webhook["targetUrl"] == f"{APP_URL}/api/webhooks/{webhook['name']}"
        for webhook in manifest["webhooks"]
    )


def test_the_logo_is_a_png_of_sufficient_size() -> None:
    name = "saleor_loyalty_app/api/saleor/static/logo.png"
    data = (Path(__file__).parents[2] / name).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width == height >= 256
    assert len(data) < 100_000


def test_the_template_is_an_asset_of_the_app() -> None:
    assert json.loads(assets.read_text("manifest.json")) == template()
