"""Whatever an audit finds is told in both languages, with its numbers and with what to do."""

import re

import pytest

from saleor_loyalty_app.flows.audit_sums import SUMS
from saleor_loyalty_app.flows.audit_words import ADVICES, advice_words, drift_words
from saleor_loyalty_app.i18n import LANGUAGES, catalogue
from saleor_loyalty_app.ledger.auditing import CHECKS
from tests.integration.audit.test_counters import WRONGS

#: What is told of a drift, with numbers that no text has by itself.
FIELDS = {
    "member_id": 7001,
    "unit": "7002",
    "subject": 7003,
    "expected": 7004,
    "found": 7005,
    "about": "A1",
}
IDS = [
    *(f"drift.{check}" for check in (*CHECKS, *WRONGS)),
    *(f"drift_advice.{advice}" for advice in ADVICES),
    "mended",
]


@pytest.mark.parametrize("message_id", IDS)
def test_both_languages_say_it_with_the_same_placeholders(message_id: str) -> None:
    texts = [catalogue(language)[message_id] for language in LANGUAGES]
    placeholders = [set(re.findall(r"{(\w+)}", text)) for text in texts]
    assert placeholders[0] == placeholders[1]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", [*CHECKS, *WRONGS])
def test_a_drift_is_told_with_its_numbers(check: str, language: str) -> None:
    told = drift_words({"check": check, **FIELDS}, language)
    assert "{" not in told
    assert re.search(r"700\d|A1", told)
    assert advice_words(check, language) != f"drift_advice.{check}"


def test_what_moves_points_is_never_told_as_a_mere_note() -> None:
    grave = [*CHECKS, "deed_booked", "redemption_spent", "redemption_held"]
    assert {advice_words(check, "en") for check in grave} == {advice_words("entries", "en")}
    assert advice_words("reward_stock", "en") != advice_words("entries", "en")
    assert set(SUMS).isdisjoint(CHECKS)


def test_a_drift_of_an_older_run_is_told_too() -> None:
    kept = {name: value for name, value in FIELDS.items() if name != "about"}
    assert "7004" in drift_words({"check": "entries", **kept}, "en")
