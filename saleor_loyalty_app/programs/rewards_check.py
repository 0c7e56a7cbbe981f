"""Whether the rewards of a program fit its store and its tiers."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.rewards import PercentOff, RewardChannel, RewardItem
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping_check import channel_unknown
from saleor_loyalty_app.programs.tiers_check import tier_choice
from saleor_loyalty_app.stores.refs import ChannelRef

#: A reward that takes off so many times what its points are worth is probably a mistake.
GENEROUS = 3


def reward_problems(
    program: Program, channels: Mapping[str, ChannelRef], today: date
) -> Iterator[Problem]:
    """The problems of the program's catalog; `channels` are the store's, by slug."""
    for index, item in enumerate(program.rewards.items if program.rewards else ()):
        path = f"rewards.items[{index}]"
        for place, where in enumerate(item.channels):
            here = f"{path}.channels[{place}]"
            yield from _channel_problems(where, here, channels)
            yield from _worth_problems(program, item, where, here)
        yield from _wording_problems(program, item, path)
        if not item.enabled:
            continue
        yield from _audience_problems(program, item, path)
        if item.active_until is not None and item.active_until < today:
            detail = {"end": item.active_until.isoformat()}
            yield Problem("window_over", f"{path}.active_until", "warning", detail)
        if item.stock == 0:
            yield Problem("reward_sold_out", f"{path}.stock", "warning", {"reward": item.id})


def _channel_problems(
    where: RewardChannel, path: str, channels: Mapping[str, ChannelRef]
) -> Iterator[Problem]:
    channel = channels.get(where.channel)
    if channel is None:
        yield channel_unknown(where.channel, channels, f"{path}.channel")
    elif channel.currency != where.currency:
        detail = {
            "channel": where.channel,
            "currency": where.currency,
            "expected": channel.currency,
        }
        yield Problem("channel_currency_differs", f"{path}.currency", detail=detail)
    places = get_currency_precision(where.currency)
    for name, amount in where.amounts.items():
        if amount != round(amount, places):
            yield Problem("too_many_places", f"{path}.{name}", detail={"limit": str(places)})


def _worth_problems(
    program: Program, item: RewardItem, where: RewardChannel, path: str
) -> Iterator[Problem]:
    """Discounts that cost far more than the points, or that may take everything off."""
    amount = where.amount if item.gift.type == "amount" else where.cap or where.worth
    worth = program.worth(item.points, where.channel, where.currency)
    if amount is not None and worth and amount > worth * Decimal(GENEROUS):
        detail = {
            "reward": item.id,
            "channel": where.channel,
            "amount": plain(amount),
            "currency": where.currency,
            "points": item.points,
            "times": int(amount / worth),
        }
        yield Problem("reward_generous", path, "warning", detail)
    if isinstance(item.gift, PercentOff) and where.cap is None and where.minimum is None:
        detail = {"reward": item.id, "channel": where.channel, "percent": item.gift.percent}
        yield Problem("reward_percent_open", f"{path}.cap", "warning", detail)
    if item.gift.type != "amount" or where.minimum is None or where.amount is None:
        return
    if where.minimum < where.amount:
        detail = {"reward": item.id, "channel": where.channel, "amount": plain(where.amount)}
        yield Problem("reward_minimum_low", f"{path}.minimum", "warning", detail)


def _wording_problems(program: Program, item: RewardItem, path: str) -> Iterator[Problem]:
    for locale in program.texts:
        known = {locale, locale.partition("-")[0]}
        if not known & set(item.names):
            detail = {"reward": item.id, "locale": locale}
            yield Problem("reward_name_missing", f"{path}.names", "warning", detail)
        if item.gift.type == "invitation" and not known & set(item.gift.notes):
            detail = {"reward": item.id, "locale": locale}
            yield Problem("reward_note_missing", f"{path}.gift.notes", "warning", detail)


def _audience_problems(program: Program, item: RewardItem, path: str) -> Iterator[Problem]:
    tiers = program.tiers if program.tiers is not None and program.tiers.enabled else None
    known = {level.id for level in tiers.levels} if tiers is not None else set()
    for tier in item.who.tiers if item.who is not None else ():
        if tier not in known:
            detail = {"reward": item.id, **tier_choice(program, tier)}
            yield Problem("reward_tier_unknown", f"{path}.who.tiers", "warning", detail)
    named = {one.id for one in program.segments or ()}
    for segment in (item.who.segments or ()) if item.who is not None else ():
        if segment not in named:
            detail = {"segment": segment, **choice_of(segment, sorted(named))}
            yield Problem("segment_unknown", f"{path}.who.segments", "warning", detail)
