"""Points that change their member."""

import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, Expiring, RefundPolicy
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InvalidPosting
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books


def test_an_orders_points_move_with_their_dates(books: Books) -> None:
    giver, taker = books.account(), books.account()
    books.earn(giver, 10, "order:1", available_from=NOW + DAY, expires_at=END_OF_JUNE)
    books.earn(giver, 5, "order:2")
    assert books.transfer("order:1", giver, taker).amount == 10
    assert books.shown(giver) == (5, 0, 0, 0)
    assert books.shown(taker) == (0, 10, 0, 0)
    assert books.shown(taker, NOW + DAY) == (10, 0, 0, 0)
    assert books.balance(taker).expiring == [Expiring(END_OF_JUNE, 10)]
    assert books.shown(taker, END_OF_JUNE) == (0, 0, 0, 0)
    assert (books.balance(giver).lifetime, books.balance(taker).lifetime) == (5, 10)


def test_what_was_spent_or_is_held_stays_with_the_giver(books: Books) -> None:
    giver, taker = books.account(), books.account()
    books.earn(giver, 10, "order:1")
    spent = books.redeem(giver, 3)
    hold = books.hold(giver, 2)
    assert books.transfer("order:1", giver, taker).amount == 5
    books.release(hold)
    books.restore(spent, 3)
    assert books.shown(giver) == (5, 0, 0, 0)
    assert books.shown(taker) == (5, 0, 0, 0)


def test_a_moved_order_is_reversed_against_its_new_owner(books: Books) -> None:
    giver, taker = books.account(), books.account()
    books.earn(giver, 10, "order:1")
    books.transfer("order:1", giver, taker)
    assert books.reverse(taker, 10, "order:1").posted == 10
    assert books.shown(taker) == (0, 0, 0, 0)


def test_moved_points_pay_the_receivers_debt(books: Books) -> None:
    giver, taker = books.account(), books.account()
    books.reverse(taker, 4, policy=RefundPolicy.unlimited)
    books.earn(giver, 10, "order:1")
    books.transfer("order:1", giver, taker)
    assert books.shown(taker) == (6, 0, 0, 0)


def test_a_repeated_transfer_moves_once(books: Books) -> None:
    giver, taker, third = books.account(), books.account(), books.account()
    books.earn(giver, 10, "order:1")
    assert books.transfer("order:1", giver, taker, key="owner").created
    books.earn(giver, 10, "order:1")
    again = books.transfer("order:1", giver, taker, key="owner")
    assert (again.amount, again.created) == (10, False)
    with pytest.raises(IdempotencyConflict):
        books.transfer("order:1", giver, third, key="owner")


def test_an_order_may_go_back_to_its_first_owner(books: Books) -> None:
    one, two = books.account(), books.account()
    books.earn(one, 10, "order:1")
    books.transfer("order:1", one, two)
    books.redeem(two, 4)
    books.transfer("order:1", two, one)
    assert books.shown(one) == (6, 0, 0, 0)
    assert books.transfer("order:1", two, one).amount == 0


def test_only_two_accounts_of_one_store_and_unit_can_exchange(books: Books) -> None:
    account = books.account()
    elsewhere = Books(books.conn).account()
    status = Account(account.store_id, books.account().member_id, "status")
    for other in (account, elsewhere, status):
        with pytest.raises(InvalidPosting):
            books.transfer("order:1", account, other)


def test_a_merge_moves_everything_of_all_units(books: Books) -> None:
    loser, winner = books.account(), books.account()
    status = Account(loser.store_id, loser.member_id, "status")
    books.earn(loser, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(loser, 5, "order:2", pending=True)
    books.earn(status, 3)
    books.earn(winner, 1)
    hold = books.hold(loser, 4)
    moved = books.merge(loser, winner)
    assert {unit: one.amount for unit, one in moved.items()} == {"points": 15, "status": 3}
    assert books.shown(loser) == (0, 0, 0, 0)
    assert books.shown(winner) == (7, 5, 4, 0)
    assert books.balance(winner).lifetime == 16
    assert books.balance(Account(loser.store_id, winner.member_id, "status")).total == 3
    books.capture(hold)
    assert books.shown(winner) == (7, 5, 0, 0)
    assert books.shown(winner, END_OF_JUNE) == (1, 5, 0, 0)


def test_debt_moves_and_is_paid_by_what_the_winner_has(books: Books) -> None:
    loser, winner = books.account(), books.account()
    books.reverse(loser, 30, policy=RefundPolicy.unlimited)
    books.earn(winner, 20)
    moved = books.merge(loser, winner)
    assert moved["points"].amount == -30
    assert books.shown(winner) == (0, 0, 0, 10)
    books.earn(winner, 15)
    assert books.shown(winner) == (5, 0, 0, 0)


def test_a_notice_to_the_person_counts_after_a_merge_but_not_after_a_transfer(
    books: Books,
) -> None:
    loser, winner, third = books.account(), books.account(), books.account()
    books.earn(loser, 10, expires_at=END_OF_JUNE, notice_required=True)
    lot = 1
    told = ledger.record_notice(books.conn, [lot], END_OF_JUNE - 40 * DAY)
    assert told == {lot: END_OF_JUNE}
    books.merge(loser, winner)
    assert books.shown(winner, END_OF_JUNE) == (0, 0, 0, 0)
    books.transfer("order:1", winner, third)
    assert books.shown(third, END_OF_JUNE) == (10, 0, 0, 0)


def test_a_reversal_after_a_merge_finds_the_losers_lots_and_what_expired_of_them(
    books: Books,
) -> None:
    loser, winner = books.account(), books.account()
    books.earn(loser, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(loser, 10, "order:2")
    books.earn(winner, 50, "order:3")
    late = END_OF_JUNE + DAY
    books.merge(loser, winner, now=late)
    assert books.reverse(winner, 10, "order:2", now=late).posted == 10
    done = books.reverse(winner, 10, "order:1", now=late)
    assert (done.posted, done.waived) == (0, 10)
    assert books.shown(winner, late) == (50, 0, 0, 0)


def test_a_merge_is_done_once_and_not_with_oneself(books: Books) -> None:
    loser, winner = books.account(), books.account()
    books.earn(loser, 10)
    books.merge(loser, winner, key="merge")
    again = books.merge(loser, winner, key="merge")
    assert (again["points"].amount, again["points"].created) == (10, False)
    assert books.merge(loser, winner)["points"].amount == 0
    with pytest.raises(InvalidPosting):
        books.merge(winner, winner)


def test_merging_a_member_without_books_moves_nothing(books: Books) -> None:
    assert books.merge(books.account(), books.account()) == {}
