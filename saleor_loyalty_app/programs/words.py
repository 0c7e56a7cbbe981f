"""Parts of a program in words, in English and Turkish."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.document import Availability, Program, Rate
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.look import WEEKDAYS
from saleor_loyalty_app.programs.metadata_conditions import OrderMetadata, ProductMetadata
from saleor_loyalty_app.programs.perks import PerkEffect
from saleor_loyalty_app.programs.perks_words import perk_words
from saleor_loyalty_app.programs.plugin_calls import plugin_sentence
from saleor_loyalty_app.programs.plugin_parts import (
    PluginCondition,
    PluginEffect,
    PluginLineCondition,
)
from saleor_loyalty_app.programs.rules import (
    Effect,
    Multiplier,
    PointsGiven,
    PointsPerMoney,
    PointsPerOrder,
    StatusPoints,
)

#: Longer lists are cut with "and N more".
LIST_LIMIT = 5


def money_words(amount: Decimal, currency: str, language: str) -> str:
    """An amount as people write it, exact: "$0.02", "₺10,00", "TRY 10.00"."""
    text = format_currency(amount, currency, locale=language, decimal_quantization=False)
    if get_currency_symbol(currency, locale=language) != currency:
        return text
    return text.replace(currency, f"{currency}\N{NO-BREAK SPACE}")


def number_words(number: Decimal | int, language: str) -> str:
    """A number as people write it, exact."""
    return format_decimal(number, locale=language, decimal_quantization=False)


def fraction_words(number: Fraction, language: str) -> str:
    """An exact number with up to four places, marked "≈" where that is not all of it."""
    scaled = number * 10_000
    text = number_words(Decimal(scaled.__floor__()).scaleb(-4).normalize(), language)
    return text if scaled.denominator == 1 else f"≈ {text}"


def percent_words(share: Fraction, language: str) -> str:
    """A share in percent with up to two places: "2%", "%2"."""
    value = Decimal(share.numerator) / Decimal(share.denominator)
    pattern = "%#,##0.##" if language == "tr" else "#,##0.##%"
    return format_percent(value, pattern, locale=language)


def day_words(day: date, language: str) -> str:
    """A date as people write it: "Nov 27, 2026", "27 Kas 2026"."""
    return format_date(day, "medium", locale=language)


def points_words(points: int, language: str) -> str:
    """A number of points, such as "1 point", "120 points", "120 puan"."""
    return amount_words(points, "points", language)


def amount_words(amount: int, unit: str, language: str) -> str:
    """A whole amount in a unit: "1 point", "1 status point", "120 status points"."""
    one = "words.status_point" if unit == "status" else "words.point"
    key = one if amount == 1 else f"{one}s"
    return translate(key, language, number=number_words(amount, language))


def unit_words(number: str, unit: str, language: str) -> str:
    """A number in a unit, such as "2.5 status points"; the number is in words already."""
    key = "words.status_points" if unit == "status" else "words.points"
    return translate(key, language, number=number)


def list_words(items: Sequence[str], language: str) -> str:
    """Items in a row, long lists cut."""
    shown = ", ".join(items[:LIST_LIMIT])
    more = len(items) - LIST_LIMIT
    return translate("words.and_more", language, items=shown, more=more) if more > 0 else shown


def earn_rate_words(rate: Rate | None, currency: str, language: str) -> str:
    """ "1 point per $1.00"."""
    if rate is None:
        return translate("words.no_earn_rate", language)
    return translate(
        "words.earn_rate",
        language,
        points=points_words(rate.points, language),
        money=money_words(rate.money, currency, language),
    )


def spend_rate_words(rate: Rate | None, currency: str, language: str) -> str:
    """ "1 point is worth $0.02"."""
    if rate is None:
        return translate("words.no_spend_rate", language)
    return translate(
        "words.spend_rate",
        language,
        points=points_words(rate.points, language),
        money=money_words(rate.money, currency, language),
    )


def availability_words(availability: Availability, language: str) -> str:
    """When points may be spent."""
    at_once = "_at_once" if availability.days == 0 else ""
    return translate(
        f"words.available_{availability.after}{at_once}", language, days=availability.days
    )


def effect_words(effect: Effect, language: str, program: Program | None = None) -> str:
    """What a rule gives; rewards and tiers by the names that the program has for them."""
    if isinstance(effect, PerkEffect):
        return perk_words(effect, language, program)
    if isinstance(effect, PointsPerMoney):
        key = "effect.rate" if effect.factor == 1 else "effect.points_per_money"
        return translate(key, language, factor=number_words(effect.factor, language))
    if isinstance(effect, Multiplier):
        key = "effect.multiplier_all" if effect.fixed_points else "effect.multiplier"
        key = f"{key}_status" if effect.unit == "status" else key
        return translate(key, language, factor=number_words(effect.factor, language))
    if isinstance(effect, PointsGiven):
        return points_words(effect.points, language)
    if isinstance(effect, StatusPoints):
        return _status_words(effect, language)
    if isinstance(effect, PluginEffect):
        said = plugin_sentence(effect, language)
        most = amount_words(effect.most, effect.unit, language)
        key = "effect.plugin" if said else "effect.plugin_unsaid"
        return translate(key, language, said=said, kind=effect.kind, most=most)
    key = "effect.points_per_order"
    if not isinstance(effect, PointsPerOrder):
        key = "effect.points_per_unit"
    return translate(key, language, points=points_words(effect.points, language))


def _status_words(effect: StatusPoints, language: str) -> str:
    if effect.points is not None:
        return amount_words(effect.points, "status", language)
    factor = Decimal(1) if effect.factor is None else effect.factor
    key = "effect.status_rate" if factor == 1 else "effect.status_per_money"
    return translate(key, language, factor=number_words(factor, language))


def tier_names(program: Program, language: str) -> dict[str, str]:
    """What the tiers of a program are called, by id."""
    levels = () if program.tiers is None else program.tiers.levels
    return {level.id: level.label(language) for level in levels}


def segment_names(program: Program, language: str) -> dict[str, str]:
    """What the segments of a program are called, by "segment:<id>"."""
    return {f"segment:{one.id}": one.label(language) for one in program.segments or ()}


def member_names(program: Program | None, language: str) -> dict[str, str]:
    """What tiers and segments are called: by id, and by "segment:<id>"."""
    if program is None:
        return {}
    return {**tier_names(program, language), **segment_names(program, language)}


def condition_words(
    condition: c.Condition | None, language: str, names: Mapping[str, str] | None = None
) -> str:
    """When a rule holds.

    Args:
        names: of tiers by id, of all else by "<kind>:<reference>", such as "segment:vip".
    """
    if condition is None:
        return translate("condition.always", language)
    match condition:
        case c.AllOf():
            return _joined(condition.of, "words.and", language, names)
        case c.AnyOf():
            return _joined(condition.of, "words.or", language, names)
        case c.Not() | c.AnyLine():
            inner = condition_words(condition.of, language, names)
            return translate(f"condition.{condition.type}", language, condition=inner)
        case c.InTiers():
            items = [(names or {}).get(tier, tier) for tier in condition.tiers]
            return translate("condition.tier", language, items=list_words(items, language))
        case c.InSegments():
            items = [(names or {}).get(f"segment:{one}", one) for one in condition.segments]
            return translate("condition.segment", language, items=list_words(items, language))
        case _:
            return _leaf_words(condition, language, names or {})


def _joined(
    parts: Sequence[c.Condition], joint: str, language: str, names: Mapping[str, str] | None
) -> str:
    texts = []
    for part in parts:
        text = condition_words(part, language, names)
        texts.append(f"({text})" if isinstance(part, c.AllOf | c.AnyOf) else text)
    return f" {translate(joint, language)} ".join(texts)


def _leaf_words(leaf: c.Leaf, language: str, names: Mapping[str, str]) -> str:
    match leaf:
        case c.OrderValue():
            limits = [_value_words(limit, language) for limit in leaf.limits]
            return translate("condition.order_value", language, limits="; ".join(limits))
        case c.OrderQuantity() | c.LineQuantity() | c.MemberSince() | c.MemberOrders():
            limits_text = span_words(leaf.min, leaf.max, language)
            return translate(f"condition.{leaf.type}", language, limits=limits_text)
        case c.NthOrder():
            return _nth_words(leaf, language)
        case c.DateWindow():
            return _window_words(leaf, language)
        case c.InHours():
            return translate("condition.hour", language, start=leaf.start, end=leaf.end)
        case c.OnWeekdays():
            return translate(
                "condition.weekday", language, items=weekday_words(leaf.days, language)
            )
        case c.VoucherUsed() | c.OnSale():
            key = f"condition.{leaf.type}" if leaf.value else f"condition.no_{leaf.type}"
            return translate(key, language)
        case EventProperty(values=()):
            limits_text = span_words(leaf.min, leaf.max, language)
            key = "condition.event_property_span"
            return translate(key, language, name=leaf.name, limits=limits_text)
        case EventProperty():
            items = list_words([value_said(one, language) for one in leaf.values], language)
            return translate("condition.event_property", language, name=leaf.name, items=items)
        case PluginCondition() | PluginLineCondition():
            unsaid = translate("condition.plugin", language, kind=leaf.kind)
            return plugin_sentence(leaf, language) or unsaid
        case OrderMetadata() | ProductMetadata():
            items = list_words(leaf.values, language)
            key = f"condition.{leaf.type}" if leaf.values else f"condition.{leaf.type}_any"
            return translate(key, language, name=leaf.key, items=items)
        case c.Expression():
            return translate("condition.expression", language, expression=leaf.cel)
        case _:
            called = [names.get(f"{leaf.type}:{one}", one) for one in _items(leaf)]
            return translate(f"condition.{leaf.type}", language, items=list_words(called, language))


def value_said(value: str | int | bool, language: str) -> str:
    """A value of an event's property: yes and no are words."""
    if isinstance(value, bool):
        return translate("value.yes" if value else "value.no", language)
    return str(value)


