"""An earning rule as one sentence that its owner reads while writing it. Pure.

What rules refer to by slugs, SKUs and ids is called by the names that are given; a reference
without a name is said as it is.
"""

from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.caps import Caps, MemberCap
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.look import WEEKDAYS
from saleor_loyalty_app.programs.metadata_conditions import OrderMetadata, ProductMetadata
from saleor_loyalty_app.programs.perks import GiveTag, IssueReward, SendMessage, SetTier
from saleor_loyalty_app.programs.plugin_calls import plugin_sentence
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.rules import (
    EarningRule,
    Effect,
    Multiplier,
    PointsGiven,
    PointsPerMoney,
    PointsPerOrder,
    PointsPerUnit,
    StatusPoints,
)

#: Names by kind ("product", "variant", "category", "collection", "product_type", "channel",
#: "tier", "segment", "event", "reward") and reference.
Names = Mapping[str, Mapping[str, str]]
_WEEKEND, _WORKING = {"sat", "sun"}, {"mon", "tue", "wed", "thu", "fri"}


def rule_sentence(rule: EarningRule, language: str, names: Names) -> str:
    """ "Points on money count twice, if the order is worth at least ₺500.00." """
    teller = _Teller(language, names)
    said = teller.effect(rule.then, rule.scope)
    if rule.trigger != "order":
        said = teller.deed(rule, said)
    if rule.when is not None:
        said = teller.text("when", said=said, conditions=teller.condition(rule.when))
    for more in (*teller.caps(rule.caps), *([teller.text("stop")] if rule.stop else [])):
        said = teller.text("more", said=said, more=more)
    return capitalized(f"{said}.", language)


