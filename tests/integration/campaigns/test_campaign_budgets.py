"""What a campaign's budget leaves, currency by currency."""

from decimal import Decimal

import pytest

from saleor_loyalty_app.campaigns import spending
from saleor_loyalty_app.campaigns.terms import Budget
from tests.campaign_stage import (
    background,
    buy,
    now_of,
    spent_of,
    start,
    terms_of,
)
from tests.redemption_stage import Stage


def test_a_low_budget_reduces_what_a_code_is_worth(stage: Stage) -> None:
    channel = {"channel": "default-channel", "currency": "USD", "value": "10", "reduced": "4"}
    budget = {"money": {"USD": "20"}, "warn_percent": 50, "when_reached": "reduce"}
    campaign = start(stage, terms_of(stage, channels=[channel], budget=budget))
    buy(stage, "AUTUMN10")
    background(stage)

    assert now_of(stage, campaign).state == "running"
    voucher = stage.box.store.voucher_codes["AUTUMN10"].voucher
    assert voucher.listings["default-channel"].discount_value == 4


def test_free_shipping_is_counted_by_what_it_takes_off(stage: Stage) -> None:
    campaign = start(
        stage, terms_of(stage, "free_shipping", codes={"sharing": "shared", "code": "SHIPFREE"})
    )
    buy(stage, "SHIPFREE")

    assert spent_of(stage, campaign).money == {"USD": 5_000}


@pytest.mark.parametrize(
    ("money", "points", "expected"),
    [({}, 0, "within"), ({"USD": 79_999}, 0, "within"), ({"USD": 80_000}, 0, "warn"),
     ({"USD": 100_000}, 0, "reached"), ({"EUR": 900_000}, 0, "within")],
)  # fmt: skip
def test_the_level_of_a_budget_counts_each_currency_by_itself(
    money: dict[str, int], points: int, expected: str
) -> None:
    budget = Budget(money={"USD": Decimal(100)})
    assert spending.level(budget, spending.Spent(points, money)) == expected
