"""ORDER_CREATED, ORDER_UPDATED and ORDER_CONFIRMED miss no change of an order, and none of them is
too many.

The table is what Saleor fires for each way in which an order's state changes, as read in its source
and seen on a running 3.23 (saleor/order/actions.py and the mutations around it).
"""

import pytest

from saleor_loyalty_app.handlers.orders import ORDERS

FIRED = {
    "checkout completed, unpaid": "CREATED",
    "checkout completed, authorized, confirmed by itself": "CREATED CONFIRMED",
    "checkout completed, charged in full": "CREATED PAID FULLY_PAID UPDATED CONFIRMED",
    "checkout completed for nothing": "CREATED PAID FULLY_PAID UPDATED CONFIRMED",
    "draft completed": "CREATED CONFIRMED",
    "confirmed by staff": "CONFIRMED",
    "charged in part": "PAID UPDATED",
    "charged in full later": "PAID FULLY_PAID UPDATED",
    "marked as paid": "FULLY_PAID UPDATED",
    "authorization changed": "UPDATED",
    "voided": "UPDATED",
    "charge-back": "UPDATED",
    "refunded in part": "REFUNDED UPDATED",
    "refunded in full": "REFUNDED FULLY_REFUNDED UPDATED",
    "fulfilled in part": "FULFILLMENT_CREATED UPDATED",
    "fulfilled in full": "FULFILLMENT_CREATED FULFILLMENT_APPROVED UPDATED FULFILLED",
    "fulfillment waits for approval": "UPDATED",
    "fulfillment approved": "FULFILLMENT_APPROVED UPDATED",
    "fulfillment canceled": "FULFILLMENT_CANCELED UPDATED",
    "returned without refund": "UPDATED",
    "replaced": "UPDATED DRAFT_ORDER_CREATED",
    "canceled": "CANCELLED UPDATED",
    "expired": "EXPIRED UPDATED",
    "lines or addresses changed": "UPDATED",
}


def names(words: str) -> set[str]:
    """Full event names of a row."""
    others = ("FULFILLMENT_", "DRAFT_ORDER_")
    return {word if word.startswith(others) else f"ORDER_{word}" for word in words.split()}


@pytest.mark.parametrize("change", FIRED)
def test_every_change_of_an_order_fires_one_of_the_chosen_events(change: str) -> None:
    assert names(FIRED[change]) & set(ORDERS.events)


@pytest.mark.parametrize("event", ORDERS.events)
def test_without_any_one_of_them_a_change_would_be_missed(event: str) -> None:
    others = set(ORDERS.events) - {event}
    assert [change for change, words in FIRED.items() if not names(words) & others]


def test_a_paid_checkout_costs_three_webhooks_of_five() -> None:
    fired = names(FIRED["checkout completed, charged in full"])
    assert len(fired) == 5
    assert len(fired & set(ORDERS.events)) == 3


def test_all_that_may_be_replayed_is_understood() -> None:
    replayable = {event for words in FIRED.values() for event in names(words)}
    understood = {*ORDERS.events, *ORDERS.understands}
    assert replayable - understood == {"DRAFT_ORDER_CREATED"}
