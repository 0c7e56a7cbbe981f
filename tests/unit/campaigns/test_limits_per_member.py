"""What one member gets of a campaign on points at most: decided, told, and checked when written."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.errors import CampaignInvalid
from saleor_loyalty_app.campaigns.terms import read_terms
from saleor_loyalty_app.programs.boosts import Boost, added_by
from saleor_loyalty_app.programs.caps import MemberCap, whole
from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from tests.program_samples import line_of, order_of, program_of

RULE = "campaign:cp_1"


def boost_of(factor: str = "2", room: int | None = None, **limit: int) -> Boost:
    cap = MemberCap.model_validate({**limit, "period": "ever"})
    return Boost(RULE, Decimal(factor), per_member=cap, room=room, names={"en": "Double"})


def decided(price: str, boost: Boost, points: int = 0, times: int = 0) -> Decision:
    member = MemberFacts(used={RULE: Used(points, times)})
    return decide_order(program_of(), order_of(line_of(price)), "UTC", member, [boost])


def points_of(decision: Decision) -> int:
    return decision.totals().get(("points", "points"), 0)


def added(decision: Decision) -> Fraction:
    awards = ((award, Fraction(1)) for award in decision.awards())
    return added_by(awards).get(RULE, Fraction(0))


@pytest.mark.parametrize(
    ("boost", "points", "times", "expected"),
    [
        (boost_of(points=150), 0, 0, 200),
        (boost_of(points=150), 100, 1, 150),
        (boost_of(points=150), 150, 2, 100),
        (boost_of(times=2), 100, 1, 200),
        (boost_of(times=2), 200, 2, 100),
        (boost_of(points=150, times=1), 10, 1, 100),
        (boost_of("3", points=150), 0, 0, 250),
    ],
)
def test_a_limit_takes_from_what_the_campaign_adds_and_never_from_the_rules(
    boost: Boost, points: int, times: int, expected: int
) -> None:
    assert points_of(decided("100", boost, points, times)) == expected


@pytest.mark.parametrize("whole_only", [False, True])
def test_the_budget_looks_at_what_the_limit_leaves(whole_only: bool) -> None:
    """An order that takes less than the budget has is no order for which it does not suffice."""
    boost = boost_of(points=30, room=30)
    stopping = Boost(RULE, boost.factor, per_member=boost.per_member, room=30, whole=whole_only)
    assert points_of(decided("100", stopping)) == 130
    short = Boost(RULE, boost.factor, per_member=boost.per_member, room=29, whole=whole_only)
    assert points_of(decided("100", short)) == (100 if whole_only else 129)


@pytest.mark.parametrize(
    ("limit", "code", "en", "tr"),
    [
        (
            {"points": 150},
            "campaign_cap_points",
            "Double: a member gets 150 points more by the campaign at most",
            "Double: kampanya üye başına en çok 150 ek puan verir",
        ),
        (
            {"times": 2},
            "campaign_cap_times",
            "Double: the campaign counts for 2 × per member at most",
            "Double: kampanya üye başına en çok 2 kez geçerlidir",
        ),
    ],
)
def test_who_had_all_of_it_is_told_so(limit: dict[str, int], code: str, en: str, tr: str) -> None:
    [miss] = decided("100", boost_of("2", **limit), 150, 2).misses
    assert miss.reason["code"] == code
    for language, text in (("en", en), ("tr", tr)):
        said = explain_miss(RULE, miss.reason, language=language, program=program_of())
        assert said == text


@given(
    prices=st.lists(st.integers(1, 30_000), min_size=1, max_size=6),
    factor=st.decimals("1.01", "5", places=2),
    most=st.integers(1, 300),
    room=st.none() | st.integers(0, 300),
)
def test_no_sum_of_orders_exceeds_the_limit(
    prices: list[int], factor: Decimal, most: int, room: int | None
) -> None:
    had, times = 0, 0
    for cents in prices:
        boost = Boost(RULE, factor, room=room, per_member=boost_of(points=most, times=4).per_member)
        more = added(decided(str(Decimal(cents) / 100), boost, had, times))
        had, times = had + whole(more), times + (more > 0)
    assert had <= most
    assert times <= 4


def terms_of(kind: str = "points", **values: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": "Double",
        "texts": {"en": {"title": "Double"}},
        "starts_at": "2027-03-01T00:00:00+03:00",
        "ends_at": "2027-03-08T00:00:00+03:00",
    } | values


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (terms_of(times="2", per_member={}), "cap_missing"),
        (
            terms_of(
                "percent",
                channels=[{"channel": "default-channel", "currency": "USD", "value": "10"}],
                codes={"sharing": "personal"},
                per_member={"times": 1},
            ),
            "campaign_limit_unfit",
        ),
    ],
)
def test_a_limit_that_says_nothing_or_fits_nothing_is_refused(
    terms: dict[str, Any], code: str
) -> None:
    with pytest.raises(CampaignInvalid) as refused:
        check.read(terms)
    problems = refused.value.detail["problems"]
    assert isinstance(problems, list)
    assert [(one["code"], one["path"]) for one in problems] == [(code, "per_member")]


def test_terms_of_before_read_and_are_written_as_they_were() -> None:
    old = check.read(terms_of(times="2"))
    assert "per_member" not in old.document
    limited = check.read(terms_of(times="2", per_member={"points": 500}))
    assert limited.document["per_member"] == {"points": 500}
    assert read_terms(limited.document) == limited
    assert check.fixed_changes(old, limited) == ["per_member"]
