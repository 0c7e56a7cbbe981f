"""The sandbox's pages: complete in both languages, and asking only what the store understands."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.pages import routes
from sandbox.pages.render import FOLDER, documents, texts

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((FOLDER / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
#: Texts whose ids are made of Saleor's codes; the pages fall back to the code itself.
BY_CODE = ("status.", "charge.", "delivery.", "problem.", "refusal.")


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    english, turkish = texts("en"), texts("tr")
    assert english.keys() == turkish.keys()
    for text_id, text in english.items():
        found, expected = (set(re.findall(r"\{(\w+)\}", one)) for one in (turkish[text_id], text))
        assert found == expected, text_id


def test_every_text_that_a_page_names_is_there_and_none_is_left_over() -> None:
    everything = "\n".join(file.read_text("utf-8") for file in [*SCRIPTS, *TEMPLATES])
    named = set(re.findall(r"""["'`]([a-z]+\.[A-Za-z_]+)["'`]""", everything))
    asked = set(re.findall(r"""\bt\(["']([a-z]+\.[a-z_]+)["'][,)]""", everything))
    assert len(asked) > 80
    assert asked - texts("en").keys() == set()
    prefixes = set(re.findall(r"""\bt\([`"']([a-z]+\.[a-z_]*)(?:\$\{|["'] ~)""", everything))
    unused = [
        text_id
        for text_id in texts("en")
        if text_id not in named
        and not text_id.startswith(BY_CODE)
        and not any(text_id.startswith(prefix) for prefix in prefixes)
    ]
    assert unused == []


def test_every_document_is_valid_in_the_stores_schema() -> None:
    schema = build_schema((ROOT / "graphql" / "store.graphql").read_text("utf-8"))
    problems = {name: validate(schema, parse(document)) for name, document in documents().items()}
    assert {name: found for name, found in problems.items() if found} == {}


def test_every_document_is_used_and_every_used_one_is_there() -> None:
    everything = "\n".join(file.read_text("utf-8") for file in SCRIPTS)
    used = set(re.findall(r"""(?<!#)\b(?:gql|send)\("(\w+)",""", everything))
    assert used == documents().keys()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: str(file.name))
def test_scripts_import_only_what_is_served(script: Path) -> None:
    for address in re.findall(r"""from "([^"]+)";""", script.read_text("utf-8")):
        assert address.startswith("/pages/js/"), address
        file = FOLDER / "static" / address.removeprefix("/pages/")
        assert file.exists() or address == "/pages/js/documents.js", address


def test_nothing_is_loaded_from_elsewhere() -> None:
    files = [*SCRIPTS, *TEMPLATES, *(FOLDER / "static" / "css").glob("*.css")]
    for file in files:
        addresses = re.findall(r"https?://[^\s\"'`)]+", file.read_text("utf-8"))
        assert [one for one in addresses if not one.startswith("http://www.w3.org/")] == [], file


class Site:
    """The pages on a store that knows `apps`."""

    def __init__(self, apps: list[dict[str, Any]]) -> None:
        async def state(_request: Request) -> Response:
            return JSONResponse({"apps": apps})

        self.app = Starlette(routes=[*routes(), Route("/_control/state", state)])

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, None, **headers)

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://store") as client:
                return await client.request(method, path, json=body, headers=headers)

        return asyncio.run(ask())


