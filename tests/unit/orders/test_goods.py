"""Units that left and units that came back."""

from datetime import datetime

import pytest

from saleor_loyalty_app.orders.goods import fulfilled_at, has_ended, is_open, lost_units
from tests.order_samples import at, fulfillment, line, order


@pytest.mark.parametrize("status", ["RETURNED", "REFUNDED", "REFUNDED_AND_RETURNED", "REPLACED"])
def test_units_in_a_fulfillment_that_came_back_are_lost(status: str) -> None:
    told = order(line(quantity=3), fulfillments=[fulfillment(status, 5, L1=2)])
    assert lost_units(told) == {"L1": 2}


def test_no_more_units_are_lost_than_there_are() -> None:
    told = order(
        line(quantity=2),
        fulfillments=[fulfillment("RETURNED", 5, L1=2), fulfillment("REFUNDED", 6, L1=2)],
    )
    assert lost_units(told) == {"L1": 2}


@pytest.mark.parametrize("status", ["FULFILLED", "CANCELED", "WAITING_FOR_APPROVAL", "NEW_IN_4"])
def test_units_elsewhere_are_kept(status: str) -> None:
    assert lost_units(order(fulfillments=[fulfillment(status, 5, L1=1)])) == {}


def test_an_order_is_fulfilled_with_its_last_unit() -> None:
    first, second = fulfillment("FULFILLED", 5, L1=1), fulfillment("FULFILLED", 9, L1=1)
    assert fulfilled_at(order(line(quantity=2), fulfillments=[first])) is None
    told = order(line(quantity=2), fulfillments=[second, first])
    assert fulfilled_at(told) == datetime.fromisoformat(at(9))


@pytest.mark.parametrize("status", ["CANCELED", "WAITING_FOR_APPROVAL"])
def test_what_was_not_sent_fulfills_nothing(status: str) -> None:
    assert fulfilled_at(order(fulfillments=[fulfillment(status, 5, L1=1)])) is None


def test_a_later_return_does_not_move_the_date() -> None:
    sent, back = fulfillment("FULFILLED", 5, L1=1), fulfillment("RETURNED", 50, L1=1)
    told = order(line(quantity=2), fulfillments=[sent, back])
    assert fulfilled_at(told) == datetime.fromisoformat(at(5))


def test_when_all_came_back_the_return_is_the_date() -> None:
    told = order(fulfillments=[fulfillment("RETURNED", 50, L1=1)])
    assert fulfilled_at(told) == datetime.fromisoformat(at(50))


@pytest.mark.parametrize(
    ("status", "open_", "ended"),
    [
        ("UNCONFIRMED", True, False),
        ("PARTIALLY_FULFILLED", True, False),
        ("PARTIALLY_RETURNED", True, False),
        ("FULFILLED", False, False),
        ("RETURNED", False, False),
        ("CANCELED", False, True),
        ("EXPIRED", False, True),
    ],
)
def test_statuses(status: str, open_: bool, ended: bool) -> None:
    told = order(status=status)
    assert (is_open(told), has_ended(told)) == (open_, ended)
