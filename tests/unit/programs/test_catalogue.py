"""Everything that programs say has a text in both languages, with the same placeholders."""

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import saleor_loyalty_app
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import LANGUAGES, catalogue
from saleor_loyalty_app.ledger.models import ENTRY_KINDS
from saleor_loyalty_app.programs import errors
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.problems import _CODES, OWN_CODES

LOCALES = Path(saleor_loyalty_app.__file__).parent / "locales"


def texts(language: str) -> dict[str, str]:
    path = LOCALES / language / "LC_MESSAGES" / "programs.po"
    with path.open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_placeholders() -> None:
    english, turkish = texts("en"), texts("tr")

    assert english.keys() == turkish.keys()
    for key, text in english.items():
        assert text
        assert turkish[key]
        assert placeholders(text) == placeholders(turkish[key]), key


def codes_of_problems() -> set[str]:
    found = set(_CODES.values()) | OWN_CODES
    folder = Path(saleor_loyalty_app.__file__).parent / "programs"
    for name in ("problems.py", "validate.py", "shipping_check.py", "yaml_text.py"):
        source = (folder / name).read_text(encoding="utf-8")
        for marker in ("Problem(", "_Refused("):
            for part in source.split(marker)[1:]:
                literal = part.lstrip()
                if literal.startswith('"'):
                    found.add(literal.split('"')[1])
    return found


def codes_of_misses() -> set[str]:
    folder = Path(saleor_loyalty_app.__file__).parent / "programs"
    found = set()
    for name in (
        "decide.py",
        "decide_deed.py",
        "caps.py",
        "matching.py",
        "leaf_tests.py",
        "shipping_decide.py",
    ):
        source = (folder / name).read_text(encoding="utf-8")
        for part in source.split('{"code": "')[1:]:
            found.add(part.split('"')[0])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_text(language: str) -> None:
    missing = {f"program_problem.{code}" for code in codes_of_problems()} - catalogue(
        language
    ).keys()

    assert len(codes_of_problems()) > 50
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_miss_has_a_text(language: str) -> None:
    missing = {f"miss.{code}" for code in codes_of_misses()} - catalogue(language).keys()

    assert len(codes_of_misses()) > 15
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_kind_of_entry_and_failure_has_a_text(language: str) -> None:
    wanted = {f"setting.{name}" for name in Settings.model_fields}
    wanted |= {f"explain.kind.{kind}" for kind in ENTRY_KINDS}
    wanted |= {
        f"error.{failure.code}"
        for failure in vars(errors).values()
        if isinstance(failure, type) and issubclass(failure, AppError) and failure is not AppError
    }

    assert wanted - texts(language).keys() == set()


def test_no_other_room_uses_these_ids() -> None:
    for language in LANGUAGES:
        for key, text in texts(language).items():
            assert catalogue(language)[key] == text
