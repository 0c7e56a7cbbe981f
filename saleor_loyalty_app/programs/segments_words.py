"""Segments in words: who is meant, why somebody is in one, and what changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import segments as s
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.segment_match import Number
from saleor_loyalty_app.programs.segment_reasons import Group, Line

#: Names by kind ("tier", "category") and reference; what has none is told as it is written.
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def segment_sentence(rule: s.SegmentRule, language: str, names: Names) -> str:
    """Who is meant, as a sentence: "Who spent at least ₺5,000.00 in the last 365 days." """
    said = rule_words(rule, language, names)
    return capitalized(translate("segment.who", language, rule=said), language)


def rule_words(rule: s.SegmentRule, language: str, names: Names) -> str:
    """A rule as a clause; parts of mixed groups stand in brackets."""
    match rule:
        case s.SegmentAllOf():
            return _joined(rule.of, "words.and", language, names)
        case s.SegmentAnyOf():
            return _joined(rule.of, "words.or", language, names)
        case s.SegmentNot():
            if not isinstance(rule.of, s.SegmentAllOf | s.SegmentAnyOf | s.SegmentNot):
                return turned_words(rule.of, language, names)
            said = rule_words(rule.of, language, names)
            return translate("segment.not", language, rule=said)
        case _:
            return leaf_words(rule, language, names)


def _joined(parts: Sequence[s.SegmentRule], joint: str, language: str, names: Names) -> str:
    said = []
    for part in parts:
        text = rule_words(part, language, names)
        grouped = isinstance(part, s.SegmentAllOf | s.SegmentAnyOf) and len(part.of) > 1
        said.append(f"({text})" if grouped and len(parts) > 1 else text)
    return f" {translate(joint, language)} ".join(said)


def turned_words(leaf: s.SegmentLeaf, language: str, names: Names) -> str:
    """A condition that is not to hold, as a clause."""
    match leaf:
        case s.Agreed():
            turned = leaf.model_copy(update={"value": not leaf.value})
            return leaf_words(turned, language, names)
        case c.InTiers() | c.InTags() | c.InLanguages() | c.InCountries():
            items = _items(leaf, language, names)
            return translate(f"segment.no_{leaf.type}", language, items=items)
        # Of whole numbers that everybody has, the other side of one limit is a limit too.
        case s.OrdersWithin() | c.MemberSince() if leaf.max is None and leaf.min:
            most = leaf.model_copy(update={"min": None, "max": leaf.min - 1})
            return leaf_words(most, language, names)
        case s.OrdersWithin() | c.MemberSince() if leaf.min is None and leaf.max is not None:
            least = leaf.model_copy(update={"min": leaf.max + 1, "max": None})
            return leaf_words(least, language, names)
        case _:
            return translate("segment.not", language, rule=leaf_words(leaf, language, names))


def part_words(part: Line | Group, language: str, names: Names) -> str:
    """What a member has to meet, as a clause; of a group, how many of its parts."""
    if isinstance(part, Group):
        return translate(f"segment.joint.{part.joint}", language)
    return (turned_words if part.turned else leaf_words)(part.leaf, language, names)


def whole_words(part: Line | Group, language: str, names: Names) -> str:
    """As `part_words`, of a group with its parts."""
    if isinstance(part, Line):
        return part_words(part, language, names)
    inner = [whole_words(one, language, names) for one in part.of]
    said = [
        f"({text})" if isinstance(one, Group) else text
        for one, text in zip(part.of, inner, strict=True)
    ]
    joint = translate("words.and" if part.joint == "all" else "words.or", language)
    return f" {joint} ".join(said)


def came_in_words(
    found: Sequence[tuple[s.SegmentLeaf, Number]], language: str, names: Names
) -> str:
    """What a member had when they came in, as a sentence; "" where that is not known."""
    told = dict.fromkeys(found_words(leaf, number, language, names) for leaf, number in found)
    return translate("segment.came_in", language, found="; ".join(told)) if told else ""


def found_words(leaf: s.SegmentLeaf, number: Number, language: str, names: Names) -> str:
    """What a condition found of a member, as a clause: "orders in the last 30 days: 3"."""
    match leaf:
        case s.Agreed():
            return leaf_words(leaf.model_copy(update={"value": bool(number)}), language, names)
        case s.Joined():
            return translate(
                "segment.joined_on", language, day=number_words(leaf, number, language, names)
            )
        case c.InTags() if not number:
            return turned_words(leaf, language, names)
        case c.InTiers() | c.InLanguages() | c.InCountries() if not number:
            return translate(f"segment.nothing.{leaf.type}", language)
        case c.InTiers() | c.InTags() | c.InLanguages() | c.InCountries():
            told = number_words(leaf, number, language, names)
            return translate(f"segment.{leaf.type}", language, items=told)
        case s.LastOrder() | c.MemberSince() if isinstance(number, int):
            return _clause(leaf, _count(number, language), language, names)
        case _:
            return _clause(leaf, number_words(leaf, number, language, names), language, names)


def leaf_words(leaf: s.SegmentLeaf, language: str, names: Names) -> str:
    """One condition as a clause: the line that a member's number is held against."""
    return _clause(leaf, _limits(leaf, language), language, names)


