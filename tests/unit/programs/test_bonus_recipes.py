"""The recipes of bonuses: each can be published, gives what it says, and says itself in words."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import NOBODY
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from tests.unit.programs.test_recipes import BASE, FOLDER, README

_BLOCK = re.compile(r"^```yaml( deed)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPES = ("welcome-bonus", "birthday", "anniversary", "profile-question")


def blocks(name: str) -> tuple[Program, list[dict[str, Any]]]:
    found = _BLOCK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    [recipe] = [parse_yaml(body) for deed, body in found if not deed]
    return read_program({**BASE, **recipe}), [parse_yaml(body) for deed, body in found if deed]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_gives_what_it_says(name: str) -> None:
    program, deeds = blocks(name)
    assert deeds
    assert f"]({name}.md)" in README
    for one in deeds:
        number = one.get("number", 0)
        facts = DeedFacts(
            trigger=one["trigger"],
            on=one.get("on", str(number) if number else ""),
            at=datetime(2026, 7, 1, tzinfo=UTC),
            key="deed",
            number=number,
        )
        decision = decide_deed(program, facts, NOBODY, "Europe/Istanbul")
        assert sum(grant.points for grant in decision.grants) == one["gives"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_no_problem_of_its_own_and_survives_a_file(name: str) -> None:
    program, _ = blocks(name)
    found = check_program(program, [], today=date(2026, 7, 1))
    assert [one for one in found if one.path.startswith(("bonuses", "earning"))] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


def test_a_document_without_bonuses_keeps_its_digest() -> None:
    assert "bonuses" not in read_program({**BASE}).document


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"kind": "choice"}, "options_needed"),
        ({"kind": "text", "options": [{"id": "a", "label": {"en": "A"}}]}, "options_unfit"),
        ({"kind": "choice", "options": [{"id": "a", "label": {"en": "A"}}] * 2}, "option_id_twice"),
        ({"kind": "text", "shown": []}, "too_few"),
    ],
)
def test_a_wrong_question_is_told_with_its_place(question: dict[str, Any], code: str) -> None:
    asked = {"id": "size", "text": {"en": "Size?"}, **question}
    [problem] = document_problems({**BASE, "bonuses": {"questions": [asked]}})
    assert problem.code == code
    assert problem.path.startswith("bonuses.questions[0]")
    for language in ("en", "tr"):
        assert "program_problem." not in problem.in_words(language)


def test_rules_on_what_is_not_asked_are_doubtful() -> None:
    program, _ = blocks("profile-question")
    rules = [
        *program.earning.model_dump(mode="json")["rules"],
        {"id": "b", "trigger": "birthday", "then": {"type": "points", "points": 1}},
    ]
    odd = read_program({**program.document, "bonuses": None, "earning": {"rules": rules}})
    codes = [one.code for one in check_program(odd, [], today=date(2026, 7, 1))]
    assert {"question_not_asked", "birthday_not_asked"} <= {*codes}


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_changes_is_told_in_words(language: str) -> None:
    old, _ = blocks("profile-question")
    new, _ = blocks("birthday")
    told = {one.path: one.text for one in differences(old, new, language)}
    assert {"bonuses.birthdays.asked", "bonuses.questions.size"} <= {*told}
    assert all("change." not in text and "bonuses." not in text for text in told.values())
