"""Whether a member may take a reward, and what exactly it becomes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.rewards import DATED_KINDS, RewardChannel, RewardItem
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards.errors import (
    BelowMinimumOrder,
    NotEnoughPoints,
    OtherCode,
    RewardByCode,
    RewardForOlder,
    RewardForSegment,
    RewardForTier,
    RewardGone,
    RewardLimit,
    RewardNeedsCart,
    RewardNotHere,
    RewardUnknown,
    RewardWorthNothing,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.quote import CartForSpending

#: What staff hand over waits so long for them at most.
HAND_OVER_TIME = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who wants a reward.

    Attributes:
        tier: in force; "" = none.
        joined_at: since when they are a member.
        available: points to spend.
        taken: how many of the reward they have in the period of its limit.
        segments: those that they are in.
    """

    tier: str
    joined_at: datetime | None
    available: int
    taken: int
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deal:
    """What a claim is made of.

    Attributes:
        amount: what it takes off, or what it is worth to the store; 0 = nobody says.
        terms: what its instrument is made with, as JSON values.
        valid_for: how long the points wait for its use.
    """

    points: int
    amount: Decimal
    terms: Mapping[str, Any]
    valid_for: timedelta


def why_not(
    item: RewardItem, taker: Taker, *, drawn: int, today: date, now: datetime
) -> SpendingRefused | None:
    """Why a member may not take a reward now, the first reason that holds; None = may.

    Args:
        drawn: how many were taken in all.
        today: the day in the store's time zone.
    """
    if not item.is_active(today):
        return RewardUnknown(reward=item.id)
    if refused := _audience(item, taker, now):
        return refused
    if item.stock is not None and drawn >= item.stock:
        return RewardGone(reward=item.id)
    if item.limit is not None and taker.taken >= item.limit.times:
        return RewardLimit(times=item.limit.times, period=item.limit.period)
    if taker.available < item.points:
        return NotEnoughPoints(available=taker.available, needed=item.points)
    return None


def last_moment(at: datetime, timezone: str) -> datetime:
    """The last second of the day that an instant is in, in a time zone."""
    zone = ZoneInfo(timezone)
    next_day = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(next_day, time.min, tzinfo=zone).astimezone(UTC) - timedelta(seconds=1)


def _audience(item: RewardItem, taker: Taker, now: datetime) -> SpendingRefused | None:
    who = item.who
    if who is None:
        return None
    if who.tiers and taker.tier not in who.tiers:
        return RewardForTier(tiers=list(who.tiers))
    if who.segments is not None and not taker.segments & set(who.segments):
        return RewardForSegment(reward=item.id)
    if who.member_days is not None:
        days = 0 if taker.joined_at is None else (now - taker.joined_at).days
        if days < who.member_days:
            return RewardForOlder(days=who.member_days, missing=who.member_days - max(0, days))
    return None


def deal_for(item: RewardItem, channel: str, currency: str, cart: CartForSpending | None) -> Deal:
    """What a reward becomes in a channel, with a cart where it is taken for one.

    A share of a cart becomes an amount: it is taken off the goods as they are priced, never above
    its cap, and it goes where the cart gets so small that it would be more than that share.

    Raises:
        RewardNotHere, RewardNeedsCart, RewardByCode, OtherCode, BelowMinimumOrder,
        RewardWorthNothing.
    """
    where = item.in_channel(channel, currency)
    if where is None:
        raise RewardNotHere(reward=item.id, channel=channel)
    if cart is not None:
        return _for_cart(item, where, cart)
    if item.needs_cart and where.cap is not None:
        raise RewardNeedsCart(reward=item.id)
    amount, terms = _by_code(item, where)
    kept = timedelta(days=item.valid_days) if item.gift.type in DATED_KINDS else HAND_OVER_TIME
    return Deal(item.points, amount, terms, kept)


def _by_code(item: RewardItem, where: RewardChannel) -> tuple[Decimal, dict[str, Any]]:
    return where.amount or where.worth or Decimal(0), code_terms(item, where)


def code_terms(item: RewardItem, where: RewardChannel | None) -> dict[str, Any]:
    """What the instrument of a reward is made with where it is no cart's; `where`: its channel."""
    gift = item.gift
    terms: dict[str, Any] = {"reward": item.id, "kind": gift.type}
    if where is not None and where.minimum is not None:
        terms["minimum"] = plain(where.minimum)
    match gift.type:
        case "percent":
            terms["percent"] = gift.percent
        case "free_product":
            terms["variant"] = gift.variant
        case "shipping":
            terms["free"] = where is None or where.amount is None
    return terms


def _for_cart(item: RewardItem, where: RewardChannel, cart: CartForSpending) -> Deal:
    gift = item.gift
    if cart.other_code:
        raise OtherCode
    minimum = where.minimum or Decimal(0)
    if gift.type == "amount":
        amount = where.amount or Decimal(0)
        minimum = max(minimum, amount)
        _check_minimum(minimum, cart.subtotal, where.currency)
    elif gift.type == "percent":
        _check_minimum(minimum, cart.subtotal, where.currency)
        share = _floor(Fraction(cart.subtotal) * gift.percent / 100, where.currency)
        amount = share if where.cap is None else min(share, where.cap)
        if amount <= 0:
            raise RewardWorthNothing(reward=item.id)
        minimum = max(minimum, _ceil(Fraction(amount) * 100 / gift.percent, where.currency))
    else:
        raise RewardByCode(reward=item.id)
    terms = {"reward": item.id, "kind": "amount", "minimum": plain(minimum)}
    return Deal(item.points, amount, terms, timedelta(0))


def _check_minimum(minimum: Decimal, subtotal: Decimal, currency: str) -> None:
    if subtotal < minimum:
        missing = plain(minimum - subtotal)
        raise BelowMinimumOrder(minimum=plain(minimum), missing=missing, currency=currency)


def _floor(exact: Fraction, currency: str) -> Decimal:
    places = get_currency_precision(currency)
    return Decimal((exact * 10**places).__floor__()).scaleb(-places)


def _ceil(exact: Fraction, currency: str) -> Decimal:
    return -_floor(-exact, currency)
