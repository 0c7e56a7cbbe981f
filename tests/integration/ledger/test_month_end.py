"""The roll-forward of a month, with figures that a person can check."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import RefundPolicy, RollForwardRow
from saleor_loyalty_app.ledger.month_end import month_bounds
from tests.integration.ledger.books import DAY, Books

MAY, JUNE, JULY, AUGUST = (date(2027, month, 1) for month in (5, 6, 7, 8))
IN_JUNE = datetime(2027, 6, 10, 12, tzinfo=UTC)
IN_JULY = datetime(2027, 7, 10, 12, tzinfo=UTC)
END_OF_JUNE = datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)
JULY_BEGINS = datetime(2027, 7, 1, tzinfo=UTC)
US: dict[str, Any] = {"channel": "us", "currency": "USD"}
TR: dict[str, Any] = {"channel": "tr", "currency": "TRY"}


def rows(
    books: Books, month: date, as_of: datetime
) -> dict[str, tuple[int, int, int, int, int, int, int]]:
    """opening, issued, redeemed, expired, reversed, adjusted, closing by channel."""
    report = ledger.roll_forward(books.conn, books.store_id, month, as_of)
    return {row.channel: figures(row) for row in report}


def figures(row: RollForwardRow) -> tuple[int, int, int, int, int, int, int]:
    return (
        row.opening,
        row.issued,
        row.redeemed,
        row.expired,
        row.reversed,
        row.adjusted,
        row.closing,
    )


def test_a_month_adds_up_by_channel_and_currency(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, "order:1", now=IN_JUNE, **US)
    books.earn(account, 40, "order:2", now=IN_JUNE + DAY, **TR)
    spent = books.redeem(account, 120, now=IN_JUNE + 2 * DAY)
    books.restore(spent, 5, now=IN_JUNE + 3 * DAY)
    books.reverse(account, 10, "order:2", now=IN_JUNE + 4 * DAY, **TR)
    books.adjust(account, 7, now=IN_JUNE + 5 * DAY)
    assert rows(books, JUNE, IN_JULY) == {
        "us": (0, 100, 100, 0, 0, 7, 7),
        "tr": (0, 40, 15, 0, 10, 0, 15),
    }
    assert rows(books, JULY, IN_JULY) == {
        "us": (7, 0, 0, 0, 0, 0, 7),
        "tr": (15, 0, 0, 0, 0, 0, 15),
    }
    assert rows(books, MAY, IN_JULY) == {}


def test_a_running_month_shows_what_had_happened_by_then(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, "order:1", now=IN_JUNE, **US)
    books.redeem(account, 30, now=IN_JUNE + DAY)
    assert rows(books, JUNE, IN_JUNE)["us"] == (0, 100, 0, 0, 0, 0, 100)
    assert rows(books, JUNE, IN_JUNE + DAY)["us"] == (0, 100, 30, 0, 0, 0, 70)
    assert rows(books, JUNE, IN_JUNE - DAY) == {}


def test_what_is_due_counts_in_its_month_before_and_after_it_is_posted(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, "order:1", now=IN_JUNE, expires_at=END_OF_JUNE, **US)
    june = {"us": (0, 100, 0, 100, 0, 0, 0)}
    assert rows(books, JUNE, JULY_BEGINS) == june
    assert rows(books, JULY, IN_JULY) == {}
    ledger.settle(books.conn, account, now=IN_JULY)
    assert rows(books, JUNE, JULY_BEGINS) == june
    assert rows(books, JUNE, IN_JULY + 300 * DAY) == june
    assert rows(books, JULY, IN_JULY + 300 * DAY) == {}
    assert rows(books, JUNE, END_OF_JUNE - timedelta(seconds=1))["us"][-1] == 100


def test_a_late_write_does_not_move_what_expired_before(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, "order:1", now=IN_JUNE, expires_at=END_OF_JUNE, **US)
    books.earn(account, 50, "order:2", now=IN_JUNE, **US)
    june = rows(books, JUNE, JULY_BEGINS)
    books.redeem(account, 50, now=IN_JULY)
    books.reverse(account, 100, "order:1", now=IN_JULY, **US)
    assert rows(books, JUNE, IN_JULY) == june
    assert rows(books, JULY, IN_JULY)["us"] == (50, 0, 50, 0, 0, 0, 0)


def test_points_without_a_notice_stay_in_the_closing_balance(books: Books) -> None:
    account = books.account()
    books.earn(account, 9, now=IN_JUNE, expires_at=END_OF_JUNE, notice_required=True, **US)
    june = {"us": (0, 9, 0, 0, 0, 0, 9)}
    assert rows(books, JUNE, JULY_BEGINS) == june
    ledger.settle(books.conn, account, now=IN_JULY)
    assert rows(books, JUNE, IN_JULY) == june


def test_points_on_hold_at_the_end_of_a_month_are_part_of_its_closing(books: Books) -> None:
    account = books.account()
    books.earn(account, 30, now=IN_JUNE, expires_at=END_OF_JUNE, **US)
    hold = books.hold(account, 20, now=IN_JUNE)
    june = {"us": (0, 30, 0, 10, 0, 0, 20)}
    assert rows(books, JUNE, JULY_BEGINS) == june
    books.capture(hold, 15, now=IN_JULY)
    assert rows(books, JUNE, IN_JULY) == june
    assert rows(books, JULY, IN_JULY)["us"] == (20, 0, 15, 0, 0, 0, 5)
    assert rows(books, AUGUST, IN_JULY + 60 * DAY)["us"] == (5, 0, 0, 5, 0, 0, 0)


def test_an_imported_earning_that_had_expired_long_ago_changes_no_closed_month(
    books: Books,
) -> None:
    account = books.account()
    before = rows(books, MAY, IN_JUNE)
    books.earn(account, 30, now=IN_JULY, expires_at=IN_JULY - 60 * DAY, **US)
    assert rows(books, MAY, IN_JULY) == before == {}
    assert rows(books, JULY, IN_JULY)["us"] == (0, 30, 0, 30, 0, 0, 0)


def test_debt_belongs_to_the_channel_that_caused_it_until_another_pays(books: Books) -> None:
    account = books.account()
    books.earn(account, 50, "order:1", now=IN_JUNE, **US)
    books.redeem(account, 50, now=IN_JUNE)
    books.reverse(account, 50, "order:1", now=IN_JUNE + DAY, policy=RefundPolicy.unlimited, **US)
    june = {"us": (0, 50, 50, 0, 50, 0, -50)}
    assert rows(books, JUNE, IN_JULY) == june
    books.earn(account, 80, "order:2", now=IN_JULY, **TR)
    assert rows(books, JUNE, IN_JULY) == june
    assert rows(books, JULY, IN_JULY) == {
        "us": (-50, 0, 0, 0, 0, 50, 0),
        "tr": (0, 80, 0, 0, 0, -50, 30),
    }


def test_the_oldest_debt_is_paid_first_whoever_had_it(books: Books) -> None:
    one, two = books.account(), books.account()
    unlimited = RefundPolicy.unlimited
    books.reverse(one, 30, "order:1", now=IN_JUNE, policy=unlimited, **US)
    books.reverse(two, 30, "order:2", now=IN_JUNE + DAY, policy=unlimited, **TR)
    books.merge(one, two, now=IN_JUNE + 2 * DAY)
    books.earn(two, 40, "order:3", now=IN_JULY, **US)
    assert rows(books, JULY, IN_JULY) == {
        "us": (-30, 40, 0, 0, 0, -10, 0),
        "tr": (-30, 0, 0, 0, 0, 10, -20),
    }


def test_transfers_and_merges_change_no_figure(books: Books) -> None:
    one, two = books.account(), books.account()
    books.earn(one, 50, "order:1", now=IN_JUNE, **US)
    books.earn(one, 20, "order:2", now=IN_JUNE, **TR)
    before = rows(books, JUNE, IN_JULY)
    books.transfer("order:1", one, two, now=IN_JUNE + DAY)
    books.merge(one, two, now=IN_JUNE + 2 * DAY)
    assert rows(books, JUNE, IN_JULY) == before
    books.redeem(two, 70, now=IN_JULY)
    assert rows(books, JULY, IN_JULY) == {
        "us": (50, 0, 50, 0, 0, 0, 0),
        "tr": (20, 0, 20, 0, 0, 0, 0),
    }


def test_units_and_stores_have_rows_of_their_own(books: Books) -> None:
    elsewhere = Books(books.conn)
    elsewhere.earn(elsewhere.account(), 1, now=IN_JUNE, **US)
    books.earn(books.account("status"), 2, now=IN_JUNE, **US)
    books.earn(books.account(), 3, now=IN_JUNE, **US)
    report = ledger.roll_forward(books.conn, books.store_id, JUNE, IN_JULY)
    assert [(row.unit, row.closing) for row in report] == [("points", 3), ("status", 2)]


def test_a_month_begins_and_ends_in_the_stores_time(books: Books) -> None:
    istanbul = ZoneInfo("Europe/Istanbul")
    account = books.account()
    books.earn(account, 5, now=datetime(2027, 5, 31, 21, 30, tzinfo=UTC), **US)
    report = ledger.roll_forward(books.conn, books.store_id, JUNE, IN_JULY, tz=istanbul)
    assert [(row.opening, row.issued) for row in report] == [(0, 5)]
    assert rows(books, JUNE, IN_JULY)["us"][:2] == (5, 0)


@pytest.mark.parametrize(
    ("month", "begins", "ends"),
    [
        (date(2027, 12, 15), "2027-12-01T00:00:00+00:00", "2028-01-01T00:00:00+00:00"),
        (date(2028, 2, 29), "2028-02-01T00:00:00+00:00", "2028-03-01T00:00:00+00:00"),
    ],
)
def test_any_day_names_its_month(month: date, begins: str, ends: str) -> None:
    assert month_bounds(month, UTC) == (
        datetime.fromisoformat(begins),
        datetime.fromisoformat(ends),
    )
