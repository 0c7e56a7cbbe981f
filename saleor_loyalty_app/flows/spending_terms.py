"""What a request for points turns into: an amount by the rates, or a reward of the catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.known_past import taken_with_past
from saleor_loyalty_app.flows.redemption_posting import hand_over
from saleor_loyalty_app.flows.reward_news import tell_of_reward
from saleor_loyalty_app.flows.spending_scene import Scene
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.rewards import AT_ONCE_KINDS, NO_REWARDS, VOUCHER_KINDS, RewardItem
from saleor_loyalty_app.programs.spending import DEFAULTS
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.catalog import Taker, deal_for, last_moment, why_not
from saleor_loyalty_app.rewards.errors import RewardByCode, RewardGone, RewardLimit, RewardUnknown
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER
from saleor_loyalty_app.rewards.instruments.port import Instrument
from saleor_loyalty_app.rewards.instruments.voucher import VOUCHER
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, OnDraft, SpendRequest, Target
from saleor_loyalty_app.segments.standing import segments_in_force
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.newcomers import tier_of_newcomer
from saleor_loyalty_app.tiers.standing import tier_in_force


@dataclass(frozen=True, slots=True)
class Asked:
    """What points are set aside for.

    Attributes:
        item: the reward; None = points for what they are worth.
        valid_for: how long they wait.
        by_day: the last day counts whole, as its date alone is told.
    """

    points: int
    amount: Decimal
    instrument: str
    valid_for: timedelta
    terms: Mapping[str, Any] | None = None
    item: RewardItem | None = None
    by_day: bool = False


def asked(
    conn: Connection,
    store: StoreRef,
    request: SpendRequest,
    scene: Scene,
    program: Program,
    member: MemberRef,
    instruments: Mapping[str, Instrument],
    *,
    available: int,
    now: datetime,
    keys: EmailKeys | None = None,
) -> Asked:
    """What a request comes to.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.

    Raises:
        SpendingRefused: one of its kinds.
    """
    if not request.reward:
        terms = instruments[VOUCHER].quote(
            program, scene.channel, scene.currency, scene.goods, available, request.points
        )
        return Asked(terms.points, terms.amount, VOUCHER, time_of(program, request.target))
    item = (program.rewards or NO_REWARDS).item(request.reward)
    if item is None:
        raise RewardUnknown(reward=request.reward)
    if isinstance(request.target, OnDraft):
        raise RewardByCode(reward=item.id)
    takers = takers_of(
        conn, store, program, member, [item], available=available, now=now, keys=keys
    )
    drawn = claims.drawn(conn, store.id).get(item.id, 0)
    if refused := why_not(item, takers[item.id], drawn=drawn, today=today_of(store, now), now=now):
        raise refused
    deal = deal_for(item, scene.channel, scene.currency, scene.goods)
    return Asked(
        deal.points,
        deal.amount,
        VOUCHER if item.gift.type in VOUCHER_KINDS else HAND_OVER,
        deal.valid_for if scene.cart is None else time_of(program, request.target),
        deal.terms,
        item,
        by_day=scene.cart is None,
    )


def note_claim(
    conn: Connection,
    store: StoreRef,
    redemption: RedemptionRef,
    item: RewardItem,
    member: MemberRef,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> RedemptionRef:
    """Draws stock and limit for a redemption that was just written, under the member's account.

    An invitation or early access is taken with this: there is nothing to be used up later.

    Raises:
        RewardGone, RewardLimit: somebody was faster; nothing may stay of this transaction.
    """
    people = everybody(conn, store, member.id)
    taken = taken_with_past(conn, store, member, people, [item], now=now, keys=keys)
    before = taken.get(item.id, 0)
    if item.limit is not None and before >= item.limit.times:
        raise RewardLimit(times=item.limit.times, period=item.limit.period)
    if not claims.draw_stock(conn, store.id, item.id, item.stock):
        raise RewardGone(reward=item.id)
    return add_claim(conn, store, redemption, item, member, now=now)


def add_claim(
    conn: Connection,
    store: StoreRef,
    redemption: RedemptionRef,
    item: RewardItem,
    member: MemberRef,
    *,
    now: datetime,
) -> RedemptionRef:
    """Writes the claim of a redemption for which stock and limit were drawn."""
    kind = item.gift.type
    at_once = kind in AT_ONCE_KINDS
    state = claims.HANDED_OVER if at_once else claims.REQUESTED if kind == "custom" else ""
    claims.add(conn, store.id, redemption.id, member.id, item, state=state, now=now)
    if not at_once:
        return redemption
    taken = hand_over(conn, redemption, reward=item.id, actor=redemption.actor, now=now)
    tell_of_reward(conn, taken, now=now)
    return taken


def takers_of(
    conn: Connection,
    store: StoreRef,
    program: Program,
    member: MemberRef,
    items: Sequence[RewardItem],
    *,
    available: int,
    now: datetime,
    keys: EmailKeys | None = None,
) -> dict[str, Taker]:
    """A member as each reward looks at them, by its id; so many reads for all as for one.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    people = everybody(conn, store, member.id)
    taken = taken_with_past(conn, store, member, people, items, now=now, keys=keys)
    anybody = Taker(
        tier=tier_in_force(conn, store.id, member.id, program),
        joined_at=member.first_enrolled_at or member.created_at,
        available=available,
        taken=0,
        segments=segments_in_force(conn, store.id, member.id, program.segments),
    )
    if isinstance(member, Newcomer):
        anybody = replace(anybody, tier=tier_of_newcomer(conn, member, program))
    return {item.id: replace(anybody, taken=taken.get(item.id, 0)) for item in items}


def today_of(store: StoreRef, now: datetime) -> date:
    """The day in the store's time zone."""
    return now.astimezone(ZoneInfo(store.timezone)).date()


def deadline_of(conn: Connection, store: StoreRef, wanted: Asked, *, now: datetime) -> datetime:
    """Until when points are set aside; never longer than the program lets them be spent.

    What staff are to hand over is theirs to end: it was spent in time, whenever they hand it over.
    So was early access, which is good until then.
    """
    until = now + wanted.valid_for
    if wanted.by_day:
        until = last_moment(until, store.timezone)
    if wanted.instrument == HAND_OVER:
        return until
    return wind_downs.no_later_than_end(conn, store.id, until)


def time_of(program: Program, target: Target) -> timedelta:
    """How long points wait for a cart, or a code for its use."""
    limits = program.spending or DEFAULTS
    if isinstance(target, Bearer):
        return timedelta(days=limits.code_days)
    return timedelta(minutes=limits.hold_minutes)
