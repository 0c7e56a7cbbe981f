"""Points that come in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, Expiring, RefundPolicy
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import (
    ForeignAccount,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidAmount,
    InvalidPosting,
)
from saleor_loyalty_app.ledger.posting import MAX_AMOUNT
from tests.factories import make_store
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books, cause, new_key


def test_earned_points_are_pending_until_their_time_and_expire_at_their_date(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, available_from=NOW + DAY, expires_at=END_OF_JUNE)
    books.earn(account, 40, pending=True)
    books.earn(account, 7)
    assert books.shown(account) == (7, 140, 0, 0)
    assert books.shown(account, NOW + DAY) == (107, 40, 0, 0)
    assert books.balance(account).expiring == [Expiring(END_OF_JUNE, 100)]
    assert books.shown(account, END_OF_JUNE - timedelta(seconds=1)) == (107, 40, 0, 0)
    assert books.shown(account, END_OF_JUNE) == (7, 40, 0, 0)
    assert books.balance(account).lifetime == 147


def test_an_account_without_movements_is_empty(books: Books) -> None:
    view = books.balance(books.account())
    assert (view.total, view.lifetime, view.expiring) == (0, 0, [])


def test_a_repeated_key_posts_once_and_gives_the_first_result(books: Books) -> None:
    account = books.account()
    first = books.earn(account, 100, key="once")
    again = books.earn(account, 100, key="once", now=NOW + DAY)
    assert first.created
    assert not again.created
    assert (again.entry_id, again.amount) == (first.entry_id, 100)
    assert books.shown(account) == (100, 0, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 101},
        {"source": "order:2"},
        {"part": "referral"},
        {"channel": "tr"},
        {"currency": "TRY"},
        {"rule_ids": ("base",)},
        {"reason": {"code": "other"}},
        {"actor": "user:1"},
    ],
)
def test_the_same_key_for_another_input_is_refused(books: Books, other: dict[str, Any]) -> None:
    account = books.account()
    books.earn(account, 100, key="once")
    again: dict[str, Any] = {"amount": 100, "key": "once", **other}
    with pytest.raises(IdempotencyConflict):
        books.earn(account, **again)
    assert books.shown(account) == (100, 0, 0, 0)


def test_a_key_belongs_to_one_member_and_unit(books: Books) -> None:
    account = books.account()
    books.earn(account, 100, key="once")
    for other in (books.account(), Account(account.store_id, account.member_id, "status")):
        with pytest.raises(IdempotencyConflict):
            books.earn(other, 100, key="once")


def test_two_stores_may_use_the_same_key(books: Books) -> None:
    elsewhere = Books(books.conn)
    assert books.earn(books.account(), 1, key="once").created
    assert elsewhere.earn(elsewhere.account(), 2, key="once").created


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, "5", MAX_AMOUNT + 1, None])
def test_only_whole_numbers_within_bounds_are_points(books: Books, amount: Any) -> None:
    account = books.account()
    with pytest.raises(InvalidAmount):
        books.earn(account, amount)
    with pytest.raises(InvalidAmount):
        books.reverse(account, amount)
    with pytest.raises(InvalidAmount):
        books.redeem(account, amount)
    with pytest.raises(InvalidAmount):
        books.hold(account, amount)


@pytest.mark.parametrize("name", ["", "x" * 301, "a\x00b"])
@pytest.mark.parametrize("field", ["source", "part", "actor"])
def test_names_that_cannot_be_stored_or_read_are_refused(
    books: Books, field: str, name: str
) -> None:
    account = books.account()
    misnamed: dict[str, Any] = {field: name}
    with pytest.raises(InvalidPosting) as refused:
        books.earn(account, 1, **misnamed)
    assert refused.value.detail == {"field": field}


def test_a_time_without_zone_is_refused(books: Books) -> None:
    account = books.account()
    books.earn(account, 1)
    with pytest.raises((ValueError, TypeError, sa.exc.StatementError)):
        books.earn(account, 1, expires_at=datetime(2030, 1, 1))  # noqa: DTZ001


def test_a_member_whose_books_are_another_stores_is_refused(books: Books) -> None:
    account = books.account()
    books.earn(account, 5)
    stranger = Account(make_store(books.conn).id, account.member_id, "points")
    with pytest.raises(ForeignAccount), books.conn.begin_nested():
        books.earn(stranger, 5)
    with pytest.raises(ForeignAccount):
        ledger.lock_accounts(books.conn, [account, stranger])
    with pytest.raises(ForeignAccount):
        books.redeem(stranger, 1)
    assert books.balance(stranger).total == 0
    assert books.shown(account) == (5, 0, 0, 0)


def test_units_do_not_mix(books: Books) -> None:
    points = books.account()
    status = Account(points.store_id, points.member_id, "status")
    books.earn(points, 10)
    books.earn(status, 3)
    assert (books.balance(points).total, books.balance(status).total) == (10, 3)
    with pytest.raises(InsufficientPoints):
        books.redeem(status, 4)


def test_what_had_expired_before_it_was_booked_expires_when_it_is_booked(books: Books) -> None:
    """An old order that is imported must not move a month that is closed."""
    account = books.account()
    books.earn(account, 30, expires_at=NOW - 90 * DAY)
    assert books.shown(account) == (0, 0, 0, 0)
    effective = books.conn.execute(
        sa.select(sql.entry.c.effective_at).where(sql.entry.c.kind == "expire")
    ).scalar_one()
    assert effective == NOW


def test_debt_is_paid_out_of_the_next_earning_also_a_pending_one(books: Books) -> None:
    account = books.account()
    books.earn(account, 50)
    books.redeem(account, 50)
    books.reverse(account, 50, policy=RefundPolicy.unlimited)
    assert books.shown(account) == (0, 0, 0, 50)
    assert books.balance(account).total == -50
    books.earn(account, 30, "order:2", pending=True)
    assert books.shown(account) == (0, 0, 0, 20)
    books.earn(account, 30, "order:3", expires_at=END_OF_JUNE)
    assert books.shown(account) == (10, 0, 0, 0)


def test_staff_corrects_up_and_down_and_never_below_zero(books: Books) -> None:
    account = books.account()
    books.adjust(account, 20)
    books.earn(account, 5, pending=True)
    assert books.shown(account) == (20, 5, 0, 0)
    books.adjust(account, -22)
    assert books.shown(account) == (0, 3, 0, 0)
    with pytest.raises(InsufficientPoints) as refused:
        books.adjust(account, -4)
    assert refused.value.detail == {"available": 3, "needed": 4, "unit": "points"}
    with pytest.raises(InvalidAmount):
        books.adjust(account, 0)


def test_locking_makes_the_rows_that_are_missing_and_takes_any_order(books: Books) -> None:
    accounts = [books.account() for _ in range(5)]
    ledger.lock_accounts(books.conn, [*reversed(accounts), accounts[0]])
    ledger.lock_accounts(books.conn, [])
    made = books.conn.execute(sa.select(sa.func.count()).select_from(sql.balance)).scalar_one()
    assert made == 5


def test_a_rule_and_its_reason_are_kept_with_the_entry(books: Books) -> None:
    account = books.account()
    reason = {"code": "order_earned", "per": "1.00", "lines": [1, 2]}
    posted = ledger.earn(
        books.conn,
        account,
        9,
        cause(reason=reason, rule_ids=("base", "double")),
        key=new_key(),
        now=NOW + DAY,
        effective_at=NOW,
        available_from=None,
        expires_at=END_OF_JUNE,
    )
    [entry] = ledger.history(books.conn, account, now=NOW).entries
    assert entry.id == posted.entry_id
    assert (entry.reason, entry.rule_ids) == (reason, ("base", "double"))
    assert (entry.effective_at, entry.posted_at) == (NOW, NOW + DAY)
    assert (entry.expires_at, entry.available_from) == (END_OF_JUNE, None)
