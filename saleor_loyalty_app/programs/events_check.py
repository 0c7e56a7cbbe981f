"""Whether types of events and the rules that pay for them fit each other."""

from collections.abc import Iterator

from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.conditions import leaves
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.events import NO_EVENTS, Events, EventType
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.rules import EarningRule


def event_problems(program: Program) -> Iterator[Problem]:
    """The problems of the section on events, and of the rules that pay for events."""
    section = program.events or NO_EVENTS
    for index, one in enumerate(section.types):
        yield from _type_problems(one, f"events.types[{index}]", list(program.texts))
    for index, rule in enumerate(program.earning.rules):
        if rule.enabled and rule.trigger == "custom_event":
            yield from _rule_problems(rule, f"earning.rules[{index}]", section)


def _type_problems(one: EventType, path: str, locales: list[str]) -> Iterator[Problem]:
    if one.enabled and not one.is_open:
        yield Problem("reviews_not_own", f"{path}.own_reviews", detail={"event": one.id})
    for locale in locales:
        if locale not in one.name and locale.partition("-")[0] not in one.name:
            detail = {"locale": locale, "event": one.id}
            yield Problem("event_name_missing", f"{path}.name", "warning", detail)


def _rule_problems(rule: EarningRule, path: str, section: Events) -> Iterator[Problem]:
    named = [section.type(one) for one in rule.on or ()] if rule.on else list(section.types)
    for type_id, found in zip(rule.on or (), named, strict=False):
        if found is None:
            known = [one.id for one in section.types]
            detail = {"event": type_id, **choice_of(type_id, known)}
            yield Problem("event_unknown", f"{path}.on", detail=detail)
        elif not found.enabled:
            yield Problem("event_closed", f"{path}.on", "warning", {"event": type_id})
    if rule.on is None and not section.types:
        yield Problem("no_event_types", path, "warning")
    if rule.caps is None or rule.caps.per_member is None:
        yield Problem("event_rule_uncapped", f"{path}.caps", "warning")
    types = [found for found in named if found is not None]
    for leaf in leaves(rule.when) if rule.when is not None else ():
        if isinstance(leaf, EventProperty):
            yield from _property_problems(leaf, types, f"{path}.when")


def _property_problems(leaf: EventProperty, types: list[EventType], path: str) -> Iterator[Problem]:
    told = [found for one in types if (found := one.property(leaf.name)) is not None]
    if not told:
        known = [each.name for one in types for each in one.properties]
        detail = {"property": leaf.name, **choice_of(leaf.name, known)}
        yield Problem("event_property_unknown", path, "warning", detail)
    elif not any(leaf.can_hold(one) for one in told):
        yield Problem("event_property_never", path, "warning", {"property": leaf.name})
