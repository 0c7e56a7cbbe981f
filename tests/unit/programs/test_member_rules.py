"""Rules that know the member, wait for deeds, give status points and have caps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.backtest import BackTest
from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.decide_deed import DeedDecision, decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import EntryFacts, explain, explain_miss
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.sampled import SampledOrder
from tests.program_samples import MOMENT, PURCHASES, line_of, order_of, program_of

ZONE = "Europe/Istanbul"
TIERS = {
    "enabled": True,
    "levels": [
        {
            "id": "silver",
            "names": {"en": "Silver", "tr": "Gümüş"},
            "requirements": {"orders": {"min": 2}},
            "multiplier": "1.5",
        },
        {
            "id": "gold",
            "names": {"en": "Gold", "tr": "Altın"},
            "requirements": {"orders": {"min": 9}},
            "multiplier": "2",
        },
    ],
}
BIRTHDAY: dict[str, Any] = {
    "id": "birthday",
    "trigger": "birthday",
    "then": {"type": "points", "points": 50},
}


def decide(program: Program, member: MemberFacts, *bases: str) -> Decision:
    lines = [line_of(base, f"line-{number}") for number, base in enumerate(bases or ("10",))]
    return decide_order(program, order_of(*lines), ZONE, member)


def deed(trigger: str = "birthday", on: str = "", number: int = 0) -> DeedFacts:
    return DeedFacts(trigger=trigger, on=on, at=MOMENT, key=f"{trigger}:{on}:1", number=number)


def happens(program: Program, one: DeedFacts, member: MemberFacts) -> DeedDecision:
    return decide_deed(program, one, member, ZONE)


def points(decision: Decision) -> int:
    return decision.totals().get(("points", "points"), 0)


def bonus(**values: Any) -> dict[str, Any]:
    return {
        "id": "bonus",
        "scope": "order",
        "then": {"type": "points_per_order", "points": 100},
    } | values


JOINED = MOMENT - timedelta(days=30)


@pytest.mark.parametrize(
    ("condition", "fitting", "other", "missing", "words"),
    [
        (
            {"type": "tier", "tiers": ["gold"]},
            MemberFacts(tier="gold"),
            MemberFacts(tier="silver"),
            {"code": "tier", "wanted": ["gold"], "has": "silver"},
            ("bonus: from Gold", "bonus: Altın seviyesinden itibaren"),
        ),
        (
            {"type": "tier", "tiers": ["silver"]},
            MemberFacts(tier="silver"),
            MemberFacts(tier="gold"),
            {"code": "tier", "wanted": ["silver"], "has": "gold"},
            ("bonus: it holds in tiers: Silver", "bonus: şu seviyelerde geçerli: Gümüş"),
        ),
        (
            {"type": "member_orders", "min": 3},
            MemberFacts(orders=3),
            MemberFacts(orders=2),
            {"code": "member_orders_below", "missing": 1, "min": 3},
            ("bonus: one more order", "bonus: bir sipariş daha"),
        ),
        (
            {"type": "member_since", "min": 30},
            MemberFacts(joined_at=JOINED),
            MemberFacts(joined_at=JOINED + timedelta(days=2)),
            {"code": "member_since_below", "missing": 2, "min": 30},
            ("bonus: 2 more days as a member", "bonus: 2 gün daha üyelik"),
        ),
        (
            {"type": "member_since", "max": 10},
            MemberFacts(joined_at=MOMENT),
            MemberFacts(),
            {"code": "member_since_unknown"},
            (
                "bonus: it is not known since when they are a member",
                "bonus: ne zamandan beri üye olduğu bilinmiyor",
            ),
        ),
        (
            {"type": "expression", "cel": "member.tier == 'gold' && member.orders > 1"},
            MemberFacts(tier="gold", orders=2),
            MemberFacts(tier="gold", orders=1),
            {"code": "expression"},
            ("bonus: its condition does not hold", "bonus: koşulu sağlanmıyor"),
        ),
    ],
)
def test_a_condition_on_the_member_holds_or_tells_the_nearest_missing_thing(
    condition: dict[str, Any],
    fitting: MemberFacts,
    other: MemberFacts,
    missing: dict[str, Any],
    words: tuple[str, str],
) -> None:
    program = program_of(bonus(when=condition), tiers=TIERS)

    assert points(decide(program, fitting)) == 100
    [miss] = decide(program, other).misses
    assert miss.reason == missing
    told = tuple(
        explain_miss(miss.rule_id, miss.reason, language=language, program=program)
        for language in ("en", "tr")
    )
    assert told == words


def test_days_of_membership_are_those_of_the_stores_calendar() -> None:
    """23:30 in Istanbul on the first day and 00:30 on the second are a day apart."""
    program = program_of(bonus(when={"type": "member_since", "min": 1}))
    evening = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)
    night = order_of(created_at=evening + timedelta(hours=1))
    member = MemberFacts(joined_at=evening)

    assert decide_order(program, night, ZONE, member).misses == ()
    assert decide_order(program, night, "UTC", member).misses != ()


def test_the_multiplier_of_a_tier_reaches_points_on_money_and_leaves_its_reason() -> None:
    program = program_of(PURCHASES, bonus(), tiers=TIERS)

    [award] = decide(program, MemberFacts(tier="gold"), "10").line_awards["line-0"]

    assert award.points == 20
    assert award.rule_ids == ("purchases", "tier:gold")
    assert award.reason["multipliers"] == [{"rule_id": "tier:gold", "factor": "2"}]
    assert points(decide(program, MemberFacts(tier="gold"), "10")) == 120
    assert points(decide(program, MemberFacts(), "10")) == 110
    assert program.rule_name("tier:gold", "tr") == "Altın"


def test_tiers_that_are_off_multiply_nothing() -> None:
    program = program_of(tiers=TIERS | {"enabled": False})

    assert points(decide(program, MemberFacts(tier="gold"), "10")) == 10


@pytest.mark.parametrize(
    ("then", "scope", "status"),
    [
        ({"type": "status_points", "factor": "2"}, "line", 40),
        ({"type": "status_points", "factor": "2"}, "order", 40),
        ({"type": "status_points", "points": 7}, "order", 7),
    ],
)
def test_status_points_stand_beside_points_and_do_not_mix(
    then: dict[str, Any], scope: str, status: int
) -> None:
    program = program_of(
        PURCHASES,
        {"id": "status", "then": then, "scope": scope},
        {"id": "twice", "scope": "order", "then": {"type": "multiplier", "factor": "2"}},
        tiers=TIERS,
        stacking="best",
    )

    totals = decide(program, MemberFacts(tier="gold"), "10", "10").totals()

    assert totals == {("points", "points"): 80, ("status", "tiers"): status}


def test_a_multiplier_of_status_points_leaves_points_alone() -> None:
    program = program_of(
        PURCHASES,
        {"id": "status", "then": {"type": "status_points", "factor": "1"}},
        {"id": "more", "then": {"type": "multiplier", "factor": "3", "unit": "status"}},
    )

    assert decide(program, MemberFacts(), "10").totals() == {
        ("points", "points"): 10,
        ("status", "tiers"): 30,
    }


MONTH = {"per_member": {"points": 30, "period": "month"}}


def test_a_deed_asks_the_rules_of_its_trigger_alone() -> None:
    program = program_of(PURCHASES, BIRTHDAY, tiers=TIERS)

    decision = happens(program, deed(), MemberFacts(tier="gold"))

    assert [(one.rule_id, one.unit, one.points) for one in decision.grants] == [
        ("birthday", "points", 50)
    ]
    assert decision.misses == ()
    assert happens(program, deed("account_confirmed"), MemberFacts()).grants == ()
    assert [award.rule_id for award in decide(program, MemberFacts()).awards()] == ["purchases"]


@pytest.mark.parametrize(
    ("trigger", "on", "happened", "gives"),
    [
        ("question_answered", ["size"], deed("question_answered", "size"), 1),
        ("question_answered", ["size"], deed("question_answered", "color"), 0),
        ("question_answered", None, deed("question_answered", "color"), 1),
        ("tier_reached", ["silver", "gold"], deed("tier_reached", "gold"), 1),
        ("anniversary", ["1", "5"], deed("anniversary", number=5), 1),
        ("anniversary", ["1", "5"], deed("anniversary", number=2), 0),
    ],
)
def test_a_trigger_is_narrowed_to_what_it_is_about(
    trigger: str, on: list[str] | None, happened: DeedFacts, gives: int
) -> None:
    rule = BIRTHDAY | {"trigger": trigger} | ({} if on is None else {"on": on})
    program = program_of(rule, tiers=TIERS)

    assert len(happens(program, happened, MemberFacts()).grants) == gives


def test_rules_on_a_deed_know_time_and_member_and_stop() -> None:
    when = {
        "type": "all",
        "of": [{"type": "weekday", "days": ["fri"]}, {"type": "member_orders", "min": 1}],
    }
    program = program_of(
        BIRTHDAY | {"id": "buyers", "when": when, "priority": 200, "stop": True},
        BIRTHDAY | {"then": {"type": "status_points", "points": 5}},
    )

    first = happens(program, deed(), MemberFacts(orders=1))
    second = happens(program, deed(), MemberFacts())

    assert [(one.rule_id, one.points) for one in first.grants] == [("buyers", 50)]
    assert [(miss.rule_id, miss.reason["code"]) for miss in first.misses] == [
        ("birthday", "stopped")
    ]
    assert [(one.rule_id, one.unit) for one in second.grants] == [("birthday", "status")]
    assert second.misses[0].reason == {"code": "member_orders_below", "missing": 1, "min": 1}


def test_with_best_a_deed_brings_the_largest_of_each_unit() -> None:
    program = program_of(
        BIRTHDAY,
        BIRTHDAY | {"id": "more", "then": {"type": "points", "points": 80}},
        BIRTHDAY | {"id": "status", "then": {"type": "status_points", "points": 5}},
        stacking="best",
    )

    decision = happens(program, deed(), MemberFacts())

    assert [one.rule_id for one in decision.grants] == ["more", "status"]
    assert [(miss.rule_id, miss.reason["code"]) for miss in decision.misses] == [
        ("birthday", "outdone")
    ]


@pytest.mark.parametrize(
    ("reason", "unit", "english", "turkish"),
    [
        (
            {"code": "deed", "deed": "anniversary", "number": 5},
            "points",
            "For 5 years of membership: 50 points.",
            "Üyeliğin 5. yılı için: 50 puan.",
        ),
        (
            {"code": "deed", "deed": "tier_reached"},
            "status",
            "A tier was reached: 50 status points.",
            "Bir seviyeye ulaşıldı: 50 statü puanı.",
        ),
    ],
)
def test_entries_of_deeds_are_explained(
    reason: dict[str, Any], unit: str, english: str, turkish: str
) -> None:
    entry = EntryFacts("earn", 50, unit, "points", reason)

    assert explain(entry, language="en") == (english,)
    assert explain(entry, language="tr") == (turkish,)


def test_facts_about_a_member_survive_storing() -> None:
    facts = MemberFacts("gold", JOINED, 3, "tr", "TR", frozenset({"lapsed"}), {"rule": Used(5, 1)})

    assert MemberFacts.from_json(facts.to_json()) == facts
    assert MemberFacts.from_json({}) == MemberFacts()


def test_a_back_test_counts_what_holds_for_everybody_and_names_the_rest() -> None:
    program = program_of(
        PURCHASES,
        bonus(when={"type": "tier", "tiers": ["gold"]}),
        bonus(id="status", then={"type": "status_points", "points": 9}),
        tiers=TIERS,
    )
    order = SampledOrder(Decimal(10), paid=True, shows_gross=True, gross=order_of())
    test = BackTest(program, ZONE)

    test.add([order, order])

    [found] = test.results()
    assert (found.points, found.unjudged) == (20, {"bonus"})
    assert found.points_by_rule == {"purchases": 20}
