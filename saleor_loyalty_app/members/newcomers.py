"""Signed-in shoppers who are not members yet and become members by themselves. Pure."""

from dataclasses import fields
from datetime import datetime

from saleor_loyalty_app.members.refs import NOBODY, Enrollment, MemberRef, Newcomer, SignedIn


def may_come_in(member: MemberRef | None, enrollment: Enrollment) -> bool:
    """Whether somebody becomes a member with the next thing they do.

    Args:
        member: None = the books do not know them.
    """
    return enrollment.automatic and (member is None or member.state == "invited")


def as_newcomer(
    store_id: int,
    member: MemberRef | None,
    enrollment: Enrollment,
    signed_in: SignedIn,
    *,
    now: datetime,
) -> Newcomer | None:
    """Somebody of whom `may_come_in` is true, as they will be; their hold-out included.

    None where that cannot be told: the books do not know them, and their address is not told.
    """
    if member is not None:
        known = {one.name: getattr(member, one.name) for one in fields(MemberRef)}
        first = member.first_enrolled_at
        came_in = {"state": "active", "enrolled_at": now, "first_enrolled_at": first or now}
        if first is None:
            came_in["hold_out"] = enrollment.holds_out(member.bucket)
        known |= came_in
        return Newcomer(**known, language=signed_in.language, addresses=signed_in.addresses)
    if signed_in.bucket is None:
        return None
    return Newcomer(
        id=NOBODY,
        store_id=store_id,
        user_id=signed_in.user_id,
        guest_key=None,
        state="active",
        spending_blocked=False,
        earning_blocked=False,
        codes_blocked=False,
        bucket=signed_in.bucket,
        hold_out=enrollment.holds_out(signed_in.bucket),
        enrolled_at=now,
        first_enrolled_at=now,
        paused_at=None,
        left_at=None,
        merged_into=None,
        created_at=now,
        language=signed_in.language,
        addresses=signed_in.addresses,
    )
