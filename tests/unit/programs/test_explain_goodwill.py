"""Goodwill in the books: what went wrong, on what that rests, and whether a person decided."""

from typing import Any

import pytest

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.explain import EntryFacts, explain

LATE = {"why": "late_delivery", "days": 1200, "limit": 3}
DAY_LATE = {"why": "late_delivery", "days": 1, "limit": 0}
CANCELLED = {"why": "cancelled_line", "units": 1200}
ONE_CANCELLED = {"why": "cancelled_line", "units": 1}
COMPLAINT = {"why": "complaint"}


def told(language: str, code: str = "goodwill", **reason: Any) -> tuple[str, ...]:
    facts = {"code": code, "order": "18", **reason}
    return explain(EntryFacts("adjust", 200, "points", "points", facts), language=language)


LEFT = "its last goods left"
EN = "200 points as a token of goodwill for order 18"
TR = "18 numaralı sipariş için telafi olarak 200 puan"


@pytest.mark.parametrize(
    ("language", "reason", "sentence"),
    [
        ("en", LATE, f"{EN}: {LEFT} on day 1,200 after the payment; the limit is day 3."),
        ("en", DAY_LATE, f"{EN}: {LEFT} on day 1 after the payment; the limit is day 0."),
        ("tr", LATE, f"{TR}: son ürün ödemeden 1.200 gün sonra yola çıktı; sınır 3 gün."),
        ("en", CANCELLED, f"{EN}; units cancelled before they left: 1,200."),
        ("en", ONE_CANCELLED, f"{EN}; units cancelled before they left: 1."),
        ("tr", CANCELLED, f"{TR}: 1.200 adet ürün gönderilmeden iptal edildi."),
        ("tr", ONE_CANCELLED, f"{TR}: 1 adet ürün gönderilmeden iptal edildi."),
        ("en", COMPLAINT, f"{EN}, after a complaint."),
        ("tr", COMPLAINT, f"Bir şikâyet üzerine {TR}."),
    ],
)
def test_each_signal_has_a_sentence_with_its_facts(
    language: str, reason: dict[str, Any], sentence: str
) -> None:
    assert told(language, **reason) == (sentence,)
    assert told(language, **reason, by_app=True)[0] == sentence


def test_what_nobody_decided_says_so() -> None:
    assert told("en", **COMPLAINT, by_app=True)[1:] == ("Given by the app, automatically.",)
    assert told("tr", **COMPLAINT, by_app=True)[1:] == ("Uygulama tarafından otomatik verildi.",)


def test_entries_of_before_keep_their_sentence() -> None:
    assert told("en", "staff_gave", why="goodwill") == (
        "The store gave 200 points as a token of goodwill for order 18.",
    )


@pytest.mark.parametrize(
    ("language", "signal", "facts", "sentence"),
    [
        (
            "en",
            "late_delivery",
            {"days": 1, "limit": 0},
            "The last goods left on day 1 after the payment; the limit is day 0.",
        ),
        (
            "tr",
            "late_delivery",
            {"days": 1, "limit": 0},
            "Son ürün ödemeden 1 gün sonra yola çıktı; sınır 0 gün.",
        ),
        (
            "en",
            "cancelled_line",
            {"units": 1},
            "The order was paid; units cancelled before they left: 1.",
        ),
        (
            "tr",
            "cancelled_line",
            {"units": 1},
            "Sipariş ödenmişti; 1 adet ürün gönderilmeden iptal edildi.",
        ),
    ],
)
def test_what_was_seen_is_told_of_one_as_of_many(
    language: str, signal: str, facts: dict[str, int], sentence: str
) -> None:
    assert translate(f"goodwill.seen.{signal}", language, **facts) == sentence
