"""The recipes of milestones and goodwill give and suggest what they say, and can be published."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.flows.milestone_board import Ahead
from saleor_loyalty_app.flows.rule_example import rule_example
from saleor_loyalty_app.goodwill.offers import offer_for
from saleor_loyalty_app.goodwill.signals import signals_of
from saleor_loyalty_app.orders.money import shipping_milli
from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.goodwill import Goodwill
from saleor_loyalty_app.programs.member_facts import NOBODY
from saleor_loyalty_app.programs.milestone_rules import (
    Passed,
    Totals,
    missing_to_line,
    next_state,
    progress_percent,
)
from saleor_loyalty_app.programs.milestones import Milestone
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.rule_words import rule_when_words
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from tests.order_samples import START, fulfillment, line, order, paid
from tests.unit.programs.test_recipes import BASE, FOLDER, README

_BLOCK = re.compile(r"^```yaml( member| prompt)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ZONE = "Europe/Istanbul"


def blocks(name: str) -> tuple[Program, list[dict[str, Any]]]:
    assert f"]({name}.md)" in README
    found = _BLOCK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    [recipe] = [parse_yaml(body) for kind, body in found if not kind]
    return read_program({**BASE, **recipe}), [parse_yaml(body) for kind, body in found if kind]


def lines(program: Program) -> dict[str, Milestone]:
    return {rule.id: rule.milestone for rule in program.earning.rules if rule.milestone is not None}


def given(program: Program, rule_id: str) -> int:
    deed = DeedFacts("milestone", rule_id, datetime(2026, 7, 1, tzinfo=UTC), f"milestone:{rule_id}")
    return sum(grant.points for grant in decide_deed(program, deed, NOBODY, ZONE).grants)


def test_the_recipe_of_milestones_gives_and_tells_what_it_says() -> None:
    program, members = blocks("milestones")
    rules = {rule.id: rule for rule in program.earning.rules}
    for member in members:
        has = member["has"]
        spend = {code: int(Decimal(amount) * 1000) for code, amount in has["spend"].items()}
        totals = Totals(has["points"], has["orders"], spend)
        gets, told = {}, {}
        for rule_id, milestone in lines(program).items():
            if next_state(milestone, totals, Totals(), None) == "waiting":
                gets[rule_id] = given(program, rule_id)
            missing = missing_to_line(milestone.line, totals)
            ahead = Ahead(rules[rule_id], milestone.line.type, False, 0, missing)
            if said := ahead.told("en"):
                told[rule_id] = said.replace("\N{NO-BREAK SPACE}", " ")
        assert (gets, told) == (member["gets"], member["told"])


@pytest.mark.parametrize("name", ["milestones", "goodwill"])
def test_recipes_have_no_error_survive_a_file_and_say_themselves_in_words(name: str) -> None:
    program, _ = blocks(name)
    found = check_program(program, [], today=date(2026, 7, 1))
    wrong = [one for one in found if one.severity == "error"]
    assert [one for one in wrong if one.path.startswith(("goodwill", "earning"))] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest
    for language in ("en", "tr"):
        told = [one.text for one in differences(read_program({**BASE}), program, language)]
        assert told
        assert not [text for text in told if "goodwill." in text or "milestone." in text]


@pytest.mark.parametrize(
    ("change", "now", "before", "known", "state"),
    [
        ({}, 10, 0, None, "waiting"),
        ({}, 9, 0, None, None),
        ({}, 10, 10, None, "before"),
        ({"retroactive": True}, 10, 10, None, "waiting"),
        ({}, 12, 11, Passed("orders:10", "before"), None),
        ({"retroactive": True}, 12, 11, Passed("orders:10", "before"), "waiting"),
        ({}, 12, 9, Passed("orders:5", "before"), "waiting"),
        ({}, 9, 0, Passed("orders:10", "given"), None),
        ({"keep": False}, 9, 0, Passed("orders:10", "given"), "taking"),
        ({"keep": False}, 10, 0, Passed("orders:10", "taken"), None),
        ({}, 20, 0, Passed("orders:5", "given"), None),
        ({}, 20, 0, Passed("orders:10", "nothing"), None),
    ],
)
def test_what_follows_from_a_line(
    change: dict[str, Any], now: int, before: int, known: Passed | None, state: str | None
) -> None:
    milestone = Milestone.model_validate({"line": {"type": "orders", "min": 10}} | change)
    found = next_state(milestone, Totals(orders=now), Totals(orders=before), known)
    assert found == state


def test_history_alone_passes_no_line_and_progress_counts_the_nearest_currency() -> None:
    program, _ = blocks("milestones")
    line_of = lines(program)["big-spender"]
    far = Totals(spend={"TRY": 2_500_000, "USD": 150_000})
    assert progress_percent(line_of.line, far) == 75
    past = Totals(spend={"USD": 900_000})
    assert next_state(line_of, past, Totals(), None, silent=True) == "before"
    assert progress_percent(line_of.line, past) == 100


def test_the_example_of_a_line_is_somebody_who_is_almost_there() -> None:
    program, _ = blocks("milestones")
    now = datetime(2026, 7, 1, tzinfo=UTC)
    told = {
        rule_id: rule_example(program, rule_id, [], now=now, timezone=ZONE, language="en")
        for rule_id in ("tenth-order", "big-spender")
    }
    assert {
        rule_id: (said or "").replace("\N{NO-BREAK SPACE}", " ") for rule_id, said in told.items()
    } == {
        "tenth-order": "For example: a member at 9 orders has 1 order more until 300 points.",
        "big-spender": "For example: a member at TRY 4,500.00 has TRY 500.00 more "
        "until 500 points.",
    }


def test_a_line_goes_with_its_trigger_and_says_itself() -> None:
    line_of = {"line": {"type": "points", "min": 1000}, "keep": False, "retroactive": True}
    rule = {"id": "x", "trigger": "milestone", "then": {"type": "points", "points": 5}}
    for wrong in (rule, rule | {"trigger": "birthday", "milestone": line_of}):
        [problem] = document_problems({**BASE, "earning": {"rules": [wrong]}})
        assert problem.code == "milestone_line"
        assert "milestone_line" not in problem.in_words("tr")
    program = read_program({**BASE, "earning": {"rules": [rule | {"milestone": line_of}]}})
    said = rule_when_words(program.earning.rules[0], program, "tr")
    assert said == (
        "toplam 1.000 puan kazanıldığında "
        "(bunu daha önce geçenler için de, iadelerle altına düşülünce geri alınır)"
    )


def _seen(section: Goodwill, told: dict[str, Any]) -> list[str]:
    if told.get("complaint"):
        return ["complaint"]
    sent = START + timedelta(days=told.get("sent_after_days", 0), minutes=2)
    minutes = (sent - START) / timedelta(minutes=1)
    more: dict[str, Any] = {"fulfillments": [fulfillment("FULFILLED", minutes, L1=1)]}
    if told.get("cancelled"):
        more = {"status": "CANCELED"}
    channel = {"slug": told["channel"], "currencyCode": told["currency"]}
    snapshot = order(line("L1"), transactions=[paid()], channel=channel, updated=minutes, **more)
    found = signals_of(
        section,
        snapshot,
        paid_at=START + timedelta(minutes=1),
        fulfilled_at=None if told.get("cancelled") else sent,
        now=sent,
    )
    return [one.kind for one in found]


def test_the_recipe_of_goodwill_suggests_what_it_says() -> None:
    program, prompts = blocks("goodwill")
    section = program.goodwill
    assert section is not None
    for told in prompts:
        shipping = shipping_milli(order(shipping=told.get("shipping", "0"))) or 0
        suggested = {}
        for kind in _seen(section, told):
            signal = section.signal(kind)
            assert signal is not None
            suggested[kind] = offer_for(
                program,
                signal.suggest,
                channel=told["channel"],
                currency=told["currency"],
                shipping_milli=shipping,
            ).points
        assert suggested == told["suggests"]


def test_automatic_goodwill_needs_a_budget() -> None:
    program, _ = blocks("goodwill")
    document = {**program.document, "goodwill": {**program.document["goodwill"]}}
    del document["goodwill"]["automatic_points"]
    found = check_program(read_program(document), [], today=date(2026, 7, 1))
    assert "goodwill_budget_missing" in {one.code for one in found if one.severity == "error"}
