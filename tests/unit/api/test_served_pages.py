"""The built pages as the app serves them: at which addresses, and with what they may be loaded."""

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from saleor_loyalty_app import assets
from saleor_loyalty_app.api import errors
from saleor_loyalty_app.api.dashboard import pages

ADDRESSES = (
    "/", "/program", "/rules", "/publish", "/segments", "/segments/loyal", "/members",
    "/members/TWVtYmVyOjE", "/overview", "/month-end", "/activity",
    "/activity/dead-letters", "/settings", "/settings/mail/test",
)  # fmt: skip


@pytest.fixture(scope="module")
def edge() -> TestClient:
    """The pages, built by `make pages`, which the tests do not do by themselves."""
    if not (Path(__file__).parents[3] / "dashboard_extension" / "dist" / "index.html").is_file():
        pytest.fail("the pages are not built: run `make pages`")
    app = FastAPI()
    errors.install(app)
    app.include_router(pages.router)
    pages._file.cache_clear()
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_of_the_page_answers_with_it(edge: TestClient, address: str) -> None:
    answer = edge.get(f"{address}?domain=x&saleorApiUrl=x&id=1&theme=dark&saleorApiUrl=x")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert '<div id="root">' in answer.text


@pytest.mark.parametrize("address", ["/widget/customer", "/popup/points"])
def test_widgets_and_popups_have_a_lighter_page(edge: TestClient, address: str) -> None:
    answer = edge.get(f"{address}?customerId=VXNlcjox&customerId=VXNlcjox")
    assert answer.status_code == 200
    assert answer.text != edge.get("/").text


@pytest.mark.parametrize(
    "address", ["/api/nothing", "/programs", "/members-of", "/start", "/dashboard-page/"]
)
def test_no_other_address_does(edge: TestClient, address: str) -> None:
    answer = edge.get(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("address", ["/", "/widget/customer"])
def test_the_page_may_be_shown_by_any_dashboard_and_runs_nothing_but_its_files(
    edge: TestClient, address: str
) -> None:
    answer = edge.get(address)
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-cache"
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert policy["frame-ancestors"] == "https: http:"
    assert not re.search(r"<style|<script(?![^>]* src=)| on\w+=", answer.text)


def test_what_the_page_names_is_served_for_ever_and_compressed(edge: TestClient) -> None:
    page = edge.get("/").text
    named = re.findall(r'(?:src|href)="(/dashboard-page/[^"]+)"', page)
    assert any(name.endswith(".js") for name in named)
    assert any(name.endswith(".css") for name in named)
    for name in named:
        plain = edge.get(name, headers={"Accept-Encoding": "identity"})
        packed = edge.get(name, headers={"Accept-Encoding": "gzip, br"})
        assert plain.status_code == packed.status_code == 200
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert plain.headers["content-type"].startswith(kind)
        assert "immutable" in plain.headers["cache-control"]
        assert plain.headers["vary"] == "Accept-Encoding"
        assert "content-encoding" not in plain.headers
        assert packed.headers.get("content-encoding") == (
            "gzip" if len(plain.content) > 1024 else None
        )
        assert packed.content == plain.content


@pytest.mark.parametrize("name", ["router.py", "..%2Frouter.py", "%2e%2e", "x" * 500, "%00"])
def test_only_the_files_of_the_page_are_served(edge: TestClient, name: str) -> None:
    answer = edge.get(f"/dashboard-page/assets/{name}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_pages_that_are_not_built_are_told_with_the_way_out(
    edge: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(name: str) -> bytes:
        raise assets.AssetMissing(name)

    monkeypatch.setattr(assets, "read_bytes", nothing)
    pages._file.cache_clear()
    answer = edge.get("/", headers={"Accept-Language": "tr"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "pages_missing")
    assert "make pages" in answer.json()["error"]["message"]


def test_the_same_file_is_compressed_the_same_each_time() -> None:
    pages._file.cache_clear()
    first = pages._file("index.html").compressed
    pages._file.cache_clear()
    second = pages._file("index.html").compressed
    assert first == second
    if first is not None:
        assert gzip.decompress(first) == pages._file("index.html").content


def test_the_licenses_of_what_is_bundled_are_served_and_noticed(edge: TestClient) -> None:
    answer = edge.get("/dashboard-page/licenses.md")
    assert answer.headers["content-type"].startswith("text/plain")
    named = re.findall(r"^## (\S+) - \S+ \((.+)\)$", answer.text, re.MULTILINE)
    assert {"react", "react-dom", "@saleor/app-sdk"} <= {name for name, _ in named}
    assert {terms for _, terms in named} <= {"MIT", "BSD-3-Clause", "ISC", "CC-BY-4.0"}
    notice = (Path(__file__).parents[3] / "NOTICE").read_text("utf-8")
    assert "Creative Commons Attribution 4.0" in notice
