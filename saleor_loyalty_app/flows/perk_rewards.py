"""A rule gives a reward of the catalog for nothing, and takes it back unused.

It is a claim of 0 points: no hold goes with it, and it is driven, used up and told like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.redemption_posting import close_gift
from saleor_loyalty_app.flows.spending_terms import (
    Asked,
    add_claim,
    deadline_of,
    takers_of,
    today_of,
)
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.programs.rewards import NO_REWARDS, VOUCHER_KINDS, RewardItem
from saleor_loyalty_app.rewards import claims, codes, redemptions
from saleor_loyalty_app.rewards.catalog import deal_for, why_not
from saleor_loyalty_app.rewards.errors import RewardGone, RewardUnknown, SpendingBlocked
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER
from saleor_loyalty_app.rewards.instruments.voucher import VOUCHER
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

#: Why a code ended whose order came back, or whose deed was taken back.
ORDER_BACK, DEED_BACK = "order_back", "deed_back"
#: Why a member may have no code, of `SpendingBlocked`.
CODES = "codes"
_UNIT = "points"
_O = table(OrderState).c


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reward is good: a channel, and its currency."""

    channel: str
    currency: str


def give_reward(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    member: MemberRef,
    reward: str,
    *,
    place: Place | None,
    key: str,
    perk: str,
    now: datetime,
    keys: EmailKeys | None = None,
) -> RedemptionRef:
    """Gives a reward as the catalog in force has it, to who may take it but for the points.

    The caller holds the member's account. Its code is made by the sweep, after the commit.

    Args:
        revision: in force now.
        place: where; None = where the member ordered last, if it is offered there, or else in the
            first channel that it is offered in.
        key: of this gift; the same key gives nothing twice.
        perk: "<rule>:<order or deed>", by which a restored database learns what it was given for.
        keys: find what is remembered of the member's address under older secrets, too.

    Raises:
        SpendingRefused: one of its kinds; nothing was written.
    """
    known = redemptions.by_request(conn, store.id, member.id, key)
    if known is not None:
        return known
    item = (revision.program.rewards or NO_REWARDS).item(reward)
    if item is None or member.user_id is None:
        raise RewardUnknown(reward=reward)
    if why := why_not_spending(member, now=now):
        raise SpendingBlocked(reason=why)
    by_voucher = item.gift.type in VOUCHER_KINDS
    if member.codes_blocked and by_voucher:
        raise SpendingBlocked(reason=CODES)
    takers = takers_of(
        conn, store, revision.program, member, [item], available=item.points, now=now, keys=keys
    )
    drawn = claims.drawn(conn, store.id).get(item.id, 0)
    today = today_of(store, now)
    if refused := why_not(item, takers[item.id], drawn=drawn, today=today, now=now):
        raise refused
    if place is None:
        place = _place_of(conn, store, member, item)
    deal = deal_for(item, place.channel, place.currency, None)
    instrument = VOUCHER if by_voucher else HAND_OVER
    # Who looks for what is left holds the account, not the stock: the last piece may be gone here.
    if not claims.draw_stock(conn, store.id, item.id, item.stock):
        raise RewardGone(reward=item.id)
    wanted = Asked(0, deal.amount, instrument, deal.valid_for, deal.terms, item, by_day=True)
    made = redemptions.insert(
        conn,
        {
            "store_id": store.id,
            "public_id": codes.new_public_id(),
            "member_id": member.id,
            "user_id": member.user_id,
            "instrument": instrument,
            "unit": _UNIT,
            "points": 0,
            "amount": Decimal(wanted.amount),
            "terms": {**deal.terms, "perk": perk},
            "channel": place.channel,
            "currency": place.currency,
            "revision_id": revision.id,
            "request_key": key,
            "request_hash": key,
            "actor": "app",
            "state": "held",
            "ending": "",
            "hold_id": None,
            "restored": 0,
            "restorings": 0,
            "attempts": 0,
            "fence": 0,
            "code": codes.new_code(),
            "deadline": deadline_of(conn, store, wanted, now=now),
            "due_at": now,
            "created_at": now,
        },
    )
    if made is None:
        raise AssertionError("a new key and a new code are nobody's")
    return add_claim(conn, store, made, item, member, now=now)


def take_reward(
    conn: Connection,
    store: StoreRef,
    redemption: RedemptionRef,
    *,
    why: Mapping[str, str],
    now: datetime,
) -> bool:
    """Takes back what was not used; False where it was used, and stays.

    The caller holds the redemption. A code that is on a cart that may be paid is ended as soon as
    that is known not to be: until then it may still be used.

    Args:
        why: its code and what that is about, as the redemption keeps it.
    """
    if redemption.is_live:
        redemptions.end_as(conn, store.id, redemption.id, "released", dict(why), now)
        return True
    if redemption.state != "consumed":
        return True
    claim = claims.of_redemption(conn, redemption.id)
    if claim is None or claim.kind != "early_access" or redemption.deadline <= now:
        return False
    close_gift(conn, redemption, now=now)
    claims.change(conn, claim.id, state=claims.REFUSED, moved_at=now, moved_by="app")
    return True


def _place_of(conn: Connection, store: StoreRef, member: MemberRef, item: RewardItem) -> Place:
    """Where a reward is given that no order brings; somewhere it always is offered."""
    latest = (
        sa.select(_O.channel, _O.currency)
        .where(_O.store_id == store.id, _O.member_id.in_(everybody(conn, store, member.id)))
        .order_by(_O.created_at.desc(), _O.id.desc())
        .limit(1)
    )
    found = conn.execute(latest).one_or_none()
    if found is not None and item.in_channel(found.channel, found.currency) is not None:
        return Place(found.channel, found.currency)
    open_ones = {(one.slug, one.currency) for one in channels(conn, store.id) if one.active}
    offered = [Place(one.channel, one.currency) for one in item.channels]
    usable = (one for one in offered if (one.channel, one.currency) in open_ones)
    return next(usable, offered[0])
