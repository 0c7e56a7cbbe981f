"""A text has one name and one place."""

from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import saleor_loyalty_app

LOCALES = Path(saleor_loyalty_app.__file__).parent / "locales"


@pytest.mark.parametrize("language", ["en", "tr"])
def test_no_text_stands_in_two_files(language: str) -> None:
    found: Counter[str] = Counter()
    for file in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as stream:
            found.update({str(one.id) for one in read_po(stream) if one.id})
    assert len(found) > 1000
    assert [name for name, times in found.items() if times > 1] == []
