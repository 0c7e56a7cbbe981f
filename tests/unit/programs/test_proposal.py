from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.proposal import (
    Proposal,
    money_per_point,
    propose,
    rounded,
)
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.validate import check_program
from tests.program_samples import CHANNELS, MOMENT, channel_of

DOLLARS = OrderStats("default-channel", "USD", 312, Decimal("59.90"), Decimal(20_000))
LIRAS = OrderStats("channel-tr", "TRY", 100, Decimal("812.50"), Decimal(90_000))


def proposed(*stats: OrderStats, language: str = "en") -> Proposal:
    return propose(stats, CHANNELS, language=language, now=MOMENT, timezone="Europe/Istanbul")


def test_dollars_and_liras_get_rates_that_people_can_say() -> None:
    liras, dollars = proposed(DOLLARS, LIRAS).program.document["currencies"]

    assert dollars["earn_rate"] == {"points": 1, "money": "1"}
    assert dollars["spend_rate"] == {"points": 1, "money": "0.02"}
    assert liras["earn_rate"] == {"points": 1, "money": "10"}
    assert liras["spend_rate"] == {"points": 1, "money": "0.2"}


def test_the_evidence_says_what_the_proposal_rests_on() -> None:
    liras, dollars = proposed(DOLLARS, LIRAS).evidence_json()["channels"]

    assert dollars == {
        "channel": "default-channel",
        "currency": "USD",
        "source": "orders",
        "stats": {
            "channel": "default-channel",
            "currency": "USD",
            "count": 312,
            "median": "59.90",
            "total": "20000",
            "days": 90,
        },
        "give_back_percent": "2",
        "points_of_median_order": 59,
        "minimum_spend_points": 150,
        "minimum_spend": "3.00",
        "free_shipping_from": "75.00",
        "monthly_cost": "133.33",
    }
    assert (liras["minimum_spend"], liras["free_shipping_from"]) == ("40.00", "1000.00")
    assert liras["monthly_cost"] == "600.00"


def test_points_are_spent_from_the_least_minimum_and_delivery_is_free_from_each_threshold() -> None:
    program = proposed(DOLLARS, LIRAS).program

    assert program.spending is not None
    assert program.spending.minimum_points == 150
    assert program.shipping is not None
    [free] = program.shipping.offers
    assert free.label("tr") == "Ücretsiz kargo"
    assert free.price("default-channel", "USD") == 0
    assert free.threshold("default-channel", "USD") == Decimal(75)
    assert free.threshold("channel-tr", "TRY") == Decimal(1000)


def test_a_channel_without_orders_has_no_free_shipping() -> None:
    shipping = proposed(DOLLARS).program.shipping

    assert shipping is not None
    assert shipping.offers[0].price("channel-tr", "TRY") is None


def test_a_store_without_orders_gets_a_template() -> None:
    proposal = proposed()

    assert (proposal.program.spending, proposal.program.shipping) == (None, None)
    assert [item["source"] for item in proposal.evidence_json()["channels"]] == ["template"] * 2
    assert proposal.program.currencies[1].give_back == Fraction(2, 100)


def test_the_proposal_may_be_published_as_it_is() -> None:
    problems = check_program(proposed(DOLLARS).program, CHANNELS, today=MOMENT.date())

    assert problems == []


def test_the_same_input_gives_the_same_proposal() -> None:
    assert proposed(DOLLARS, LIRAS).program.digest == proposed(LIRAS, DOLLARS).program.digest


def test_texts_are_there_in_both_languages_and_the_name_in_the_owners() -> None:
    program = proposed(language="tr").program

    assert program.name == "Puan Programı"
    assert set(program.texts) == {"en", "tr"}
    assert program.rule_name("purchases", "tr") == "Her alışverişe puan"


def test_a_channel_that_is_not_active_gets_no_rates() -> None:
    closed = channel_of("closed", "EUR", active=False)

    proposal = propose([], [*CHANNELS, closed], language="en", now=MOMENT, timezone="UTC")

    assert proposal.program.rates("closed", "EUR") is None


def test_orders_of_another_currency_are_no_evidence_for_a_channel() -> None:
    euros = OrderStats("default-channel", "EUR", 5, Decimal(10), Decimal(50))

    assert all(item.stats is None for item in proposed(euros).evidence)


@pytest.mark.parametrize(
    ("currency", "median", "money"),
    [
        ("USD", None, 1),
        ("EUR", Decimal(5000), 1),
        ("PLN", None, 1),
        ("TRY", None, 10),
        ("JPY", None, 100),
        ("KRW", None, 1000),
        ("IDR", None, 10_000),
        ("RWF", None, 100),
        ("RWF", Decimal(60_000), 1000),
        ("RWF", Decimal(10), 1),
    ],
)
def test_a_point_costs_a_round_number_of_the_currency(
    currency: str, median: Decimal | None, money: int
) -> None:
    assert money_per_point(currency, median) == money


@pytest.mark.parametrize(
    ("amount", "chosen"),
    [
        ("0", "0"),
        ("0.013", "0.013"),
        ("1.27", "1.25"),
        ("23.4", "23"),
        ("62", "60"),
        ("74.875", "75"),
        ("99", "100"),
        ("249", "250"),
        ("1015.6", "1000"),
    ],
)
def test_amounts_are_rounded_to_what_people_would_choose(amount: str, chosen: str) -> None:
    assert rounded(Fraction(amount)) == Decimal(chosen)


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10**9))
def test_rounding_stays_within_a_twentieth(amount: Fraction) -> None:
    assert abs(Fraction(rounded(amount)) - amount) <= amount / 20


@given(
    st.decimals(min_value="0.01", max_value=10**7, places=2),
    st.integers(1, 100_000),
    st.sampled_from(["USD", "JPY", "TRY", "KWD", "RWF"]),
)
def test_any_shop_gets_a_proposal_that_gives_back_two_percent(
    median: Decimal, count: int, currency: str
) -> None:
    stats = OrderStats("c", currency, count, median, median * count)

    proposal = propose(
        [stats], [channel_of("c", currency)], language="en", now=MOMENT, timezone="UTC"
    )

    (rates,) = proposal.program.currencies
    (evidence,) = proposal.evidence
    assert rates.give_back == Fraction(2, 100)
    assert evidence.minimum_spend_points is not None
    assert evidence.minimum_spend_points >= 1


def test_what_is_stored_of_a_proposal_has_all_its_sections() -> None:
    proposal = proposed(DOLLARS, LIRAS)
    again = read_program(proposal.program.document)

    assert again.spending == proposal.program.spending
    assert again.shipping == proposal.program.shipping
    assert again.digest == proposal.program.digest
