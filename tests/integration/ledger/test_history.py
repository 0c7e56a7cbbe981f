"""A member's movements, page by page."""

import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger.errors import InvalidCursor
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books


def states(books: Books, account: ledger.Account, now: object = NOW) -> list[tuple[str, str, int]]:
    page = ledger.history(books.conn, account, now=now)  # type: ignore[arg-type]
    return [(entry.kind, entry.state.value, entry.remaining) for entry in page.entries]


def test_pages_follow_each_other_newest_first_while_new_entries_come_in(books: Books) -> None:
    account = books.account()
    posted = [books.earn(account, number, f"order:{number}").entry_id for number in range(1, 8)]
    first = ledger.history(books.conn, account, now=NOW, first=3)
    books.earn(account, 100, "order:new")
    second = ledger.history(books.conn, account, now=NOW, first=3, after=first.next_cursor)
    third = ledger.history(books.conn, account, now=NOW, first=3, after=second.next_cursor)
    seen = [entry.id for page in (first, second, third) for entry in page.entries]
    assert seen == posted[::-1]
    assert third.next_cursor is None


def test_a_full_last_page_has_no_next(books: Books) -> None:
    account = books.account()
    for number in range(4):
        books.earn(account, 1, f"order:{number}")
    page = ledger.history(books.conn, account, now=NOW, first=4)
    assert (len(page.entries), page.next_cursor) == (4, None)


def test_nobody_sees_another_members_stores_or_units_entries(books: Books) -> None:
    account, stranger = books.account(), books.account()
    books.earn(account, 1)
    for other in (
        stranger,
        ledger.Account(account.store_id, account.member_id, "status"),
        ledger.Account(Books(books.conn).store_id, account.member_id, "points"),
    ):
        assert ledger.history(books.conn, other, now=NOW).entries == []


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "1e3", "9" * 19, "٣", "1 OR 1=1"])
def test_a_made_up_cursor_is_refused(books: Books, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        ledger.history(books.conn, books.account(), now=NOW, after=cursor)


def test_a_page_has_at_least_one_and_at_most_a_hundred_entries(books: Books) -> None:
    account = books.account()
    with pytest.raises(InvalidCursor):
        ledger.history(books.conn, account, now=NOW, first=0)
    for number in range(101):
        books.earn(account, 1, f"order:{number}")
    page = ledger.history(books.conn, account, now=NOW, first=10**9)
    assert len(page.entries) == 100
    assert page.next_cursor is not None


def test_each_entry_tells_what_became_of_its_points(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", available_from=NOW + DAY)
    books.earn(account, 20, "order:2", expires_at=END_OF_JUNE)
    books.earn(account, 30, "order:3")
    assert states(books, account) == [
        ("earn", "available", 30),
        ("earn", "available", 20),
        ("earn", "pending", 10),
    ]
    books.redeem(account, 15)
    books.hold(account, 5)
    assert states(books, account) == [
        ("redeem", "booked", 0),
        ("earn", "available", 30),
        ("earn", "held", 0),
        ("earn", "pending", 10),
    ]
    books.reverse(account, 10, "order:1")
    books.redeem(account, 30)
    assert [state for _, state, _ in states(books, account)] == [
        "booked",
        "booked",
        "booked",
        "spent",
        "held",
        "reversed",
    ]


def test_expired_points_read_as_expired_before_and_after_the_task(books: Books) -> None:
    account = books.account()
    books.earn(account, 20, expires_at=END_OF_JUNE)
    books.redeem(account, 5)
    assert states(books, account, END_OF_JUNE)[-1] == ("earn", "expired", 0)
    ledger.settle(books.conn, account, now=END_OF_JUNE)
    assert states(books, account, END_OF_JUNE)[-1] == ("earn", "expired", 0)


def test_a_reversal_shows_what_it_forgave(books: Books) -> None:
    account = books.account()
    books.earn(account, 20)
    books.redeem(account, 15)
    books.reverse(account, 20)
    books.reverse(account, 5)
    [all_forgiven, part, *_] = ledger.history(books.conn, account, now=NOW).entries
    assert (part.kind, part.amount, part.waived) == ("reverse", -5, 15)
    assert (all_forgiven.kind, all_forgiven.amount, all_forgiven.waived) == ("waive", 0, 5)
