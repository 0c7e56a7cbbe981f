"""Members come, are recognized, and change state. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.members import consents, repository
from saleor_loyalty_app.members.email_keys import EmailKeys, bucket_of, normalize_email
from saleor_loyalty_app.members.errors import (
    MemberBlocked,
    MemberErased,
    MemberNotFound,
    WrongMemberState,
)
from saleor_loyalty_app.members.name_keys import name_keys
from saleor_loyalty_app.members.refs import Enrollment, MemberRef, Person


@dataclass(frozen=True, slots=True)
class Recognized:
    """The member of a person, and whether an address was proved to be theirs just now."""

    member: MemberRef
    #: A guest with the same address may be joined to the member.
    may_claim: bool = False
    #: The account was known, and not known to be confirmed until now.
    confirmed_now: bool = False


def member_for_user(
    conn: Connection,
    store_id: int,
    person: Person,
    enrollment: Enrollment,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Recognized:
    """The member of a Saleor user, made or brought up to date where needed.

    A confirmed address stays confirmed until `set_identity` says otherwise: orders show users as
    they were when the order was rendered.
    """
    member = repository.account_of_user(conn, store_id, person.user_id, lock=True)
    if member is None:
        return _new_member(conn, store_id, person, enrollment, keys, now)
    if member.merged_into is not None:
        return Recognized(_survivor_of(conn, member, person, keys, now))
    if member.state == "invited" and enrollment.automatic:
        member = _enroll(conn, member, enrollment, "automatic", now)
    if _is_outdated(member, person):
        return Recognized(member)
    address_is_new = normalize_email(person.email) != member.email
    proved = person.confirmed and (address_is_new or not member.confirmed)
    confirmed_now = False
    if member.state != "erased" and person.email and (address_is_new or proved):
        confirmed_now = proved and not member.confirmed
        set_identity(conn, member, person, keys=keys, now=now)
        member = _reread(conn, member)
    return Recognized(member, may_claim=proved, confirmed_now=confirmed_now)


def member_for_guest(
    conn: Connection,
    store_id: int,
    email: str,
    enrollment: Enrollment,
    *,
    keys: EmailKeys,
    now: datetime,
) -> MemberRef:
    """Who a guest's order belongs to: the member that owns the address, else a pre-member."""
    wanted = keys.every(store_id, email)
    known = behind_address(conn, store_id, wanted)
    if known is None:
        repository.lock_address(conn, keys.current(store_id, email))
        known = behind_address(conn, store_id, wanted)
    if known is not None:
        return known
    bucket = bucket_of(store_id, email)
    made = repository.insert_member(
        conn,
        _row(store_id, "guest", bucket, enrollment, now)
        | {"guest_key": keys.current(store_id, email)},
    )
    found = (
        repository.surviving_member(conn, store_id, made)
        if made is not None
        else repository.guest_by_keys(conn, store_id, wanted)
    )
    if found is None:
        raise MemberNotFound
    return found


def behind_address(conn: Connection, store_id: int, keys: Sequence[str]) -> MemberRef | None:
    """The member that owns an address, else its guest; no merge happens until the end.

    Args:
        keys: of the address (`EmailKeys.every`).
    """
    owner = repository.member_by_confirmed_email(conn, store_id, keys)
    return owner or repository.guest_by_keys(conn, store_id, keys)


def set_identity(
    conn: Connection, member: MemberRef, person: Person, *, keys: EmailKeys, now: datetime
) -> None:
    """Stores who a member is, as Saleor says it; what is known better already stays."""
    if _is_outdated(member, person):
        return
    email = normalize_email(person.email)
    if member.email and email != member.email and member.merged_into is None:
        _note_new_address(conn, member, now)
    values: dict[str, Any] = {
        "email": email,
        "email_key": keys.current(member.store_id, email),
        "confirmed": person.confirmed,
        "as_of": person.as_of,
        "updated_at": now,
    }
    if person.first_name or person.last_name:
        keyed = name_keys(person.first_name, person.last_name)
        values |= {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "name_key": keyed.name,
            "surname_key": keyed.surname,
        }
    if person.language:
        values["language"] = person.language
    repository.put_identity(conn, member.store_id, member.id, values)


def _is_outdated(member: MemberRef, person: Person) -> bool:
    """Whether Saleor wrote this before what is stored; undated, it cannot prove to be newer."""
    known = member.identity_as_of
    return known is not None and (person.as_of is None or person.as_of < known)


def _note_new_address(conn: Connection, member: MemberRef, now: datetime) -> None:
    """Spending rests, and the consent, which was given for the old address, ends with it."""
    repository.update_member(conn, member.store_id, member.id, email_changed_at=now)
    repository.remember_address(conn, member.store_id, member.id, member.email)
    consents.withdraw(
        conn,
        member.store_id,
        member.id,
        consents.Channel.email,
        source="address_changed",
        now=now,
    )


def enroll(
    conn: Connection,
    store_id: int,
    member_id: int,
    enrollment: Enrollment,
    *,
    source: str,
    now: datetime,
) -> MemberRef:
    """The member joins (or joins again) and agrees to the versions in force.

    `first_enrolled_at` never changes, so that what is paid once in a lifetime is not paid again.

    Raises:
        MemberBlocked: staff blocked the member.
        WrongMemberState: a guest without an account cannot join.
    """
    member = _locked(conn, store_id, member_id)
    if member.state == "blocked":
        raise MemberBlocked
    if member.is_guest:
        raise WrongMemberState(state=member.state)
    if member.state == "active":
        return member
    return _enroll(conn, member, enrollment, source, now)


