"""What points take off, exactly; the most that is of use; and each refusal, first things first."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.spending import Spending
from saleor_loyalty_app.rewards.errors import SpendingRefused
from saleor_loyalty_app.rewards.quote import (
    CartForSpending,
    Most,
    Quote,
    minimum_of_goods,
    most,
    quote,
)
from tests.program_samples import program_of

WEB = ("default-channel", "USD")
PLENTY = 10_000_000


def program(points: int, money: str, currency: str = "USD") -> Program:
    rates = {
        "channel": "default-channel",
        "currency": currency,
        "spend_rate": {"points": points, "money": money},
    }
    return program_of(currencies=[rates])


def cart(subtotal: str = "100", **values: Any) -> CartForSpending:
    return CartForSpending(Decimal(subtotal), **values)


def told(*arguments: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(SpendingRefused) as refused:
        quote(*arguments)
    return refused.value.code, refused.value.detail


class TestAmount:
    @pytest.mark.parametrize(
        ("rate", "currency", "points", "amount"),
        [
            ((100, "1"), "USD", 500, "5.00"),
            ((3, "0.02"), "USD", 4, "0.02"),
            ((3, "0.02"), "USD", 5, "0.03"),
            ((1, "0.333333"), "USD", 3, "0.99"),
            ((1, "1.9"), "JPY", 3, "5"),
            ((1, "0.0015"), "KWD", 5, "0.007"),
        ],
    )
    def test_the_worth_is_cut_to_the_coin(
        self, rate: tuple[int, str], currency: str, points: int, amount: str
    ) -> None:
        worth = program(*rate, currency)
        said = quote(worth, None, "default-channel", currency, cart(), PLENTY, points)
        assert said == Quote(points, Decimal(amount))
        assert said.amount.as_tuple().exponent == Decimal(amount).as_tuple().exponent

    def test_a_code_without_a_cart_knows_no_limits_of_one(self) -> None:
        limits = Spending(maximum_share=1)
        assert quote(program(100, "1"), limits, *WEB, None, PLENTY, 50_000).amount == 500


class TestRefusals:
    @pytest.mark.parametrize("points", [0, -1, PLENTY + 1, True])
    def test_what_is_no_number_of_points(self, points: int) -> None:
        assert told(program(100, "1"), None, *WEB, cart(), PLENTY, points)[0] == "invalid_points"

    def test_too_few(self) -> None:
        limits = Spending(minimum_points=101, step=50)
        said = told(program(100, "1"), limits, *WEB, cart(), PLENTY, 100)
        assert said == ("below_minimum_points", {"minimum": 150})

    def test_between_steps(self) -> None:
        said = told(program(100, "1"), Spending(step=50), *WEB, cart(), PLENTY, 120)
        assert said == ("not_a_multiple", {"step": 50})

    def test_worth_less_than_a_coin(self) -> None:
        said = told(program(1000, "1"), Spending(step=3), *WEB, cart(), PLENTY, 9)
        assert said == ("worth_nothing", {"minimum": 12})

    def test_a_currency_without_a_rate(self) -> None:
        said = told(program(100, "1"), None, "default-channel", "EUR", cart(), PLENTY, 100)
        assert said == ("currency_without_rate", {"channel": "default-channel", "currency": "EUR"})

    def test_another_code(self) -> None:
        code, detail = told(program(100, "1"), None, *WEB, cart(other_code=True), PLENTY, 100)
        assert (code, detail) == ("other_code", {})

    def test_a_cart_that_is_too_small(self) -> None:
        minimum = {"channel": "default-channel", "currency": "USD", "money": "50"}
        limits = Spending.model_validate({"minimum_orders": [minimum]})
        said = told(program(100, "1"), limits, *WEB, cart("49.99"), PLENTY, 100)
        assert said == (
            "below_minimum_order",
            {"minimum": "50", "missing": "0.01", "currency": "USD"},
        )
        assert quote(program(100, "1"), limits, *WEB, cart("50"), PLENTY, 100).amount == 1

    def test_more_than_points_may_pay(self) -> None:
        limits = Spending(maximum_share=30)
        said = told(program(100, "1"), limits, *WEB, cart("99.99"), PLENTY, 3000)
        assert said == ("above_maximum", {"maximum": 2999})

    def test_more_than_there_are(self) -> None:
        said = told(program(100, "1"), None, *WEB, cart(), 99, 100)
        assert said == ("not_enough_points", {"available": 99, "needed": 100})

    def test_an_empty_cart_takes_none(self) -> None:
        said = told(program(100, "1"), None, *WEB, cart("0"), PLENTY, 100)
        assert said == ("above_maximum", {"maximum": 0})


class TestMost:
    def test_no_points_that_would_take_nothing_more_off(self) -> None:
        assert most(program(3, "0.02"), None, *WEB, cart("0.03"), PLENTY) == Most(
            5, Decimal("0.03")
        )

    def test_below_the_minimum_none_may_be_spent(self) -> None:
        limits = Spending(minimum_points=500)
        assert most(program(100, "1"), limits, *WEB, cart("4.99"), PLENTY).points == 0
        assert most(program(100, "1"), limits, *WEB, cart("5"), 499).points == 0
        assert most(program(100, "1"), limits, *WEB, cart("5"), 500).points == 500

    @given(
        points=st.integers(1, 2000),
        money=st.decimals("0.000001", "100", places=6),
        subtotal=st.decimals("0", "5000", places=2),
        share=st.integers(1, 100),
        minimum=st.integers(1, 3000),
        step=st.integers(1, 500),
        available=st.integers(0, 200_000),
    )
    def test_it_is_what_quote_accepts_and_nothing_more_would_help(
        self,
        points: int,
        money: Decimal,
        subtotal: Decimal,
        share: int,
        minimum: int,
        step: int,
        available: int,
    ) -> None:
        worth = program(points, str(money))
        limits = Spending(minimum_points=minimum, step=step, maximum_share=share)
        where = CartForSpending(subtotal)
        found = most(worth, limits, *WEB, where, available)
        if found.points:
            said = quote(worth, limits, *WEB, where, available, found.points)
            assert said == Quote(found.points, found.amount)
            assert said.amount * 100 <= subtotal * share
        least = limits.least_points
        for more in {found.points + step, least, least + step} - {found.points}:
            if more > found.points:
                try:
                    better = quote(worth, limits, *WEB, where, available, more)
                except SpendingRefused:
                    continue
                assert better.amount == found.amount


class TestMinimumOfGoods:
    def test_the_share_and_the_minimum_order_both_hold(self) -> None:
        minimum = {"channel": "default-channel", "currency": "USD", "money": "20"}
        values = {"maximum_share": 30, "minimum_orders": [minimum]}
        limits = Spending.model_validate(values)
        assert minimum_of_goods(limits, *WEB, Decimal(10)) == Decimal("33.33")
        assert minimum_of_goods(limits, *WEB, Decimal(1)) == Decimal(20)
        assert minimum_of_goods(None, *WEB, Decimal(10)) == 0
