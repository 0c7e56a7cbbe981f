"""What deeds bring by a program, which of them nobody could do so far, and how that is told."""

from typing import Any

import pytest

from saleor_loyalty_app.programs import deed_costs as costs
from saleor_loyalty_app.programs.deed_costs import DeedCost, Uncounted
from saleor_loyalty_app.programs.deed_costs_words import deed_words, uncounted_words
from saleor_loyalty_app.programs.document import Program
from tests.program_samples import PURCHASES, program_of

LEVEL = {"id": "gold", "names": {"en": "Gold", "tr": "Altın"}, "entry_points": 50_000}
TIERS = {"enabled": True, "levels": [LEVEL]}
SIZE = {"id": "size", "text": {"en": "Your size?", "tr": "Bedeniniz?"}, "kind": "number"}
VISIT = {"id": "visit", "name": {"en": "Visit", "tr": "Ziyaret"}}
ASKED = {"birthdays": {"asked": True}, "questions": [SIZE]}


def gives(trigger: str, points: int, rule_id: str = "", **more: Any) -> dict[str, Any]:
    then = {"type": "points", "points": points}
    return {"id": rule_id or trigger.replace("_", "-"), "trigger": trigger, "then": then} | more


WELCOME = gives("account_confirmed", 100_000)
LINE = gives(
    "milestone",
    100_000,
    "tenth",
    name={"en": "Tenth order"},
    milestone={"line": {"type": "orders", "min": 10}},
)


def everything() -> Program:
    return program_of(
        PURCHASES,
        WELCOME,
        LINE,
        gives("birthday", 100),
        gives("anniversary", 10, "each-year"),
        gives("anniversary", 5, "fifth", on=["5"]),
        gives("question_answered", 20),
        gives("custom_event", 30),
        tiers=TIERS,
        bonuses=ASKED,
        events={"types": [VISIT]},
    )


def test_all_that_brings_points_beside_orders_is_listed_with_what_it_brings() -> None:
    program = everything()

    listed = {deed: costs.points_for(program, *deed) for deed in costs.deeds_of(program)}

    assert listed == {
        ("account_confirmed", ""): 100_000,
        ("birthday", ""): 100,
        ("question_answered", "size"): 20,
        ("tier_reached", "gold"): 50_000,
        ("custom_event", "visit"): 30,
        ("milestone", "tenth"): 100_000,
        ("anniversary", ""): 10,
    }


@pytest.mark.parametrize(
    ("without", "gone"),
    [
        ({"bonuses": {"birthdays": {"asked": False}}}, ("birthday", "")),
        ({"bonuses": {"questions": [SIZE | {"enabled": False}]}}, ("question_answered", "size")),
        ({"bonuses": None}, ("question_answered", "size")),
        ({"events": {"types": [VISIT | {"enabled": False}]}}, ("custom_event", "visit")),
        ({"events": None}, ("custom_event", "visit")),
        ({"tiers": TIERS | {"enabled": False}}, ("tier_reached", "gold")),
    ],
)
def test_what_nobody_can_do_under_a_program_brings_nothing(
    without: dict[str, Any], gone: tuple[str, str]
) -> None:
    values = {"tiers": TIERS, "bonuses": ASKED, "events": {"types": [VISIT]}} | without
    program = program_of(
        *[rule.model_dump(mode="json") for rule in everything().earning.rules], **values
    )

    assert gone not in costs.deeds_of(program)
    assert costs.points_for(program, *gone) == 0
    assert costs.points_for(None, *gone) == 0


def test_anniversaries_of_all_years_are_one_row_of_what_each_year_brings() -> None:
    found = costs.cost_of_anniversaries(everything(), program_of(), {1: 3, 5: 2})

    assert (found.times, found.each, found.points, found.points_before) == (5, 15, 60, 0)
    only = program_of(PURCHASES, gives("anniversary", 5, "fifth", on=["5"]))
    assert costs.cost_of_anniversaries(only, None, {1: 3, 5: 2}).times == 2


