"""Rewards in words: what one gives, who may take it, and what changes in the catalog."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.rewards import (
    DATED_KINDS,
    NO_REWARDS,
    Audience,
    MemberLimit,
    RewardChannel,
    RewardItem,
    Rewards,
)
from saleor_loyalty_app.programs.store_names import NOTHING, Called, called


@dataclass(frozen=True, slots=True)
class RewardChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def reward_changes(
    old: Rewards | None,
    new: Rewards | None,
    language: str,
    before_called: Called = NOTHING,
    now_called: Called = NOTHING,
) -> Iterator[RewardChange]:
    """What changes from one catalog to the next; None stands for an empty one.

    Args:
        before_called, now_called: names as the old and the new program have them (`item_words`).
    """
    before = {item.id: item for item in (old or NO_REWARDS).items}
    after = {item.id: item for item in (new or NO_REWARDS).items}
    for item in before.values():
        if item.id not in after:
            yield _change("reward_removed", item, language)
    for item in after.values():
        was = before.get(item.id)
        if was is None:
            yield _change(
                "reward_added", item, language, told=item_words(item, language, now_called)
            )
        elif was != item:
            told = item_words(was, language, before_called), item_words(item, language, now_called)
            yield from _changed(was, item, told, language)
    kept = [one for one in before if one in after]
    if kept != [one for one in after if one in before]:
        yield RewardChange("rewards_reordered", "rewards.items", {})


def _changed(
    was: RewardItem, item: RewardItem, told: tuple[str, str], language: str
) -> Iterator[RewardChange]:
    if was.enabled != item.enabled:
        yield _change("reward_enabled" if item.enabled else "reward_disabled", item, language)
    if told[0] != told[1]:
        yield _change("reward_terms", item, language, before=told[0], after=told[1])
    elif was.model_copy(update={"enabled": item.enabled}) != item:
        yield _change("reward_worded", item, language)


def item_words(item: RewardItem, language: str, names: Called = NOTHING) -> str:
    """What a reward gives, for how many points, and within which bounds, in one sentence.

    Args:
        names: of tiers by id, of all else by "<kind>:<reference>".
    """
    parts = [
        words.points_words(item.points, language),
        *(gift_words(item, one, language, place=True, names=names) for one in item.channels),
        limit_words(item.limit, language),
        audience_words(item.who, language, names),
    ]
    if item.gift.type in DATED_KINDS:
        days = words.number_words(item.valid_days, language)
        code = "access_days" if item.gift.type == "early_access" else "valid_days"
        parts.append(translate(f"catalog.{code}", language, days=days))
    if item.stock is not None:
        number = words.number_words(item.stock, language)
        parts.append(translate("catalog.in_stock", language, number=number))
    for code, day in (("from", item.active_from), ("until", item.active_until)):
        if day is not None:
            parts.append(
                translate(f"catalog.active_{code}", language, day=words.day_words(day, language))
            )
    return "; ".join(part for part in parts if part)


def gift_words(
    item: RewardItem,
    where: RewardChannel,
    language: str,
    *,
    place: bool = False,
    names: Called = NOTHING,
) -> str:
    """What a reward gives in a channel: "$5.00 off the goods", "20% off, $30.00 at most".

    Args:
        place: name the channel too.
        names: of channels by "channel:<slug>".
    """
    gift = item.gift
    money = {
        name: words.money_words(amount, where.currency, language)
        for name, amount in where.amounts.items()
    }
    if gift.type == "percent":
        share = words.percent_words(Fraction(gift.percent, 100), language)
        code = "percent_capped" if where.cap is not None else "percent"
        text = translate(f"catalog.gives.{code}", language, share=share, cap=money.get("cap", ""))
    elif gift.type == "shipping" and where.amount is not None:
        text = translate("catalog.gives.shipping_less", language, amount=money["amount"])
    else:
        text = translate(f"catalog.gives.{gift.type}", language, amount=money.get("amount", ""))
    if where.minimum is not None:
        least = translate("catalog.from_minimum", language, minimum=money["minimum"])
        text = f"{text}, {least}"
    return f"{text} ({called('channel', where.channel, names)})" if place else text


def limit_words(limit: MemberLimit | None, language: str) -> str:
    """How often a member may take it: "2 times a month a member"; "" = as often as they like."""
    if limit is None:
        return ""
    number = words.number_words(limit.times, language)
    return translate(f"catalog.limit.{limit.period}", language, number=number)


def audience_words(who: Audience | None, language: str, names: Called = NOTHING) -> str:
    """Who may take it; "" = everybody.

    Args:
        names: of tiers by id, of segments by "segment:<id>".
    """
    if who is None:
        return ""
    parts = []
    if who.tiers:
        named = words.list_words([names.get(one, one) for one in who.tiers], language)
        parts.append(translate("catalog.who.tiers", language, tiers=named))
    if who.segments is not None:
        called_so = [called("segment", one, names) for one in who.segments]
        listed = words.list_words(called_so, language)
        parts.append(translate("catalog.who.segments", language, segments=listed))
    if who.member_days is not None:
        days = words.number_words(who.member_days, language)
        parts.append(translate("catalog.who.member_days", language, days=days))
    return "; ".join(parts)


def _change(code: str, item: RewardItem, language: str, **more: object) -> RewardChange:
    arguments: dict[str, object] = {"reward": item.name(language), **more}
    return RewardChange(code, f"rewards.items.{item.id}", arguments)
