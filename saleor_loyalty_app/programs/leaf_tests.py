"""The conditions without parts as functions: each tells why it does not hold, or None.

Those on lines are asked of several lines at once and tell it of each.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.look import WEEKDAYS, Look, Reason
from saleor_loyalty_app.programs.metadata_conditions import OrderMetadata, ProductMetadata, why_not
from saleor_loyalty_app.programs.plugin_calls import condition_test
from saleor_loyalty_app.programs.plugin_parts import PluginCondition, PluginLineCondition
from saleor_loyalty_app.programs.scalars import plain

OrderTest = Callable[[Look], Reason | None]
LinesTest = Callable[[Look, Sequence[LineFacts]], list[Reason | None]]


def order_leaf(condition: c.Condition) -> OrderTest:
    """The test of one condition on the whole order, or on who it is of."""
    match condition:
        case c.InChannels(slugs=values):
            return _member(values, lambda look: look.facts.channel, "channel")
        case c.InCurrencies(codes=values):
            return _member(values, lambda look: look.facts.currency, "currency")
        case c.InCountries(codes=values):
            return _member(values, lambda look: look.facts.country, "country")
        case c.OnWeekdays(days=values):
            return _member(values, lambda look: WEEKDAYS[look.local.weekday()], "weekday")
        case c.OrderValue():
            return _order_value(condition)
        case c.OrderQuantity():
            return lambda look: within(
                look.quantity, condition.min, condition.max, "order_quantity"
            )
        case c.VoucherUsed(value=wanted):
            voucher: Reason = {"code": "voucher_needed" if wanted else "voucher_excluded"}
            return lambda look: None if look.facts.voucher_used is wanted else voucher
        case c.NthOrder():
            return lambda look: _nth_order(condition, look.facts.nth_order)
        case c.DateWindow():
            return lambda look: date_window(condition, look.local)
        case c.InHours():
            return lambda look: hours(condition, look.local.hour)
        case c.InLanguages(codes=values):
            return _languages(values)
        case c.InTiers(tiers=values):
            return _tier(values)
        case EventProperty():
            return lambda look: _event_property(condition, look.properties.get(condition.name))
        case OrderMetadata():
            return lambda look: why_not(condition, look.facts.metadata)
        case c.InSegments(segments=values):
            return _segment(values)
        case c.InTags(tags=values):
            return _tag(values)
        case c.MemberSince():
            return lambda look: _member_since(condition, look.member_days)
        case c.MemberOrders():
            return lambda look: within(
                look.member.orders, condition.min, condition.max, "member_orders"
            )
        case PluginCondition():
            asked = condition_test(condition)
            return lambda look: asked(look, None)
        case _:
            raise TypeError(f"{condition.type} is not a condition on the order")


def _member(values: tuple[str, ...], value_of: Callable[[Look], str], code: str) -> OrderTest:
    wanted = frozenset(values)
    reason: Reason = {"code": code, "wanted": list(values)}
    return lambda look: None if value_of(look) in wanted else reason


def _tier(values: tuple[str, ...]) -> OrderTest:
    wanted = frozenset(values)

    def test(look: Look) -> Reason | None:
        has = look.member.tier
        return None if has in wanted else {"code": "tier", "wanted": list(values), "has": has}

    return test


def _event_property(condition: EventProperty, told: str | int | bool | None) -> Reason | None:
    """Yes is not 1 here: values are compared with their kind."""
    name = condition.name
    if told is None:
        return {"code": "event_property_missing", "property": name}
    if condition.values:
        fits = any(type(one) is type(told) and one == told for one in condition.values)
        wanted = list(condition.values)
        return None if fits else {"code": "event_property", "property": name, "wanted": wanted}
    if isinstance(told, bool | str):
        return {"code": "event_property_missing", "property": name}
    reason = within(told, condition.min, condition.max, "event_property")
    return None if reason is None else {**reason, "property": name}


def _segment(values: tuple[str, ...]) -> OrderTest:
    reason: Reason = {"code": "segment", "wanted": list(values)}
    return lambda look: reason if look.member.segments.isdisjoint(values) else None


def _tag(values: tuple[str, ...]) -> OrderTest:
    reason: Reason = {"code": "tag", "wanted": list(values)}
    return lambda look: reason if look.member.tags.isdisjoint(values) else None


def _order_value(condition: c.OrderValue) -> OrderTest:
    limits = {limit.currency: limit for limit in condition.limits}

    def test(look: Look) -> Reason | None:
        value, currency = look.facts.subtotal, look.facts.currency
        limit = limits.get(currency)
        if limit is None:
            return {"code": "order_value_currency", "currency": currency}
        if limit.min is not None and value < limit.min:
            return {
                "code": "order_value_below",
                "missing": plain(limit.min - value),
                "min": plain(limit.min),
                "currency": currency,
            }
        if limit.max is not None and value > limit.max:
            return {"code": "order_value_above", "max": plain(limit.max), "currency": currency}
        return None

    return test


def within(value: int, low: int | None, high: int | None, code: str) -> Reason | None:
    """Why a number is not between two limits, both inclusive."""
    if low is not None and value < low:
        return {"code": f"{code}_below", "missing": low - value, "min": low}
    if high is not None and value > high:
        return {"code": f"{code}_above", "max": high}
    return None


def _nth_order(condition: c.NthOrder, number: int | None) -> Reason | None:
    """`missing` tells how many orders later it holds; none where it never does again."""
    if number is None:
        return {"code": "nth_order_unknown"}
    low, high, every = condition.min or 1, condition.max, condition.every
    wanted = max(number, low)
    if every is not None:
        wanted += -wanted % every
    if wanted == number and (high is None or number <= high):
        return None
    reason: Reason
    if number < low or (high is not None and number > high):
        reason = {"code": "nth_order", "number": number, "min": low, "max": high}
    else:
        reason = {"code": "nth_order_every", "number": number, "every": every}
    return reason if high is not None and wanted > high else {**reason, "missing": wanted - number}


def date_window(condition: c.DateWindow, local: datetime) -> Reason | None:
    """Why a day of the store is not in the window."""
    day = local.date()
    if condition.start is not None and day < condition.start:
        return {"code": "date_not_yet", "start": condition.start.isoformat()}
    if condition.end is not None and day > condition.end:
        return {"code": "date_over", "end": condition.end.isoformat()}
    return None


def hours(condition: c.InHours, hour: int) -> Reason | None:
    """Why an hour of the store is not in the window."""
    start, end = condition.start, condition.end
    inside = start <= hour < end if start < end else hour >= start or hour < end
    return None if inside else {"code": "hour", "start": start, "end": end}


def _member_since(condition: c.MemberSince, days: int | None) -> Reason | None:
    if days is None:
        return {"code": "member_since_unknown"}
    return within(days, condition.min, condition.max, "member_since")


def _languages(codes: tuple[str, ...]) -> OrderTest:
    wanted = frozenset(code.lower() for code in codes)
    reason: Reason = {"code": "language", "wanted": list(codes)}

    def test(look: Look) -> Reason | None:
        language = look.language
        return None if language in wanted or language.partition("-")[0] in wanted else reason

    return test


def line_leaf(condition: c.Condition) -> LinesTest:
    """The test of one condition on lines."""
    match condition:
        case c.OfProducts(products=values):
            return _names(values, attrgetter("product_slug", "product_id"), "product")
        case c.OfVariants(variants=values):
            return _names(values, attrgetter("variant_id", "sku"), "variant")
        case c.InCategories(slugs=values):
            return _groups(values, attrgetter("categories"), "category")
        case c.InCollections(slugs=values):
            return _groups(values, attrgetter("collections"), "collection")
        case c.OfProductTypes(slugs=values):
            return _of_type(values)
        case c.LineQuantity():
            low, high = condition.min, condition.max
            return lambda look, lines: [
                within(line.quantity, low, high, "quantity") for line in lines
            ]
        case c.OnSale(value=wanted):
            sale: Reason = {"code": "on_sale_needed" if wanted else "on_sale_excluded"}
            return lambda look, lines: [None if line.on_sale is wanted else sale for line in lines]
        case PluginLineCondition():
            of_plugin = condition_test(condition)
            return lambda look, lines: [of_plugin(look, line) for line in lines]
        case ProductMetadata():
            return lambda look, lines: [why_not(condition, line.metadata) for line in lines]
        case _:
            raise TypeError(f"{condition.type} is not a condition on a line")


def _wanted(values: tuple[str, ...], code: str) -> tuple[frozenset[str], Reason]:
    return frozenset(values), {"code": code, "wanted": list(values[:5])}


def _names(
    values: tuple[str, ...],
    names_of: Callable[[LineFacts], tuple[str, str]],
    code: str,
) -> LinesTest:
    wanted, reason = _wanted(values, code)
    return lambda look, lines: [
        None if one in wanted or other in wanted else reason for one, other in map(names_of, lines)
    ]


def _groups(
    values: tuple[str, ...], groups_of: Callable[[LineFacts], frozenset[str]], code: str
) -> LinesTest:
    wanted, reason = _wanted(values, code)
    return lambda look, lines: [
        reason if wanted.isdisjoint(groups) else None for groups in map(groups_of, lines)
    ]


def _of_type(values: tuple[str, ...]) -> LinesTest:
    wanted, reason = _wanted(values, "product_type")
    return lambda look, lines: [None if line.product_type in wanted else reason for line in lines]
