"""Points set aside."""

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Expiring
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import (
    HoldEnded,
    HoldExceeded,
    HoldNotFound,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidAmount,
    InvalidPosting,
)
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books


def test_held_points_are_neither_spendable_nor_gone_and_post_no_entry(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    books.hold(account, 7)
    assert books.shown(account) == (3, 0, 7, 0)
    assert books.balance(account).total == 10
    entries = books.conn.execute(sa.select(sa.func.count()).select_from(sql.entry)).scalar_one()
    assert entries == 1
    with pytest.raises(InsufficientPoints):
        books.redeem(account, 4)


def test_a_released_hold_puts_points_back_where_they_were(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    hold = books.hold(account, 7)
    assert books.release(hold).created
    assert not books.release(hold).created
    assert books.shown(account) == (10, 0, 0, 0)
    assert books.balance(account).expiring == [Expiring(END_OF_JUNE, 10)]


def test_a_capture_spends_what_was_held_once(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    hold = books.hold(account, 7)
    first = books.capture(hold, key="order")
    again = books.capture(hold, key="order")
    assert (first.amount, first.created) == (-7, True)
    assert (again.entry_id, again.amount, again.created) == (first.entry_id, -7, False)
    assert books.shown(account) == (3, 0, 0, 0)


def test_a_part_captured_releases_the_rest(books: Books) -> None:
    account = books.account()
    books.earn(account, 4, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 6, "order:2")
    hold = books.hold(account, 10)
    spent = books.capture(hold, 5)
    assert spent.amount == -5
    assert books.shown(account) == (5, 0, 0, 0)
    books.restore(spent, 5)
    assert books.shown(account) == (10, 0, 0, 0)


def test_held_points_do_not_expire_and_come_back_for_30_days(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    hold = books.hold(account, 7)
    late = END_OF_JUNE + DAY
    assert books.shown(account, late) == (0, 0, 7, 0)
    books.release(hold, now=late)
    assert books.shown(account, late) == (7, 0, 0, 0)
    assert books.balance(account, late).expiring == [Expiring(late + 30 * DAY, 7)]
    assert books.shown(account, late + 30 * DAY) == (0, 0, 0, 0)


def test_the_rest_of_a_late_capture_comes_back_for_30_days(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    hold = books.hold(account, 10)
    late = END_OF_JUNE + DAY
    books.capture(hold, 6, now=late)
    assert books.balance(account, late).expiring == [Expiring(late + 30 * DAY, 4)]


def test_a_hold_released_after_an_expiry_that_was_put_off_comes_back_until_the_later_date(
    books: Books,
) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE, notice_required=True)
    hold = books.hold(account, 10)
    late = END_OF_JUNE + DAY
    books.release(hold, now=late)
    assert books.balance(account, late).expiring == [Expiring(END_OF_JUNE + 31 * DAY, 10)]


def test_how_a_hold_ended_cannot_be_changed(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    captured, released = books.hold(account, 5), books.hold(account, 5)
    books.capture(captured)
    books.release(released)
    with pytest.raises(HoldEnded) as refused:
        books.release(captured)
    assert refused.value.detail == {"hold_id": captured, "state": "captured"}
    for hold in (captured, released):
        with pytest.raises(HoldEnded):
            books.capture(hold)


def test_no_more_than_was_held_can_be_captured_and_not_nothing(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    hold = books.hold(account, 5)
    with pytest.raises(HoldExceeded):
        books.capture(hold, 6)
    with pytest.raises(InvalidAmount):
        books.capture(hold, 0)
    assert books.shown(account) == (5, 0, 5, 0)


def test_another_stores_hold_does_not_exist(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    hold = books.hold(account, 5)
    elsewhere = Books(books.conn)
    with pytest.raises(HoldNotFound):
        elsewhere.capture(hold)
    with pytest.raises(HoldNotFound):
        elsewhere.release(hold)


def test_a_repeated_hold_is_placed_once_even_after_its_deadline(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    first = books.hold(account, 10, key="hold")
    assert books.hold(account, 10, key="hold") == first
    again = ledger.place_hold(
        books.conn,
        account,
        10,
        key="hold",
        source="redemption:1",
        deadline=NOW + DAY,
        now=NOW + 2 * DAY,
    )
    assert (again.hold_id, again.deadline, again.created) == (first, NOW + DAY, False)
    with pytest.raises(IdempotencyConflict):
        books.hold(account, 9, key="hold")
    with pytest.raises(InvalidPosting) as refused:
        ledger.place_hold(
            books.conn,
            account,
            1,
            key="late",
            source="redemption:1",
            deadline=NOW,
            now=NOW,
        )
    assert refused.value.detail == {"field": "deadline"}


def test_a_captured_amount_is_part_of_the_input(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    hold = books.hold(account, 10)
    books.capture(hold, 4, key="order")
    with pytest.raises(IdempotencyConflict):
        books.capture(hold, 5, key="order")
