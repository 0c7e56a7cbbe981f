"""What changes about events from one program to the next, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.events import NO_EVENTS, Events, EventType, Property

#: What a change of the field is told as; the properties are told one by one.
_FIELDS = ("name", "purpose", "identity", "max_age_days")


@dataclass(frozen=True, slots=True)
class EventChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def event_changes(old: Events | None, new: Events | None, language: str) -> Iterator[EventChange]:
    """What changes from one section to the next; None stands for no events."""
    was = {one.id: one for one in (old or NO_EVENTS).types}
    becomes = {one.id: one for one in (new or NO_EVENTS).types}
    for one in was.values():
        if one.id not in becomes:
            yield _change("event_removed", one, language)
    for one in becomes.values():
        before = was.get(one.id)
        if before is None:
            yield _change("event_added", one, language)
            if not one.enabled:
                yield _change("event_disabled", one, language)
        else:
            yield from _changed(before, one, language)
    kept = [one for one in was if one in becomes]
    if kept != [one for one in becomes if one in was]:
        yield EventChange("events_reordered", "events.types", {})


def _changed(before: EventType, after: EventType, language: str) -> Iterator[EventChange]:
    if before.enabled != after.enabled:
        yield _change("event_enabled" if after.enabled else "event_disabled", after, language)
    if before.own_reviews != after.own_reviews:
        code = "event_reviews_own" if after.own_reviews else "event_reviews_not_own"
        yield _change(code, after, language)
    for field in _FIELDS:
        if getattr(before, field) != getattr(after, field):
            yield _change(
                "event_setting",
                after,
                language,
                setting=translate(f"events.{field}", language),
                before=_said(before, field, language),
                after=_said(after, field, language),
            )
    told = [_properties(one, language) for one in (before, after)]
    if before.properties != after.properties:
        code = "event_properties"
        yield _change(code, after, language, before=told[0], after=told[1])


def _said(one: EventType, field: str, language: str) -> str:
    match field:
        case "name":
            return ", ".join(f"{text} ({locale})" for locale, text in one.name.items())
        case "purpose":
            return translate(f"events.purpose.{one.purpose}", language)
        case "identity":
            names = (translate(f"events.identity.{by}", language) for by in one.identity)
            return ", ".join(names)
        case _:
            return str(one.max_age_days)


def _properties(one: EventType, language: str) -> str:
    told = [property_words(prop, language) for prop in one.properties]
    return "; ".join(told) or translate("value.none", language)


def property_words(one: Property, language: str) -> str:
    """A property in words: "rating (a number, needed, 1 to 5)"."""
    parts = [translate(f"events.kind.{one.kind}", language)]
    if one.required:
        parts.append(translate("events.required", language))
    if one.min is not None:
        parts.append(translate(f"events.min.{one.kind}", language, limit=one.min))
    if one.max is not None:
        parts.append(translate(f"events.max.{one.kind}", language, limit=one.max))
    if one.allowed:
        values = ", ".join(str(value) for value in one.allowed)
        parts.append(translate("events.allowed", language, values=values))
    return f"{one.name} ({', '.join(parts)})"


def _change(code: str, one: EventType, language: str, **more: object) -> EventChange:
    path = f"events.types.{one.id}"
    return EventChange(code, path, {"event": one.label(language), **more})
