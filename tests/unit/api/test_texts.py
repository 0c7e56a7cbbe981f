"""The texts of the API are complete in both languages."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import saleor_loyalty_app

ROOT = Path(saleor_loyalty_app.__file__).parent
FILES = ("api", "limiting", "partner", "storefront")


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
