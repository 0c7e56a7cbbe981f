"""Whether this process has the plugins that a program names, and their settings suit them."""

import copy
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.choices import near_name
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.plugin_calls import plugin_sentence, tell
from saleor_loyalty_app.programs.plugin_kinds import EffectKind, Kind
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.problems import Problem, problems_of
from saleor_loyalty_app.programs.rules import EarningRule

_LONGEST_HINT = 200
Part = PluginCondition | PluginLineCondition | PluginEffect


def plugin_problems(program: Program) -> Iterator[Problem]:
    """What keeps the program's conditions and effects of plugins from deciding."""
    for index, rule in enumerate(program.earning.rules):
        for part, place in _parts(rule, f"earning.rules[{index}]"):
            for problem in _problems(part, place, _level(part, rule)):
                if rule.enabled:
                    yield problem
                else:
                    # A rule that is switched off decides nothing anyway.
                    yield Problem(problem.code, problem.path, "warning", problem.detail)


def _parts(rule: EarningRule, path: str) -> Iterator[tuple[Part, str]]:
    if rule.when is not None:
        yield from _leaves(rule.when, f"{path}.when")
    if isinstance(rule.then, PluginEffect):
        yield rule.then, f"{path}.then"


def _leaves(condition: c.Condition, path: str) -> Iterator[tuple[Part, str]]:
    if isinstance(condition, c.AllOf | c.AnyOf):
        for index, part in enumerate(condition.of):
            yield from _leaves(part, f"{path}.of[{index}]")
    elif isinstance(condition, c.Not | c.AnyLine):
        yield from _leaves(condition.of, f"{path}.of")
    elif isinstance(condition, PluginCondition | PluginLineCondition):
        yield condition, path


def _level(part: Part, rule: EarningRule) -> str:
    if isinstance(part, PluginLineCondition):
        return "line"
    if rule.trigger != "order":
        return "deed"
    return rule.scope if isinstance(part, PluginEffect) else "order"


def _problems(part: Part, path: str, level: str) -> Iterator[Problem]:
    kinds = plugin_kinds.current()
    known: Mapping[str, Kind] = kinds.conditions
    if isinstance(part, PluginEffect):
        known = kinds.effects
    kind = known.get(part.kind)
    if kind is None:
        near = near_name(part.kind, known)
        detail = {"kind": part.kind, **({"case": "near", "near": near} if near else {})}
        yield Problem("plugin_kind_missing", f"{path}.kind", detail=detail)
        return
    if level not in kind.levels:
        yield Problem(f"plugin_kind_not_for_{level}", f"{path}.kind", detail={"kind": part.kind})
    if isinstance(part, PluginEffect) and isinstance(kind, EffectKind) and part.unit != kind.unit:
        yield Problem("plugin_kind_unit", f"{path}.unit", detail={"expected": kind.unit})
    found = list(_setting_problems(part, kind, f"{path}.settings"))
    yield from found
    if not found and any(plugin_sentence(part, language) is None for language in ("en", "tr")):
        yield Problem("plugin_says_nothing", f"{path}.settings", "warning", {"kind": part.kind})


def _setting_problems(part: Part, kind: Kind, path: str) -> Iterator[Problem]:
    try:
        kind.settings.model_validate(copy.deepcopy(part.settings))
    except ValidationError as error:
        hint = _own_words(error)
        for problem in problems_of(error, part.settings, kind.settings):
            place = f"{path}.{problem.path}" if problem.path else path
            if problem.code == "invalid":
                yield Problem("plugin_settings", place, detail={"hint": hint})
            else:
                yield Problem(problem.code, place, detail=problem.detail)
    except Exception as failure:  # noqa: BLE001 - whatever a stranger's model raises
        tell(part.kind, failure)
        yield Problem("plugin_settings", path, detail={"hint": type(failure).__name__})


def _own_words(error: ValidationError) -> str:
    """What the plugin's model said, without what Pydantic puts before it."""
    listed = error.errors(include_url=False)
    own = [one["msg"] for one in listed if "ctx" in one] or [one["msg"] for one in listed]
    bare = (one.removeprefix("Value error, ").removeprefix("Assertion failed, ") for one in own)
    return "; ".join(dict.fromkeys(bare))[:_LONGEST_HINT]
