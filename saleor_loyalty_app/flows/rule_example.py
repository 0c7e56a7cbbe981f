"""What an earning rule means for one order that fits it, in words. Pure.

The order is made up so that the rule's conditions hold, as far as they can be met one by one; the
numbers come from the function that decides orders, so that an example never says what the app would
not do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from saleor_loyalty_app.flows.program_examples import ExampleOrder
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.insights.rule_uses import shares_of
from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.look import WEEKDAYS
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.metadata_conditions import OrderMetadata, ProductMetadata
from saleor_loyalty_app.programs.milestones import Milestone, SpendLine
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.tier_measures import Missing
from saleor_loyalty_app.programs.tiers_words import missing_words

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an order must be like."""

    channels: tuple[str, ...] | None = None
    currencies: tuple[str, ...] | None = None
    limits: tuple[c.ValueLimits, ...] | None = None
    days: tuple[str, ...] = WEEKDAYS
    hour: int = 12
    first_day: datetime | None = None
    quantity: int = 1
    line: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    of_product: dict[str, str] = field(default_factory=dict)
    on_sale: bool = False
    voucher: bool = False
    nth: int | None = None
    country: str = ""
    member: MemberFacts = field(default_factory=MemberFacts)


def rule_example(
    program: Program,
    rule_id: str,
    orders: Sequence[ExampleOrder],
    *,
    now: datetime,
    timezone: str,
    language: str,
) -> str | None:
    """A sentence on an order that the rule fits; None where none was found.

    `orders` are the usual orders of the store's channels, from which the example is made.
    """
    rule = next((one for one in program.earning.rules if one.id == rule_id), None)
    if rule is not None and rule.milestone is not None:
        return _milestone_example(program, rule, rule.milestone, language)
    if rule is None or rule.trigger != "order":
        return None
    wish = _wish(rule, now)
    for usual in orders:
        facts = _fitting(wish, usual, now, ZoneInfo(timezone))
        if facts is None:
            continue
        told = _told(program, rule, facts, wish.member, timezone, language)
        if told is not None:
            return told
    return None


def _told(
    program: Program,
    rule: EarningRule,
    facts: OrderFacts,
    member: MemberFacts,
    timezone: str,
    language: str,
) -> str | None:
    decision = decide_order(program, facts, timezone, member)
    awards = [
        *decision.order_awards,
        *(one for all_ in decision.line_awards.values() for one in all_),
    ]
    shares = shares_of(
        {
            "lines": [],
            "order": [
                {
                    "rule": one.rule_id,
                    "unit": one.unit,
                    "points": f"{one.points.numerator}/{one.points.denominator}",
                    "reason": one.reason,
                }
                for one in awards
            ],
        }
    )
    mine = [unit for (rule_id, unit) in shares if rule_id == rule.id]
    if not mine:
        return None
    unit = mine[0]
    total = sum((one.points for one in awards if one.unit == unit), Fraction(0)).__floor__()
    share = shares[rule.id, unit].__floor__()
    return translate(
        "rule.example.gives" if share >= 0 else "rule.example.less",
        language,
        amount=words.money_words(facts.subtotal, facts.currency, language),
        day=words.weekday_words((WEEKDAYS[_local(facts, timezone).weekday()],), language),
        time=f"{_local(facts, timezone).hour:02}:00",
        total=words.amount_words(total, unit, language),
        share=words.amount_words(share, unit, language),
    )


def _milestone_example(
    program: Program, rule: EarningRule, milestone: Milestone, language: str
) -> str:
    """Somebody who is almost there, and what is missing."""
    line = milestone.line
    kind, currency, whole = line.type, "", 1
    if isinstance(line, SpendLine):
        currency, least, whole = line.limits[0].currency, line.limits[0].milli, 1000
    else:
        least = line.min
    has = least * 9 // 10 // whole * whole
    points = getattr(rule.then, "points", None) or 0
    unit = rule.then.unit
    if unit == "perk":
        brings = words.effect_words(rule.then, language, program)
    else:
        brings = words.amount_words(points, unit, language)
    return translate(
        "rule.example.milestone_perk" if unit == "perk" else "rule.example.milestone",
        language,
        has=missing_words([Missing(kind, has, currency)], language),
        missing=missing_words([Missing(kind, least - has, currency)], language),
        points=brings,
    )


def _local(facts: OrderFacts, timezone: str) -> datetime:
    return facts.created_at.astimezone(ZoneInfo(timezone))


def _wish(rule: EarningRule, now: datetime) -> _Wish:
    wish = _Wish()
    for leaf in _to_meet(rule.when) if rule.when is not None else ():
        wish = _with(wish, leaf, now)
    return wish


def _to_meet(condition: c.Condition) -> Iterator[c.Leaf]:
    """What has to hold, so that the whole holds: of `any` the first; of what must not, nothing."""
    match condition:
        case c.AllOf(of=parts):
            for part in parts:
                yield from _to_meet(part)
        case c.AnyOf(of=parts):
            yield from _to_meet(parts[0])
        case c.AnyLine(of=part):
            yield from _to_meet(part)
        case c.Not():
            return
        case _:
            yield condition


