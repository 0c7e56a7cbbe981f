"""Goodwill in the books: what went wrong, on what that rests, and whether a person decided."""

from typing import Any

import pytest

from saleor_loyalty_app.programs.explain import EntryFacts, explain

LATE = {"why": "late_delivery", "days": 1200, "limit": 3}
CANCELLED = {"why": "cancelled_line", "units": 2}
COMPLAINT = {"why": "complaint"}


def told(language: str, code: str = "goodwill", **reason: Any) -> tuple[str, ...]:
    facts = {"code": code, "order": "18", **reason}
    return explain(EntryFacts("adjust", 200, "points", "points", facts), language=language)


EN = "200 points as a token of goodwill for order 18"
TR = "18 numaralı sipariş için telafi olarak 200 puan"


@pytest.mark.parametrize(
    ("language", "reason", "sentence"),
    [
        ("en", LATE, f"{EN}: its last goods left 1,200 days after the payment; 3 are allowed."),
        ("tr", LATE, f"{TR}: son ürün ödemeden 1.200 gün sonra yola çıktı; sınır 3 gün."),
        ("en", CANCELLED, f"{EN}: 2 units were cancelled before they left."),
        ("tr", CANCELLED, f"{TR}: 2 adet ürün gönderilmeden iptal edildi."),
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
