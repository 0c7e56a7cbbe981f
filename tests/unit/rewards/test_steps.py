"""What is done next, by state, ending and time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.rewards.models import LIVE_STATES, STATES
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.steps import Step, next_step

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLAIN = RedemptionRef(
    id=1, store_id=1, public_id="rd", member_id=1, user_id="U", instrument="voucher",
    unit="points", points=5, amount=Decimal(1), terms=None, channel="c",
    currency="USD", revision_id=None,
    checkout_id="C", order_id=None, request_key="k", request_hash="h", actor="a", state="held",
    ending="", reason=None, hold_id=1, redeem_entry_id=None, restored=0, restorings=0, code="X",
    voucher_id=None, before=None, deadline=NOW + timedelta(hours=1), due_at=NOW,
    leased_until=None, fence=1, attempts=0, created_at=NOW, issued_at=None, attached_at=None,
    consumed_at=None, ended_at=None, code_ended_at=None, voucher_deleted_at=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({"state": "held"}, Step.issue),
        ({"state": "issued"}, Step.attach),
        ({"state": "issued", "checkout_id": None, "order_id": "O"}, Step.attach),
        ({"state": "issued", "checkout_id": None}, Step.wait),
        ({"state": "attached"}, Step.look),
        ({"state": "consumed"}, Step.settle),
        ({"state": "restored"}, Step.settle),
        ({"state": "released"}, Step.rest),
        ({"state": "expired"}, Step.rest),
        ({"state": "failed"}, Step.rest),
    ],
)
def test_each_state_has_its_step(values: dict[str, Any], step: Step) -> None:
    assert next_step(replace(PLAIN, **values), NOW) is step


@pytest.mark.parametrize("state", LIVE_STATES)
def test_the_time_is_over_for_every_live_state(state: str) -> None:
    late = PLAIN.deadline
    assert next_step(replace(PLAIN, state=state), late) is Step.expire
    assert next_step(replace(PLAIN, state=state, checkout_id=None), late) is Step.expire


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("ending", ["released", "expired", "failed"])
def test_an_ending_goes_before_everything_while_it_is_live(state: str, ending: str) -> None:
    step = next_step(replace(PLAIN, state=state, ending=ending), PLAIN.deadline)
    assert (step is Step.end) == (state in LIVE_STATES)
