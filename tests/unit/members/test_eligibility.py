"""Who earns, told by what was so when the order was paid."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.refs import MemberRef

PAID = datetime(2026, 11, 20, 10, tzinfo=UTC)
BEFORE, AFTER = PAID - timedelta(hours=1), PAID + timedelta(hours=1)
MEMBER = MemberRef(
    id=1,
    store_id=1,
    user_id="U1",
    guest_key=None,
    state="active",
    spending_blocked=False,
    earning_blocked=False,
    codes_blocked=False,
    bucket=1,
    hold_out=False,
    enrolled_at=BEFORE,
    first_enrolled_at=BEFORE,
    paused_at=None,
    left_at=None,
    merged_into=None,
    created_at=BEFORE,
)
GUEST = replace(MEMBER, user_id=None, state="guest", enrolled_at=None, first_enrolled_at=None)


def why(member: MemberRef, *, automatic: bool = True) -> str:
    return why_not_earning(member, automatic=automatic, at=PAID)


def test_active_members_earn() -> None:
    assert why(MEMBER) == ""
    assert why(MEMBER, automatic=False) == ""


def test_guests_earn_where_nobody_needs_to_join() -> None:
    assert why(GUEST) == ""
    assert why(GUEST, automatic=False) == "not_enrolled"


def test_who_is_taken_in_later_by_the_program_itself_earns_for_orders_before() -> None:
    late = replace(MEMBER, enrolled_at=AFTER, first_enrolled_at=AFTER)
    assert why(late) == ""
    assert why(late, automatic=False) == "not_enrolled"


def test_invited_members_have_not_joined() -> None:
    invited = replace(MEMBER, state="invited", enrolled_at=None, first_enrolled_at=None)
    assert why(invited, automatic=False) == "not_enrolled"


@pytest.mark.parametrize("automatic", [True, False])
def test_coming_back_earns_nothing_for_the_time_away(automatic: bool) -> None:
    back = replace(MEMBER, enrolled_at=AFTER)
    assert why(back, automatic=automatic) == "not_enrolled"
    assert why(replace(back, enrolled_at=PAID), automatic=automatic) == ""


@pytest.mark.parametrize(("state", "since"), [("paused", "paused_at"), ("left", "left_at")])
def test_pausing_and_leaving_count_from_their_time(state: str, since: str) -> None:
    def gone(moment: datetime) -> MemberRef:
        changed: dict[str, Any] = {"state": state, since: moment}
        return replace(MEMBER, **changed)

    assert why(gone(BEFORE)) == state
    assert why(gone(AFTER)) == ""


def test_blocked_held_out_and_erased_members_earn_nothing() -> None:
    assert why(replace(MEMBER, earning_blocked=True)) == "blocked"
    assert why(replace(MEMBER, state="blocked")) == "blocked"
    assert why(replace(MEMBER, spending_blocked=True, codes_blocked=True)) == ""
    assert why(replace(MEMBER, hold_out=True)) == "hold_out"
    assert why(replace(MEMBER, state="erased")) == "erased"
