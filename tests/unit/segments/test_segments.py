"""Segments: what a rule holds for, what is wrong with one, what it says, and the recipes."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.early_access import (
    Notice,
    Shopper,
    entitlement_words,
    gates_of,
    judge,
)
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.segment_match import (
    Facts,
    Measure,
    Ranking,
    fifth_of,
    holds,
    needs_of,
    numbers_of,
)
from saleor_loyalty_app.programs.segments import Segment, digest_of
from saleor_loyalty_app.programs.segments_words import segment_sentence
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from tests.program_samples import line_of, order_of
from tests.unit.programs.test_recipes import BASE, FOLDER, README

TODAY = date(2026, 11, 22)
YEAR = Measure("spend", 365, "USD")
_BLOCK = re.compile(r"^```yaml(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def facts_of(**values: Any) -> Facts:
    return Facts(TODAY, values.pop("joined_on", TODAY - timedelta(days=40)), **values)


def rule_of(**rule: Any) -> Any:
    return Segment.model_validate({"id": "one", "rule": rule}).rule


SPEND = {"type": "spend", "currency": "USD", "days": 365}
FIFTHS = {"monetary:365:USD": (10_000, 20_000, 30_000, 40_000)}


@pytest.mark.parametrize(
    ("rule", "facts", "held"),
    [
        (SPEND | {"min": "50"}, facts_of(sums={YEAR: 50_000}), True),
        (SPEND | {"min": "50"}, facts_of(sums={YEAR: 49_999}), False),
        (SPEND | {"max": "50"}, facts_of(), True),
        (SPEND | {"min": "1"}, facts_of(sums={Measure("spend", 365, "TRY"): 10**9}), False),
        (SPEND | {"min": "1"}, facts_of(sums={Measure("spend", 30, "USD"): 10**9}), False),
        ({"type": "orders", "min": 2, "max": 3}, facts_of(sums={Measure("orders"): 3}), True),
        ({"type": "orders", "min": 2, "max": 3}, facts_of(sums={Measure("orders"): 4}), False),
        ({"type": "recency", "min": 0}, facts_of(), False),
        ({"type": "recency", "max": 0}, facts_of(last_order_days=0), True),
        ({"type": "language", "codes": ["pt"]}, facts_of(language="PT_BR"), True),
        ({"type": "language", "codes": ["pt-BR"]}, facts_of(language="pt"), False),
        ({"type": "country", "codes": ["TR"]}, facts_of(country="TR"), True),
        ({"type": "country", "codes": ["TR"]}, facts_of(), False),
        ({"type": "tier", "tiers": ["gold"]}, facts_of(tier="gold"), True),
        ({"type": "consent", "channel": "sms"}, facts_of(consents=frozenset({"email"})), False),
        ({"type": "consent", "channel": "sms", "value": False}, facts_of(), True),
        ({"type": "joined", "end": "2026-10-13"}, facts_of(), True),
        ({"type": "joined", "start": "2026-10-14"}, facts_of(), False),
        ({"type": "member_since", "min": 40, "max": 40}, facts_of(), True),
    ],
)
def test_a_condition_holds_its_line_against_the_member_s_number(
    rule: dict[str, Any], facts: Facts, held: bool
) -> None:
    assert holds(rule_of(**rule), facts) is held
    turned = {"type": "not", "of": rule}
    assert holds(rule_of(**turned), facts) is not held
    assert holds(rule_of(type="all", of=[rule, turned]), facts) is False
    assert holds(rule_of(type="any", of=[rule, turned]), facts) is True
    [told] = numbers_of(rule_of(**rule), facts)
    assert (told["type"], told["holds"]) == (rule["type"], held)


@pytest.mark.parametrize(
    ("milli", "fifth"), [(0, 0), (1, 1), (10_000, 1), (10_001, 2), (40_000, 4), (40_001, 5)]
)
def test_fifths_end_where_their_last_buyer_is_and_begin_with_the_first_purchase(
    milli: int, fifth: int
) -> None:
    rule = rule_of(type="rfm", score="monetary", currency="USD", min=1)
    facts = facts_of(sums={YEAR: milli}, fifths=FIFTHS)
    [told] = numbers_of(rule, facts)
    assert (told["number"], told["holds"]) == (fifth, fifth > 0)
    assert numbers_of(rule, facts_of(sums={YEAR: milli}))[0]["number"] == 0, "nothing counted yet"


def test_equal_buyers_share_the_lowest_fifth_and_the_latest_is_the_best() -> None:
    assert [fifth_of(one, (1, 1, 1, 2)) for one in (1, 2, 3)] == [1, 4, 5]
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    ends = {"recency:365:": tuple(moment + timedelta(days=day) for day in range(4))}
    rule = rule_of(type="rfm", score="recency", min=5)
    late = facts_of(
        last_order=moment + timedelta(days=9), sums={Measure("orders", 365): 1}, fifths=ends
    )
    assert holds(rule, late)


@pytest.mark.parametrize(
    ("spend", "part", "share"), [(0, 0, None), (1000, 0, 0), (3000, 2000, 66), (1000, 1000, 100)]
)
def test_a_share_is_in_whole_percent_and_nobody_s_who_spent_nothing(
    spend: int, part: int, share: int | None
) -> None:
    rule = rule_of(type="category_share", category="shoes", currency="USD", min=66)
    sums = {Measure("spend", 0, "USD"): spend, Measure("category", 0, "USD", "shoes"): part}
    [told] = numbers_of(rule, facts_of(sums=sums))
    assert (told["number"], told["holds"]) == (share, (share or 0) >= 66)


def test_only_what_rules_look_at_is_asked_for() -> None:
    needs = needs_of([rule_of(type="tier", tiers=["gold"])])
    assert (needs.measures, needs.rankings) == (frozenset(), frozenset())
    assert (needs.country, needs.consents, needs.last_order) == (False, False, False)
    needs = needs_of(
        [
            rule_of(type="rfm", score="recency", min=2),
            rule_of(type="country", codes=["TR"]),
            rule_of(type="consent", channel="email"),
        ]
    )
    assert needs.rankings == {Ranking("recency", 365)}
    assert needs.country
    assert needs.consents
    assert needs.last_order


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"type": "spend", "currency": "USD"}, "limit_missing"),
        ({"type": "spend", "currency": "USD", "min": "5", "max": "4"}, "limits_crossed"),
        ({"type": "spend", "currency": "USD", "min": 1.5}, "decimal_as_float"),
        ({"type": "rfm", "score": "monetary", "min": 2}, "segment_currency"),
        ({"type": "rfm", "score": "recency", "currency": "USD", "min": 2}, "segment_currency"),
        ({"type": "rfm", "score": "frequency", "min": 6}, "too_large"),
        ({"type": "category_share", "category": "a", "currency": "USD", "min": 101}, "too_large"),
        ({"type": "joined"}, "limit_missing"),
        ({"type": "all", "of": []}, "too_few"),
        ({"type": "weekday", "days": ["mon"]}, "unknown_type"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place_and_a_fix(rule: dict[str, Any], code: str) -> None:
    [problem] = document_problems({**BASE, "segments": [{"id": "one", "rule": rule}]})
    assert problem.code == code
    assert problem.path.startswith("segments[0].rule")
    for language in ("en", "tr"):
        assert "program_problem." not in problem.in_words(language)


def test_deep_rules_ids_twice_and_what_is_not_there_are_told() -> None:
    rule: dict[str, Any] = {"type": "orders", "min": 1}
    deep = rule
    for _ in range(7):
        deep = {"type": "not", "of": deep}
    codes = [
        one.code for one in document_problems({**BASE, "segments": [{"id": "deep", "rule": deep}]})
    ]
    assert codes == ["conditions_too_deep"]
    [twice] = document_problems({**BASE, "segments": [{"id": "a", "rule": rule}] * 2})
    assert twice.code == "segment_id_twice"
    program = read_program(
        {
            **BASE,
            "segments": [
                {
                    "id": "a",
                    "rule": {
                        "type": "all",
                        "of": [
                            {"type": "spend", "currency": "CHF", "min": "1.234"},
                            {"type": "tier", "tiers": ["gold"]},
                            {
                                "type": "category_share",
                                "category": "a",
                                "currency": "USD",
                                "min": 0,
                            },
                        ],
                    },
                }
            ],
            "earning": {
                "rules": [
                    {
                        "id": "r",
                        "when": {"type": "segment", "segments": ["b"]},
                        "then": {"type": "points_per_money"},
                    }
                ]
            },
        }
    )
    found = check_program(program, [], today=TODAY)
    assert {one.code for one in found} >= {
        "segment_currency_unknown",
        "segment_tier_unknown",
        "segment_share_any",
        "segment_unknown",
        "too_many_places",
        "segment_name_missing",
    }
    for one in found:
        for language in ("en", "tr"):
            assert "program_problem." not in one.in_words(language)


def test_a_document_without_segments_keeps_its_digest_and_the_digest_follows_the_rules() -> None:
    assert "segments" not in read_program({**BASE}).document
    program, _ = blocks("segment")
    renamed = tuple(one.model_copy(update={"names": {}}) for one in program.segments or ())
    assert digest_of(renamed, None) == digest_of(program.segments, None) != ""
    assert digest_of((program.segments or ())[:1], None) != digest_of(program.segments, None)
    assert digest_of(None, None) == ""


def blocks(name: str) -> tuple[Any, dict[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, body in _BLOCK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8")):
        found.setdefault(kind, []).append(parse_yaml(body))
    [recipe] = found.pop("")
    assert f"]({name}.md)" in README
    return read_program({**BASE, **recipe}), found


def test_the_recipe_of_a_segment_gives_what_it_says() -> None:
    program, found = blocks("segment")
    for member in found["member"]:
        milli = int(Decimal(member["spend"]["USD"]) * 1000)
        line = int(Decimal(member["fifth_from"]) * 1000)
        facts = facts_of(
            sums={Measure("orders", 365): member["orders"], YEAR: milli},
            last_order_days=member["last_order_days"],
            fifths={"monetary:365:USD": (1, 2, line - 1, 10**9)},
        )
        mine = frozenset(one.id for one in program.segments if holds(one.rule, facts))
        assert sorted(mine) == member["in"]
        order = order_of(line_of("100"), channel="default", subtotal=Decimal(100))
        decision = decide_order(program, order, "Europe/Istanbul", MemberFacts(segments=mine))
        assert decision.totals()["points", "points"] == member["earns"]


def test_the_recipe_of_early_access_lets_in_whom_it_says() -> None:
    program, found = blocks("early-access")
    [product] = found["product"]
    notice = Notice(product["loyalty_access"], product["loyalty_access_until"])
    for one in found["shopper"]:
        shopper = Shopper(
            not one.get("guest", False), one.get("tier", ""), frozenset(one.get("segments", ()))
        )
        verdict = judge(
            gates_of(notice, ()),
            shopper,
            program,
            now=datetime.fromisoformat(one["on"]),
            timezone="Europe/Istanbul",
        )
        assert verdict.entitled is one["entitled"]
        told = entitlement_words(
            verdict, program, "en", timezone="Europe/Istanbul", place="product"
        )
        assert told == one.get("because", told)


@pytest.mark.parametrize("name", ["segment", "early-access"])
def test_a_recipe_has_no_problem_of_its_own_and_survives_a_file(name: str) -> None:
    program, _ = blocks(name)
    found = check_program(program, [], today=TODAY)
    own = [one for one in found if one.path.startswith(("segments", "earning"))]
    of_others = {"segment_currency_unknown", "no_base_rule"}
    assert [one for one in own if one.code not in of_others] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Members for whom this holds: spent at least $50.00 in the last 365 days or ("),
        ("tr", "Şu koşula uyan üyeler: son 365 günde harcama en az $50,00 ya da ("),
    ],
)
def test_a_rule_reads_as_a_sentence_and_changes_are_told(language: str, said: str) -> None:
    inner = {
        "type": "all",
        "of": [
            {"type": "rfm", "score": "frequency", "min": 4},
            {"type": "joined", "start": "2026-01-01"},
        ],
    }
    rule = rule_of(type="any", of=[SPEND | {"min": "50"}, inner])
    told = segment_sentence(rule, language, {})
    assert told.startswith(said)
    assert "segment." not in told
    old, _ = blocks("segment")
    listed = [one.model_dump(mode="json") for one in old.segments]
    changed = {**listed[0], "rule": {"type": "orders", "min": 9}}
    new = read_program({**old.document, "segments": [changed, {**listed[1], "id": "new"}]})
    texts = {one.path: one.text for one in differences(old, new, language)}
    assert {"segments.loyal", "segments.asleep", "segments.new"} <= {*texts}
    assert all("change." not in text and "segment." not in text for text in texts.values())