def pause(conn: Connection, store_id: int, member_id: int, *, now: datetime) -> MemberRef:
    """The member earns nothing until they resume; points stay and expire as they would.

    Raises:
        WrongMemberState: the member is not active.
    """
    member = _locked(conn, store_id, member_id)
    if member.state == "paused":
        return member
    return _move(conn, member, ("active",), state="paused", paused_at=now)


def resume(conn: Connection, store_id: int, member_id: int) -> MemberRef:
    """Ends a pause.

    Raises:
        WrongMemberState: the member is not paused.
    """
    member = _locked(conn, store_id, member_id)
    if member.state == "active":
        return member
    return _move(conn, member, ("paused",), state="active", paused_at=None)


def leave(conn: Connection, store_id: int, member_id: int, *, now: datetime) -> MemberRef:
    """The member leaves the program; the books stay.

    Raises:
        WrongMemberState: the member is a guest.
    """
    member = _locked(conn, store_id, member_id)
    if member.state == "left":
        return member
    allowed = ("active", "paused", "invited", "blocked")
    return _move(conn, member, allowed, state="left", left_at=now)


def block(
    conn: Connection,
    store_id: int,
    member_id: int,
    *,
    spending: bool | None = None,
    earning: bool | None = None,
    codes: bool | None = None,
) -> MemberRef:
    """Blocks or frees spending, earning and codes separately; None leaves one as it is."""
    member = _locked(conn, store_id, member_id)
    wanted = {"spending_blocked": spending, "earning_blocked": earning, "codes_blocked": codes}
    changes = {name: value for name, value in wanted.items() if value is not None}
    if changes:
        repository.update_member(conn, store_id, member.id, **changes)
    return _reread(conn, member)


def _survivor_of(
    conn: Connection, account: MemberRef, person: Person, keys: EmailKeys, now: datetime
) -> MemberRef:
    """Whom an account was merged into; its own address is kept, as orders may name it."""
    survivor = repository.surviving_member(conn, account.store_id, account.id)
    if survivor is None:
        raise MemberNotFound
    address_is_new = bool(person.email) and normalize_email(person.email) != account.email
    if survivor.state != "erased" and (address_is_new or person.confirmed > account.confirmed):
        set_identity(conn, account, person, keys=keys, now=now)
    return survivor


def _new_member(
    conn: Connection,
    store_id: int,
    person: Person,
    enrollment: Enrollment,
    keys: EmailKeys,
    now: datetime,
) -> Recognized:
    state = "active" if enrollment.automatic else "invited"
    bucket = bucket_of(store_id, person.email or person.user_id)
    row = _row(store_id, state, bucket, enrollment, now) | {"user_id": person.user_id}
    if enrollment.automatic:
        row |= {"enrolled_at": now, "first_enrolled_at": now}
    made = repository.insert_member(conn, row)
    member = repository.member_by_user(conn, store_id, person.user_id, lock=True)
    if member is None:
        raise MemberNotFound
    if made is None:
        return Recognized(member)
    if person.email:
        set_identity(conn, member, person, keys=keys, now=now)
    if enrollment.automatic:
        _record_versions(conn, member, enrollment, "automatic", now)
    return Recognized(_reread(conn, member), may_claim=person.confirmed and bool(person.email))


def _row(
    store_id: int, state: str, bucket: int, enrollment: Enrollment, now: datetime
) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "user_id": None,
        "guest_key": None,
        "state": state,
        "spending_blocked": False,
        "earning_blocked": False,
        "codes_blocked": False,
        "bucket": bucket,
        "hold_out": enrollment.holds_out(bucket),
        "enrolled_at": None,
        "first_enrolled_at": None,
        "created_at": now,
    }


def _enroll(
    conn: Connection, member: MemberRef, enrollment: Enrollment, source: str, now: datetime
) -> MemberRef:
    first = member.first_enrolled_at is None
    changes: dict[str, Any] = {
        "state": "active",
        "enrolled_at": now,
        "paused_at": None,
        "left_at": None,
    }
    if first:
        changes |= {"first_enrolled_at": now, "hold_out": enrollment.holds_out(member.bucket)}
    repository.update_member(conn, member.store_id, member.id, **changes)
    _record_versions(conn, member, enrollment, source, now)
    return _reread(conn, member)


def _record_versions(
    conn: Connection, member: MemberRef, enrollment: Enrollment, source: str, now: datetime
) -> None:
    versions = {"terms": enrollment.terms_version, "privacy": enrollment.privacy_version}
    repository.add_consent(conn, member.store_id, member.id, versions, source=source, at=now)


def _locked(conn: Connection, store_id: int, member_id: int) -> MemberRef:
    member = repository.surviving_member(conn, store_id, member_id)
    if member is None:
        raise MemberNotFound
    locked = repository.lock_members(conn, store_id, [member.id])[member.id]
    if locked.state == "erased":
        raise MemberErased
    return locked


def _move(
    conn: Connection, member: MemberRef, allowed: tuple[str, ...], **changes: Any
) -> MemberRef:
    if member.state not in allowed:
        raise WrongMemberState(state=member.state)
    repository.update_member(conn, member.store_id, member.id, **changes)
    return _reread(conn, member)


def _reread(conn: Connection, member: MemberRef) -> MemberRef:
    found = repository.member_by_id(conn, member.store_id, member.id)
    if found is None:
        raise MemberNotFound
    return found
