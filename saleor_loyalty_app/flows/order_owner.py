"""Whose order it is, and what happens to its points when it goes to somebody else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.give_bonus import note_registration
from saleor_loyalty_app.flows.join_member import claim_guests, enrollment_of
from saleor_loyalty_app.flows.member_news import tell_of_membership
from saleor_loyalty_app.flows.stay_erased import guest_stays_erased, user_stays_erased
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.email_keys import EmailKeys, normalize_email
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.members.service import member_for_guest, member_for_user
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.orders.repository import OrderRow
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot, OrderUser
from saleor_loyalty_app.stores.refs import StoreRef

STAFF = "staff"
NO_CUSTOMER = "no_customer"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Ownership:
    """The owner of an order after a look.

    `books_of` is whose books this look posts to: the former owner's, where the order goes to
    somebody who earns nothing for it; none where nothing may be posted any more. `withheld` tells
    why the owner earns nothing, "" = earns.
    """

    member_id: int | None
    withheld: str
    books_of: int | None
    changes: int = 0


def first_owner(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    settings: Settings,
    *,
    at: datetime,
    keys: EmailKeys,
    now: datetime,
    silent: bool = False,
    also: Collection[int] = (),
) -> Ownership:
    """The owner of an order that is paid for the first time; `at` is when it was paid.

    Args:
        silent: nobody is told anything: the order is history.
        also: members whose accounts are wanted next, as of `claim_guests`.
    """
    member, why = _owner(conn, store, snapshot, settings, keys, now, silent=silent, also=also)
    if member is None:
        return Ownership(None, why, None)
    if not silent:
        tell_of_membership(conn, store, member, now=now)
    withheld = _withheld(member, settings, at)
    return Ownership(member.id, withheld, member.id)


def later_owner(
    conn: Connection,
    store: StoreRef,
    row: OrderRow,
    snapshot: OrderSnapshot,
    plan: AwardPlan,
    units: Iterable[str],
    *,
    keys: EmailKeys,
    now: datetime,
) -> Ownership:
    """The owner of an order that has its plan; its lots go with it to another owner.

    An order that loses its user but keeps the address (the account was deleted) stays with the
    member, and so does one whose member was erased. What the former owner spent of the order's
    points stays spent. What somebody bought while they were erased is nobody's, also once they
    joined again.
    """
    current = _survivor(conn, store.id, row.member_id)
    if current is not None and current.state == "erased":
        return Ownership(current.id, row.withheld, None, row.owner_changes)
    if row.withheld == ERASED:
        return _unchanged(row, current)
    if current is not None and not _may_go_on(row, current, snapshot, keys):
        return Ownership(current.id, row.withheld, current.id, row.owner_changes)
    settings = _settings(conn, store.id, row.revision_id)
    also = () if current is None else (current.id,)
    wanted, why = _owner(conn, store, snapshot, settings, keys, now, also=also)
    current = _survivor(conn, store.id, row.member_id)
    if wanted is None:
        if current is None or why == NO_CUSTOMER:
            return _unchanged(row, current)
        return Ownership(current.id, why, current.id, row.owner_changes)
    if current is not None and current.id == wanted.id:
        withheld = row.withheld
        if withheld == STAFF:
            withheld = _withheld(wanted, settings, plan.expires_from)
        return Ownership(wanted.id, withheld, wanted.id, row.owner_changes)
    withheld = _withheld(wanted, settings, plan.expires_from)
    if current is None:
        return Ownership(wanted.id, withheld, wanted.id, row.owner_changes)
    changes = row.owner_changes + 1
    if withheld:
        return Ownership(wanted.id, withheld, current.id, changes)
    _hand_over(conn, store, snapshot, current, wanted, units, changes=changes, now=now)
    return Ownership(wanted.id, "", wanted.id, changes)


def make_later_owner(
    conn: Connection,
    store: StoreRef,
    row: OrderRow,
    snapshot: OrderSnapshot,
    *,
    keys: EmailKeys,
    now: datetime,
    also: Collection[int] = (),
) -> int | None:
    """Whom `later_owner` would hand an order over to, who is a member then; None = it stays.

    Args:
        also: members whose accounts are wanted next, as of `claim_guests`.
    """
    if not may_change_owner(conn, store, row, snapshot, keys=keys):
        return None
    settings = _settings(conn, store.id, row.revision_id)
    wanted, _ = _owner(conn, store, snapshot, settings, keys, now, also=also)
    return None if wanted is None else wanted.id


def may_change_owner(
    conn: Connection, store: StoreRef, row: OrderRow, snapshot: OrderSnapshot, *, keys: EmailKeys
) -> bool:
    """Whether it takes more than a glance to tell whose an order is that has its plan."""
    if row.withheld == ERASED:
        return False
    current = _survivor(conn, store.id, row.member_id)
    return current is None or _may_go_on(row, current, snapshot, keys)


def _may_go_on(row: OrderRow, current: MemberRef, snapshot: OrderSnapshot, keys: EmailKeys) -> bool:
    if current.state == "erased":
        return False
    return row.withheld == STAFF or not _stays(current, snapshot, current.store_id, keys)


def _owner(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    settings: Settings,
    keys: EmailKeys,
    now: datetime,
    *,
    silent: bool = False,
    also: Collection[int] = (),
) -> tuple[MemberRef | None, str]:
    enrollment = enrollment_of(settings)
    user = snapshot.user
    if user is None:
        if not snapshot.user_email:
            return None, NO_CUSTOMER
        email = snapshot.user_email
        if guest_stays_erased(conn, store, email, keys=keys, now=now):
            return None, ERASED
        return member_for_guest(conn, store.id, email, enrollment, keys=keys, now=now), ""
    if user.is_staff:
        return None, STAFF
    person = _person(user, snapshot)
    if user_stays_erased(conn, store, person, keys=keys, now=now):
        return None, ERASED
    known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
    note_registration(conn, store, known, now=now)
    if known.may_claim:
        claim_guests(conn, store, known.member, keys=keys, now=now, silent=silent, also=also)
    return known.member, ""


def _person(user: OrderUser, snapshot: OrderSnapshot) -> Person:
    language = snapshot.language_code_enum.replace("_", "-").lower()
    return Person(user.id, user.email, user.is_confirmed, language=language, as_of=user.updated_at)


def _stays(current: MemberRef, snapshot: OrderSnapshot, store_id: int, keys: EmailKeys) -> bool:
    """Whether a glance tells that the order is still the member's."""
    user = snapshot.user
    if user is not None:
        newly_confirmed = user.is_confirmed and not current.confirmed
        return current.user_id == user.id and not user.is_staff and not newly_confirmed
    if not snapshot.user_email:
        return True
    if current.user_id is not None:
        return normalize_email(snapshot.user_email) == current.email
    return current.guest_key in keys.every(store_id, snapshot.user_email)


