"""Why somebody is in a segment: the rule taken apart says the same as the rule."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.segment_match import Facts, Measure, holds, numbers_of
from saleor_loyalty_app.programs.segment_reasons import (
    Group,
    Line,
    Reason,
    flat,
    flat_reasons,
    found_then,
    parts_told,
    reasons_of,
)
from saleor_loyalty_app.programs.segments import Segment
from saleor_loyalty_app.programs.segments_words import (
    came_in_words,
    found_words,
    number_words,
    part_words,
    whole_words,
)

TODAY = date(2026, 11, 22)
ORDERS = {"type": "orders", "min": 2}
TURKEY = {"type": "country", "codes": ["TR"]}
AGREED = {"type": "consent", "channel": "sms"}
OLD = {"type": "member_since", "min": 30}
GERMAN = Facts(
    TODAY,
    TODAY - timedelta(days=40),
    country="DE",
    sums={Measure("orders"): 3},
)


def rule_of(**rule: Any) -> Any:
    return Segment.model_validate({"id": "one", "rule": rule}).rule


def told(reasons: tuple[Reason, ...], language: str) -> list[tuple[str, str, bool]]:
    return [
        (
            number_words(one.part.leaf, one.number, language, {})
            if isinstance(one.part, Line)
            else "",
            part_words(one.part, language, {}),
            one.holds,
        )
        for one in flat_reasons(reasons)
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                ("3", "orders ever: at least 2", True),
                ("Germany", "the last order did not go to Türkiye", True),
            ],
        ),
        (
            "tr",
            [
                ("3", "bugüne kadar sipariş sayısı en az 2", True),
                ("Almanya", "son siparişin gittiği ülke Türkiye değil", True),
            ],
        ),
    ],
)
def test_what_a_rule_turns_around_is_told_as_what_it_asks_for(
    language: str, said: list[tuple[str, str, bool]]
) -> None:
    rule = rule_of(type="all", of=[ORDERS, {"type": "not", "of": TURKEY}])
    assert told(reasons_of(rule, GERMAN), language) == said


def test_groups_are_told_as_groups_and_their_marks_are_theirs() -> None:
    rule = rule_of(
        type="all",
        of=[
            OLD,
            {"type": "any", "of": [AGREED, TURKEY, {"type": "not", "of": ORDERS}]},
            {"type": "not", "of": {"type": "any", "of": [AGREED, TURKEY]}},
        ],
    )
    assert told(reasons_of(rule, GERMAN), "en") == [
        ("40 days", "days of membership: at least 30", True),
        ("", "At least one of these:", False),
        ("did not agree", "agreed to offers by text message", False),
        ("Germany", "the last order went to Türkiye", False),
        ("3", "orders ever: at most 1", False),
        ("did not agree", "did not agree to offers by text message", True),
        ("Germany", "the last order did not go to Türkiye", True),
    ]
    _, group, *_ = parts_told(rule)
    assert whole_words(group, "en", {}) == (
        "agreed to offers by text message or the last order went to Türkiye"
        " or orders ever: at most 1"
    )


@pytest.mark.parametrize(
    ("rule", "en", "tr"),
    [
        ({**ORDERS}, "orders ever: at most 1", "bugüne kadar sipariş sayısı en çok 1"),
        (
            {"type": "orders", "max": 2, "days": 30},
            "orders in the last 30 days: at least 3",
            "son 30 günde sipariş sayısı en az 3",
        ),
        (
            {"type": "member_since", "min": 10},
            "days of membership: at most 9",
            "üyelik günü en çok 9",
        ),
        (
            {"type": "orders", "min": 2, "max": 5},
            "not (orders ever: 2 to 5)",
            "(bugüne kadar sipariş sayısı 2 – 5) değil",
        ),
        (
            {"type": "recency", "min": 30},
            "not (days since the last order: at least 30)",
            "(son siparişten bu yana geçen gün en az 30) değil",
        ),
    ],
)
def test_the_other_side_of_a_limit_is_told_as_a_limit_where_everybody_has_a_number(
    rule: dict[str, Any], en: str, tr: str
) -> None:
    [part] = parts_told(rule_of(type="not", of=rule))
    assert (part_words(part, "en", {}), part_words(part, "tr", {})) == (en, tr)


_LEAVES = st.sampled_from([ORDERS, TURKEY, AGREED, OLD, {"type": "tier", "tiers": ["gold"]}])
_RULES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda kind, of: {"type": kind, "of": of},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda of: {"type": "not", "of": of}, inner),
    ),
    max_leaves=6,
)
_FACTS = st.builds(
    lambda days, orders, country, agreed, tier: Facts(
        TODAY,
        TODAY - timedelta(days=days),
        country=country,
        tier=tier,
        consents=frozenset({"sms"} if agreed else ()),
        sums={Measure("orders"): orders},
    ),
    st.sampled_from([0, 40]),
    st.sampled_from([0, 3]),
    st.sampled_from(["", "TR", "DE"]),
    st.booleans(),
    st.sampled_from(["", "gold"]),
)


@given(_RULES, _FACTS)
def test_a_rule_taken_apart_holds_when_the_rule_does(rule: dict[str, Any], facts: Facts) -> None:
    try:
        whole = rule_of(**rule)
    except ValueError:
        return  # Nested too deep.
    reasons = reasons_of(whole, facts)
    assert all(one.holds for one in reasons) is holds(whole, facts)
    assert [one.part for one in flat_reasons(reasons)] == list(flat(parts_told(whole)))
    for one in flat_reasons(reasons):
        if isinstance(one.part, Group):
            kinds = {part.joint for part in one.part.of if isinstance(part, Group)}
            assert len(one.part.of) > 1
            assert one.part.joint not in kinds


def test_what_was_noted_is_told_with_the_rule_it_was_noted_under_only() -> None:
    rule = rule_of(type="all", of=[ORDERS, {"type": "not", "of": TURKEY}, OLD, OLD])
    noted = numbers_of(rule, GERMAN)
    found = found_then(rule, noted)
    assert came_in_words(found, "en", {}) == (
        "Came in with: orders ever: 3; the last order went to Germany; days of membership: 40."
    )
    assert came_in_words(found, "tr", {}) == (
        "Girdiğinde: bugüne kadar sipariş sayısı 3; son siparişin gittiği ülke Almanya;"
        " üyelik günü 40."
    )
    assert found_then(rule_of(**TURKEY), noted) == []
    assert came_in_words([], "en", {}) == ""


@pytest.mark.parametrize(
    ("rule", "number", "english", "turkish"),
    [
        (AGREED, False, "did not agree to offers by text", "SMS ile tekliflere izin vermedi"),
        (TURKEY, "", "country of the last order not known", "son siparişin ülkesi bilinmiyor"),
        ({"type": "tier", "tiers": ["a"]}, "", "no tier", "seviyesi yok"),
        ({"type": "language", "codes": ["de"]}, "tr", "language is Turkish", "dili Türkçe"),
        ({"type": "language", "codes": ["de"]}, "", "language not known", "dili bilinmiyor"),
        ({"type": "tag", "tags": ["a", "b"]}, "", "tag is not a or b", "etiketi a ya da b değil"),
        ({"type": "tag", "tags": ["a", "b"]}, "b", "tag is b", "etiketi b"),
        (
            {"type": "joined", "start": "2026-01-01"},
            "2026-10-13",
            "joined on Oct 13, 2026",
            "13 Eki 2026 tarihinde katıldı",
        ),
        (
            {"type": "spend", "currency": "USD", "min": "5"},
            "12.5",
            "spent $12.50 ever",
            "bugüne kadar harcama $12,50",
        ),
        ({"type": "recency", "max": 9}, 3, "days since the last order: 3", "geçen gün 3"),
        ({"type": "recency", "max": 9}, None, "days since the last order: –", "geçen gün –"),
        (
            {"type": "category_share", "category": "shoes", "currency": "USD", "min": 5},
            66,
            "share of USD spend in “shoes” ever: 66%",
            "“shoes” payı %66",
        ),
        (
            {"type": "rfm", "score": "frequency", "min": 4},
            5,
            "fifth 5 of 5 (in the last 365 days)",
            "5 dilimden 5. (son 365 günde)",
        ),
    ],
)
def test_what_a_condition_found_is_a_clause_of_its_own(
    rule: dict[str, Any], number: Any, english: str, turkish: str
) -> None:
    leaf = rule_of(**rule)
    assert english in found_words(leaf, number, "en", {})
    assert turkish in found_words(leaf, number, "tr", {})
