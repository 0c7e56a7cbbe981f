"""What rules may look at of a member, read from the tables."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.known_past import addresses_of, orders_before, used_by
from saleor_loyalty_app.flows.lock_stocks import lock_stocks, rewards_of_rules
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import MemberIdentity
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.programs import cap_uses
from saleor_loyalty_app.programs.caps import MemberCap
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tags import asks_for_tags
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.segments.standing import segments_in_force
from saleor_loyalty_app.segments.tagged import tags_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.repository import survivors
from saleor_loyalty_app.tiers.standing import tier_for_earning

_identities = table(MemberIdentity)


def member_facts(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    program: Program,
    caps: Mapping[str, MemberCap],
    *,
    at: datetime,
    but_order: int = 0,
    but_source: str = "",
    keys: EmailKeys | None = None,
    addresses: Sequence[str] = (),
) -> MemberFacts:
    """A member as a program's rules see them; tiers and segments it has not in force are none.

    What they had with an account that is gone counts (`known_past`).

    Args:
        caps: by rule id, the caps of which it is asked what they leave.
        at: of what is decided: it says which periods of caps are meant.
        but_order: the row of an order that does not count.
        but_source: what does not count for caps either.
        keys: find what is remembered of an address under older secrets, too.
        addresses: the keys of the address of their account, where that is known better than the
            books know it.
    """
    return MemberFacts(
        tier=tier_for_earning(conn, store.id, member.id, program.tiers),
        joined_at=member.first_enrolled_at or member.created_at,
        orders=orders_before(
            conn, store, member, at=at, but=but_order, keys=keys, addresses=addresses
        ),
        language=_language(conn, store, member),
        segments=segments_in_force(conn, store.id, member.id, program.segments),
        used=used_of(
            conn, store, member, caps, at=at, but=but_source, keys=keys, addresses=addresses
        ),
        tags=_tags(conn, store, member.id) if asks_for_tags(program) else frozenset(),
    )


def used_of(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    caps: Mapping[str, MemberCap],
    *,
    at: datetime,
    but: str = "",
    keys: EmailKeys | None = None,
    addresses: Sequence[str] = (),
) -> dict[str, Used]:
    """What a member had by each cap in the period of `at`, accounts that are gone included.

    Args:
        but: a source that does not count.
        addresses: as of `member_facts`.
    """
    if not caps:
        return {}
    people = everybody(conn, store, member.id)
    used = cap_uses.used_by(conn, store.id, people, caps, at=at, timezone=store.timezone, but=but)
    known = addresses or addresses_of(conn, store, member, keys)
    for rule_id, past in used_by(conn, store, known, caps, at=at).items():
        had = used[rule_id]
        used[rule_id] = Used(had.points + past.points, had.times + past.times)
    return used


def lock_member(conn: Connection, store: StoreRef, member_id: int) -> None:
    """Lets nobody else draw from the member's caps, or award them, until the transaction ends.

    The account of points stands for all of the member's: it is locked before the others.
    """
    lock_members(conn, store, [member_id])


def lock_members(conn: Connection, store: StoreRef, member_ids: Collection[int]) -> None:
    """`lock_member` for several, in one order."""
    ledger.lock_accounts(conn, [Account(store.id, one, "points") for one in member_ids])


def lock_people(
    conn: Connection,
    store: StoreRef,
    member_ids: Collection[int],
    *,
    now: datetime,
    gifts: Collection[int] = (),
) -> None:
    """Locks who members are today, then their accounts: for a page, before it gives anything.

    What all draw from, such as the stock of a reward, is held by nobody who waits for an account:
    a request holds its own, and then draws. The stocks of what rules may give, and of what may come
    back, are locked after the accounts, in one order.

    Args:
        gifts: the redemptions that may be taken back.
    """
    ids = {*survivors(conn, store.id, list(member_ids))}
    locked = members.lock_members(conn, store.id, [*ids], named=True)
    if merged := {one.merged_into for one in locked.values() if one.merged_into is not None}:
        locked |= members.lock_members(conn, store.id, [*merged], named=True)
    lock_members(conn, store, [one.id for one in locked.values() if one.merged_into is None])
    if member_ids:
        revision = revision_at(conn, store.id, now)
        rewards = rewards_of_rules(None if revision is None else revision.program)
        lock_stocks(conn, store, rewards, gifts)


def everybody(conn: Connection, store: StoreRef, member_id: int) -> list[int]:
    """A member and who was merged into them."""
    return [member_id, *members.merged_members(conn, store.id, member_id)]


def _tags(conn: Connection, store: StoreRef, member_id: int) -> frozenset[str]:
    return tags_of(conn, store.id, these([member_id])).get(member_id, frozenset())


def _language(conn: Connection, store: StoreRef, member: MemberRef) -> str:
    query = sa.select(_identities.c.language).where(
        _identities.c.store_id == store.id, _identities.c.member_id == member.id
    )
    known = conn.execute(query).scalar_one_or_none() or ""
    return known or (member.language if isinstance(member, Newcomer) else "")