def _unchanged(row: OrderRow, current: MemberRef | None) -> Ownership:
    member_id = current.id if current is not None else None
    return Ownership(member_id, row.withheld, member_id, row.owner_changes)


def _settings(conn: Connection, store_id: int, revision_id: int | None) -> Settings:
    if revision_id is None:
        return Settings()
    return programs_by_id(conn, store_id, [revision_id])[revision_id].settings


def _survivor(conn: Connection, store_id: int, member_id: int | None) -> MemberRef | None:
    return None if member_id is None else surviving_member(conn, store_id, member_id)


def _withheld(member: MemberRef, settings: Settings, at: datetime) -> str:
    automatic = settings.enrollment == "automatic"
    return why_not_earning(member, automatic=automatic, at=at)


def _hand_over(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    giver: MemberRef,
    taker: MemberRef,
    units: Iterable[str],
    *,
    changes: int,
    now: datetime,
) -> None:
    accounts = [
        (Account(store.id, giver.id, unit), Account(store.id, taker.id, unit))
        for unit in sorted(set(units))
    ]
    ledger.lock_accounts(conn, [account for pair in accounts for account in pair])
    for given, taken in accounts:
        ledger.transfer(
            conn,
            f"order:{snapshot.id}",
            given,
            taken,
            cause=Cause(
                source=f"order:{snapshot.id}",
                part="points" if given.unit == "points" else "tiers",
                actor="app",
                channel=snapshot.channel.slug,
                currency=snapshot.channel.currency_code,
                reason={"code": "transferred", "order": snapshot.number},
            ),
            key=f"order:{snapshot.id}:owner:{changes}:{given.unit}",
            now=now,
        )
