"""A program with conditions and effects of plugins is checked before it is published."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.plugin_kinds import Kinds, KindSettings
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.validate import validate
from tests.plugin_samples import KINDS, condition, enough, if_line, if_plugin, then_plugin
from tests.program_samples import CHANNELS, PURCHASES, document_of, rule_of

TEN = {"type": "points_per_order", "points": 10}


class Window(KindSettings):
    low: int = 0
    high: int = 9

    @model_validator(mode="after")
    def _check(self) -> "Window":
        if self.low > self.high:
            raise ValueError("low is above high")
        if self.high == 13:
            raise PydanticCustomError("unlucky", "never thirteen")
        if self.high == 14:
            raise RuntimeError("ayse@example.com")
        return self


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    window = condition(
        "window", enough, settings=Window, example=Window(), sentence=lambda one, _: str(one.high)
    )
    mute = condition("mute", enough, sentence=lambda one, language: "two" if one.units == 2 else "")
    with plugin_kinds.using(KINDS.with_plugin("more", (window, mute), ())):
        yield


def found(*rules: dict[str, Any]) -> list[Problem]:
    document = document_of(PURCHASES, *rules)
    problems = validate(document, CHANNELS, today=date(2027, 1, 1))
    return [one for one in problems if one.path.startswith("earning.rules[1].")]


def told(*rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.severity, one.code, one.path) for one in found(*rules)]


def per_order(when: dict[str, Any], **values: Any) -> dict[str, Any]:
    return rule_of(TEN, when=when, scope="order", **values)


WHEN, THEN = "earning.rules[1].when", "earning.rules[1].then"


def test_what_suits_its_kinds_has_no_problem() -> None:
    when = {"type": "all", "of": [if_plugin(units=3), {"type": "any_line", "of": if_line()}]}
    assert told(rule_of(then_plugin(points=1), when=when, scope="order")) == []


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        (per_order(if_plugin("gone.away")), "plugin_kind_missing", f"{WHEN}.kind"),
        (
            per_order({"type": "not", "of": {"type": "any", "of": [
                {"type": "voucher_used"}, if_plugin("gone.away")]}}),
            "plugin_kind_missing",
            f"{WHEN}.of.of[1].kind",
        ),
        (rule_of(then_plugin("gone.away")), "plugin_kind_missing", f"{THEN}.kind"),
        (per_order(if_plugin("acme.of-lines")), "plugin_kind_not_for_order", f"{WHEN}.kind"),
        (
            rule_of(then_plugin("acme.of-lines"), scope="order"),
            "plugin_kind_not_for_order",
            f"{THEN}.kind",
        ),
        (
            rule_of(then_plugin("acme.of-lines"), trigger="birthday"),
            "plugin_kind_not_for_deed",
            f"{THEN}.kind",
        ),
        (rule_of(then_plugin("acme.merit")), "plugin_kind_unit", f"{THEN}.unit"),
        (per_order(if_plugin(units="many")), "not_a_whole_number", f"{WHEN}.settings.units"),
        (per_order(if_plugin(units=-1)), "too_small", f"{WHEN}.settings.units"),
        (per_order(if_plugin(dozens=1)), "unknown_field", f"{WHEN}.settings.dozens"),
        (per_order(if_plugin("more.window", low=10)), "plugin_settings", f"{WHEN}.settings"),
        (per_order(if_plugin("more.window", high=13)), "plugin_settings", f"{WHEN}.settings"),
        (per_order(if_plugin("more.window", high=14)), "plugin_settings", f"{WHEN}.settings"),
    ],
)  # fmt: skip
def test_what_does_not_suit_is_told_with_its_place_and_in_both_languages(
    rule: dict[str, Any], code: str, path: str
) -> None:
    [problem] = found(rule)

    assert (problem.severity, problem.code, problem.path) == ("error", code, path)
    for language in LANGUAGES:
        text = problem.in_words(language)
        assert "program_problem" not in text
        assert "{" not in text
        assert "example.com" not in text


def test_what_the_plugin_says_of_its_settings_is_told() -> None:
    [problem] = found(per_order(if_plugin("more.window", low=10)))
    assert "low is above high" in problem.in_words("en")


def test_a_kind_that_says_nothing_of_its_settings_is_doubtful() -> None:
    assert told(per_order(if_plugin("more.mute", units=3))) == [
        ("warning", "plugin_says_nothing", f"{WHEN}.settings")
    ]


def test_a_rule_that_is_switched_off_may_name_what_is_missing() -> None:
    assert told(per_order(if_plugin("gone.away"), enabled=False)) == [
        ("warning", "plugin_kind_missing", f"{WHEN}.kind")
    ]


def test_a_process_without_plugins_publishes_none_of_it() -> None:
    with plugin_kinds.using(Kinds()):
        assert [code for _, code, _ in told(per_order(if_plugin()))] == ["plugin_kind_missing"]