def _with(wish: _Wish, leaf: c.Leaf, now: datetime) -> _Wish:
    match leaf:
        case c.InChannels(slugs=values):
            return replace(wish, channels=values)
        case c.InCurrencies(codes=values):
            return replace(wish, currencies=values)
        case c.OrderValue(limits=values):
            return replace(wish, limits=values)
        case c.OrderQuantity(min=least) | c.LineQuantity(min=least):
            return replace(wish, quantity=max(wish.quantity, least or 1))
        case c.OnWeekdays(days=values):
            return replace(wish, days=values)
        case c.InHours(start=hour):
            return replace(wish, hour=hour)
        case c.DateWindow(start=start) if start is not None:
            noon = datetime(start.year, start.month, start.day, 12, tzinfo=now.tzinfo)
            return replace(wish, first_day=max(noon, now))
        case c.OnSale(value=value):
            return replace(wish, on_sale=value)
        case c.VoucherUsed(value=value):
            return replace(wish, voucher=value)
        case c.NthOrder():
            return replace(wish, nth=leaf.every or leaf.min or 1)
        case c.InCountries(codes=values):
            return replace(wish, country=values[0])
        case _:
            return _with_line_or_member(wish, leaf, now)


def _with_line_or_member(wish: _Wish, leaf: c.Leaf, now: datetime) -> _Wish:
    match leaf:
        case c.OfProducts(products=values) | c.OfVariants(variants=values):
            return replace(wish, line=wish.line | {leaf.type: values[0]})
        case c.InCategories(slugs=values) | c.InCollections(slugs=values):
            return replace(wish, line=wish.line | {leaf.type: values[0]})
        case c.OfProductTypes(slugs=values):
            return replace(wish, line=wish.line | {leaf.type: values[0]})
        case OrderMetadata(key=key, values=values):
            return replace(wish, metadata=wish.metadata | {key: (*values, "1")[0]})
        case ProductMetadata(key=key, values=values):
            return replace(wish, of_product=wish.of_product | {key: (*values, "1")[0]})
        case c.InTiers(tiers=values):
            return replace(wish, member=replace(wish.member, tier=values[0]))
        case c.InSegments(segments=values):
            return replace(wish, member=replace(wish.member, segments=frozenset(values[:1])))
        case c.InTags(tags=values):
            return replace(wish, member=replace(wish.member, tags=frozenset(values[:1])))
        case c.MemberSince(min=least):
            joined = now - timedelta(days=(least or 0) + 1)
            return replace(wish, member=replace(wish.member, joined_at=joined))
        case c.MemberOrders(min=least):
            return replace(wish, member=replace(wish.member, orders=least or 0))
        case c.InLanguages(codes=values):
            return replace(wish, member=replace(wish.member, language=values[0]))
        case _:
            return wish


def _fitting(wish: _Wish, usual: ExampleOrder, now: datetime, zone: ZoneInfo) -> OrderFacts | None:
    channel = usual.channel
    if wish.channels is not None and channel.slug not in wish.channels:
        return None
    if wish.currencies is not None and channel.currency not in wish.currencies:
        return None
    amount = _amount(wish, usual)
    if amount is None:
        return None
    line = LineFacts(
        id="1",
        quantity=wish.quantity,
        base=amount,
        gross=amount,
        product_slug=wish.line.get("product", ""),
        product_id=wish.line.get("product", ""),
        variant_id=wish.line.get("variant", ""),
        sku=wish.line.get("variant", ""),
        categories=_one(wish, "category"),
        collections=_one(wish, "collection"),
        product_type=wish.line.get("product_type", ""),
        on_sale=wish.on_sale,
        metadata=wish.of_product,
    )
    return OrderFacts(
        order_id="example",
        channel=channel.slug,
        currency=channel.currency,
        created_at=_moment(wish, now, zone),
        country=wish.country or channel.default_country,
        language=wish.member.language,
        voucher_used=wish.voucher,
        nth_order=wish.nth,
        subtotal=amount,
        lines=(line,),
        shipping=Decimal(0),
        metadata=wish.metadata,
    )


def _one(wish: _Wish, kind: str) -> frozenset[str]:
    return frozenset((wish.line[kind],)) if kind in wish.line else frozenset()


def _amount(wish: _Wish, usual: ExampleOrder) -> Decimal | None:
    if wish.limits is None:
        return usual.goods
    limit = next((one for one in wish.limits if one.currency == usual.channel.currency), None)
    if limit is None:
        return None
    low = max(usual.goods, limit.min or Decimal(0))
    return low if limit.max is None else min(low, limit.max)


def _moment(wish: _Wish, now: datetime, zone: ZoneInfo) -> datetime:
    """The next wished weekday at the wished hour, by the store's clocks."""
    first = (wish.first_day or now).astimezone(zone)
    at = first.replace(hour=wish.hour, minute=0, second=0, microsecond=0)
    while WEEKDAYS[at.weekday()] not in wish.days:
        at += _DAY
    return at
