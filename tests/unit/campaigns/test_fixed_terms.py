"""What of a campaign may change once it was promised."""

from typing import Any

import pytest

from saleor_loyalty_app.campaigns.check import fixed_changes
from saleor_loyalty_app.campaigns.terms import Terms

VALUE = {"channel": "default-channel", "currency": "USD", "value": "10", "reduced": "4"}
REDUCES = {"money": {"USD": "20"}, "when_reached": "reduce"}


def terms(**values: Any) -> Terms:
    said: dict[str, Any] = {
        "kind": "percent",
        "name": "Autumn",
        "texts": {"en": {"title": "Autumn"}},
        "starts_at": "2027-03-01T00:00:00+03:00",
        "ends_at": "2027-03-08T00:00:00+03:00",
        "channels": [VALUE],
        "codes": {"sharing": "shared", "code": "AUTUMN10"},
        "budget": REDUCES,
    }
    return Terms.model_validate(said | values)


@pytest.mark.parametrize(
    ("values", "fixed"),
    [
        ({"budget": {"money": {"USD": "30"}}, "channels": [VALUE | {"reduced": None}]}, []),
        ({"channels": [VALUE | {"reduced": "2"}]}, []),
        ({"budget": None, "channels": [VALUE | {"reduced": None}]}, []),
        ({"channels": [VALUE | {"value": "12", "reduced": "2"}]}, ["channels"]),
        ({"channels": [VALUE | {"minimum": "5"}]}, ["channels"]),
        ({"channels": []}, ["channels"]),
        ({"channels": [VALUE, VALUE | {"channel": "channel-pln"}]}, ["channels"]),
        ({"kind": "amount", "audience": {"tiers": ["gold"]}}, ["kind", "audience"]),
    ],
)
def test_values_of_a_low_budget_change_with_it_and_what_was_promised_does_not(
    values: dict[str, Any], fixed: list[str]
) -> None:
    assert fixed_changes(terms(), terms(**values)) == fixed