def _items(leaf: c.Leaf) -> tuple[str, ...]:
    match leaf:
        case c.OfProducts():
            return leaf.products
        case c.OfVariants():
            return leaf.variants
        case c.InCurrencies() | c.InCountries() | c.InLanguages():
            return leaf.codes
        case c.InTags():
            return leaf.tags
        case c.InChannels() | c.InCategories() | c.InCollections() | c.OfProductTypes():
            return leaf.slugs
        case _:
            raise TypeError(f"{leaf.type} has no list")


def weekday_words(days: Sequence[str], language: str) -> str:
    """Weekdays by name, in the order of the week."""
    names = get_day_names("wide", locale=language)
    return ", ".join(names[index] for index, day in enumerate(WEEKDAYS) if day in days)


def span_words(low: int | None, high: int | None, language: str) -> str:
    """ "at least 2", "at most 5", "2 to 5"."""
    return between_words(
        None if low is None else str(low), None if high is None else str(high), language
    )


def between_words(low: str | None, high: str | None, language: str) -> str:
    """Two limits that are told already: "at least 2", "at most 5", "2 to 5"."""
    if high is None:
        return translate("words.at_least", language, low=low)
    if low is None:
        return translate("words.at_most", language, high=high)
    return translate("words.between", language, low=low, high=high)


def _value_words(limit: c.ValueLimits, language: str) -> str:
    low, high = (
        None if amount is None else money_words(amount, limit.currency, language)
        for amount in (limit.min, limit.max)
    )
    return between_words(low, high, language)


def _nth_words(leaf: c.NthOrder, language: str) -> str:
    if leaf.every is not None:
        return translate("condition.nth_order_every", language, every=leaf.every)
    if leaf.max == 1:
        return translate("condition.first_order", language)
    limits = span_words(leaf.min, leaf.max, language)
    return translate("condition.nth_order", language, limits=limits)


def _window_words(leaf: c.DateWindow, language: str) -> str:
    if leaf.start is None and leaf.end is not None:
        return translate("condition.until", language, end=day_words(leaf.end, language))
    if leaf.end is None and leaf.start is not None:
        return translate("condition.since", language, start=day_words(leaf.start, language))
    if leaf.start is None or leaf.end is None:
        raise ValueError("a window has a start or an end")
    return translate(
        "condition.window",
        language,
        start=day_words(leaf.start, language),
        end=day_words(leaf.end, language),
    )
