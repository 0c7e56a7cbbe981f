"""The section of the program: what is wrong with it, what it says in words, and its digest."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem, document_problems
from saleor_loyalty_app.programs.proposal import propose
from saleor_loyalty_app.programs.shipping_decide import (
    ShippingDecision,
    ShippingFacts,
    decide_shipping,
)
from saleor_loyalty_app.programs.shipping_words import shipping_condition_words
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.tier_measures import Missing
from saleor_loyalty_app.programs.tiers import Level, SpendLimit, level_in_force, template
from saleor_loyalty_app.programs.tiers_check import tier_problems
from saleor_loyalty_app.programs.tiers_words import (
    level_words,
    missing_words,
    tier_changes,
    tier_values,
)
from saleor_loyalty_app.programs.unknown_shopper import what_it_needs
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from tests.program_samples import CHANNELS, MOMENT, document_of, program_of, rule_of

STORE = frozenset({"USD", "TRY"})


def level(level_id: str, **requirements: Any) -> dict[str, Any]:
    names = {"en": level_id.title(), "tr": level_id.title()}
    return {"id": level_id, "names": names, "requirements": requirements}


def spend(**limits: str) -> dict[str, Any]:
    listed = [{"currency": currency, "min": amount} for currency, amount in limits.items()]
    return {"limits": listed}


def problems(*levels: dict[str, Any], **values: Any) -> list[tuple[str, str]]:
    section = {"enabled": True, "levels": list(levels), **values}
    found = tier_problems(program_of(tiers=section), STORE)
    return [(one.code, one.path) for one in found]


def test_levels_must_rise_and_each_fault_is_told_with_its_place() -> None:
    path = "tiers.levels[1].requirements"
    low = level("low", spend=spend(USD="100", TRY="1000"), orders={"min": 3})
    assert problems(low, level("high", spend=spend(USD="200", TRY="3000"), orders={"min": 3})) == []
    fallen = level("high", spend=spend(USD="50", TRY="900"), orders={"min": 5})
    assert problems(low, fallen) == [
        ("tier_falls", f"{path}.spend.limits[0].min"),
        ("tier_falls", f"{path}.spend.limits[1].min"),
    ]
    assert problems(low, level("same", spend=spend(USD="100", TRY="1000"))) == [
        ("tier_not_higher", path)
    ]
    assert problems(low, level("nothing")) == [("tier_empty", path)]
    assert problems(level("all"), low) == []
    assert problems(low, level("high", spend=spend(USD="200"))) == [
        ("tier_currency_missing", f"{path}.spend.limits")
    ]
    either = level("either", match="any", spend=spend(USD="200", TRY="2000"), orders={"min": 3})
    assert problems(low, either) == [("tier_falls", f"{path}.orders.min")]


def test_what_does_not_fit_the_store_or_the_rules_is_told() -> None:
    found = problems(level("low", spend=spend(EUR="10"), status_points={"min": 5}))
    assert found == [
        ("tier_currency_unknown", "tiers.levels[0].requirements.spend.limits[0].currency"),
        ("status_not_earned", "tiers.levels"),
    ]
    assert problems(level("low", spend=spend(USD="10.001"))) == [
        ("too_many_places", "tiers.levels[0].requirements.spend.limits[0].min")
    ]
    rule = rule_of({"type": "points_per_money"}, when={"type": "tier", "tiers": ["gold"]})
    assert [one.code for one in tier_problems(program_of(rule), STORE)] == ["tier_unknown"]


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ({"levels": []}, {"too_few"}),
        ({"levels": [level("a"), level("a")]}, {"tier_id_twice"}),
        ({"levels": [level("a")], "window": {"type": "rolling"}}, {"tier_window_months"}),
        (
            {"levels": [level("a")], "window": {"type": "lifetime", "months": 3}},
            {"tier_window_months"},
        ),
    ],
)
def test_a_section_that_cannot_be_is_refused(section: dict[str, Any], codes: set[str]) -> None:
    found = document_problems(document_of(tiers=section))
    assert {one.code for one in found} == codes
    assert all(one.in_words(language) for one in found for language in ("en", "tr"))


def test_every_problem_has_its_words_in_both_languages() -> None:
    for code in ("tier_empty", "tier_falls", "tier_not_higher", "tier_currency_missing"):
        told = Problem(code, "p", detail={"tier": "x", "below": "y", "limit": "5", "currency": "Z"})
        english, turkish = told.in_words("en"), told.in_words("tr")
        assert "program_problem" not in english + turkish
        assert english != turkish


def test_an_offer_for_tiers_is_made_to_them_alone_and_told_by_their_names() -> None:
    offer = {
        "id": "gold-free",
        "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
        "when": {"type": "any", "of": [{"type": "tier", "tiers": ["gold"]}]},
    }
    shipping = program_of(shipping={"offers": [offer]}).shipping
    assert shipping is not None

    def made(tier: str) -> ShippingDecision:
        facts = ShippingFacts("default-channel", "USD", "US", Decimal(10), tier=tier)
        return decide_shipping(shipping, facts, now=MOMENT, timezone="UTC")

    assert [deal.rule.id for deal in made("gold").deals] == ["gold-free"]
    [refusal] = made("silver").refusals
    assert refusal.reason == {"code": "tier", "wanted": ["gold"], "has": "silver"}
    rule = shipping.live[0]
    assert rule.depends_on_user
    assert what_it_needs(rule) == ["tier"]
    told = shipping_condition_words(rule.when, "en", {"gold": "Gold members"})
    assert "Gold members" in told
    named = [one.path for one in tier_problems(program_of(shipping={"offers": [offer]}), STORE)]
    assert named == ["shipping.offers[0].when"]


def test_the_template_is_off_valid_and_survives_a_file() -> None:
    section = template([SpendLimit.model_validate({"currency": "USD", "min": "100"})])
    assert (section.enabled, section.grace_days, section.downgrade) == (False, 30, "one_step")
    assert (section.window.type, section.window.months) == ("rolling", 12)
    assert len(section.levels) == 3
    program = program_of(tiers=section.model_dump(mode="json"))
    assert list(tier_problems(program, STORE)) == []
    assert program_from_yaml(program_to_yaml(program)) == program
    assert level_in_force(program.tiers, "gold") is None


def test_the_example_of_the_guide_has_no_problem() -> None:
    guide = (Path(__file__).parents[3] / "docs/owner/tiers.md").read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    program = program_of(**parse_yaml(example))
    assert program.tiers is not None
    assert program.tiers.enabled
    assert list(tier_problems(program, STORE)) == []


def test_names_and_benefits_decide_nobodys_tier_and_leave_the_digest() -> None:
    section = template([SpendLimit.model_validate({"currency": "USD", "min": "100"})])
    renamed = section.model_copy(
        update={"levels": (section.levels[0].model_copy(update={"names": {"en": "B"}}),)}
    )
    same = section.model_copy(update={"levels": section.levels[:1]})
    assert renamed.digest == same.digest
    assert section.digest != same.digest


def test_a_document_without_tiers_keeps_its_digest() -> None:
    assert "tiers" not in program_of().document


def test_changes_are_told_in_words() -> None:
    section = template([SpendLimit.model_validate({"currency": "USD", "min": "100"})])
    off = program_of(tiers=section.model_dump(mode="json"))
    on = Program.model_validate(off.document | {"tiers": off.document["tiers"] | {"enabled": True}})
    assert differences(program_of(), off, "en") == []
    told = [change.text for change in differences(off, on, "en")]
    assert told[0] == "Tiers are switched on."
    assert "New tier “Gold”: spend of $1,000.00; points × 1.5." in told
    stricter = Program.model_validate(
        on.document | {"tiers": on.document["tiers"] | {"grace_days": 10}}
    )
    assert [change.text for change in differences(on, stricter, "tr")] == [
        "Ayar, ek süre (gün): 10 (şimdiye dek: 30)."
    ]


def test_what_is_missing_is_told_in_the_language() -> None:
    short = (Missing("spend", 120_000, "TRY"), Missing("orders", 1))
    assert missing_words(short, "en") == "TRY\xa0120.00 and 1 order"
    values = tier_values(
        {"tier": "gold", "drops_on": "2027-05-01", "missing": [{"kind": "orders", "amount": 2}]},
        None,
        "en",
        "en",
    )
    assert values == {"tier": "gold", "drops_on": "May 1, 2027", "missing": "2 orders"}


def test_a_language_that_the_app_has_no_texts_in_writes_dates_as_it_does() -> None:
    values = tier_values({"tier": "gold", "keep_by": "2027-05-01"}, None, "pt-BR", "pt_BR")
    assert values == {"tier": "gold", "keep_by": "1 de mai. de 2027"}


def test_a_new_store_is_proposed_tiers_that_are_off_from_what_its_orders_cost() -> None:
    sold = [OrderStats("default-channel", "USD", 128, Decimal("74.50"), Decimal(10_000))]

    def least(stats: list[OrderStats]) -> dict[str, list[Decimal]]:
        tiers = propose(stats, CHANNELS, language="en", now=MOMENT, timezone="UTC").program.tiers
        assert tiers is not None
        assert not tiers.enabled
        found: dict[str, list[Decimal]] = {}
        for one in tiers.levels:
            assert one.requirements.spend is not None
            for limit in one.requirements.spend.limits:
                found.setdefault(limit.currency, []).append(limit.min)
        return found

    assert least(sold) == {"USD": [150, 450, 1500], "TRY": [1000, 3000, 10_000]}
    assert least([])["USD"] == [100, 300, 1000]


@pytest.mark.parametrize(
    ("language", "told"), [("en", "goes back where refunds take it"), ("tr", "geri alınır")]
)
def test_a_level_tells_that_what_it_gave_goes_back_and_writes_nothing_where_it_stays(
    language: str, told: str
) -> None:
    stays = Level.model_validate({"id": "gold", "names": {"en": "Gold"}, "entry_points": 50})
    goes = stays.model_copy(update={"keep": False})
    assert told in level_words(goes, language)
    assert told not in level_words(stays, language)
    assert "keep" not in stays.model_dump(mode="json")
    assert goes.model_dump(mode="json")["keep"] is False
    section = {"enabled": True, "levels": [stays.model_dump(mode="json")]}
    program = program_of(tiers=section)
    returned = program_of(tiers=section | {"levels": [goes.model_dump(mode="json")]})
    assert program_from_yaml(program_to_yaml(returned)) == returned
    assert (program.tiers, returned.tiers) != (None, None)
    assert [one.code for one in tier_changes(program.tiers, returned.tiers, language)] == [
        "tier_changed"
    ]
    assert program.tiers is not None
    assert returned.tiers is not None
    assert program.tiers.digest == returned.tiers.digest, "nobody is looked at anew for it"
