"""Signed-in shoppers who are not members yet and become members by themselves. Pure."""

from dataclasses import fields
from datetime import datetime

from saleor_loyalty_app.members.email_keys import bucket_of, normalize_email
from saleor_loyalty_app.members.refs import NOBODY, Enrollment, MemberRef, Newcomer


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
    *,
    user_id: str,
    email: str,
    language: str,
    now: datetime,
) -> Newcomer:
    """Somebody of whom `may_come_in` is true, as they will be; their hold-out included.

    Args:
        email: of their account.
    """
    if member is not None:
        known = {one.name: getattr(member, one.name) for one in fields(MemberRef)}
        first = member.first_enrolled_at
        came_in = {"state": "active", "enrolled_at": now, "first_enrolled_at": first or now}
        if first is None:
            came_in["hold_out"] = enrollment.holds_out(member.bucket)
        return Newcomer(**known | came_in, language=language)
    bucket = bucket_of(store_id, email or user_id)
    return Newcomer(
        id=NOBODY,
        store_id=store_id,
        user_id=user_id,
        guest_key=None,
        state="active",
        spending_blocked=False,
        earning_blocked=False,
        codes_blocked=False,
        bucket=bucket,
        hold_out=enrollment.holds_out(bucket),
        enrolled_at=now,
        first_enrolled_at=now,
        paused_at=None,
        left_at=None,
        merged_into=None,
        created_at=now,
        email=normalize_email(email),
        language=language,
    )
