"""What pages of other origins get: the files that the hashes vouch for, small and kept long."""

import base64
import gzip
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from saleor_loyalty_app.api import errors
from saleor_loyalty_app.api.components.files import component_files
from saleor_loyalty_app.api.components.router import build_router

MOST_BYTES = 30 * 1024
PLAIN = {"Accept-Encoding": "identity", "Origin": "https://shop.example.com"}


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    served = FastAPI()
    errors.install(served)
    served.include_router(build_router())
    with TestClient(served) as client:
        yield client


def listed(app: TestClient) -> dict[str, dict[str, Any]]:
    answer = app.get("/storefront/v1/manifest.json", headers=PLAIN)
    assert answer.headers["access-control-allow-origin"] == "*"
    found: dict[str, dict[str, Any]] = answer.json()["files"]
    return found


def test_all_components_together_are_small() -> None:
    assert len(component_files()["loyalty.js"].compressed) <= MOST_BYTES


def test_the_manifest_vouches_for_what_is_served(app: TestClient) -> None:
    files = listed(app)
    assert set(files) >= {"loyalty.js", "loyalty-redeem.js"}
    for file in files.values():
        answer = app.get(file["path"], headers=PLAIN)
        digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
        assert file["integrity"] == f"sha384-{digest}"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("version", ["", "?v=", "?v=0123456789abcdef"])
def test_an_address_of_no_or_another_content_is_not_kept_long(
    app: TestClient, version: str
) -> None:
    answer = app.get(f"/storefront/v1/loyalty.js{version}", headers=PLAIN)
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["cache-control"]


def test_it_is_sent_compressed_to_who_takes_that_and_not_again_to_who_has_it(
    app: TestClient,
) -> None:
    file = component_files()["loyalty.js"]
    with app.stream("GET", file.path, headers={"Accept-Encoding": "br, gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == file.content
    plain = app.get(file.path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != answer.headers["etag"]
    again = app.get(file.path, headers={**PLAIN, "If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["client.js", "../manifest.json", "loyalty.ts", "%2e%2e%2fx"])
def test_nothing_else_is_served(app: TestClient, name: str) -> None:
    assert app.get(f"/storefront/v1/{name}").status_code == 404


def test_no_component_may_run_text_as_code_or_markup_or_keep_anything() -> None:
    code = component_files()["loyalty.js"].content.decode()
    for forbidden in (
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
        "localStorage", "sessionStorage", "indexedDB", "document.cookie", "setAttribute(\"style\"",
    ):  # fmt: skip
        assert forbidden not in code
