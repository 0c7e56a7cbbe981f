"""Differences call things as their store does, and by their references where it is not known."""

from typing import Any

from saleor_loyalty_app.programs.diff import cost_notes, differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.store_names import called_in, references_in
from tests.program_samples import MOMENT, PURCHASES, program_of
from tests.unit.programs.test_diff import STATS

KNOWN = {
    "channel": {"channel-tr": "Türkiye", "default-channel": "Web"},
    "category": {"shirts": "Fine shirts", "hats": "Hats"},
    "collection": {"sale": "Last chance", "sale-2": "Last chance"},
    "product_type": {"digital": "Downloads"},
    "product": {"linen-shirt": "Linen shirt"},
}
NAMES = called_in(KNOWN)
LEVELS = [
    {"id": "t1", "names": {"en": "Silver", "tr": "Gümüş"}},
    {
        "id": "t2",
        "names": {"en": "Gold", "tr": "Altın"},
        "requirements": {"orders": {"min": 9}},
    },
]
SEGMENTS = [
    {
        "id": "s1",
        "names": {"en": "Dressed", "tr": "Şıklar"},
        "rule": {"type": "category_share", "currency": "USD", "min": 60, "category": "hats"},
    }
]
OFFER = {
    "id": "free",
    "name": {"en": "Sent for free"},
    "prices": [
        {"channel": "default-channel", "currency": "USD", "price": "0"},
        {"channel": "channel-tr", "currency": "TRY", "price": "10"},
    ],
    "when": {
        "type": "all",
        "of": [
            {"type": "segment", "segments": ["s1"]},
            {"type": "tier", "tiers": ["t2"]},
        ],
    },
}


def rule(*conditions: dict[str, Any]) -> dict[str, Any]:
    then = {"type": "points_per_order", "points": 5}
    return {
        "id": "extra",
        "scope": "order",
        "then": then,
        "when": {"type": "all", "of": conditions},
    }


def told(new: Program, language: str = "en", names: Any = NAMES) -> str:
    old = program_of(currencies=[])
    return "\n".join(one.text for one in differences(old, new, language, names))


def test_a_channel_is_called_by_its_name_with_its_slug() -> None:
    assert "Channel “Türkiye (channel-tr)” is added:" in told(program_of())
    assert "“Türkiye (channel-tr)” kanalı" in told(program_of(), "tr")
    gone = differences(program_of(), program_of(currencies=[]), "en", NAMES)
    assert gone[-1].text.startswith("Channel “Türkiye (channel-tr)” is removed")
    assert gone[-1].path == "currencies.channel-tr"
    notes = cost_notes(None, program_of(), STATS, "en", now=MOMENT, timezone="UTC", store=NAMES)
    assert notes[0].startswith("Channel “Web (default-channel)”:")


def test_conditions_call_what_the_store_sells_by_name() -> None:
    line = {
        "type": "any_line",
        "of": {
            "type": "all",
            "of": [
                {"type": "category", "slugs": ["shirts", "gone"]},
                {"type": "collection", "slugs": ["sale", "sale-2"]},
                {"type": "product_type", "slugs": ["digital"]},
                {"type": "product", "products": ["linen-shirt"]},
            ],
        },
    }
    told_so = told(program_of(PURCHASES, rule({"type": "channel", "slugs": ["channel-tr"]}, line)))
    assert "channel is Türkiye (channel-tr)" in told_so
    assert "category is Fine shirts, gone or below" in told_so, "what is unknown goes by its slug"
    assert "collection is Last chance (sale), Last chance (sale-2)" in told_so
    assert "product type is Downloads" in told_so
    assert "product is Linen shirt" in told_so


def test_offers_and_segments_are_told_by_name_in_both_languages() -> None:
    new = program_of(
        tiers={"enabled": True, "levels": LEVELS},
        segments=SEGMENTS,
        shipping={"offers": [OFFER]},
    )
    for language, gold, dressed in (("en", "Gold", "Dressed"), ("tr", "Altın", "Şıklar")):
        said = told(new, language)
        [offer] = [line for line in said.splitlines() if "free" in line]
        assert "Web (default-channel)" in offer
        assert gold in offer
        assert dressed in offer
        assert "Hats" in said
        assert "t2" not in said


def test_rewards_name_tiers_segments_and_channels() -> None:
    item = {
        "id": "five",
        "names": {"en": "Five"},
        "points": 100,
        "gift": {"type": "amount"},
        "channels": [{"channel": "default-channel", "currency": "USD", "amount": "5"}],
        "who": {"tiers": ["t2"], "segments": ["s1"]},
    }
    new = program_of(
        tiers={"enabled": True, "levels": LEVELS}, segments=SEGMENTS, rewards={"items": [item]}
    )
    said = told(new)
    assert "(Web (default-channel))" in said
    assert "Gold" in said.split("Five")[-1]
    assert "Dressed" in said.split("Five")[-1]


def test_without_names_everything_goes_by_its_reference() -> None:
    assert "Channel “channel-tr” is added:" in told(program_of(), names={})
    assert called_in({"channel": {"web": "web"}, "category": {"a": ""}}) == {}


def test_what_programs_refer_to_is_found_wherever_it_is_told() -> None:
    found = references_in(
        [
            program_of(segments=SEGMENTS, shipping={"offers": [OFFER]}, tiers={"levels": LEVELS}),
            program_of(
                PURCHASES,
                rule(
                    {"type": "any_line", "of": {"type": "category", "slugs": ["shirts", "bags"]}},
                    {"type": "any_line", "of": {"type": "variant", "variants": ["SKU-1"]}},
                ),
            ),
        ]
    )
    assert found == {"category": ("hats", "shirts", "bags"), "variant": ("SKU-1",)}
