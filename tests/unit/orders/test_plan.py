"""The award plan keeps what was decided, exactly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.orders.plan import (
    NOT_LIVE,
    Award,
    AwardPlan,
    PlannedLine,
    Terms,
    empty_plan,
)
from saleor_loyalty_app.orders.worth import Priced, Worth
from saleor_loyalty_app.programs.document import Settings

PAID = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
awards = st.builds(
    Award,
    rule_id=st.sampled_from(["base", "double-weekend"]),
    unit=st.sampled_from(["points", "status"]),
    part=st.sampled_from(["points", "referral"]),
    points=st.fractions(min_value=0, max_value=10**9),
    reason=st.just({"code": "points_per_money", "base": "1.50"}),
)
amounts = st.decimals(0, 10**9, places=3) | st.just(Decimal("33.333333333333"))
worths = st.builds(
    Worth,
    total=amounts,
    shipping=amounts,
    shipping_base=amounts,
    lines=st.lists(
        st.builds(
            Priced,
            id=st.text(min_size=1, max_size=9),
            quantity=st.integers(1, 99),
            gross=amounts,
            base=amounts,
        ),
        max_size=3,
    ).map(tuple),
)
plans = st.builds(
    AwardPlan,
    expires_from=st.just(PAID),
    terms=st.builds(Terms, available_days=st.integers(0, 365), notice_required=st.booleans()),
    lines=st.lists(
        st.builds(
            PlannedLine,
            id=st.text(min_size=1, max_size=9),
            quantity=st.integers(1, 99),
            awards=st.lists(awards, max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    order=st.lists(awards, max_size=2).map(tuple),
    misses=st.just((("bonus", {"code": "order_value_low"}),)),
    imported=st.booleans(),
    worth=st.none() | worths,
)


@given(plans)
def test_json_keeps_everything_to_the_last_fraction(plan: AwardPlan) -> None:
    assert AwardPlan.from_json(plan.to_json()) == plan


def test_a_plan_from_another_time_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        AwardPlan.from_json(empty_plan(NOT_LIVE, PAID).to_json() | {"version": 2})


def test_terms_are_those_of_the_program() -> None:
    settings = Settings.model_validate(
        {
            "availability": {"after": "payment", "days": 3},
            "expiry": {"months": None, "notice": "none"},
            "refund_policy": "unlimited",
        }
    )
    assert Terms.of(settings, "") == Terms("payment", 3, None, False, "unlimited")


def test_points_wait_for_what_the_terms_say() -> None:
    sent = PAID + timedelta(days=2)
    after_sending = Terms("fulfillment", 14)
    assert after_sending.available_from(PAID, None) is None
    assert after_sending.available_from(PAID, sent) == sent + timedelta(days=14)
    assert Terms("payment", 0).available_from(PAID, None) == PAID


def test_an_award_names_its_rule_and_then_its_multipliers() -> None:
    doubled = {"multipliers": [{"rule_id": "friday", "factor": "2"}, {"rule_id": "vip"}]}
    award = Award("base", "points", "points", Fraction(20), doubled)
    assert award.rule_ids == ("base", "friday", "vip")
    assert Award.from_json(award.to_json()).rule_ids == award.rule_ids
    assert Award("base", "points", "points", Fraction(10)).rule_ids == ("base",)


def test_scaling_touches_one_unit_only() -> None:
    plan = AwardPlan(
        expires_from=PAID,
        order=(
            Award("base", "points", "points", Fraction(10)),
            Award("base", "status", "points", Fraction(10)),
        ),
    )
    half = plan.scaled("points", Fraction(1, 2))
    assert (half.exact("points"), half.exact("status")) == (Fraction(5), Fraction(10))
    assert plan.only("status").exact("points") == 0
