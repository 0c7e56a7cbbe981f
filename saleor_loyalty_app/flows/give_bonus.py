"""A bonus is given once: to a member, and to the owner of an address for a while after it went."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.bonuses import DEFAULTS, Bonuses
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

#: The deed of everybody who confirmed an account, once in a lifetime.
CONFIRMED = "account_confirmed"


def give_bonus(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    deed: DeedFacts,
    *,
    keys: EmailKeys,
    now: datetime,
) -> int:
    """Books what the program gives for a deed, and tells the member; gives the points.

    Nothing is booked twice for one deed, whatever became of the rules, the account or its address
    meanwhile. Who may not earn gets nothing, and so does nobody where no rule pays.
    """
    found = members.surviving_member(conn, store.id, member_id)
    if found is None or found.state != "active":
        return 0
    member = members.lock_members(conn, store.id, [found.id])[found.id]
    people = everybody(conn, store, member.id)
    addresses = keys.every(store.id, member.email) if member.email else ()
    if given.was_given(conn, store.id, people, addresses, deed.key, now=now):
        return 0
    awarded = award_deed(conn, store, member.id, deed, now=now)
    if not awarded.created or not awarded.grants:
        return 0
    points = awarded.total()
    given.note_given(conn, store.id, member.id, deed.trigger, deed.key, points, now)
    if member.email:
        ends = given.months_later(now, section_at(conn, store, now).remembered_months)
        address = keys.current(store.id, member.email)
        given.remember(conn, store.id, [address], [deed.key], ends)
    if points:
        tell(
            conn,
            store.id,
            member.id,
            Kind.bonus_given,
            {"points": points, "bonus": deed.trigger},
            key=f"bonus:{member.id}:{deed.key}",
            now=now,
        )
    return points


def give_registration_bonus(
    conn: Connection, store: StoreRef, member_id: int, *, keys: EmailKeys, now: datetime
) -> int:
    """What a confirmed account brings, once in a lifetime; gives the points."""
    deed = DeedFacts(trigger=CONFIRMED, on="", at=now, key=CONFIRMED)
    return give_bonus(conn, store, member_id, deed, keys=keys, now=now)


def remember_erased(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    *,
    like: Sequence[int],
    now: datetime,
) -> None:
    """Before identities are erased: what was given is kept for their addresses, by the hash.

    Without it an account that is deleted and made again would be given everything again.

    Args:
        like: the members whose bonuses are kept: these, and whom they were merged with.
    """
    known = (members.email_key_of(conn, store.id, member_id) for member_id in member_ids)
    addresses = [address for address in known if address]
    deeds = given.deeds_of(conn, store.id, like)
    ends = given.months_later(now, section_at(conn, store, now).remembered_months)
    given.remember(conn, store.id, addresses, deeds, ends)


def section_at(conn: Connection, store: StoreRef, at: datetime) -> Bonuses:
    """What the program in force says of bonuses; the defaults where it says nothing."""
    revision = revision_at(conn, store.id, at)
    section = None if revision is None else revision.program.bonuses
    return section or DEFAULTS
