"""What a member sees of the rewards: which they may take, why not others, and what they took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.spending_terms import takers_of, today_of
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.rewards import NO_REWARDS, RewardChannel, RewardItem
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.catalog import Taker, why_not
from saleor_loyalty_app.rewards.claims import ClaimRow
from saleor_loyalty_app.rewards.errors import SpendingBlocked, SpendingOff, SpendingRefused
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import counted_tier

UNIT = "points"


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member sees it in a channel.

    Attributes:
        why_not: the first reason why it cannot be taken now; None = it can.
        only_cart: it can be taken for a cart alone, and not as a code.
        left: how many there still are; None = as many as are wanted.
        missing: points that are still needed.
    """

    item: RewardItem
    where: RewardChannel
    why_not: SpendingRefused | None
    left: int | None
    missing: int
    only_cart: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim and its redemption."""

    claim: ClaimRow
    redemption: RedemptionRef


def offers(
    conn: Connection,
    store: StoreRef,
    member: MemberRef | None,
    program: Program | None,
    channels: Sequence[str],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> dict[str, list[Offer]]:
    """The rewards that are offered in each channel today, in the order of the program.

    What is known of the member is read once, however many rewards and channels there are.

    Args:
        store: as it is in this transaction, also for a program that ends.
        member: None = signed in, and not known to the program so far.
        keys: find what is remembered of the member's address under older secrets, too.
        channels: slugs; those without a reward are left out of the answer.
    """
    catalog = NO_REWARDS if program is None else program.rewards or NO_REWARDS
    today = today_of(store, now)
    shown = [
        (item, where)
        for item in catalog.items
        if item.is_active(today)
        for where in item.channels
        if where.channel in channels
    ]
    if not shown or program is None:
        return {}
    drawn = claims.drawn(conn, store.id)
    tier = counted_tier(program, "", state="", hold_out=False)
    newcomer = Taker(tier=tier, joined_at=None, available=0, taken=0)
    takers: dict[str, Taker] = {}
    if member is not None:
        held = ledger.balance(conn, Account(store.id, member.id, UNIT), now=now)
        items = list({item.id: item for item, _ in shown}.values())
        available = max(0, held.available)
        takers = takers_of(
            conn, store, program, member, items, available=available, now=now, keys=keys
        )
    found: dict[str, list[Offer]] = {channel: [] for channel in channels}
    for item, where in shown:
        who, count = takers.get(item.id, newcomer), drawn.get(item.id, 0)
        refused = _in_general(store, member, item, now)
        refused = refused or why_not(item, who, drawn=count, today=today, now=now)
        found[where.channel].append(
            Offer(
                item,
                where,
                refused,
                left=None if item.stock is None else max(0, item.stock - count),
                missing=max(0, item.points - who.available),
                only_cart=item.takes_cart
                and (where.cap is not None or (member is not None and member.codes_blocked)),
            )
        )
    return {channel: here for channel, here in found.items() if here}


def _in_general(
    store: StoreRef, member: MemberRef | None, item: RewardItem, now: datetime
) -> SpendingRefused | None:
    """Why a reward cannot be taken, whatever it asks for: as a claim of it is refused. Pure."""
    if not store.spending_on:
        return SpendingOff()
    if member is None:
        return None
    if why := why_not_spending(member, now=now):
        return SpendingBlocked(reason=why)
    return SpendingBlocked(reason="codes") if member.codes_blocked and not item.takes_cart else None


def claims_of(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    first: int,
    before: int | None = None,
    open_at: datetime | None = None,
) -> list[Taken]:
    """A page of what a member took, newest first; see `claims.of_members`."""
    people = everybody(conn, store, member.id)
    rows = claims.of_members(conn, store.id, people, first=first, before=before, open_at=open_at)
    return with_redemptions(conn, store, rows)


def with_redemptions(conn: Connection, store: StoreRef, rows: list[ClaimRow]) -> list[Taken]:
    """Claims with their redemptions, in the order given."""
    found = {
        one.id: one
        for one in redemptions.by_ids(conn, store.id, [row.redemption_id for row in rows])
    }
    return [Taken(row, found[row.redemption_id]) for row in rows]


def claim_of(conn: Connection, store: StoreRef, redemption: RedemptionRef) -> Taken | None:
    """The claim that a redemption is for; None where points were spent for what they are worth."""
    claim = claims.of_redemption(conn, redemption.id)
    return None if claim is None else Taken(claim, redemption)
