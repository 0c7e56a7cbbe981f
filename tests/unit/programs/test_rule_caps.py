"""Caps of rules: for an order, for a member in a period, and what a cut says of itself."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.caps import period_of
from saleor_loyalty_app.programs.explain import EntryFacts, explain
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from tests.program_samples import PURCHASES, program_of
from tests.unit.programs.test_member_rules import MONTH, TIERS, ZONE, bonus, decide, points


def test_a_cap_per_order_cuts_the_awards_of_its_rule_alike() -> None:
    program = program_of(PURCHASES | {"caps": {"per_order": 20}}, bonus())

    decision = decide(program, MemberFacts(), "10", "30")

    assert points(decision) == 120
    awards = [award for line in decision.line_awards.values() for award in line]
    assert [award.points for award in awards] == [5, 15]
    assert awards[0].reason["cap"] == {"max": 20, "period": "order", "share": "1/2"}


TWICE = {"per_member": {"times": 2, "period": "week"}}


@pytest.mark.parametrize(
    ("caps", "used", "expected", "miss"),
    [
        (MONTH, None, 30, None),
        (MONTH, Used(points=25, times=3), 5, None),
        (MONTH, Used(points=30, times=3), 0, {"code": "cap_points", "max": 30, "period": "month"}),
        (TWICE, Used(points=900, times=1), 40, None),
        (TWICE, Used(points=2, times=2), 0, {"code": "cap_times", "max": 2, "period": "week"}),
    ],
)
def test_a_cap_per_member_leaves_what_was_not_used(
    caps: dict[str, Any], used: Used | None, expected: int, miss: dict[str, Any] | None
) -> None:
    program = program_of(PURCHASES | {"caps": caps})
    member = MemberFacts(used={} if used is None else {"purchases": used})

    decision = decide(program, member, "40")

    assert points(decision) == expected
    assert [one.reason for one in decision.misses] == ([] if miss is None else [miss])


def test_a_multiplier_is_capped_by_times() -> None:
    program = program_of(
        PURCHASES,
        {"id": "double", "then": {"type": "multiplier", "factor": "2"}, "caps": TWICE},
    )

    assert points(decide(program, MemberFacts(used={"double": Used(times=1)}))) == 20
    assert points(decide(program, MemberFacts(used={"double": Used(times=2)}))) == 10


def test_periods_are_those_of_the_stores_calendar() -> None:
    sunday_night = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)  # Monday in Istanbul

    def days(period: Any) -> tuple[str, str]:
        found = period_of(sunday_night, period, ZONE)
        assert found is not None
        return found[0].date().isoformat(), found[1].date().isoformat()

    assert days("day") == ("2026-11-30", "2026-12-01")
    assert days("week") == ("2026-11-30", "2026-12-07")
    assert days("month") == ("2026-11-01", "2026-12-01")
    assert days("year") == ("2026-01-01", "2027-01-01")
    assert period_of(sunday_night, "ever", ZONE) is None


def test_a_cap_that_cut_an_award_is_told_in_its_explanation() -> None:
    program = program_of(PURCHASES | {"caps": {"per_order": 20}})
    [award] = decide(program, MemberFacts(), "30").line_awards["line-0"]
    planned = {
        "rule": award.rule_id,
        "unit": award.unit,
        "part": award.part,
        "points": str(award.points),
        "reason": award.reason,
    }
    plan = {"lines": [{"id": "line-0", "quantity": 1, "awards": [planned]}], "order": []}
    entry = EntryFacts("earn", 20, "points", "points", {"code": "order_earned", "order": "7"})

    _, english, *_ = explain(entry, language="en", program=program, plan=plan)
    _, turkish, *_ = explain(entry, language="tr", program=program, plan=plan)

    assert "30 points, of which a cap leaves 20 points" in english
    assert "30 puan; üst sınır bunun 20 puan kadarını bırakıyor" in turkish


CAPS = st.fixed_dictionaries(
    {},
    optional={
        "per_order": st.integers(1, 60),
        "per_member": st.one_of(
            st.builds(lambda most: {"points": most, "period": "month"}, st.integers(1, 80)),
            st.builds(lambda most: {"times": most, "period": "week"}, st.integers(1, 3)),
        ),
    },
).filter(bool)


@given(
    caps=CAPS,
    used=st.builds(Used, st.integers(0, 90), st.integers(0, 4)),
    bases=st.lists(st.decimals(0, 99, places=2).map(str), min_size=1, max_size=4),
    tier=st.sampled_from(["", "silver", "gold"]),
)
def test_no_rule_gives_more_than_its_caps_leave_and_its_reason_says_so(
    caps: dict[str, Any], used: Used, bases: list[str], tier: str
) -> None:
    program = program_of(PURCHASES | {"caps": caps}, tiers=TIERS)
    free = program_of(tiers=TIERS)
    member = MemberFacts(tier=tier, used={"purchases": used})

    capped, uncapped = decide(program, member, *bases), decide(free, member, *bases)
    given_points = sum((award.points for award in capped.awards()), Fraction(0))
    wanted = sum((award.points for award in uncapped.awards()), Fraction(0))

    left = [wanted]
    if "per_order" in caps:
        left.append(Fraction(caps["per_order"]))
    per_member = caps.get("per_member", {})
    if "points" in per_member:
        left.append(Fraction(max(0, per_member["points"] - used.points)))
    if used.times >= per_member.get("times", 99):
        left.append(Fraction(0))
    assert given_points == min(left)
    for award in capped.awards():
        full = Fraction(award.reason["base"])
        for multiplier in award.reason.get("multipliers", ()):
            full *= Fraction(multiplier["factor"])
        assert award.points == full * Fraction(award.reason.get("cap", {"share": 1})["share"])
