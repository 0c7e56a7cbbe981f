"""Shoppers who are not members yet, where the program takes everybody in by itself."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.join_member import enrollment_of
from saleor_loyalty_app.flows.stay_erased import stays_erased
from saleor_loyalty_app.members.newcomers import as_newcomer, may_come_in
from saleor_loyalty_app.members.refs import Enrollment, MemberRef, SignedIn
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef


def is_newcomer(
    conn: Connection, store: StoreRef, member: MemberRef | None, *, now: datetime
) -> bool:
    """Whether a shopper becomes a member with the next thing they do.

    Args:
        member: theirs; None = the books do not know them.
    """
    return _taking(conn, store, member, now) is not None


def as_they_come_in(
    conn: Connection,
    store: StoreRef,
    member: MemberRef | None,
    signed_in: SignedIn,
    *,
    now: datetime,
) -> MemberRef | None:
    """A shopper as pages show them: a newcomer as the member they become; nothing is written.

    None is who stays unknown: no program is live, it is joined by consent, they were erased, or
    their address, which tells that, is not known.

    Args:
        member: theirs; None = the books do not know them.
    """
    enrollment = _taking(conn, store, member, now)
    if enrollment is None or stays_erased(conn, store, member, signed_in.marks, now=now):
        return member
    return as_newcomer(store.id, member, enrollment, signed_in, now=now) or member


def _taking(
    conn: Connection, store: StoreRef, member: MemberRef | None, now: datetime
) -> Enrollment | None:
    """How the program takes a newcomer in; None = it does not, or they are none."""
    if member is not None and member.state != "invited":
        return None
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return None
    enrollment = enrollment_of(revision.program.settings)
    return enrollment if may_come_in(member, enrollment) else None
