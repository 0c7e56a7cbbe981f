"""Events in the document: recipes give what they say, and what is wrong is told with its place."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from saleor_loyalty_app.custom_events.incoming import Incoming, problems_of, time_of
from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.events import EventType
from saleor_loyalty_app.programs.explain import EntryFacts, explain
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from tests.unit.programs.test_recipes import BASE, FOLDER, README

_BLOCK = re.compile(r"^```yaml( event)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPES = ("store-visit", "community-post", "social-action", "own-review")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TYPE: dict[str, Any] = {"id": "visit", "name": {"en": "Visit", "tr": "Ziyaret"}}
RULE: dict[str, Any] = {
    "id": "visits", "trigger": "custom_event", "on": ["visit"],
    "then": {"type": "points", "points": 5}, "caps": {"per_member": {"times": 1, "period": "day"}},
}  # fmt: skip


def blocks(name: str) -> tuple[Program, list[dict[str, Any]]]:
    found = _BLOCK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    [recipe] = [parse_yaml(body) for event, body in found if not event]
    return read_program({**BASE, **recipe}), [parse_yaml(body) for event, body in found if event]


def event_of(**told: Any) -> Incoming:
    sent = {"type": "visit", "reference": "1", "identity": "user_id", "who": "VXNlcjox"}
    return Incoming(**({**sent, "at": None, "properties": {}} | told))


def document(*types: dict[str, Any], rules: tuple[dict[str, Any], ...] = (RULE,)) -> dict[str, Any]:
    return {**BASE, "earning": {"rules": list(rules)}, "events": {"types": list(types)}}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_gives_what_it_says(name: str) -> None:
    program, events = blocks(name)
    assert events
    assert f"]({name}.md)" in README
    assert program.events is not None
    for one in events:
        kind = program.events.type(one["type"])
        assert kind is not None
        event = event_of(type=one["type"], identity=kind.identity[0], properties=one["properties"])
        unfit = problems_of(event, kind, NOW)
        assert [problem.field for problem in unfit] == one.get("refused", [])
        if unfit:
            continue
        deed = DeedFacts("custom_event", event.type, NOW, "key", properties=event.properties)
        used = {rule.id: Used(times=one.get("visits_today", 0)) for rule in program.earning.rules}
        decision = decide_deed(program, deed, MemberFacts(used=used), "Europe/Istanbul")
        assert sum(grant.points for grant in decision.grants) == one["gives"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_no_problem_of_its_own_and_survives_a_file(name: str) -> None:
    program, _ = blocks(name)
    found = check_program(program, [], today=date(2026, 7, 1))
    assert [one for one in found if one.path.startswith(("events", "earning"))] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


def test_a_document_without_events_keeps_its_digest() -> None:
    assert "events" not in read_program({**BASE}).document


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"properties": [{"name": "a", "kind": "bool", "min": 1}]}, "property_of_two"),
        ({"properties": [{"name": "a", "kind": "int", "min": 2, "max": 1}]}, "limits_crossed"),
        ({"properties": [{"name": "a", "kind": "string", "max": 501}]}, "property_length"),
        (
            {"properties": [{"name": "a", "kind": "int", "allowed": ["x"]}]},
            "property_value_kind",
        ),
        ({"properties": [{"name": "a", "kind": "int"}] * 2}, "property_twice"),
        ({"identity": []}, "too_few"),
        ({"max_age_days": 91}, "too_large"),
        ({"purpose": "bribe"}, "not_allowed"),
    ],
)
def test_a_wrong_type_is_told_with_its_place(wrong: dict[str, Any], code: str) -> None:
    [problem] = document_problems(document({**TYPE, **wrong}))
    assert problem.code == code
    assert problem.path.startswith("events.types[0]")
    for language in ("en", "tr"):
        assert "program_problem." not in problem.in_words(language)


def test_rules_and_types_that_do_not_fit_are_told() -> None:
    bare = {key: value for key, value in RULE.items() if key != "caps"}
    odd = {"type": "event_property", "name": "color", "values": ["red"]}
    program = read_program(
        document(
            {**TYPE, "enabled": False},
            {**TYPE, "id": "review", "purpose": "review"},
            {"id": "post", "name": {"en": "Post"}},
            rules=({**bare, "on": ["visit", "gone"]}, {**RULE, "id": "b", "when": odd}),
        )
    )
    found = {one.code: one for one in check_program(program, [], today=date(2026, 7, 1))}
    assert {"reviews_not_own", "event_unknown"} <= {
        code for code, one in found.items() if one.severity == "error"
    }
    assert {
        "event_closed", "event_rule_uncapped", "event_property_unknown", "event_name_missing"
    } <= {*found}  # fmt: skip
    assert found["reviews_not_own"].path == "events.types[1].own_reviews"
    assert "own_reviews" in found["reviews_not_own"].in_words("tr")
    for one in found.values():
        assert "program_problem." not in one.in_words("en")


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"name": "shop", "values": ["izmir"]}, None),
        ({"name": "shop", "values": ["moon"]}, "event_property_never"),
        ({"name": "shop", "min": 1}, "event_property_never"),
        ({"name": "minutes", "min": 600}, None),
        ({"name": "minutes", "min": 601}, "event_property_never"),
        ({"name": "minutes", "values": [True]}, "event_property_never"),
        ({"name": "stars", "min": 4, "max": 4}, "event_property_never"),
        ({"name": "photo", "values": [True]}, None),
        ({"name": "color", "values": ["red"]}, "event_property_unknown"),
    ],
)
def test_a_condition_that_no_event_of_the_rule_can_fulfill_is_doubtful(
    when: dict[str, Any], code: str | None
) -> None:
    tells = [
        {"name": "shop", "kind": "string", "allowed": ["kadikoy", "izmir"]},
        {"name": "minutes", "kind": "int", "min": 1, "max": 600},
        {"name": "stars", "kind": "int", "allowed": [1, 3, 5]},
        {"name": "photo", "kind": "bool"},
    ]
    rule = {**RULE, "when": {"type": "event_property", **when}}
    program = read_program(document({**TYPE, "properties": tells}, rules=(rule,)))
    found = check_program(program, [], today=date(2026, 7, 1))
    told = [one for one in found if one.path == "earning.rules[0].when"]
    assert [(one.code, one.severity) for one in told] == ([(code, "warning")] if code else [])
    assert all("program_problem." not in one.in_words("tr") for one in told)


def test_only_rules_on_events_ask_for_what_events_tell() -> None:
    asks = {"type": "event_property", "name": "words", "min": 1}
    order = {"id": "a", "then": {"type": "points_per_money"}, "when": asks}
    birthday = {**RULE, "id": "b", "trigger": "birthday", "on": None, "when": asks}
    bare = {**RULE, "id": "c", "when": {"type": "event_property", "name": "words"}}
    found = document_problems(document(TYPE, rules=(order, birthday, bare)))
    assert [one.code for one in found] == [*["condition_for_events"] * 2, "property_unasked"]
    assert found[-1].path == "earning.rules[2].when"


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_changes_is_told_in_words(language: str) -> None:
    old = read_program(document(TYPE, {**TYPE, "id": "gone"}))
    words = {"name": "words", "kind": "int", "required": True, "min": 1, "max": 9, "allowed": [1]}
    changed = {
        "purpose": "review", "own_reviews": True, "enabled": False, "max_age_days": 3,
        "identity": ["user_id"], "properties": [words], "name": {"en": "Other"},
    }  # fmt: skip
    new = read_program(document({**TYPE, **changed}, {**TYPE, "id": "new"}))
    told = [one.text for one in differences(old, new, language) if one.path.startswith("events")]
    assert len(told) == 9
    assert not any("change." in one or "events." in one or "{" in one for one in told)
    first = differences(None, new, language)
    assert any(one.path == "events.types.new" for one in first)


def test_a_value_counts_by_its_kind_and_what_is_not_told_matches_nothing() -> None:
    def gives(when: dict[str, Any], **told: Any) -> list[str]:
        program = read_program(document(TYPE, rules=({**RULE, "when": when},)))
        deed = DeedFacts("custom_event", "visit", NOW, "key", properties=told)
        decision = decide_deed(program, deed, MemberFacts(), "UTC")
        return [miss.reason["code"] for miss in decision.misses]

    one_of = {"type": "event_property", "name": "n", "values": [1, "2"]}
    span = {"type": "event_property", "name": "n", "min": 1, "max": 5}
    assert [gives(one_of, n=value) for value in (1, "2")] == [[], []]
    assert [gives(one_of, n=value) for value in (True, "1", 2)] == [["event_property"]] * 3
    assert gives(one_of) == ["event_property_missing"]
    assert [gives(span, n=value) for value in (1, 5)] == [[], []]
    assert gives(span, n=0) == ["event_property_below"]
    assert gives(span, n=6) == ["event_property_above"]
    assert gives(span, n=True) == ["event_property_missing"]


def test_an_event_of_the_near_future_counts_as_now_and_old_ones_are_refused() -> None:
    kind = EventType.model_validate({**TYPE, "max_age_days": 2})

    def codes(at: datetime) -> list[str]:
        return [one.code for one in problems_of(event_of(at=at), kind, NOW)]

    assert codes(NOW + timedelta(minutes=5)) == []
    assert time_of(event_of(at=NOW + timedelta(minutes=5)), NOW) == NOW
    assert codes(NOW + timedelta(minutes=5, seconds=1)) == ["event_in_future"]
    assert codes(NOW - timedelta(days=2)) == []
    assert codes(NOW - timedelta(days=2, seconds=1)) == ["event_too_old"]


def test_an_entry_names_the_event_and_says_when_it_was_removed() -> None:
    program = read_program(document(TYPE))
    given = {"code": "deed", "deed": "custom_event", "on": "visit"}
    gone = {"code": "deed_reversed", "deed": "custom_event", "why": "event_removed"}
    told = [
        explain(EntryFacts(kind, points, "points", "points", reason), language="en",
                program=program)[0]
        for kind, points, reason in (("earn", 5, given), ("reverse", -5, gone))
    ]  # fmt: skip
    assert told[0] == "For “Visit”: 5 points."
    assert told[1].startswith("What 5 points were given for was taken back")
