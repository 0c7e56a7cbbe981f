"""A guest becomes a member: what they earned before goes to the account that proved the address."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.flows.give_bonus import give_registration_bonus, note_registration
from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.member_news import tell_of_membership
from saleor_loyalty_app.flows.stay_erased import marks_of, user_stays_erased
from saleor_loyalty_app.ledger import Cause
from saleor_loyalty_app.member_imports.carried import apply_waiting
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Enrollment, MemberRef, Person
from saleor_loyalty_app.members.service import enroll, member_for_user, set_identity
from saleor_loyalty_app.orders import repository as orders
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again


@dataclass(frozen=True, slots=True)
class Joined:
    """A member after an event about their account, and how many guests were joined to it."""

    member: MemberRef
    claimed: int = 0


def enrollment_of(settings: Settings) -> Enrollment:
    """How a program takes in members."""
    return Enrollment(
        automatic=settings.enrollment == "automatic",
        hold_out_percent=settings.hold_out_percent,
        terms_version=settings.terms_version,
        privacy_version=settings.privacy_version,
    )


def person_of(user: UserSnapshot) -> Person:
    """A user of an account event."""
    return Person(
        user.id,
        user.email,
        user.is_confirmed,
        user.first_name,
        user.last_name,
        user.language_code.replace("_", "-").lower(),
        user.updated_at,
    )


def customer_seen(
    conn: Connection, store: StoreRef, user: UserSnapshot, *, keys: EmailKeys, now: datetime
) -> Joined | None:
    """An account was created, changed or confirmed.

    Nothing happens for staff, for events in which Saleor left the user out, before a program is
    live, and for who was erased while their account stays. A confirmed address brings the guests
    with the same address in.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None or user.is_staff or not user.id:
        return None
    person = person_of(user)
    if user_stays_erased(conn, store, person, keys=keys, now=now):
        return None
    enrollment = enrollment_of(revision.program.settings)
    known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
    member = known.member
    if member.state == "erased":
        return Joined(member)
    if member.user_id != person.user_id:
        return Joined(member)
    set_identity(conn, member, person, keys=keys, now=now)
    claimed = claim_guests(conn, store, member, keys=keys, now=now)
    found = members.member_by_id(conn, store.id, member.id) or member
    tell_of_membership(conn, store, found, now=now)
    return Joined(found, claimed)


def take_in(
    conn: Connection,
    store: StoreRef,
    person: Person,
    *,
    keys: EmailKeys | None,
    now: datetime,
    welcome: bool = True,
) -> Joined | None:
    """A shopper becomes a member by the first thing they do, where the program takes everybody in.

    None where it does not, and of who was erased: they join if they want to. Who is a member stays
    as they are. An account that was confirmed before anything was known of it gets no registration
    bonus for that: it comes with its event, which may still be on its way.

    Args:
        keys: of addresses; needed by whoever may take somebody in.
        welcome: False = they come to leave at once, so nobody greets them.
    """
    if keys is None:
        raise ValueError("nobody comes in without the keys of addresses")
    revision = revision_at(conn, store.id, now)
    if revision is None or revision.program.settings.enrollment != "automatic":
        return None
    members.lock_user(conn, store.id, person.user_id)
    if user_stays_erased(conn, store, person, keys=keys, now=now):
        return None
    enrollment = enrollment_of(revision.program.settings)
    known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
    member = known.member
    if member.state == "erased":
        return Joined(member)
    note_registration(conn, store, known, now=now)
    claimed = claim_guests(conn, store, member, keys=keys, now=now) if known.may_claim else 0
    look_again(conn, store.id, (member.id,))
    if welcome:
        tell_of_membership(conn, store, member, now=now)
    return Joined(member, claimed)


def join_program(
    conn: Connection,
    store: StoreRef,
    person: Person,
    *,
    source: str,
    keys: EmailKeys,
    now: datetime,
) -> Joined | None:
    """A shopper joins, or joins again; none where no program is live.

    Where one has to join, a confirmed account gets its registration bonus for that; where everybody
    is taken in it comes with the confirmation alone, whichever way they come in.

    Raises:
        MemberBlocked: staff blocked the member.
        MemberErased: the member's data was erased.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return None
    enrollment = enrollment_of(revision.program.settings)
    known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
    note_registration(conn, store, known, now=now)
    claimed = claim_guests(conn, store, known.member, keys=keys, now=now) if known.may_claim else 0
    member = enroll(conn, store.id, known.member.id, enrollment, source=source, now=now)
    given.forget(conn, store.id, marks_of(store, person, keys), [given.ERASED])
    look_again(conn, store.id, (member.id,))
    tell_of_membership(conn, store, member, now=now)
    joins = not enrollment.automatic and member.first_enrolled_at == now
    if member.confirmed and joins:
        give_registration_bonus(conn, store, member.id, keys=keys, now=now)
    return Joined(member, claimed)


def claim_guests(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    keys: EmailKeys,
    now: datetime,
    silent: bool = False,
    also: Collection[int] = (),
) -> int:
    """Joins the guests with the member's address to the member, who must have confirmed it.

    Lots go over with their dates, holds and debt too; blocks stay in force. Gives the number of
    guests joined: none most of the time, more than one only after a secret was changed.

    Args:
        silent: nothing but history is new of them: nobody is told of a tier, nor given its points.
        also: members whose accounts the caller wants next, which are locked with theirs, in one
            order.
    """
    known = members.member_by_id(conn, store.id, member.id)
    if known is None or not known.confirmed or not known.email:
        return 0
    members.lock_address(conn, keys.current(store.id, known.email))
    guests = members.guests_by_keys(conn, store.id, keys.every(store.id, known.email))
    for guest in guests:
        orders.hand_over(conn, store.id, giver=guest, taker=known.id)
    locked = members.lock_members(conn, store.id, [*guests, known.id]) if guests else {}
    if len(guests) > 1 or (guests and also):
        lock_members(conn, store, {*locked, *also})
    return sum(_merge(conn, store, locked, guest, known.id, now, silent=silent) for guest in guests)


def _merge(
    conn: Connection,
    store: StoreRef,
    locked: Mapping[int, MemberRef],
    guest_id: int,
    member_id: int,
    now: datetime,
    *,
    silent: bool,
) -> int:
    guest, member = locked.get(guest_id), members.member_by_id(conn, store.id, member_id)
    if guest is None or member is None or not guest.is_guest or guest.merged_into is not None:
        return 0
    ledger.merge_accounts(
        conn,
        store.id,
        guest_id,
        member_id,
        cause=Cause(
            source=f"member:{guest_id}",
            part="points",
            actor="app",
            reason={"code": "merged"},
        ),
        key=f"merge:{guest_id}:{member_id}",
        now=now,
    )
    members.update_member(conn, store.id, guest_id, merged_into=member_id, guest_key=None)
    look_again(conn, store.id, (member_id,), silent=silent)
    apply_waiting(conn, store.id, guest_id, member_id, now=now)
    members.update_member(
        conn,
        store.id,
        member_id,
        spending_blocked=member.spending_blocked or guest.spending_blocked,
        earning_blocked=member.earning_blocked or guest.earning_blocked,
        codes_blocked=member.codes_blocked or guest.codes_blocked,
    )
    return 1
