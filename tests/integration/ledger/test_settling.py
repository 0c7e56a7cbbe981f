"""Expiry by the calendar, with and without the task."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Expiring
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.models import LotExtension
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books

END_OF_JULY = datetime.fromisoformat("2027-07-31T23:59:59+00:00")
END_OF_AUGUST = datetime.fromisoformat("2027-08-31T23:59:59+00:00")


def expiries(books: Books) -> list[tuple[int, str, datetime, datetime]]:
    entry = sql.entry.c
    rows = books.conn.execute(
        sa.select(entry.amount, entry.source, entry.effective_at, entry.posted_at)
        .where(entry.kind == "expire")
        .order_by(entry.id)
    )
    return [(row.amount, row.source, row.effective_at, row.posted_at) for row in rows]


def extensions(books: Books) -> list[tuple[int, datetime, datetime, str]]:
    log = table(LotExtension).c
    rows = books.conn.execute(
        sa.select(log.lot_id, log.from_at, log.to_at, log.reason).order_by(log.id)
    )
    return [(row.lot_id, row.from_at, row.to_at, row.reason) for row in rows]


def lot_ids(books: Books) -> list[int]:
    return list(books.conn.execute(sa.select(sql.lot.c.id).order_by(sql.lot.c.id)).scalars())


def test_the_task_posts_what_the_balance_showed_already(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 6, "order:2", expires_at=END_OF_JULY)
    books.redeem(account, 4)
    late = END_OF_JULY + DAY
    before = books.balance(account, late)
    assert ledger.settle(books.conn, account, now=late) == 12
    assert books.balance(account, late) == before
    assert expiries(books) == [
        (-6, "order:1", END_OF_JUNE, late),
        (-6, "order:2", END_OF_JULY, late),
    ]
    assert ledger.settle(books.conn, account, now=late) == 0


def test_pages_settle_every_account_that_is_due_and_no_other_store(books: Books) -> None:
    elsewhere = Books(books.conn)
    elsewhere.earn(elsewhere.account(), 5, expires_at=END_OF_JUNE)
    due = [books.account() for _ in range(5)]
    for account in due:
        books.earn(account, 5, expires_at=END_OF_JUNE)
    books.earn(books.account(), 5, expires_at=END_OF_JULY)
    sizes = [
        ledger.settle_page(books.conn, books.store_id, now=END_OF_JUNE, limit=2) for _ in range(4)
    ]
    assert sizes == [2, 2, 1, 0]
    assert len(expiries(books)) == 5
    assert ledger.settle_page(books.conn, elsewhere.store_id, now=END_OF_JUNE, limit=9) == 1


def test_every_write_settles_what_is_due_first(books: Books) -> None:
    late = END_OF_JUNE + DAY
    writes: list[Callable[[Account], object]] = [
        lambda account: books.earn(account, 1, "order:9", now=late),
        lambda account: books.reverse(account, 1, "order:2", now=late),
        lambda account: books.redeem(account, 1, now=late),
        lambda account: books.hold(account, 1, now=late),
        lambda account: books.adjust(account, -1, now=late),
        lambda account: books.transfer("order:2", account, books.account(), now=late),
        lambda account: books.merge(account, books.account(), now=late),
    ]
    for write in writes:
        account = books.account()
        books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
        books.earn(account, 10, "order:2")
        write(account)
    assert [amount for amount, *_ in expiries(books)] == [-10] * len(writes)


def test_a_task_that_comes_late_leaves_the_date_of_expiry_as_it_was(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    ledger.settle(books.conn, account, now=END_OF_JUNE + 400 * DAY)
    [(_, _, effective, _)] = expiries(books)
    assert effective == END_OF_JUNE


def test_without_a_notice_nothing_expires_and_the_extension_is_logged(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    assert books.shown(account, END_OF_JUNE) == (10, 0, 0, 0)
    assert books.balance(account, END_OF_JUNE).expiring == [Expiring(END_OF_JULY, 10)]
    assert ledger.settle(books.conn, account, now=END_OF_JUNE) == 0
    assert books.balance(account, END_OF_JUNE).expiring == [Expiring(END_OF_JULY, 10)]
    [lot] = lot_ids(books)
    assert extensions(books) == [(lot, END_OF_JUNE, END_OF_JULY, "no_notice")]
    assert books.shown(account, END_OF_AUGUST) == (10, 0, 0, 0)


def test_a_notice_in_time_lets_points_expire_at_their_date(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    told = ledger.record_notice(books.conn, lot_ids(books), END_OF_JUNE - 30 * DAY)
    assert list(told.values()) == [END_OF_JUNE]
    assert books.shown(account, END_OF_JUNE - timedelta(seconds=1)) == (10, 0, 0, 0)
    assert books.shown(account, END_OF_JUNE) == (0, 0, 0, 0)
    assert ledger.settle(books.conn, account, now=END_OF_JUNE) == 10
    assert extensions(books) == []


def test_a_late_notice_names_and_sets_the_next_date_that_it_precedes(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    [lot] = lot_ids(books)
    assert ledger.record_notice(books.conn, [lot], END_OF_JUNE - 29 * DAY) == {lot: END_OF_JULY}
    assert extensions(books) == [(lot, END_OF_JUNE, END_OF_JULY, "no_notice")]
    assert books.shown(account, END_OF_JUNE + DAY) == (10, 0, 0, 0)
    assert ledger.settle(books.conn, account, now=END_OF_JULY) == 10


def test_a_notice_after_the_date_finds_the_points_extended(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    [lot] = lot_ids(books)
    told = ledger.record_notice(books.conn, [lot], END_OF_JUNE + 10 * DAY)
    assert told == {lot: END_OF_AUGUST}
    assert books.shown(account, END_OF_AUGUST - DAY) == (10, 0, 0, 0)
    assert books.shown(account, END_OF_AUGUST) == (0, 0, 0, 0)


def test_only_the_first_notice_counts_and_only_of_points_that_expire(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    books.earn(account, 10, "order:2")
    books.earn(account, 10, "order:3", expires_at=END_OF_JUNE)
    books.reverse(account, 10, "order:3")
    first, never, gone = lot_ids(books)
    assert ledger.record_notice(books.conn, [first, never, gone, 999], NOW) == {first: END_OF_JUNE}
    assert ledger.record_notice(books.conn, [first], NOW + DAY) == {}
    assert ledger.record_notice(books.conn, [], NOW) == {}


def test_an_account_that_was_settled_is_looked_at_again_when_its_next_lot_is_due(
    books: Books,
) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 10, "order:2", expires_at=END_OF_JULY)
    assert ledger.settle_page(books.conn, books.store_id, now=END_OF_JUNE, limit=10) == 1
    assert ledger.settle_page(books.conn, books.store_id, now=END_OF_JUNE, limit=10) == 0
    assert ledger.settle_page(books.conn, books.store_id, now=END_OF_JULY, limit=10) == 1
    assert books.shown(account, END_OF_JULY) == (0, 0, 0, 0)


def test_sqlite_finds_the_lots_of_a_page_by_their_members_and_not_by_their_store(
    books: Books,
) -> None:
    dialect = books.conn.dialect
    if dialect.name != "sqlite":
        pytest.skip("PostgreSQL weighs its indexes by how many rows there are")
    asked = {
        "store_ids": [books.store_id],
        "member_ids": list(range(100)),
        "units": ["points"],
        "closed": False,
        "now": NOW.isoformat(),
    }
    for statement in (sql.DUE_LOTS_OF_ANY, sql.SOONEST_EXPIRY_OF_ANY):
        text = statement.compile(dialect=dialect).construct_expanded_state(asked)
        values = tuple(text.parameters[name] for name in text.positiontup or ())
        rows = books.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text.statement}", values).all()
        assert "ix_lot_member (member_id=? AND unit=? AND closed=?" in rows[0][-1]
