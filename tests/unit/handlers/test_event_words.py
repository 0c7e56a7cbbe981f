"""What a system that reports events is told of members that it may not read."""

from typing import Any

import pytest

from saleor_loyalty_app.flows.event_words import code_of, why_words
from saleor_loyalty_app.programs import leaf_tests
from saleor_loyalty_app.programs.conditions import MemberOrders

FEW_ORDERS = leaf_tests.within(2, 5, None, "member_orders")


@pytest.mark.parametrize(
    "reason",
    [
        FEW_ORDERS,
        {"code": "member_since_unknown"},
        {"code": "tier", "wanted": ["gold"], "has": "silver"},
        {"code": "segment", "wanted": ["at-risk"]},
        {"code": "language", "wanted": ["tr"]},
        {"code": "excluded", "condition": MemberOrders(type="member_orders", max=1).type},
        {"code": "excluded", "condition": "all"},
    ],
)
def test_what_a_rule_asks_of_members_is_told_to_those_who_may_read_them(
    reason: dict[str, Any],
) -> None:
    why = {"rule": "visit", "reason": reason}
    assert code_of(why, about_members=True) == reason["code"]
    assert code_of(why, about_members=False) == "member_not_fit"
    for language, words in (("en", "does not fit"), ("tr", "uymuyor")):
        [told] = why_words([why], language, None, about_members=False)
        assert words in told
        assert not any(character.isdigit() for character in told)


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "event_property_below", "property": "words", "missing": 25, "min": 30},
        {"code": "excluded", "condition": "hour"},
        {"code": "hour", "start": 9, "end": 18},
    ],
)
def test_what_the_event_itself_lacks_is_told_to_all(reason: dict[str, Any]) -> None:
    assert code_of({"rule": "post", "reason": reason}, about_members=False) == reason["code"]
