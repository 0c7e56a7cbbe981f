"""Manifests that Saleor or its Dashboard would refuse cannot be made."""

from typing import Any

import pytest
from pydantic import ValidationError

from saleor_loyalty_app.saleor.errors import UnsupportedSaleor
from saleor_loyalty_app.saleor.manifest import Manifest
from saleor_loyalty_app.saleor.version import (
    NEWEST,
    OLDEST,
    SchemaVersion,
    spoken_version,
)

QUERY = "subscription { event { ... on OrderCreated { order { id } } } }"


def webhook(**changes: Any) -> dict[str, Any]:
    return {
        "name": "orders",
        "targetUrl": "https://app.example.com/api/webhooks/orders",
        "query": QUERY,
        "asyncEvents": ["ORDER_CREATED"],
    } | changes


def extension(**changes: Any) -> dict[str, Any]:
    return {
        "label": "Loyalty",
        "mount": "NAVIGATION_CUSTOMERS",
        "target": "APP_PAGE",
        "url": "/",
        "permissions": ["MANAGE_USERS"],
    } | changes


def manifest(**changes: Any) -> dict[str, Any]:
    return {
        "id": "saleor.loyalty",
        "name": "Loyalty",
        "version": "1.0.0",
        "about": "Points.",
        "author": "Authors",
        "permissions": ["MANAGE_USERS", "MANAGE_ORDERS"],
        "appUrl": "https://app.example.com",
        "tokenTargetUrl": "https://app.example.com/api/register",
        "dataPrivacyUrl": "https://app.example.com/privacy",
        "homepageUrl": "https://app.example.com/about",
        "supportUrl": "https://app.example.com/support",
        "requiredSaleorVersion": ">=3.22 <4",
        "brand": {"logo": {"default": "https://app.example.com/static/logo.png"}},
        "extensions": [extension()],
        "webhooks": [webhook()],
    } | changes


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"appUrl": "http://localhost:8200"},
        {"appUrl": "http://127.0.0.1:8200"},
        {"appUrl": "http://loyalty:8200"},
        {"appUrl": "http://[::1]:8200"},
        {"extensions": []},
        {
            "extensions": [
                extension(
                    mount="CUSTOMER_DETAILS_WIDGETS",
                    target="WIDGET",
                    url="https://app.example.com/w",
                    options={"widgetTarget": {"method": "GET"}},
                )
            ]
        },
        {
            "extensions": [
                extension(
                    mount="HOMEPAGE_WIDGETS",
                    target="WIDGET",
                    options={"homeWidgetTarget": {"method": "GET", "fullscreen": False}},
                )
            ]
        },
        {"extensions": [extension(mount="SEARCH_ACTION", options={"aliases": ["puan"]})]},
    ],
)
def test_a_proper_manifest_is_accepted_and_written_as_saleor_reads_it(
    changes: dict[str, Any],
) -> None:
    made = Manifest.model_validate(manifest(**changes)).as_json()
    assert made["appUrl"] == manifest(**changes)["appUrl"]
    assert made["webhooks"][0]["isActive"] is True
    assert None not in made.values()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "Saleor Loyalty"},
        {"id": ""},
        {"author": "   "},
        {"author": "x" * 61},
        {"permissions": ["MANAGE_APPS"]},
        {"permissions": ["manage_orders"]},
        {"appUrl": "loyalty.example.com"},
        {"appUrl": "https://"},
        {"tokenTargetUrl": "ftp://app.example.com/"},
        {"requiredSaleorVersion": "three"},
        {"brand": {"logo": {"default": "https://app.example.com/logo.svg"}}},
        {"brand": {"logo": {"default": "/logo.png"}}},
        {"extensions": [extension(permissions=["MANAGE_DISCOUNTS"])]},
        {"extensions": [extension(mount="CUSTOMER_LIST")]},
        {"extensions": [extension(target="DIALOG")]},
        {"extensions": [extension(url="https://app.example.com/")]},
        {"extensions": [extension(target="WIDGET")]},
        {"extensions": [extension(url="members", target="POPUP")]},
        {"extensions": [extension(options={"widgetTarget": {"method": "GET"}})]},
        {"extensions": [extension(options={"newTabTarget": {"method": "GET"}})]},
        {"extensions": [extension(options={"homeWidgetTarget": {"method": "GET"}})]},
        {"extensions": [extension(options={"aliases": ["points"]})]},
        {"extensions": [extension(options={"widgetTarget": {}})]},
        {"extensions": [extension(identifier="a"), extension(identifier="a", url="/b")]},
        {"webhooks": [webhook(), webhook(targetUrl="https://app.example.com/b")]},
        {"webhooks": [webhook(), webhook(name="b")]},
        {"webhooks": [webhook(identifier="x" * 257)]},
        {"webhooks": [webhook(identifier=" ")]},
        {"webhooks": [webhook(targetUrl="/api/webhooks/orders")]},
        {"webhooks": [webhook(asyncEvents=[])]},
        {"webhooks": [webhook(asyncEvents=["ORDER_CREATED", "ORDER_CREATED"])]},
        {"webhooks": [webhook(query="subscription {")]},
        {"webhooks": [webhook(query="query { shop { name } }")]},
        {"webhooks": [webhook(query=QUERY + QUERY)]},
        {"webhooks": [webhook(query="subscription { a: event { version } b: event { version } }")]},
        {"webhooks": [webhook(query="# " + "x" * 20_000 + "\n" + QUERY)]},
        {"surprise": 1},
    ],
)
def test_what_would_be_refused_cannot_be_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Manifest.model_validate(manifest(**changes))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("3.22", OLDEST),
        ("3.23.28", SchemaVersion(3, 23)),
        ("3.24.0-a.0", NEWEST),
        ("3.25", NEWEST),
        ("4.0", NEWEST),
        ("3.100", NEWEST),
    ],
)
def test_a_store_is_spoken_to_in_its_version_or_the_newest_known(
    text: str, spoken: SchemaVersion
) -> None:
    assert spoken_version(text) == spoken


@pytest.mark.parametrize("text", ["3.21", "3.9", "2.11", "", "three", "3", "3.x", "v3.22", "3.22 "])
def test_older_and_unreadable_versions_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedSaleor) as failure:
        spoken_version(text)
    assert failure.value.detail["oldest"] == "3.22"
