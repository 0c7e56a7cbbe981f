"""Which lots pay."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.ledger.taking import (
    Take,
    available_first,
    is_pending,
    own_first,
    spending_order,
    take,
)

NOW = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Lot:
    id: int
    remaining: int = 10
    part: str = "points"
    available_from: datetime | None = NOW
    expires_at: datetime | None = None
    earned_at: datetime = NOW


def test_soonest_expiry_pays_first_then_never_expiring_then_age() -> None:
    never_new = Lot(1, earned_at=NOW)
    never_old = Lot(2, earned_at=NOW - DAY)
    late = Lot(3, expires_at=NOW + 2 * DAY)
    soon = Lot(4, expires_at=NOW + DAY)
    soon_twin = Lot(5, expires_at=NOW + DAY)
    lots = sorted([never_new, never_old, late, soon_twin, soon], key=spending_order)
    assert [lot.id for lot in lots] == [4, 5, 3, 2, 1]


def test_points_are_pending_until_the_very_instant_of_availability() -> None:
    assert is_pending(None, NOW)
    assert is_pending(NOW + DAY, NOW)
    assert not is_pending(NOW, NOW)


def test_a_reversal_takes_the_same_part_first_and_pending_before_spendable() -> None:
    other_part = Lot(1, part="campaign:1", available_from=None)
    spendable = Lot(2, expires_at=NOW + DAY)
    pending = Lot(3, available_from=None)
    order = own_first([other_part, spendable, pending], "points", NOW)
    assert [lot.id for lot in order] == [3, 2, 1]


def test_foreign_lots_pay_with_spendable_points_before_pending_ones() -> None:
    pending = Lot(1, available_from=NOW + DAY, expires_at=NOW + DAY)
    spendable = Lot(2)
    assert [lot.id for lot in available_first([pending, spendable], NOW)] == [2, 1]


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 300))
def test_a_take_is_never_more_than_there_is_and_misses_exactly_the_rest(
    sizes: list[int], amount: int
) -> None:
    lots = [Lot(number, remaining=size) for number, size in enumerate(sizes)]
    takes, missing = take(lots, amount)
    assert sum(taken.amount for taken in takes) + missing == amount
    assert missing == max(0, amount - sum(sizes))
    assert all(0 < taken.amount <= sizes[taken.lot_id] for taken in takes)
    assert [taken.lot_id for taken in takes] == sorted({taken.lot_id for taken in takes})


def test_a_lot_is_emptied_before_the_next_is_touched() -> None:
    assert take([Lot(1), Lot(2), Lot(3)], 15) == ([Take(1, 10), Take(2, 5)], 0)
