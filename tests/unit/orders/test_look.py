"""Which snapshot may be booked."""

from datetime import UTC, datetime, timedelta

import pytest

from saleor_loyalty_app.orders.look import Known, Look, Verdict, digest_of, judge
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.order_samples import START, line, money, order, paid

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FRESH = order(transactions=[paid()], updated=10)


def known(
    updated: float | None = None,
    digest: str = "",
    event: datetime | None = None,
    checked: datetime | None = None,
    unsettled: bool = False,
) -> Known:
    at = None if updated is None else START + timedelta(minutes=updated)
    return Known(at, digest, event, checked, unsettled)


def verdict(before: Known, look: Look, told: OrderSnapshot = FRESH) -> Verdict:
    return judge(before, told, digest_of(told), look)


@pytest.mark.parametrize(
    ("updated", "expected"),
    [(None, Verdict.book), (9, Verdict.book), (10, Verdict.not_newer), (11, Verdict.not_newer)],
)
def test_a_webhook_books_only_when_it_is_newer(updated: float | None, expected: Verdict) -> None:
    assert verdict(known(updated), Look.webhook(NOW)) is expected


@pytest.mark.parametrize(
    ("updated", "expected"),
    [(None, Verdict.book), (9, Verdict.book), (10, Verdict.book), (11, Verdict.lagging)],
)
def test_a_read_books_unless_it_is_older(updated: float | None, expected: Verdict) -> None:
    assert verdict(known(updated), Look.read(NOW)) is expected


def test_a_read_that_began_before_an_event_does_not_count() -> None:
    before = known(9, event=NOW)
    assert verdict(before, Look.read(NOW - timedelta(seconds=1))) is Verdict.overtaken
    assert verdict(before, Look.read(NOW)) is Verdict.book


def test_of_two_reads_the_later_wins() -> None:
    before = known(10, checked=NOW)
    assert verdict(before, Look.read(NOW - timedelta(seconds=1))) is Verdict.not_newer


def test_the_same_content_needs_no_booking_unless_something_waits() -> None:
    digest = digest_of(FRESH)
    assert verdict(known(10, digest), Look.read(NOW)) is Verdict.unchanged
    assert verdict(known(10, digest, unsettled=True), Look.read(NOW)) is Verdict.book


@pytest.mark.parametrize("look", [Look.webhook(NOW), Look.read(NOW)])
def test_contradictions_are_not_booked(look: Look) -> None:
    torn = order(transactions=[paid()], totalCharged=money(1))
    assert verdict(known(), look, torn) is Verdict.torn


def test_equal_orders_have_equal_digests() -> None:
    assert digest_of(order(transactions=[paid()])) == digest_of(order(transactions=[paid()]))
    assert digest_of(order(transactions=[paid()])) != digest_of(order(transactions=[paid(99)]))


def test_what_other_systems_note_in_metadata_is_no_other_order() -> None:
    def told(note: str) -> OrderSnapshot:
        sold, unknown = line("L1"), line("L2")
        sold["variant"]["product"]["metadata"] = [{"key": "stock", "value": note}]
        unknown["variant"] = None
        private = [{"key": "erp", "value": note}]
        return order(sold, unknown, transactions=[paid(200)], privateMetadata=private)

    assert told("1").private_metadata != told("2").private_metadata
    assert told("1").lines != told("2").lines
    assert digest_of(told("1")) == digest_of(told("2"))
