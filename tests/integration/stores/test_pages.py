"""The public face: manifest by version, pages in two languages, logo."""

import re
from collections.abc import Iterator

import pytest

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.i18n import LANGUAGES, catalogue
from tests.integration.stores.conftest import MakeWorld, World


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One kind is enough here: nothing in these tests depends on it."""
    opened = open_database(sqlite_url, pool_size=2)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("header", "has_webhooks", "has_identifiers"),
    [
        ("3.22", True, False),
        ("3.23", True, True),
        ("3.24", True, True),
        ("3.99", True, True),
        ("4.0", True, True),
        (None, True, False),
        ("3.21", False, False),
        ("nonsense", False, False),
        ("", False, False),
    ],
)
def test_the_manifest_is_in_the_version_of_who_asks(
    world: World, header: str | None, has_webhooks: bool, has_identifiers: bool
) -> None:
    headers = {} if header is None else {"Saleor-Schema-Version": header}
    answer = world.web.get("/api/manifest", headers=headers)
    assert answer.status_code == 200
    manifest = answer.json()
    assert manifest["id"] == "saleor.loyalty"
    assert manifest["requiredSaleorVersion"] == ">=3.22 <4"
    assert bool(manifest["webhooks"]) is has_webhooks
    assert any("identifier" in one for one in manifest["webhooks"]) is has_identifiers
    assert answer.headers["vary"] == "saleor-schema-version"


@pytest.mark.parametrize("name", ["about", "privacy", "support"])
@pytest.mark.parametrize(
    ("language", "word"), [("en", "Loyalty"), ("tr", "Hakkında")], ids=["en", "tr"]
)
def test_the_pages_that_the_manifest_names_exist_in_both_languages(
    world: World, name: str, language: str, word: str
) -> None:
    answer = world.web.get(f"/{name}", headers={"Accept-Language": f"{language}-XX, de;q=0.3"})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert f'<html lang="{language}">' in answer.text
    assert word in answer.text
    assert "{{" not in answer.text
    assert not re.search(r">pages\.", answer.text)
    chosen = world.web.get(f"/{name}?lang=tr", headers={"Accept-Language": "en"})
    assert chosen.headers["content-language"] == "tr"


def test_the_privacy_page_tells_this_installations_times(world: World) -> None:
    text = world.web.get("/privacy").text
    settings = world.services.settings
    assert f"for {settings.inbox_days} days" in text
    assert f"erased {settings.uninstalled_days} days later" in text


@pytest.mark.parametrize("language", ["../../etc/passwd", "<script>", "xx", ""])
def test_a_language_that_does_not_exist_is_passed_over(world: World, language: str) -> None:
    answer = world.web.get("/about", params={"lang": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "en"
    assert "<script" not in answer.text


def test_what_pages_link_to_exists(world: World) -> None:
    for name in ("about", "privacy", "support"):
        text = world.web.get(f"/{name}").text
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', text):
            assert world.web.get(link).status_code == 200, link


def test_saleor_can_fetch_the_logo(make_world: MakeWorld) -> None:
    world = make_world()
    address = world.web.get("/api/manifest").json()["brand"]["logo"]["default"]
    answer = world.web.get(address)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["register.py", "../manifest.py", "%2e%2e/manifest.py", "x"])
def test_nothing_else_is_served(world: World, name: str) -> None:
    assert world.web.get(f"/static/{name}").status_code == 404


def test_every_text_exists_in_both_languages_with_the_same_placeholders() -> None:
    english, turkish = (catalogue(language) for language in LANGUAGES)
    ours = {
        key: text
        for key, text in english.items()
        if key.startswith(("doctor.", "pages.", "error.store", "error.saleor", "error.token_"))
    }
    assert len(ours) > 60
    for key, text in ours.items():
        placeholders = set(re.findall(r"{(\w+)}", text))
        assert set(re.findall(r"{(\w+)}", turkish[key])) == placeholders, key
