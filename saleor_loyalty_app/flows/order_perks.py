"""What an order brings beside points: rewards, tiers, tags and messages, given and taken once.

Called for every look at an order that is booked, inside its transaction. What is given is a
function of the plan and of what the customer kept.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.lock_stocks import lock_stocks
from saleor_loyalty_app.flows.order_owner import Ownership
from saleor_loyalty_app.flows.perk_rewards import ORDER_BACK, Place
from saleor_loyalty_app.flows.perk_work import Occasion, PerkWork, names_of, surviving_id
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.perk_rows import COUNTED
from saleor_loyalty_app.programs.perks import effect_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

_ORDER = "order:"


def gifts_of(conn: Connection, store: StoreRef, order_ids: Iterable[str]) -> list[int]:
    """The ids of the rewards that orders brought: redemptions, to be locked with others."""
    rows = perk_rows.of_sources(conn, store.id, [_source(one) for one in order_ids])
    return redemptions.ids_of(conn, store.id, names_of(rows))


def holders_of(conn: Connection, store: StoreRef, order_ids: Iterable[str]) -> set[int]:
    """Who has what orders brought beside points, or waits for it."""
    rows = perk_rows.of_sources(conn, store.id, [_source(one) for one in order_ids])
    return {row.member_id for row in rows}


def brings_more(conn: Connection, store: StoreRef, order_id: str, owner: int | None) -> bool:
    """Whether an order brought rewards, or anything beside points to another than its owner."""
    rows = perk_rows.of_sources(conn, store.id, [_source(order_id)])
    return bool(names_of(rows)) or any(row.member_id != owner for row in rows)


def settle_perks(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    plan: AwardPlan,
    owner: Ownership,
    *,
    kept: bool,
    revision_id: int | None,
    now: datetime,
    keys: EmailKeys | None = None,
) -> frozenset[str]:
    """Gives and takes back what the order brings; gives the rules whose perk counts for caps.

    The caller holds the order, and the rewards that it brought (`lock_page`).

    Args:
        revision_id: of the program that decided the plan.
        kept: whether the customer kept anything of the order.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    if not plan.perks:
        return frozenset()
    source = _source(snapshot.id)
    before = perk_rows.of_sources(conn, store.id, [source])
    people = {surviving_id(conn, store, row.member_id) for row in before}
    if owner.member_id is not None:
        people.add(owner.member_id)
    # Limits are read and drawn, and tiers are changed, by one at a time.
    lock_members(conn, store, people)
    rows = perk_rows.of_sources(conn, store.id, [source], lock=True)
    gifts = redemptions.lock(conn, store.id, redemptions.ids_of(conn, store.id, names_of(rows)))
    wanted = None
    if owner.member_id is not None and kept and not owner.withheld:
        wanted = member_by_id(conn, store.id, owner.member_id)
    occasion = Occasion(
        source=source,
        perk=snapshot.id,
        place=Place(snapshot.channel.slug, snapshot.channel.currency_code),
        back={"code": ORDER_BACK, "order": snapshot.number},
        decided_by=revision_id,
        at=plan.expires_from,
        number=snapshot.number,
    )
    revision = revision_at(conn, store.id, now)
    rewards = {one["effect"]["reward"] for one in plan.perks if "reward" in one["effect"]}
    lock_stocks(conn, store, rewards, [gift.id for gift in gifts])
    held = {gift.public_id: gift for gift in gifts}
    work = PerkWork(conn, store, occasion, revision, held, now, keys)
    known = {row.rule_id: row for row in rows}
    counted = set()
    for one in plan.perks:
        row = work.settled(one["rule"], effect_of(one["effect"]), known.get(one["rule"]), wanted)
        if row is not None and row.state in COUNTED:
            counted.add(row.rule_id)
    return frozenset(counted)


def _source(order_id: str) -> str:
    return f"{_ORDER}{order_id}"