def test_what_nobody_could_do_so_far_is_named_and_not_counted_as_none() -> None:
    program = everything()

    fresh = costs.uncounted_deeds(program, None, birthdays_known=0)
    assert fresh == [
        ("birthday", ""),
        ("question_answered", "size"),
        ("tier_reached", "gold"),
        ("custom_event", "visit"),
    ]
    assert costs.uncounted_deeds(program, program, birthdays_known=1) == []
    easier = LEVEL | {"requirements": {"orders": {"min": 1}}}
    other = program_of(PURCHASES, tiers={"enabled": True, "levels": [easier]})
    assert ("tier_reached", "gold") in costs.uncounted_deeds(program, other, birthdays_known=1)


def test_rewards_tiers_and_deliveries_that_a_draft_gives_are_named() -> None:
    reward = {"id": "gift", "trigger": "order", "scope": "order"}
    program = program_of(
        PURCHASES,
        reward | {"then": {"type": "issue_reward", "reward": "cup"}},
        reward | {"id": "rise", "then": {"type": "set_tier", "tier": "gold", "days": 30}},
        reward | {"id": "off", "enabled": False, "then": {"type": "issue_reward", "reward": "c"}},
        reward | {"id": "mark", "then": {"type": "tag", "tag": "vip"}},
        tiers=TIERS,
    )

    assert costs.uncounted_perks(program) == [
        Uncounted("reward", "gift"),
        Uncounted("tier", "rise"),
    ]
    assert costs.uncounted_perks(program_of()) == []


def test_goodwill_without_a_person_costs_its_budget_at_most() -> None:
    late = {"suggest": {"type": "points", "points": 200}}
    asked = program_of(goodwill={"late_delivery": late, "automatic_points": 900})
    automatic = program_of(
        goodwill={"late_delivery": late | {"automatic": True}, "automatic_points": 900}
    )

    assert [costs.automatic_goodwill(one) for one in (None, program_of(), asked, automatic)] == [
        0,
        0,
        0,
        900,
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "Members who joined with a confirmed account",
                "Answers to “Your size?”",
                "Members who reached Gold",
                "Events: Visit",
                "Milestone passed: Tenth order",
                "Passed already, given at once: Tenth order",
            ],
        ),
        (
            "tr",
            [
                "Onaylı hesapla katılan üyeler",
                "“Bedeniniz?” sorusuna verilen yanıtlar",
                "Altın seviyesine ulaşan üyeler",
                "Etkinlikler: Ziyaret",
                "Geçilen dönüm noktası: Tenth order",
                "Daha önce geçilen, hemen verilecek: Tenth order",
            ],
        ),
    ],
)
def test_deeds_are_told_by_what_the_owner_calls_them(language: str, told: list[str]) -> None:
    program = everything()
    listed = [
        DeedCost("account_confirmed", "", 1, 1, 1, 0),
        DeedCost("question_answered", "size", 1, 1, 1, 0),
        DeedCost("tier_reached", "gold", 1, 1, 1, 0),
        DeedCost("custom_event", "visit", 1, 1, 1, 0),
        DeedCost("milestone", "tenth", 1, 1, 1, 0),
        DeedCost("milestone", "tenth", 1, 1, 1, 0, at_once=True),
    ]

    assert [deed_words(one, program, None, language) for one in listed] == told
    # What the draft has no more is told as the program in force calls it; else by its id.
    assert deed_words(listed[2], program_of(), program, language) == told[2]
    assert "gold" in deed_words(listed[2], program_of(), None, language)


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize(
    ("what", "name"),
    [
        (Uncounted("birthday"), ""),
        (Uncounted("question_answered", "size"), "size?|Bedeniniz?"),
        (Uncounted("tier_reached", "gold"), "Gold|Altın"),
        (Uncounted("custom_event", "visit"), "Visit|Ziyaret"),
        (Uncounted("reward", "tenth"), "Tenth order"),
        (Uncounted("tier", "tenth"), "Tenth order"),
        (Uncounted("shipping"), ""),
    ],
)
def test_what_is_not_counted_is_told_in_words(language: str, what: Uncounted, name: str) -> None:
    said = uncounted_words(what, everything(), language)

    assert not said.startswith("publishing.")
    assert any(one in said for one in name.split("|"))
