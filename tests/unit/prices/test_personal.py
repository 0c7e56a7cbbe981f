"""The price with a code: which code, what is left, and what is not promised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.prices.days import Span, kept_from
from saleor_loyalty_app.prices.personal import Benefit, PriceTerms, ShownPrice, best, price_with

NOW = datetime(2027, 3, 1, tzinfo=UTC)
GROSS = PriceTerms(shown_gross=True, entered_gross=True)
TAXED = PriceTerms(shown_gross=True, entered_gross=False)


def price(gross: str, net: str = "", currency: str = "USD") -> ShownPrice:
    """A price; without tax unless `net` is given."""
    with_tax, without = Decimal(gross), Decimal(net or gross)
    return ShownPrice("V1", "P1", currency, with_tax, without, with_tax, without, on_sale=False)


def benefit(kind: str = "percent", value: str = "10", **values: Any) -> Benefit:
    """Ten percent with a shared code, for a week."""
    made = Benefit(
        campaign="cp_0123456789ab",
        code="AUTUMN10",
        kind="amount" if kind == "amount" else "percent",
        value=Decimal(value),
        minimum=Decimal(0),
        starts_at=NOW,
        until=NOW + timedelta(days=7),
        own=False,
    )
    return replace(made, **values)


@pytest.mark.parametrize(
    ("shown", "kind", "value", "left"),
    [
        (price("75.00"), "percent", "10", "67.50"),
        (price("19.99"), "percent", "15", "16.99"),
        (price("75.00"), "amount", "10", "65.00"),
        (price("7.00"), "amount", "10", "0"),
        (price("0"), "percent", "10", "0"),
        (price("1000", currency="JPY"), "percent", "12.5", "875"),
    ],
)
def test_a_code_takes_its_part_off_and_never_more_than_all(
    shown: ShownPrice, kind: str, value: str, left: str
) -> None:
    assert price_with(benefit(kind, value), shown, GROSS) == Decimal(left)


def test_where_prices_were_entered_without_tax_the_reduction_is_taken_there() -> None:
    assert price_with(benefit(), price("81.00", "75.00"), TAXED) == Decimal("72.90")
    assert price_with(benefit("amount", "10"), price("81.00", "75.00"), TAXED) == Decimal("70.20")


def test_the_lowest_price_that_is_certain_is_the_best() -> None:
    ten, twenty = benefit(), benefit(value="20", code="BIG20", minimum=Decimal(100))
    found = best([ten, twenty], price("75.00"), GROSS)
    assert found is not None
    assert (found.benefit.code, found.price, found.needs_more) == (
        "AUTUMN10",
        Decimal("67.5"),
        False,
    )
    enough = best([ten, twenty], price("100.00"), GROSS)
    assert enough is not None
    assert (enough.benefit.code, enough.price, enough.needs_more) == ("BIG20", Decimal(80), False)
    alone = best([twenty], price("75.00"), GROSS)
    assert alone is not None
    assert (alone.price, alone.needs_more) == (Decimal(60), True)


def test_among_equals_nobody_uses_up_their_own_code() -> None:
    mine = benefit(code="MINE", own=True, until=NOW + timedelta(days=90))
    lasting = benefit(code="LASTING", until=NOW + timedelta(days=9))
    chosen = [best(each, price("75.00"), GROSS) for each in ([mine, benefit(), lasting], [mine])]
    assert [one.benefit.code for one in chosen if one is not None] == ["LASTING", "MINE"]


def test_without_a_lower_price_nothing_is_promised() -> None:
    assert best([], price("75.00"), GROSS) is None
    assert best([benefit()], price("0"), GROSS) is None
    assert best([benefit(value="1")], price("0.01"), GROSS) is None


@given(
    amount=st.decimals(0, 100_000, places=2),
    tax=st.decimals(0, "0.5", places=2),
    values=st.lists(st.tuples(st.booleans(), st.decimals("0.01", 100, places=2)), max_size=5),
)
def test_no_code_makes_a_price_higher_or_less_than_nothing(
    amount: Decimal, tax: Decimal, values: list[tuple[bool, Decimal]]
) -> None:
    gross = (amount * (1 + tax)).quantize(Decimal("0.01"))
    shown = price(str(gross), str(amount))
    codes = [benefit("amount" if fixed else "percent", str(value)) for fixed, value in values]
    for terms in (GROSS, TAXED, PriceTerms(shown_gross=False, entered_gross=True)):
        before = terms.shown(shown)
        assert all(0 <= price_with(one, shown, terms) <= before for one in codes)
        found = best(codes, shown, terms)
        lowest = min([before, *(price_with(one, shown, terms) for one in codes)])
        assert (before if found is None else found.price) == lowest


def test_a_span_is_the_days_before_and_not_the_day_itself() -> None:
    begins = NOW.date()
    span = Span.before(begins, 30)
    assert (span.first.isoformat(), span.last.isoformat(), span.days) == (
        "2027-01-30",
        "2027-02-28",
        30,
    )


def test_days_are_kept_for_what_a_running_campaign_is_compared_with_but_not_for_ever() -> None:
    today = NOW.date()
    assert kept_from(today, []) == today - timedelta(days=40)
    assert kept_from(today, [today + timedelta(days=9)]) == today - timedelta(days=40)
    assert kept_from(today, [today - timedelta(days=100)]) == today - timedelta(days=140)
    assert kept_from(today, [today - timedelta(days=999)]) == today - timedelta(days=400)
