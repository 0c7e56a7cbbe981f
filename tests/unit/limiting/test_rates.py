"""Rates as operators write them, and how long who asked too often has to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.limiting.rates import rate_of, seconds_until_room


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [("10/minute", 10, 60), ("300 per 5 minutes", 300, 300), ("1/second", 1, 1)],
)
def test_a_rate_is_an_amount_in_a_time(text: str, amount: int, seconds: int) -> None:
    rate = rate_of(text)
    assert rate is not None
    assert (rate.amount, rate.get_expiry()) == (amount, seconds)


@pytest.mark.parametrize("text", ["off", " OFF "])
def test_a_rate_can_be_switched_off(text: str) -> None:
    assert rate_of(text) is None


@pytest.mark.parametrize(
    "text", ["", "10", "minute", "-1/minute", "10/fortnight", "0/minute", "5/month", "1/0minute;"]
)
def test_what_is_no_rate_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        rate_of(text)


def test_nobody_waits_while_there_is_room() -> None:
    assert seconds_until_room(10, 60, before=4, current=5, elapsed=0) == 0


def test_a_full_slot_is_waited_out() -> None:
    assert seconds_until_room(10, 60, before=0, current=10, elapsed=15) == 45


def test_the_slot_before_fades_until_there_is_room() -> None:
    assert seconds_until_room(10, 60, before=10, current=5, elapsed=0) == 30


@given(
    limit=st.integers(1, 50),
    before=st.integers(0, 50),
    current=st.integers(0, 50),
    elapsed=st.integers(0, 59),
)
def test_after_the_wait_there_is_room_and_not_long_before(
    limit: int, before: int, current: int, elapsed: int
) -> None:
    before, current = min(before, limit), min(current, limit)

    def hits_after(seconds: float) -> int:
        at = elapsed + seconds
        old, new = (before, current) if at < 60 else (current, 0)
        return int(old * (60 - at % 60) / 60) + new

    wait = seconds_until_room(limit, 60, before=before, current=current, elapsed=elapsed)
    assert 0 <= wait <= 120
    assert hits_after(wait + 0.001) < limit
    if wait > 1:
        assert hits_after(wait - 1) >= limit or int(hits_after(0)) < limit
