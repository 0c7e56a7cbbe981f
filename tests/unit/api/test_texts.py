"""The texts of the API and of the page are complete in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import saleor_loyalty_app
from saleor_loyalty_app.i18n import catalogue

ROOT = Path(saleor_loyalty_app.__file__).parent
PAGE = ROOT / "api" / "dashboard"


FILES = ("api", "limiting", "storefront")


def texts(language: str, file_name: str = "api") -> dict[str, str]:
    file = ROOT / "locales" / language / "LC_MESSAGES" / f"{file_name}.po"
    with file.open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("file_name", FILES)
def test_both_languages_have_the_same_texts_with_the_same_places(file_name: str) -> None:
    english, turkish = texts("en", file_name), texts("tr", file_name)
    assert english.keys() == turkish.keys()
    for text_id, text in english.items():
        assert text, text_id
        assert places(text) == places(turkish[text_id]), text_id


@pytest.mark.parametrize("file_name", FILES)
def test_no_turkish_text_is_left_in_english(file_name: str) -> None:
    english, turkish = texts("en", file_name), texts("tr", file_name)
    assert [text_id for text_id in english if english[text_id] == turkish[text_id]] == []


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_text_that_the_page_asks_for_is_there(language: str) -> None:
    known = catalogue(language)
    asked = set()
    for file in (PAGE / "templates").glob("*.html"):
        asked |= set(re.findall(r't\("([a-z0-9_.]+)"[,)]', file.read_text("utf-8")))
    script = (PAGE / "assets" / "page.js").read_text("utf-8")
    asked |= {f"page.script.{name}" for name in re.findall(r'(?<!\w)t\("([a-z_]+)"\)', script)}
    asked |= {f"page.script.{name}" for name in ("published", "switched_on", "switched_off")}
    for part in ("earning", "spending", "shipping", "messages"):
        asked |= {f"page.part_{part}", f"page.part_{part}_text"}
    assert len(asked) > 40
    assert asked - known.keys() == set()
