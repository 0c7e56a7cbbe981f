"""Whether the shipping offers of a program fit its store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.conditions import DateWindow
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.shipping import ChannelPrice, ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_conditions import shipping_leaves
from saleor_loyalty_app.programs.spending import ChannelMoney
from saleor_loyalty_app.stores.refs import ChannelRef


def shipping_problems(
    program: ShippingProgram | None,
    channels: Mapping[str, ChannelRef],
    locales: Sequence[str],
    today: date,
) -> Iterator[Problem]:
    """The problems of all offers; `locales` are those that the program speaks."""
    for index, rule in enumerate(program.offers if program is not None else ()):
        path = f"shipping.offers[{index}]"
        yield from amount_problems(rule.prices, f"{path}.prices", channels)
        yield from amount_problems(rule.thresholds, f"{path}.thresholds", channels)
        yield from _threshold_problems(rule, path)
        for locale in locales:
            if rule.name and locale not in rule.name:
                detail = {"offer": rule.id, "locale": locale}
                yield Problem("shipping_name_missing", f"{path}.name", "warning", detail)
        for leaf in shipping_leaves(rule.when) if rule.when is not None else ():
            if isinstance(leaf, DateWindow) and leaf.end is not None and leaf.end < today:
                detail = {"end": leaf.end.isoformat()}
                yield Problem("window_over", f"{path}.when", "warning", detail)


def channel_unknown(
    slug: str,
    channels: Iterable[str],
    path: str,
    severity: Literal["error", "warning"] = "error",
) -> Problem:
    """The problem of a channel that the store does not have; it has those of `channels`."""
    detail = {"channel": slug, **choice_of(slug, sorted(channels))}
    return Problem("channel_unknown", path, severity, detail)


def amount_problems(
    amounts: Sequence[ChannelPrice | ChannelMoney], path: str, channels: Mapping[str, ChannelRef]
) -> Iterator[Problem]:
    """Amounts in channels or currencies that the store does not have, or finer than its coins."""
    for index, one in enumerate(amounts):
        here = f"{path}[{index}]"
        channel = channels.get(one.channel)
        if channel is None:
            yield channel_unknown(one.channel, channels, f"{here}.channel")
        elif channel.currency != one.currency:
            yield Problem(
                "channel_currency_differs",
                f"{here}.currency",
                detail={
                    "channel": one.channel,
                    "currency": one.currency,
                    "expected": channel.currency,
                },
            )
        places = get_currency_precision(one.currency)
        amount = one.price if isinstance(one, ChannelPrice) else one.money
        if amount != round(amount, places):
            yield Problem("too_many_places", here, detail={"limit": str(places)})


def _threshold_problems(rule: ShippingRule, path: str) -> Iterator[Problem]:
    """With thresholds, a channel has an offer only where it has both."""
    if not rule.thresholds:
        return
    priced = {(one.channel, one.currency) for one in rule.prices}
    limited = {(one.channel, one.currency) for one in rule.thresholds}
    for channel, _ in sorted(priced - limited):
        yield Problem(
            "shipping_threshold_missing", f"{path}.thresholds", "warning", {"channel": channel}
        )
    for channel, _ in sorted(limited - priced):
        yield Problem("shipping_price_missing", f"{path}.prices", "warning", {"channel": channel})
