"""What the owner of an address had with an account that is gone counts for the next account too.

Otherwise an account that is deleted and made again has its first order anew, and what rules give
once for ever. It is kept by the peppered hash of the address, and ends as that does.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.bonuses.given import Amount
from saleor_loyalty_app.flows.campaign_boosts import boosts_at
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.orders.repository import paid_orders_of
from saleor_loyalty_app.programs import cap_uses
from saleor_loyalty_app.programs.boosts import capped_boosts
from saleor_loyalty_app.programs.caps import MemberCap
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import Used
from saleor_loyalty_app.stores.refs import StoreRef

ORDERS = "orders"


def addresses_of(
    conn: Connection, store: StoreRef, member: MemberRef, keys: EmailKeys | None
) -> tuple[str, ...]:
    """The keys that stand for a member's address; of a guest there is but the one that is stored.

    Args:
        keys: find what was kept under secrets that were replaced since, too.
    """
    if member.email and keys is not None:
        return keys.every(store.id, member.email)
    known = members.email_key_of(conn, store.id, member.id) or member.guest_key
    return () if known is None else (known,)


def orders_before(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    at: datetime,
    but: int = 0,
    keys: EmailKeys | None = None,
) -> int:
    """How many orders a member had paid, with accounts that are gone included.

    Args:
        at: of what is decided: what was remembered until before then counts no more.
        but: the row of an order that does not count.
    """
    addresses = addresses_of(conn, store, member, keys)
    past = given.amounts_of(conn, store.id, addresses, [ORDERS], at=at)
    return paid_orders_of(conn, member.id, but=but) + past.get(ORDERS, Amount()).times


def used_before(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    caps: Mapping[str, MemberCap],
    *,
    at: datetime,
    keys: EmailKeys | None = None,
) -> dict[str, Used]:
    """By rule id, what was had by caps for ever with accounts that are gone; others begin anew."""
    lasting = {_cap(rule_id): rule_id for rule_id, cap in caps.items() if cap.period == "ever"}
    if not lasting:
        return {}
    addresses = addresses_of(conn, store, member, keys)
    past = given.amounts_of(conn, store.id, addresses, list(lasting), at=at)
    return {lasting[what]: Used(had.points, had.times) for what, had in past.items()}


def past_of(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    program: Program | None,
    *,
    now: datetime,
) -> dict[str, Amount]:
    """What is to be remembered of members who go, but for what was remembered before them."""
    orders = sum(paid_orders_of(conn, member_id, but=0) for member_id in member_ids)
    found = {ORDERS: Amount(0, orders)}
    caps = {
        rule.id: rule.caps.per_member
        for rule in (() if program is None else program.earning.rules)
        if rule.caps is not None
        and rule.caps.per_member is not None
        and rule.caps.per_member.period == "ever"
    }
    caps |= capped_boosts(boosts_at(conn, store, now))
    used = cap_uses.used_by(conn, store.id, member_ids, caps, at=now, timezone=store.timezone)
    found |= {_cap(rule_id): Amount(had.points, had.times) for rule_id, had in used.items()}
    return {what: had for what, had in found.items() if had.times or had.points}


def _cap(rule_id: str) -> str:
    return f"cap:{rule_id}"
