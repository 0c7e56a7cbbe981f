"""What lacks a name, or names a tier that is not there, is called what it is."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from tests.claim_stage import item_of
from tests.program_samples import CHANNELS, document_of, rule_of

NAMES = {"en": "A name"}
GOLD = {"type": "tier", "tiers": ["gold"]}
OFFER = {
    "id": "post",
    "name": NAMES,
    "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
    "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "50"}],
}
LEVEL = {"id": "low", "names": NAMES, "requirements": {"orders": {"min": 3}}}
SEGMENT = {"id": "new", "names": NAMES, "rule": {"type": "orders", "max": 1}}
ABOVE = {
    "rules": [rule_of({"type": "points_per_money"}, name=NAMES, when=GOLD)],
}
#: Each by its place: what its text must call it, in English and in Turkish.
NAMELESS = {
    "name_missing": ("earning.rules[0].name", "rule", "Kural"),
    "tier_name_missing": ("tiers.levels[0].names", "tier “low”", "“low” seviye"),
    "segment_name_missing": ("segments[0].names", "segment “new”", "“new” segment"),
    "reward_name_missing": ("rewards.items[0].names", "reward “reward”", "“reward” ödül"),
    "shipping_name_missing": ("shipping.offers[0].name", "offer “post”", "“post” kargo teklif"),
    "goodwill_apology_missing": ("goodwill.apology", "apology", "Özür metni"),
}
TIERLESS = {
    "tier_unknown": ("earning.rules[0]", "the rule gives nothing", "kural"),
    "reward_tier_unknown": ("rewards.items[0].who.tiers", "reward “reward”", "“reward” ödül"),
    "shipping_tier_unknown": ("shipping.offers[0].when", "offer", "teklif"),
}


@pytest.mark.parametrize(("parts", "expected"), [({}, NAMELESS), ({"when": GOLD}, TIERLESS)])
def test_a_problem_calls_what_it_is_about_by_its_kind_in_both_languages(
    parts: dict[str, Any], expected: dict[str, tuple[str, str, str]]
) -> None:
    mine: dict[str, Any] = {"who": {"tiers": ["gold"]}} if parts else {}
    document = document_of(
        earning=ABOVE,
        tiers={"enabled": True, "levels": [LEVEL]},
        segments=[SEGMENT],
        rewards={
            "items": [item_of("custom", names=NAMES, **mine)],
        },
        shipping={"offers": [OFFER | parts]},
        goodwill={"complaint": {"suggest": {"type": "points", "points": 5}}, "apology": NAMES},
    )
    found = {
        one.code: one
        for one in check_program(read_program(document), CHANNELS, today=date(2027, 1, 1))
    }
    for code, (path, english, turkish) in expected.items():
        assert found[code].path == path
        assert english in found[code].in_words("en")
        assert turkish in found[code].in_words("tr")