@pytest.mark.parametrize("place", ["/", "/shop", "/desk", "/dashboard", "/faults"])
@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_page_is_served_in_both_languages(place: str, language: str) -> None:
    answer = Site([]).get(f"{place}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert f"sandbox_language={language}" in answer.headers["set-cookie"]


def test_the_language_is_that_of_the_browser_unless_one_was_chosen() -> None:
    site = Site([])
    assert '<html lang="tr">' in site.get("/", **{"accept-language": "tr-TR,tr;q=0.9"}).text
    assert '<html lang="en">' in site.get("/", **{"accept-language": "de"}).text
    chosen = {"accept-language": "tr", "cookie": "sandbox_language=en"}
    assert '<html lang="en">' in site.get("/", **chosen).text
    assert '<html lang="en">' in site.get("/?lang=%22%3E%3Cscript%3E").text


def loyalty_app(active: bool = True) -> dict[str, Any]:
    return {"identifier": "saleor.loyalty", "is_active": active, "app_url": "http://app.test/"}


@pytest.mark.parametrize("apps", [[], [loyalty_app(active=False)]])
def test_without_the_app_the_shop_is_told_so(apps: list[dict[str, Any]]) -> None:
    answer = Site(apps).get("/shop/loyalty/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "app_not_installed")


def test_the_shop_asks_the_app_for_points_only() -> None:
    answer = Site([loyalty_app()]).get("/shop/loyalty/../../api/dashboard/v1/start")
    assert answer.status_code == 404
    answer = Site([loyalty_app()]).get("/shop/loyalty/me/anything")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


class Upstream:
    """Takes the place of the app."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def through(monkeypatch: pytest.MonkeyPatch, upstream: Upstream) -> None:
    class Client(httpx.AsyncClient):
        def __init__(self, **options: Any) -> None:
            if "transport" not in options:
                options = {"transport": httpx.MockTransport(upstream)}
            super().__init__(**options)

    monkeypatch.setattr("sandbox.pages.loyalty.httpx.AsyncClient", Client)


def test_the_shoppers_token_and_language_are_passed_on_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site([loyalty_app()])
    upstream = Upstream(httpx.Response(401, json={"error": {"code": "invalid_token"}}))
    headers = {"authorization": "Bearer t", "accept-language": "tr", "cookie": "a=b"}
    through(monkeypatch, upstream)
    answer = site.get("/shop/loyalty/me/history?first=8", **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")
    (request,) = upstream.asked
    assert str(request.url) == "http://app.test/api/storefront/v1/me/history?first=8"
    assert (request.headers["authorization"], request.headers["accept-language"]) == (
        "Bearer t",
        "tr",
    )
    assert "cookie" not in request.headers


def test_an_app_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site([loyalty_app()])
    through(monkeypatch, Upstream(httpx.ConnectError("refused")))
    answer = site.get("/shop/loyalty/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "app_unreachable")


def test_spending_goes_to_the_app_with_its_key_and_body_and_comes_back_with_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = {"id": "r1", "state": "held"}
    answered = httpx.Response(202, json=body, headers={"Retry-After": "2", "Location": "/x"})
    upstream = Upstream(answered)
    site = Site([loyalty_app()])
    through(monkeypatch, upstream)
    headers = {"authorization": "Bearer t", "idempotency-key": "k1", "cookie": "a=b"}
    answer = site.send("POST", "/shop/loyalty/redemptions", {"points": 50}, **headers)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (202, body, "2")
    (request,) = upstream.asked
    assert (request.method, request.url.path) == ("POST", "/api/storefront/v1/redemptions")
    assert request.headers["idempotency-key"] == "k1"
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"points":50}'
    assert "cookie" not in request.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "me"),
        ("DELETE", "redemptions"),
        ("DELETE", "checkouts/Q2hlY2tvdXQ6MQ=="),
        ("GET", "redemptions/a/b"),
    ],
)
def test_other_requests_do_not_reach_the_app(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    site, upstream = Site([loyalty_app()]), Upstream(httpx.Response(200, json={}))
    through(monkeypatch, upstream)
    assert site.send(method, f"/shop/loyalty/{path}").status_code == 404
    assert upstream.asked == []


def test_a_checkout_is_asked_for_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    site, upstream = Site([loyalty_app()]), Upstream(httpx.Response(200, json={}))
    through(monkeypatch, upstream)
    assert site.get("/shop/loyalty/checkouts/Q2hlY2tvdXQ6MQ%3D%3D?store=x").status_code == 200
    (request,) = upstream.asked
    assert (
        str(request.url) == "http://app.test/api/storefront/v1/checkouts/Q2hlY2tvdXQ6MQ==?store=x"
    )
