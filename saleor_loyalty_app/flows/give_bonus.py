"""A bonus is given once: to a member, and to the owner of an address for a while after it went."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given, waiting
from saleor_loyalty_app.bonuses.waiting import Waiting
from saleor_loyalty_app.flows.award_deed import Awarded, award_deed
from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.known_member import everybody, lock_people
from saleor_loyalty_app.flows.known_past import (
    addresses_of,
    kept_with,
    never_had,
    not_kept,
    past_of,
)
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.service import Recognized
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.bonuses import DEFAULTS, Bonuses
from saleor_loyalty_app.programs.decide_deed import awaits
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef

#: The deed of everybody who confirmed an account, once in a lifetime.
CONFIRMED = "account_confirmed"
#: What bonuses that waited and fail are told by.
WAITING = "waiting_bonuses"


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
    meanwhile. Who may not earn gets nothing, and so does nobody where no rule pays. While earning
    is switched off the deed waits (`give_waiting`).
    """
    found = members.surviving_member(conn, store.id, member_id)
    if found is None or found.state != "active":
        return 0
    awarded = give_once(conn, store, found.id, deed, keys=keys, now=now)
    if awarded.withheld == "earning_off" and _pays_later(conn, store, deed):
        waiting.note(conn, store.id, found.id, deed)
    if not awarded.created or awarded.member_id is None:
        return 0
    points = awarded.total()
    if points:
        tell(
            conn,
            store.id,
            awarded.member_id,
            Kind.bonus_given,
            {"points": points, "bonus": deed.trigger},
            key=f"bonus:{awarded.member_id}:{deed.key}",
            now=now,
        )
    return points


def give_once(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    deed: DeedFacts,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Awarded:
    """Books what the program gives for a deed, and remembers that it was given; tells nobody.

    Withheld as "given_before" where the owner of the address had it with another account.
    """
    found = members.surviving_member(conn, store.id, member_id)
    if found is None:
        return Awarded(None, withheld="unknown")
    member = members.lock_members(conn, store.id, [found.id], named=True)[found.id]
    people = everybody(conn, store, member.id)
    addresses = addresses_of(conn, store, member, keys)
    if given.was_given(conn, store.id, people, addresses, deed.key, now=now):
        return Awarded(member.id, withheld="given_before")
    awarded = award_deed(conn, store, member.id, deed, now=now, keys=keys)
    if not awarded.created or not awarded.grants:
        return awarded
    given.note_given(conn, store.id, member.id, deed.trigger, deed.key, awarded.total(), now)
    if addresses:
        ends = given.months_later(now, section_at(conn, store, now).remembered_months)
        given.remember(conn, store.id, addresses[:1], [deed.key], ends)
    return awarded


def give_registration_bonus(
    conn: Connection, store: StoreRef, member_id: int, *, keys: EmailKeys, now: datetime
) -> int:
    """What a confirmed account brings, once in a lifetime; gives the points."""
    deed = DeedFacts(trigger=CONFIRMED, on="", at=now, key=CONFIRMED)
    return give_bonus(conn, store, member_id, deed, keys=keys, now=now)


def note_registration(
    conn: Connection, store: StoreRef, known: Recognized, *, now: datetime
) -> None:
    """An account is seen to be confirmed by something else than the event: the bonus waits for us.

    Orders and claims show it too, and once it is written down the event that was lost says nothing
    new. An account that was never known without confirmation is older than that, and gets nothing.
    """
    if known.confirmed_now:
        deed = DeedFacts(trigger=CONFIRMED, on="", at=now, key=CONFIRMED)
        waiting.note(conn, store.id, known.member.id, deed)


def give_waiting(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    keys: EmailKeys,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Gives the bonuses that waited, the oldest first; gives the number of those looked at.

    The rules of the day of each deed decide. Nothing happens while earning is switched off.

    Args:
        aside: bonuses that failed, which others go before until they are tried again.
    """
    if not store.earning_on:
        return 0
    each = EachRow(conn, store, WAITING, aside or Aside(), now)

    def oldest(most: int) -> list[Waiting]:
        return waiting.oldest(conn, store.id, limit=most)

    def give(ones: Sequence[Waiting]) -> None:
        for one in ones:
            give_bonus(conn, store, one.member_id, one.deed, keys=keys, now=now)
        waiting.settle(conn, store.id, ones)

    found = each.ready(oldest, limit, _name)
    lock_people(conn, store, {one.member_id for one in found}, now=now)
    each.do(found, give, _name)
    return len(found)


def _name(one: Waiting) -> int:
    return one.id


def _pays_later(conn: Connection, store: StoreRef, deed: DeedFacts) -> bool:
    """Whether a deed may bring anything once earning is on again."""
    revision = revision_at(conn, store.id, deed.at)
    if revision is None or not awaits(revision.program, deed.trigger):
        return False
    return not wind_downs.earned_nothing(conn, store.id, deed.at)


def remember_erased(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    *,
    like: Sequence[int],
    now: datetime,
    accounts_stay: Sequence[str] | None = None,
) -> None:
    """Before identities are erased: what was given is kept for their addresses, by the hash.

    So are how many orders they paid, what they had of what is limited for a member, and that they
    had codes of campaigns. Without it an account that is deleted and made again would be given
    everything again.

    Args:
        like: the members whose bonuses are kept: these, and whom they were merged with. Where these
            stay, what waits may be theirs yet; else nobody ever has it.
        accounts_stay: it is they who go, and not their accounts, whose keys these are: nothing but
            joining brings them back. None = the accounts are gone.
    """
    found = (members.member_by_id(conn, store.id, member_id) for member_id in member_ids)
    addresses = {
        address
        for member in found
        if member is not None
        for address in addresses_of(conn, store, member, None)
    }
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    is_gone = {*like} <= {*member_ids}
    waits = never_had(conn, store, like) if is_gone else frozenset[str]()
    given.forget(conn, store.id, addresses, waits)
    deeds = [one for one in given.deeds_of(conn, store.id, like) if one not in waits]
    ends = given.months_later(now, section_at(conn, store, now).remembered_months)
    given.remember(conn, store.id, addresses, deeds, ends)
    if accounts_stay is not None:
        given.remember(conn, store.id, {*addresses, *accounts_stay}, [given.ERASED], ends)
    past = past_of(conn, store, like, program, ends=ends, now=now)
    for until, amounts in sorted(past.items()):
        for address in sorted(addresses):
            more = not_kept(conn, store, address, like, amounts, now=now)
            if not is_gone:
                more |= kept_with(member_ids, amounts)
            given.remember_more(conn, store.id, address, more, until, now=now)


def section_at(conn: Connection, store: StoreRef, at: datetime) -> Bonuses:
    """What the program in force says of bonuses; the defaults where it says nothing."""
    revision = revision_at(conn, store.id, at)
    section = None if revision is None else revision.program.bonuses
    return section or DEFAULTS
