"""The texts of the rewards page are complete in both languages, and none is unused."""

import re

from saleor_loyalty_app.api.rewards.answers import DONE
from tests.unit.api.test_texts import ROOT, places, texts

PAGES = ROOT / "api" / "rewards" / "templates"
#: The catalogues of the rooms that have a part in the page.
FILES = ("rewards_page", "reward_catalog", "campaigns")
#: Said in its own language wherever it stands.
SAME = {"rewards.language.en", "rewards.language.tr"}


def page_texts(language: str) -> dict[str, str]:
    """The texts of the page, whichever room says them."""
    own = texts(language, "rewards_page")
    said = {name: text for file in FILES[1:] for name, text in texts(language, file).items()}
    return own | {name: text for name, text in said.items() if name.startswith("rewards.")}


def asked() -> set[str]:
    """The texts that templates and modules name."""
    source = "\n".join(
        file.read_text("utf-8")
        for file in [*PAGES.glob("*.html"), *(ROOT / "api" / "rewards").glob("*.py")]
    )
    return set(re.findall(r'"(rewards\.[a-z_.]+)"', source)) | {
        found.replace("'", "") for found in re.findall(r"'rewards\.[a-z_]+'", source)
    }


def test_both_languages_say_the_same_with_the_same_places() -> None:
    english, turkish = page_texts("en"), page_texts("tr")
    assert english.keys() == turkish.keys()
    for name, text in english.items():
        assert text, name
        assert places(text) == places(turkish[name]), name
        assert (text == turkish[name]) == (name in SAME), name


def test_every_text_that_a_page_asks_for_is_there_and_no_other() -> None:
    known = {name for name in page_texts("en") if name.startswith("rewards.")}
    beginnings = {name for name in asked() if name.endswith(".")}
    whole = (asked() - beginnings - {"rewards.css"}) | {f"rewards.done.{done}" for done in DONE}
    assert whole - known == set()
    unused = {name for name in known - whole if not name.startswith(tuple(beginnings))}
    assert unused == set()
