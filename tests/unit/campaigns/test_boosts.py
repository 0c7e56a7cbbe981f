"""Points times N: the multiplier that a campaign brings, within its budget and for its audience."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.boosts import Audience, Boost, added_by, factor_of
from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.member_facts import MemberFacts
from tests.program_samples import PURCHASES, line_of, order_of, program_of, rule_of

GIFT = rule_of({"type": "points_per_order", "points": 7}, "gift", scope="order")
ROOM = st.none() | st.integers(0, 300)
FACTORS = st.decimals("1.01", "5", places=2)


def boost_of(factor: str = "2", rule_id: str = "campaign:cp_1", **values: object) -> Boost:
    return Boost(rule_id=rule_id, factor=Decimal(factor), **values)  # type: ignore[arg-type]


def points_of(decision: Decision) -> int:
    return decision.totals().get(("points", "points"), 0)


def added(decision: Decision) -> dict[str, Fraction]:
    return added_by((award, Fraction(1)) for award in decision.awards())


def test_points_on_money_are_multiplied_and_fixed_ones_only_where_the_campaign_says_so() -> None:
    program, order = program_of(PURCHASES, GIFT), order_of(line_of("100"))

    assert points_of(decide_order(program, order, "UTC", boosts=[boost_of()])) == 207
    fixed = [boost_of(fixed_points=True)]
    assert points_of(decide_order(program, order, "UTC", boosts=fixed)) == 214


def test_a_budget_leaves_the_points_of_the_rules_alone_and_adds_what_is_left() -> None:
    decision = decide_order(
        program_of(), order_of(line_of("100")), "UTC", boosts=[boost_of("3", room=30)]
    )

    assert points_of(decision) == 130
    assert added(decision) == {"campaign:cp_1": 30}
    [award] = decision.awards()
    assert award.reason["multipliers"] == [
        {"rule_id": "campaign:cp_1", "factor": "3", "share": "3/20"}
    ]


@pytest.mark.parametrize(
    ("boost", "code"),
    [
        (boost_of(channels=frozenset({"channel-tr"})), "campaign_channel"),
        (boost_of(audience=Audience(tiers=frozenset({"gold"}))), "campaign_tier"),
        (boost_of(audience=Audience(languages=frozenset({"tr"}))), "campaign_language"),
        (boost_of(audience=Audience(segments=frozenset({"vip"}))), "campaign_segment"),
        (boost_of(room=0), "campaign_budget"),
    ],
)
def test_whoever_it_is_not_for_gets_the_points_of_the_rules_and_is_told_why(
    boost: Boost, code: str
) -> None:
    member = MemberFacts(tier="silver", language="EN_GB")
    program = program_of()
    decision = decide_order(program, order_of(line_of("100")), "UTC", member, [boost])

    assert points_of(decision) == 100
    [miss] = [miss for miss in decision.misses if miss.rule_id == boost.rule_id]
    assert miss.reason["code"] == code
    said = explain_miss(miss.rule_id, miss.reason, language="tr", program=program)
    assert "kampanya" in said


def test_a_region_of_a_language_belongs_to_it() -> None:
    boost = boost_of(audience=Audience(languages=frozenset({"pt"})))
    member = MemberFacts(language="PT_BR")
    decision = decide_order(program_of(), order_of(line_of("10")), "UTC", member, [boost])

    assert points_of(decision) == 20


@given(
    prices=st.lists(st.integers(1, 30_000), min_size=1, max_size=4),
    first=FACTORS,
    second=FACTORS,
    rooms=st.tuples(ROOM, ROOM),
)
def test_no_budget_is_exceeded_and_without_the_boosts_the_rules_remain(
    prices: list[int], first: Decimal, second: Decimal, rooms: tuple[int | None, int | None]
) -> None:
    lines = [
        line_of(str(Decimal(cents) / 100), f"line-{index}") for index, cents in enumerate(prices)
    ]
    program, order = program_of(PURCHASES, GIFT), order_of(*lines)
    boosts = [
        Boost("campaign:a", first, room=rooms[0]),
        Boost("campaign:b", second, room=rooms[1], fixed_points=True),
    ]
    decision = decide_order(program, order, "UTC", boosts=boosts)
    plain = decide_order(program, order, "UTC")

    extra = added(decision)
    for boost in boosts:
        if boost.room is not None:
            assert extra.get(boost.rule_id, Fraction(0)) <= boost.room
    bare = sum((award.points for award in plain.awards()), Fraction(0))
    assert sum((award.points for award in decision.awards()), Fraction(0)) == bare + sum(
        extra.values(), Fraction(0)
    )
    for award in decision.awards():
        assert all(factor_of(one) >= 1 for one in award.reason.get("multipliers", ()))
