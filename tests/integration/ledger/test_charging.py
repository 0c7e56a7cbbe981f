"""A charge takes what is there and leaves the rest as debt; giving it back undoes both."""

import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, Posted
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InvalidAmount, RestoreExceeded
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books, cause, new_key


def charged(books: Books, account: Account, amount: int, key: str | None = None) -> Posted:
    return ledger.charge(
        books.conn, account, amount, cause("redemption:1"), key=key or new_key(), now=NOW
    )


def test_spendable_points_go_first_then_pending_ones_then_debt(books: Books) -> None:
    account = books.account()
    books.earn(account, 30, "order:1", available_from=NOW + DAY)
    books.earn(account, 50, "order:2")
    charged(books, account, 40)
    assert books.shown(account) == (10, 30, 0, 0)
    charged(books, account, 100)
    assert books.shown(account) == (0, 0, 0, 60)
    books.assert_no_drift()


def test_held_points_stay_held_and_pay_the_debt_once_they_are_released(books: Books) -> None:
    account = books.account()
    books.earn(account, 50)
    hold = books.hold(account, 50)
    charged(books, account, 20)
    assert books.shown(account) == (0, 0, 50, 20)
    books.assert_no_drift()
    books.release(hold)
    assert books.shown(account) == (30, 0, 0, 0)
    books.assert_no_drift()


def test_the_same_charge_is_made_once(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    first = charged(books, account, 25, "charge:1")
    again = charged(books, account, 25, "charge:1")
    assert (again.entry_id, again.amount, again.created) == (first.entry_id, -25, False)
    assert books.shown(account) == (0, 0, 0, 15)
    with pytest.raises(IdempotencyConflict):
        charged(books, account, 26, "charge:1")
    with pytest.raises(InvalidAmount):
        charged(books, account, 0)
    books.assert_no_drift()


def test_giving_back_takes_the_unpaid_debt_away_first(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    spent = charged(books, account, 25)
    books.restore(spent, 15)
    assert books.shown(account) == (0, 0, 0, 0)
    books.assert_no_drift()
    books.restore(spent, 10)
    assert books.shown(account) == (10, 0, 0, 0)
    assert [one.at for one in books.balance(account).expiring] == [END_OF_JUNE]
    with pytest.raises(RestoreExceeded):
        books.restore(spent, 1)
    books.assert_no_drift()


def test_debt_that_was_paid_comes_back_as_the_points_that_paid_it(books: Books) -> None:
    account = books.account()
    spent = charged(books, account, 25)
    books.earn(account, 20, expires_at=END_OF_JUNE)
    assert books.shown(account) == (0, 0, 0, 5)
    books.restore(spent, 25)
    assert books.shown(account) == (20, 0, 0, 0)
    assert [one.at for one in books.balance(account).expiring] == [END_OF_JUNE]
    books.assert_no_drift()


def test_giving_back_leaves_other_debts_to_be_paid(books: Books) -> None:
    account = books.account()
    first, second = charged(books, account, 10), charged(books, account, 5)
    books.restore(second, 5)
    assert books.shown(account) == (0, 0, 0, 10)
    books.earn(account, 10)
    other = charged(books, account, 4)
    books.restore(first, 10)
    assert books.shown(account) == (6, 0, 0, 0)
    books.restore(other, 4)
    assert books.shown(account) == (10, 0, 0, 0)
    books.assert_no_drift()


def test_after_a_merge_the_winner_gets_debt_and_points_back(books: Books) -> None:
    loser, winner = books.account(), books.account()
    books.earn(loser, 10)
    spent = charged(books, loser, 25)
    books.merge(loser, winner)
    assert books.shown(winner) == (0, 0, 0, 15)
    books.restore(spent, 25, account=winner)
    assert books.shown(winner) == (10, 0, 0, 0)
    assert books.shown(loser) == (0, 0, 0, 0)
    books.assert_no_drift()
