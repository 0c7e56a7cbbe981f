"""The texts of the API are complete in both languages."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import saleor_loyalty_app
from saleor_loyalty_app.i18n import Words, capitalized

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


def test_a_sentence_begins_as_its_language_has_it_and_names_keep_their_letters() -> None:
    assert capitalized("iade", "tr") == "İade"
    assert capitalized("iade", "en") == "Iade"
    assert capitalized("şimdi", "tr") == "Şimdi"
    assert capitalized("“channel-tr” kanalı", "tr") == "“channel-tr” kanalı"
    assert capitalized("", "tr") == ""


def test_words_survive_being_kept_and_are_said_in_any_language() -> None:
    why = Words("message_why.timeout")
    words = Words("problem.mail_failing", {"why": why, "answer": "{answer}"})
    again = Words.of(words.document())
    assert again == words
    for language in ("en", "tr"):
        assert why.said(language) in again.said(language)
        assert "{answer}" in again.said(language)
    assert again.said("en") != again.said("tr")
