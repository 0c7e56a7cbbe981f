"""Whether a program fits its store: errors that forbid publishing, and warnings worth a look."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from babel.numbers import get_currency_precision, list_currencies

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.bonuses_check import bonus_problems
from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.events_check import event_problems
from saleor_loyalty_app.programs.goodwill_check import goodwill_problems
from saleor_loyalty_app.programs.milestones_check import milestone_problems
from saleor_loyalty_app.programs.perks import PerkEffect
from saleor_loyalty_app.programs.perks_check import perk_problems
from saleor_loyalty_app.programs.plugins_check import plugin_problems
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.readable_part import every_problem
from saleor_loyalty_app.programs.rewards_check import reward_problems
from saleor_loyalty_app.programs.rules import Multiplier
from saleor_loyalty_app.programs.segments_check import segment_problems
from saleor_loyalty_app.programs.shipping_check import channel_unknown, shipping_problems
from saleor_loyalty_app.programs.spending_check import spending_problems
from saleor_loyalty_app.programs.tiers_check import tier_problems
from saleor_loyalty_app.stores.refs import ChannelRef

#: Give-back above this share of the price is probably a mistake.
GENEROUS = Fraction(1, 5)


def validate(document: object, channels: Sequence[ChannelRef], *, today: date) -> list[Problem]:
    """All problems of a document in a store, errors first; empty when it may be published as is.

    `channels` are the store's; `today` is the date in the store's time zone.
    """
    return every_problem(document, lambda part: check_program(part, channels, today=today))


def check_program(
    program: Program, channels: Sequence[ChannelRef], *, today: date
) -> list[Problem]:
    """The problems of a well-formed program in a store, errors first."""
    found = [
        *_currency_problems(program, {channel.slug: channel for channel in channels}),
        *_rule_problems(program, {channel.slug for channel in channels}, today),
        *_text_problems(program),
        *bonus_problems(program),
        *event_problems(program),
        *perk_problems(program),
        *goodwill_problems(program, {channel.slug: channel for channel in channels}),
        *reward_problems(program, {channel.slug: channel for channel in channels}, today),
        *spending_problems(program, {channel.slug: channel for channel in channels}),
        *shipping_problems(
            program.shipping,
            {channel.slug: channel for channel in channels},
            list(program.texts),
            today,
        ),
    ]
    currencies = frozenset(channel.currency for channel in channels)
    found += milestone_problems(program, currencies)
    found += plugin_problems(program)
    found += tier_problems(program, currencies)
    found += segment_problems(program, currencies)
    return sorted(found, key=lambda problem: problem.severity != "error")


def _currency_problems(program: Program, channels: dict[str, ChannelRef]) -> Iterator[Problem]:
    if not any(rates.earn_rate for rates in program.currencies):
        yield Problem("nothing_earns", "currencies", "warning")
    for index, rates in enumerate(program.currencies):
        path = f"currencies[{index}]"
        channel = channels.get(rates.channel)
        if channel is None:
            yield channel_unknown(rates.channel, channels, f"{path}.channel")
        elif channel.currency != rates.currency:
            yield Problem(
                "channel_currency_differs",
                f"{path}.currency",
                detail={
                    "channel": rates.channel,
                    "currency": rates.currency,
                    "expected": channel.currency,
                },
            )
        elif not channel.active:
            yield Problem(
                "channel_inactive", f"{path}.channel", "warning", {"channel": rates.channel}
            )
        if channel is None and rates.currency not in list_currencies():
            sold = sorted({one.currency for one in channels.values()})
            detail = {"currency": rates.currency, **choice_of(rates.currency, sold)}
            yield Problem("currency_unknown", f"{path}.currency", detail=detail)
        yield from _rate_problems(rates, path)


def _rate_problems(rates: ChannelRates, path: str) -> Iterator[Problem]:
    if rates.earn_rate is not None and rates.spend_rate is None:
        yield Problem("earns_without_worth", path, "warning", {"channel": rates.channel})
    give_back = rates.give_back
    if give_back is not None and give_back > 1:
        yield Problem("gives_back_all", path, detail={"percent": _percent(give_back)})
    elif give_back is not None and give_back > GENEROUS:
        yield Problem("gives_back_much", path, "warning", {"percent": _percent(give_back)})


def _percent(share: Fraction) -> int:
    return int(share * 100)


def _rule_problems(program: Program, channels: set[str], today: date) -> Iterator[Problem]:
    rules = program.earning.rules
    if not any(
        rule.enabled and not isinstance(rule.then, Multiplier | PerkEffect) for rule in rules
    ):
        yield Problem("no_base_rule", "earning.rules", "warning")
    for index, rule in enumerate(rules):
        if rule.when is None:
            continue
        path = f"earning.rules[{index}].when"
        for leaf in c.leaves(rule.when):
            yield from _leaf_problems(leaf, path, channels, today)


def _leaf_problems(leaf: c.Leaf, path: str, channels: set[str], today: date) -> Iterator[Problem]:
    if isinstance(leaf, c.InChannels):
        for slug in leaf.slugs:
            if slug not in channels:
                yield channel_unknown(slug, channels, path, "warning")
    elif isinstance(leaf, c.DateWindow) and leaf.end is not None and leaf.end < today:
        yield Problem("window_over", path, "warning", {"end": leaf.end.isoformat()})
    elif isinstance(leaf, c.OrderValue):
        for limit in leaf.limits:
            places = get_currency_precision(limit.currency)
            for amount in (limit.min, limit.max):
                if amount is not None and amount != round(amount, places):
                    yield Problem("too_many_places", path, detail={"limit": str(places)})


def _text_problems(program: Program) -> Iterator[Problem]:
    for index, rule in enumerate(program.earning.rules):
        if not rule.name:
            continue
        for locale in program.texts:
            if locale not in rule.name:
                path = f"earning.rules[{index}].name"
                yield Problem("name_missing", path, "warning", {"locale": locale})