def _clause(leaf: s.SegmentLeaf, limits: str, language: str, names: Names) -> str:
    arguments: dict[str, object] = {"limits": limits}
    days = getattr(leaf, "days", None)
    if not isinstance(leaf, c.MemberSince):
        key = "segment.window.all" if days is None else "segment.window.days"
        arguments["window"] = translate(key, language, days=words.number_words(days or 0, language))
    match leaf:
        case s.BuyersFifth():
            key = f"rfm.{leaf.score}"
            arguments["currency"] = leaf.currency or ""
        case s.CategoryShare():
            key = "category_share"
            arguments["category"] = names.get("category", {}).get(leaf.category, leaf.category)
            arguments["currency"] = leaf.currency
        case s.Agreed():
            key = f"consent.{leaf.channel}" if leaf.value else f"no_consent.{leaf.channel}"
        case s.Joined():
            key = _window_key(leaf)
            arguments["start"] = _day(leaf.start, language)
            arguments["end"] = _day(leaf.end, language)
        case c.InTiers() | c.InTags() | c.InLanguages() | c.InCountries():
            key = leaf.type
            arguments["items"] = _items(leaf, language, names)
        case _:
            key = leaf.type
    return translate(f"segment.{key}", language, **arguments)


def _items(
    leaf: c.InTiers | c.InTags | c.InLanguages | c.InCountries, language: str, names: Names
) -> str:
    """What is asked for, any of which is enough."""
    match leaf:
        case c.InTiers():
            called = names.get("tier", {})
            return _either([called.get(one, one) for one in leaf.tiers], language)
        case c.InTags():
            return _either(leaf.tags, language)
        case c.InLanguages():
            return _either([_tongue(one, language) for one in leaf.codes], language)
        case c.InCountries():
            return _either([_land(one, language) for one in leaf.codes], language)


def number_words(leaf: s.SegmentLeaf, number: Number, language: str, names: Names) -> str:
    """The member's number or word beside a condition; "–" where there is none."""
    match leaf:
        case _ if number is None or number == "":
            return "–"
        case s.SpendWithin():
            return words.money_words(Decimal(str(number)), leaf.currency, language)
        case s.Agreed():
            return translate("segment.agreed" if number else "segment.agreed_not", language)
        case s.Joined():
            return words.day_words(date.fromisoformat(str(number)), language)
        case s.CategoryShare():
            return translate("segment.percent", language, percent=number)
        case s.BuyersFifth():
            return translate("segment.fifth", language, fifth=number) if number else "–"
        case s.LastOrder() | c.MemberSince():
            return translate("segment.days", language, days=_count(number, language))
        case c.InTiers():
            return names.get("tier", {}).get(str(number), str(number))
        case c.InTags():
            return str(number)
        case c.InLanguages():
            return _tongue(str(number).replace("_", "-"), language)
        case c.InCountries():
            return _land(str(number), language)
        case _:
            return _count(number, language)


def segment_changes(
    old: Sequence[s.Segment] | None, new: Sequence[s.Segment] | None, language: str, names: Names
) -> Iterator[SegmentChange]:
    """What the new segments change."""
    before = {segment.id: segment for segment in old or ()}
    after = {segment.id: segment for segment in new or ()}
    for segment in before.values():
        if segment.id not in after:
            yield _change("segment_removed", segment, language)
    for segment in after.values():
        was = before.get(segment.id)
        told = rule_words(segment.rule, language, names)
        if was is None:
            yield _change("segment_added", segment, language, told=told)
        elif was.rule != segment.rule:
            said = rule_words(was.rule, language, names)
            yield _change("segment_changed", segment, language, before=said, after=told)
        elif was.names != segment.names:
            yield _change("segment_names", segment, language)


def _change(code: str, segment: s.Segment, language: str, **told: object) -> SegmentChange:
    path = f"segments.{segment.id}"
    return SegmentChange(code, path, {"segment": segment.label(language), **told})


def _limits(leaf: s.SegmentLeaf, language: str) -> str:
    low, high = getattr(leaf, "min", None), getattr(leaf, "max", None)
    if low is None and high is None:
        return ""

    def said(value: object) -> str | None:
        if value is None:
            return None
        if isinstance(leaf, s.SpendWithin):
            return words.money_words(Decimal(str(value)), leaf.currency, language)
        if isinstance(leaf, s.CategoryShare):
            return translate("segment.percent", language, percent=value)
        return _count(value, language)

    return words.between_words(said(low), said(high), language)


def _window_key(leaf: s.Joined) -> str:
    if leaf.start is None:
        return "joined_until"
    return "joined_since" if leaf.end is None else "joined_between"


def _day(day: date | None, language: str) -> str:
    return "" if day is None else words.day_words(day, language)


def _count(number: object, language: str) -> str:
    return words.number_words(int(str(number)), language)


def _either(items: Sequence[str], language: str) -> str:
    shown = list(items[: words.LIST_LIMIT])
    if len(items) > len(shown):
        more = words.number_words(len(items) - len(shown), language)
        return translate("rule.one_of_more", language, items=", ".join(shown), more=more)
    joint = f" {translate('words.or', language)} "
    return ", ".join(shown[:-1]) + joint + shown[-1] if len(shown) > 1 else "".join(shown)


def _land(code: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(code, code))


def _tongue(code: str, language: str) -> str:
    try:
        found = Locale.parse(code, sep="-").get_display_name(language)
    except (UnknownLocaleError, ValueError):
        return code
    return found or code
