"""The worked example of each level: what the rules do to somebody who just reaches it."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.programs.tiers_examples import tier_examples

TODAY = date(2027, 3, 1)


def spend(amount: str) -> dict[str, Any]:
    return {"spend": {"limits": [{"currency": "USD", "min": amount}]}}


def ladder(**values: Any) -> Tiers:
    levels = [
        {"id": "bronze", "names": {"en": "Bronze"}, "requirements": spend("100")},
        {
            "id": "silver",
            "names": {"en": "Silver", "tr": "Gümüş"},
            "requirements": spend("300"),
            "multiplier": "1.25",
            "entry_points": 50,
        },
    ]
    return Tiers.model_validate({"levels": levels} | values)


def said(tiers: Tiers, level: str, language: str = "en") -> tuple[str, ...]:
    example = tier_examples(tiers, TODAY, language)[level]
    return example.beginning + example.end


def test_a_level_tells_what_it_takes_gives_and_how_it_ends() -> None:
    assert said(ladder(), "silver") == (
        (
            "Spend of $300.00, reached today: the member is Silver at once, and stays so through "
            "Mar 1, 2028."
        ),
        "An order that brings others 100 points brings 125 points.",
        "50 points are given on top for reaching it, once.",
        "If nothing more is bought, 30 days of grace follow, through Mar 31, 2028.",
        "From Apr 1, 2028 on the member is Bronze.",
    )
    assert said(ladder(), "silver", "tr")[0] == (
        "Bugün $300,00 harcama: üye hemen Gümüş olur ve 1 Mar 2028 gününün sonuna kadar öyle kalır."
    )


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ({"grace_days": 0}, "If nothing more is bought, the member is Bronze from Mar 2, 2028 on."),
        ({"downgrade": "by_merit"}, "From Apr 1, 2028 on the member has no tier."),
        (
            {"window": {"type": "calendar_year"}, "grace_days": 0},
            "If nothing more is bought, the member is Bronze from Jan 1, 2029 on.",
        ),
        ({"downgrade": "none"}, "50 points are given on top for reaching it, once."),
        ({"window": {"type": "lifetime"}}, "50 points are given on top for reaching it, once."),
    ],
)
def test_the_end_follows_window_grace_and_downgrade(values: dict[str, Any], ends: str) -> None:
    assert said(ladder(**values), "silver")[-1] == ends


def test_membership_alone_is_kept_and_everybody_begins_in_a_level_that_asks_for_nothing() -> None:
    levels = [
        {"id": "friend", "names": {"en": "Friend"}},
        {
            "id": "old",
            "names": {"en": "Old friend"},
            "requirements": {
                "match": "any",
                "orders": {"min": 20},
                "tenure_days": {"min": 365},
            },
        },
        {"id": "true", "names": {}, "requirements": {"tenure_days": {"min": 900}}},
    ]
    tiers = Tiers.model_validate({"levels": levels})
    assert said(tiers, "friend") == ("Whoever takes part is Friend from the first day.",)
    assert said(tiers, "old")[0].startswith(
        "20 orders, reached today: the member is Old friend at once"
    )
    assert said(tiers, "true") == (
        "900 days of membership, reached today: the member is true at once, for good.",
    )


def test_a_level_that_nobody_stays_in_says_so() -> None:
    levels = [
        {"id": "low", "names": {"en": "Low"}, "requirements": {"orders": {"min": 3}}},
        {"id": "high", "names": {"en": "High"}, "requirements": {"orders": {"min": 3}}},
    ]
    tiers = Tiers.model_validate({"levels": levels})
    assert said(tiers, "low") == ("What Low takes is enough for High already: nobody stays Low.",)
