"""When pending points become spendable."""

from datetime import datetime

from saleor_loyalty_app import ledger
from tests.integration.ledger.books import DAY, NOW, Books


def tell(books: Books, member_id: int, source: str, at: datetime, now: datetime = NOW) -> int:
    return ledger.set_availability(books.conn, books.store_id, member_id, source, at, now=now)


def test_pending_points_get_their_date_and_come_without_a_task(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", pending=True)
    books.earn(account, 5, "order:2", pending=True)
    assert tell(books, account.member_id, "order:1", NOW + DAY) == 1
    assert books.shown(account) == (0, 15, 0, 0)
    assert books.shown(account, NOW + DAY) == (10, 5, 0, 0)


def test_a_date_may_move_either_way_while_points_are_pending(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, available_from=NOW + 5 * DAY)
    assert tell(books, account.member_id, "order:1", NOW + 9 * DAY) == 1
    assert books.shown(account, NOW + 6 * DAY) == (0, 10, 0, 0)
    assert tell(books, account.member_id, "order:1", NOW - DAY) == 1
    assert books.shown(account) == (10, 0, 0, 0)


def test_spendable_points_never_become_pending_again(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    books.redeem(account, 4)
    assert tell(books, account.member_id, "order:1", NOW + DAY) == 0
    assert books.shown(account) == (6, 0, 0, 0)


def test_telling_the_same_date_twice_changes_nothing(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, pending=True)
    assert tell(books, account.member_id, "order:1", NOW + DAY) == 1
    assert tell(books, account.member_id, "order:1", NOW + DAY) == 0


def test_all_units_of_the_source_are_told_and_no_other_member(books: Books) -> None:
    account, stranger = books.account(), books.account()
    status = ledger.Account(account.store_id, account.member_id, "status")
    for each in (account, status, stranger):
        books.earn(each, 10, "order:1", pending=True)
    assert tell(books, account.member_id, "order:1", NOW) == 2
    assert books.shown(stranger) == (0, 10, 0, 0)
    assert tell(Books(books.conn), account.member_id, "order:1", NOW + DAY) == 0
