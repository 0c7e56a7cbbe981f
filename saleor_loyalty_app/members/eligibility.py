"""Whether a member earned at some instant, and may spend now. Pure."""

from datetime import datetime, timedelta

from saleor_loyalty_app.members.refs import MemberRef

#: Whoever takes over an account changes its address first: spending rests meanwhile.
REST_AFTER_NEW_ADDRESS = timedelta(hours=48)
#: Why they may not spend meanwhile.
RESTS = "email_changed"
#: All that a member can be.
STATES = ("guest", "invited", "active", "paused", "blocked", "left", "erased")
#: States in which a tier stays, though it gives nothing now.
RESTING = ("paused", "blocked")


def why_not_earning(member: MemberRef, *, automatic: bool, at: datetime) -> str:
    """Why the member earns nothing for what happened at `at`, as a stable word; "" = earns.

    The answer looks at the times of joining, pausing and leaving and not at today's state alone, so
    that an order that is seen late earns what it would have earned at once.

    Args:
        automatic: whether the program takes members in by itself.
        at: when the order was paid in full.
    """
    if member.state == "erased":
        return "erased"
    if member.hold_out:
        return "hold_out"
    if member.earning_blocked or member.state == "blocked":
        return "blocked"
    if member.state == "left" and (member.left_at is None or member.left_at <= at):
        return "left"
    if member.state == "paused" and (member.paused_at is None or member.paused_at <= at):
        return "paused"
    return "" if _was_in(member, automatic, at) else "not_enrolled"


def _was_in(member: MemberRef, automatic: bool, at: datetime) -> bool:
    if member.state in ("guest", "invited"):
        return automatic
    if member.enrolled_at is None:
        return False
    came_back = member.enrolled_at != member.first_enrolled_at
    if automatic and not came_back:
        return True
    return member.enrolled_at <= at


def takes_part(state: str, *, hold_out: bool, automatic: bool) -> bool:
    """Whether what the program gives to members is for somebody now.

    Args:
        state: of the member; "" = signed in, and not known to the program so far.
        automatic: whether the program takes members in by itself.
    """
    if hold_out:
        return False
    return state == "active" or (automatic and state in ("", "guest", "invited"))


def may_hold_tier(state: str, *, hold_out: bool, automatic: bool) -> bool:
    """Whether somebody can have a tier at all: who takes part, and who rests.

    Args:
        state, automatic: as of `takes_part`.
    """
    rests = state in RESTING and not hold_out
    return rests or takes_part(state, hold_out=hold_out, automatic=automatic)


def why_not_spending(member: MemberRef, *, now: datetime) -> str:
    """Why the member may not spend points now, as a stable word; "" = may.

    A pause stops earning only: what was earned before may be spent.
    """
    if member.spending_blocked or member.state == "blocked":
        return "blocked"
    changed = member.email_changed_at
    if member.state in ("active", "paused"):
        rests = changed is not None and now < changed + REST_AFTER_NEW_ADDRESS
        return RESTS if rests else ""
    return member.state if member.state in ("erased", "left") else "not_enrolled"