class _Teller:
    """Says parts of rules in one language."""

    def __init__(self, language: str, names: Names) -> None:
        self._language = language
        self._names = names

    def text(self, key: str, **arguments: object) -> str:
        return translate(f"rule.{key}", self._language, **arguments)

    def deed(self, rule: EarningRule, said: str) -> str:
        """What a rule does, with what it waits for."""
        if rule.milestone is not None:
            line = rule_words.line_words(rule.milestone, self._language)
            return self.text("trigger.milestone", said=said, line=line)
        if rule.trigger == "custom_event" and rule.on:
            events = self._either(self._named("event", rule.on))
            return self.text("trigger.custom_event.on", said=said, events=events)
        if rule.trigger == "tier_reached" and rule.on:
            tiers = self._either(self._named("tier", rule.on))
            return self.text("trigger.tier_reached.on", said=said, tiers=tiers)
        return self.text(f"trigger.{rule.trigger}", said=said)

    def effect(self, effect: Effect, scope: str) -> str:
        match effect:
            case PointsPerMoney(factor=factor):
                key = "rate" if factor == 1 else "rate_times"
                return self.text(f"{key}.{scope}", factor=self._number(factor))
            case PointsPerOrder(points=points):
                return self.text("points_per_order", points=self._points(points))
            case PointsPerUnit(points=points):
                return self.text("points_per_unit", points=self._points(points))
            case PointsGiven(points=points):
                return self.text("points_given", points=self._points(points))
            case Multiplier():
                return self._multiplier(effect)
            case StatusPoints(points=None, factor=factor):
                return self.text("status_rate", factor=self._number(factor or 0))
            case IssueReward(reward=reward):
                [name] = self._named("reward", [reward])
                return self.text("issue_reward", reward=name)
            case SetTier(tier=tier, days=days):
                [name] = self._named("tier", [tier])
                key = "set_tier.one" if days == 1 else "set_tier"
                return self.text(key, tier=name, days=self._number(days))
            case GiveTag(tag=tag):
                [name] = self._named("tag", [tag])
                return self.text("give_tag", tag=name)
            case SendMessage():
                title = self.text("name", name=effect.text_for([self._language]).title)
                return self.text("send_message", title=title)
            case StatusPoints(points=points):
                return self.text("status_points", points=self._number(points or 0))
            case PluginEffect():
                return words.effect_words(effect, self._language)

    def _multiplier(self, effect: Multiplier) -> str:
        what = "status" if effect.unit == "status" else "all" if effect.fixed_points else "money"
        times = {0: "none", 2: "twice"}.get(int(effect.factor), "times")
        if effect.factor != int(effect.factor):
            times = "times"
        return self.text(f"multiplier_{what}_{times}", factor=self._number(effect.factor))

    def caps(self, caps: Caps | None) -> list[str]:
        if caps is None:
            return []
        told = []
        if caps.per_order is not None:
            told.append(self.text("cap.order", points=self._points(caps.per_order)))
        if caps.per_member is not None:
            told += self._member_cap(caps.per_member)
        return told

    def _member_cap(self, cap: MemberCap) -> list[str]:
        period = self.text(f"period.{cap.period}")
        told = []
        if cap.points is not None:
            told.append(self.text("cap.points", points=self._points(cap.points), period=period))
        if cap.times is not None:
            key = "cap.once" if cap.times == 1 else "cap.times"
            told.append(self.text(key, times=self._number(cap.times), period=period))
        return told

    def condition(self, condition: c.Condition) -> str:
        """A condition as a clause; parts of mixed groups stand in brackets."""
        match condition:
            case c.AllOf(of=parts):
                return self._joined(parts, "and")
            case c.AnyOf(of=parts):
                return self._joined(parts, "or")
            case c.Not(of=part):
                return self.text("not", condition=self.condition(part))
            case c.AnyLine(of=part):
                return self.text("any_line", condition=self.condition(part))
            case _:
                return self._leaf(condition)

    def _joined(self, parts: Sequence[c.Condition], joint: str) -> str:
        said = []
        for part in parts:
            text = self.condition(part)
            grouped = isinstance(part, c.AllOf | c.AnyOf) and len(part.of) > 1 and len(parts) > 1
            said.append(f"({text})" if grouped else text)
        return f" {self.text(joint)} ".join(said)

    def _leaf(self, leaf: c.Leaf) -> str:
        match leaf:
            case c.OrderValue(limits=limits):
                return self._either([self._value(one) for one in limits])
            case c.OrderQuantity() | c.LineQuantity() | c.MemberSince() | c.MemberOrders():
                limits_text = words.span_words(leaf.min, leaf.max, self._language)
                return self.text(leaf.type, limits=limits_text)
            case c.NthOrder():
                return self._nth(leaf)
            case c.DateWindow():
                return self._window(leaf)
            case c.InHours(start=start, end=end):
                return self.text("hour", start=f"{start:02}", end=f"{end:02}")
            case c.OnWeekdays(days=days):
                return self._weekdays(days)
            case c.VoucherUsed() | c.OnSale():
                return self.text(leaf.type if leaf.value else f"no_{leaf.type}")
            case EventProperty(name=name, values=()):
                limits_text = words.span_words(leaf.min, leaf.max, self._language)
                return self.text("event_property_span", name=name, limits=limits_text)
            case EventProperty(name=name, values=values):
                said = [self._value_told(one) for one in values]
                return self.text("event_property", name=name, items=self._either(said))
            case PluginCondition(kind=kind) | PluginLineCondition(kind=kind):
                unsaid = self.text("plugin", kind=kind)
                return plugin_sentence(leaf, self._language) or unsaid
            case OrderMetadata(values=()) | ProductMetadata(values=()):
                return self.text(f"{leaf.type}_any", name=leaf.key)
            case OrderMetadata(values=values) | ProductMetadata(values=values):
                said = [self._value_told(one) for one in values]
                return self.text(leaf.type, name=leaf.key, items=self._either(said))
            case c.Expression(cel=cel):
                return self.text("expression", cel=cel)
            case _:
                return self.text(leaf.type, items=self._either(self._called(leaf)))

    def _called(self, leaf: c.Leaf) -> list[str]:
        match leaf:
            case c.OfProducts(products=values) | c.OfVariants(variants=values):
                return self._named(leaf.type, values)
            case c.InTiers(tiers=values):
                return self._named(leaf.type, values)
            case c.InSegments(segments=values) | c.InTags(tags=values):
                return self._named(leaf.type, values)
            case c.InCountries(codes=values):
                return [self._territory(code) for code in values]
            case c.InLanguages(codes=values):
                return [self._tongue(code) for code in values]
            case c.InCurrencies(codes=values):
                return list(values)
            case (
                c.InChannels(slugs=values)
                | c.InCategories(slugs=values)
                | c.InCollections(slugs=values)
                | c.OfProductTypes(slugs=values)
            ):
                return self._named(leaf.type, values)
            case _:
                raise TypeError(f"{leaf.type} has no list")

    def _named(self, kind: str, references: Sequence[str]) -> list[str]:
        known = self._names.get(kind, {})
        return [self.text("name", name=known.get(one, one)) for one in references]

    def _value_told(self, value: str | int | bool) -> str:
        if isinstance(value, str):
            return self.text("name", name=value)
        return words.value_said(value, self._language)

    def _value(self, limit: c.ValueLimits) -> str:
        low, high = (
            None if amount is None else words.money_words(amount, limit.currency, self._language)
            for amount in (limit.min, limit.max)
        )
        if high is None:
            return self.text("value_from", low=low)
        if low is None:
            return self.text("value_to", high=high)
        return self.text("value_between", low=low, high=high)

    def _nth(self, leaf: c.NthOrder) -> str:
        told = []
        if leaf.max == 1:
            return self.text("first_order")
        if leaf.min is not None or leaf.max is not None:
            if leaf.min is not None and leaf.min == leaf.max:
                told.append(self.text("nth_order_exactly", number=self._number(leaf.min)))
            else:
                limits = words.span_words(leaf.min, leaf.max, self._language)
                told.append(self.text("nth_order", limits=limits))
        if leaf.every is not None:
            told.append(self.text("nth_order_every", every=self._number(leaf.every)))
        return f" {self.text('and')} ".join(told)

    def _window(self, leaf: c.DateWindow) -> str:
        start, end = (
            None if day is None else words.day_words(day, self._language)
            for day in (leaf.start, leaf.end)
        )
        key = "until" if start is None else "since" if end is None else "window"
        return self.text(key, start=start, end=end)

    def _weekdays(self, days: Sequence[str]) -> str:
        chosen = set(days)
        if chosen in (_WEEKEND, _WORKING):
            return self.text("weekend" if chosen == _WEEKEND else "working_day")
        called = get_day_names("wide", locale=self._language)
        items = [called[at] for at, day in enumerate(WEEKDAYS) if day in chosen]
        return self.text("weekday", items=self._either(items))

    def _either(self, items: Sequence[str]) -> str:
        """ "a, b or c"; long lists are cut."""
        shown = list(items[: words.LIST_LIMIT])
        if len(items) > len(shown):
            more = self._number(len(items) - len(shown))
            return self.text("one_of_more", items=", ".join(shown), more=more)
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self.text('or')} {shown[-1]}"

    def _territory(self, code: str) -> str:
        return str(Locale.parse(self._language).territories.get(code, code))

    def _tongue(self, code: str) -> str:
        try:
            found = Locale.parse(code, sep="-").get_display_name(self._language)
        except (UnknownLocaleError, ValueError):
            return code
        return found or code

    def _points(self, points: int) -> str:
        return words.points_words(points, self._language)

    def _number(self, number: object) -> str:
        return words.number_words(number, self._language)  # type: ignore[arg-type]
