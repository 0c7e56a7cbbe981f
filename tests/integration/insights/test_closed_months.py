"""A month that was closed keeps its figures; what is said of it later is carried."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.propose_program import propose_program
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.insights.accounts import DEFAULTS, Purpose, name_accounts
from saleor_loyalty_app.insights.closing import (
    EarlierOpen,
    MonthAhead,
    MonthClosed,
    MonthReport,
    MonthRunning,
    closed_periods,
    closing_report,
    freeze,
    month_report,
)
from saleor_loyalty_app.insights.journal import Line, journal, values_of
from saleor_loyalty_app.insights.models import ClosedPeriod
from saleor_loyalty_app.programs.stats import OrderStats
from tests.factories import make_channel
from tests.integration.insights.ledger_store import US, LedgerStore

MAY, JUNE, JULY = (date(2027, month, 1) for month in (5, 6, 7))
IN_MAY = datetime(2027, 5, 10, 12, tzinfo=UTC)
JUNE_BEGINS = datetime(2027, 5, 31, 21, tzinfo=UTC)
IN_JUNE = datetime(2027, 6, 10, 12, tzinfo=UTC)
IN_JULY = datetime(2027, 7, 10, 12, tzinfo=UTC)
BY = "user:VXNlcjox"


def close(kept: LedgerStore, month: date, now: datetime) -> MonthReport:
    report = closing_report(kept.conn, kept.store, month, now)
    return freeze(kept.conn, kept.store, report, by=BY, now=now)


def report(kept: LedgerStore, month: date, now: datetime) -> MonthReport:
    return month_report(kept.conn, kept.store, month, now)


def publish_rate(kept: LedgerStore, now: datetime) -> None:
    """A point is worth $0.02 in the channel "us"."""
    make_channel(kept.conn, kept.store.id, slug="us", currency="USD")
    stats = OrderStats("us", "USD", 128, Decimal("74.50"), Decimal("10000.00"))
    propose_program(kept.conn, kept.store, [stats], now=now)
    publish(kept.conn, kept.store, by=BY, now=now)


def test_a_closed_month_is_frozen_with_who_and_when(kept: LedgerStore) -> None:
    account = kept.books.account()
    kept.books.earn(account, 100, now=IN_MAY, **US)
    with pytest.raises(MonthRunning):
        close(kept, MAY, JUNE_BEGINS + timedelta(minutes=59))
    closed = close(kept, MAY, JUNE_BEGINS + timedelta(hours=1))
    [row] = closed.rows
    assert (row.opening, row.issued, row.closing) == (0, 100, 100)
    [period] = closed_periods(kept.conn, kept.store.id)
    assert (period.month, period.closed_by) == (MAY, BY)
    assert period.closed_at == JUNE_BEGINS + timedelta(hours=1)
    with pytest.raises(MonthClosed):
        close(kept, MAY, IN_JUNE)
    assert report(kept, MAY, IN_JULY).rows == closed.rows
    assert report(kept, MAY, IN_JULY).aging == closed.aging
    assert report(kept, MAY, IN_JULY).since_closed == {}


def test_two_who_close_a_month_at_once_close_it_once(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 100, now=IN_MAY, **US)
    seen = closing_report(kept.conn, kept.store, MAY, IN_JUNE)
    close(kept, MAY, IN_JUNE)
    with pytest.raises(MonthClosed):
        freeze(kept.conn, kept.store, seen, by="user:other", now=IN_JUNE)
    assert [period.closed_by for period in closed_periods(kept.conn, kept.store.id)] == [BY]


def test_months_are_closed_one_after_the_other(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 100, now=IN_MAY, **US)
    close(kept, MAY, IN_JULY)
    with pytest.raises(EarlierOpen) as refused:
        close(kept, JULY, IN_JULY + timedelta(days=60))
    assert refused.value.detail == {"next": "2027-06"}
    close(kept, JUNE, IN_JULY)
    for month, now in ((date(2027, 4, 1), IN_JULY), (date(2027, 8, 1), IN_JULY)):
        with pytest.raises(MonthAhead):
            report(kept, month, now)


def test_what_the_books_say_later_of_a_closed_month_is_carried_by_the_open_one(
    kept: LedgerStore,
) -> None:
    """A copy of an old backup could bring entries of a month that accounting has booked."""
    account = kept.books.account()
    kept.books.earn(account, 100, "order:1", now=IN_MAY, **US)
    frozen = close(kept, MAY, IN_JUNE)
    kept.books.earn(account, 7, "order:2", now=IN_MAY, **US)
    kept.books.earn(account, 50, "order:3", now=IN_JUNE, **US)
    again = report(kept, MAY, IN_JUNE)
    assert again.rows == frozen.rows
    assert again.since_closed == {frozen.rows[0].place: 7}
    [june] = report(kept, JUNE, IN_JUNE).rows
    assert (june.opening, june.carried, june.issued, june.closing) == (100, 7, 50, 157)
    close(kept, JUNE, IN_JULY)
    [july] = report(kept, JULY, IN_JULY).rows
    assert (july.opening, july.carried, july.closing) == (157, 0, 157)
    assert report(kept, JUNE, IN_JULY).since_closed == {}


def test_what_happened_in_a_closed_month_and_is_posted_later_is_told_beside_the_open_one(
    kept: LedgerStore,
) -> None:
    account = kept.books.account()
    kept.books.earn(account, 100, "order:1", now=IN_MAY, **US)
    close(kept, MAY, IN_JUNE)
    ledger.earn(
        kept.conn,
        account,
        40,
        ledger.Cause(source="order:2", part="points", actor="app", **US),
        key="late",
        now=IN_JUNE,
        effective_at=IN_MAY,
        available_from=IN_JUNE,
        expires_at=None,
    )
    seen = report(kept, JUNE, IN_JUNE)
    [row] = seen.rows
    assert (row.opening, row.carried, row.issued) == (100, 0, 40), "it is June's"
    [late] = seen.late
    assert (late.month, late.kind, late.amount) == (MAY, "earn", 40)
    kept.roll_up(IN_JULY)
    assert report(kept, JUNE, IN_JULY).late == seen.late, "also once the days are added up"


def test_the_liability_of_the_journal_ends_at_what_is_held_at_the_rate_of_the_month(
    kept: LedgerStore,
) -> None:
    publish_rate(kept, IN_MAY - timedelta(days=1))
    account = kept.books.account()
    kept.books.earn(account, 1001, "order:1", now=IN_MAY, **US)
    spent = kept.books.redeem(account, 333, now=IN_MAY + timedelta(days=1))
    kept.books.restore(spent, 33, now=IN_MAY + timedelta(days=2))
    may = close(kept, MAY, IN_JUNE)
    lines = journal(may.rows, DEFAULTS, date(2027, 5, 31))
    assert _balance(lines) == Decimal("14.02")
    assert values_of(may.rows[0]) == (Decimal("0.00"), Decimal("14.02"))
    by_why = {(line.why, line.account): line.debit - line.credit for line in lines}
    assert by_why["issued", DEFAULTS[Purpose.expense]] == Decimal("20.02")
    assert by_why["redeemed", DEFAULTS[Purpose.liability]] == Decimal("6.66")
    assert by_why["restored", DEFAULTS[Purpose.liability]] == Decimal("-0.66")
    for number in {line.number for line in lines}:
        pair = [line for line in lines if line.number == number]
        assert sum(line.debit for line in pair) == sum(line.credit for line in pair) > 0


def test_a_closed_month_keeps_its_account_codes(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 100, now=IN_MAY, **US)
    codes = {purpose: f"38{number}" for number, purpose in enumerate(Purpose)}
    name_accounts(kept.conn, kept.store.id, codes, by=BY, now=IN_MAY)
    close(kept, MAY, IN_JUNE)
    name_accounts(kept.conn, kept.store.id, dict(DEFAULTS), by=BY, now=IN_JUNE)
    assert report(kept, MAY, IN_JUNE).accounts == codes
    assert report(kept, JUNE, IN_JUNE).accounts == DEFAULTS


def test_points_without_a_rate_are_told_and_not_booked(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 100, now=IN_MAY, **US)
    may = report(kept, MAY, IN_MAY)
    assert values_of(may.rows[0]) is None
    assert journal(may.rows, DEFAULTS, date(2027, 5, 31)) == []


def test_what_was_closed_stands_in_a_row_of_its_own(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 100, now=IN_MAY, **US)
    closed = close(kept, MAY, IN_JUNE)
    stored = kept.conn.execute(sa.select(table(ClosedPeriod).c.figures)).scalar_one()
    assert stored["rows"] == [row.to_json() for row in closed.rows]


def _balance(lines: list[Line]) -> Decimal:
    liability = DEFAULTS[Purpose.liability]
    return sum(
        (line.credit - line.debit for line in lines if line.account == liability), Decimal(0)
    )
