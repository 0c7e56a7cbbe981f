"""Points that are spent, and that come back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Expiring, Spending
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import (
    EntryNotFound,
    IdempotencyConflict,
    InsufficientPoints,
    NotRestorable,
    RestoreExceeded,
)
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books, cause, new_key


def by_source(books: Books) -> dict[str, int]:
    lot = sql.lot.c
    rows = books.conn.execute(
        sa.select(lot.source, sa.func.sum(lot.remaining)).group_by(lot.source).order_by(lot.source)
    )
    return {source: int(total) for source, total in rows}


def test_soonest_expiry_is_spent_first_then_what_never_expires_then_the_oldest(
    books: Books,
) -> None:
    account = books.account()
    books.earn(account, 10, "a:never:new", now=NOW)
    books.earn(account, 10, "b:never:old", now=NOW - DAY)
    books.earn(account, 10, "c:late", expires_at=END_OF_JUNE + 31 * DAY)
    books.earn(account, 10, "d:soon", expires_at=END_OF_JUNE)
    books.earn(account, 10, "e:pending", pending=True, expires_at=END_OF_JUNE - DAY)
    books.redeem(account, 15)
    assert list(by_source(books).values()) == [10, 10, 5, 0, 10]
    books.redeem(account, 17)
    assert list(by_source(books).values()) == [8, 0, 0, 0, 10]


def test_pending_points_cannot_be_spent(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, available_from=NOW + DAY)
    books.earn(account, 30)
    with pytest.raises(InsufficientPoints) as refused:
        books.redeem(account, 31)
    assert refused.value.detail == {"available": 30, "needed": 31, "unit": "points"}
    assert books.shown(account) == (30, 100, 0, 0)
    books.redeem(account, 31, now=NOW + DAY)


def test_more_lots_than_one_look_takes_are_spent_together(books: Books) -> None:
    account = books.account()
    for number in range(70):
        books.earn(account, 1, f"order:{number}")
    books.redeem(account, 69)
    assert books.shown(account) == (1, 0, 0, 0)


def test_a_repeated_spending_gives_the_first_result_even_with_nothing_left(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    first = books.redeem(account, 10, key="spend")
    again = books.redeem(account, 10, key="spend")
    assert (again.entry_id, again.amount, again.created) == (first.entry_id, -10, False)
    with pytest.raises(IdempotencyConflict):
        books.redeem(account, 9, key="spend")


def test_expired_points_cannot_be_spent_although_no_task_ran(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    with pytest.raises(InsufficientPoints):
        books.redeem(account, 1, now=END_OF_JUNE)


def test_a_donation_is_an_entry_of_its_own_kind(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    given = ledger.redeem(
        books.conn, account, 4, cause("cause:1"), key=new_key(), now=NOW, kind=Spending.donate
    )
    [latest, _] = ledger.history(books.conn, account, now=NOW).entries
    assert (latest.kind, latest.amount) == ("donate", -4)
    assert books.restore(given, 4).amount == 4


def test_spent_points_come_back_with_their_own_expiry_and_source(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 10, "order:2")
    spent = books.redeem(account, 20)
    back = books.restore(spent, 20)
    assert (back.amount, back.created) == (20, True)
    assert by_source(books) == {"order:1": 10, "order:2": 10}
    assert books.balance(account).expiring == [Expiring(END_OF_JUNE, 10)]
    assert books.balance(account).lifetime == 20


def test_spent_points_that_would_have_expired_come_back_for_30_days(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    spent = books.redeem(account, 10)
    late = END_OF_JUNE + 100 * DAY
    books.restore(spent, 10, now=late)
    assert books.balance(account, late).expiring == [Expiring(late + 30 * DAY, 10)]
    assert books.shown(account, late + 30 * DAY) == (0, 0, 0, 0)


def test_a_restored_part_of_a_lot_leaves_the_rests_own_expiry_alone(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    spent = books.redeem(account, 6)
    now = END_OF_JUNE - DAY
    books.restore(spent, 6, now=now)
    assert books.balance(account, now).expiring == [
        Expiring(END_OF_JUNE, 4),
        Expiring(now + 30 * DAY, 6),
    ]


def test_what_was_taken_last_comes_back_first_and_never_more_than_was_spent(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 10, "order:2")
    spent = books.redeem(account, 20)
    books.restore(spent, 7)
    assert by_source(books) == {"order:1": 0, "order:2": 7}
    books.restore(spent, 7)
    assert by_source(books) == {"order:1": 4, "order:2": 10}
    with pytest.raises(RestoreExceeded) as refused:
        books.restore(spent, 7)
    assert refused.value.detail == {"restorable": 6, "needed": 7}


def test_a_repeated_restore_gives_the_first_result(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    spent = books.redeem(account, 10)
    first = books.restore(spent, 10, key="back")
    again = books.restore(spent, 10, key="back")
    assert (again.entry_id, again.created) == (first.entry_id, False)
    assert books.shown(account) == (10, 0, 0, 0)


def test_only_what_was_spent_in_this_store_can_come_back(books: Books) -> None:
    account = books.account()
    earned = books.earn(account, 10)
    spent = books.redeem(account, 10)
    with pytest.raises(NotRestorable):
        books.restore(earned, 1)
    elsewhere = Books(books.conn)
    with pytest.raises(EntryNotFound):
        elsewhere.restore(spent, 1)
    with pytest.raises(NotRestorable):
        books.restore(spent, 1, account=elsewhere.account())


def test_points_come_back_to_the_member_that_the_spender_became(books: Books) -> None:
    guest, member = books.account(), books.account()
    books.earn(guest, 10, expires_at=END_OF_JUNE)
    spent = books.redeem(guest, 10)
    books.merge(guest, member)
    books.restore(spent, 10, account=member)
    assert books.shown(member) == (10, 0, 0, 0)
    assert books.shown(guest) == (0, 0, 0, 0)


def test_restored_points_pay_debt_first(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    spent = books.redeem(account, 10)
    books.reverse(account, 10, policy=ledger.RefundPolicy.unlimited)
    books.restore(spent, 10)
    assert books.shown(account) == (0, 0, 0, 0)


def test_restored_points_can_be_spent_and_restored_again(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, expires_at=END_OF_JUNE)
    for _ in range(3):
        spent = books.redeem(account, 10)
        books.restore(spent, 10)
    assert books.balance(account).expiring == [Expiring(END_OF_JUNE, 10)]
    assert books.shown(account, END_OF_JUNE - timedelta(seconds=1)) == (10, 0, 0, 0)
