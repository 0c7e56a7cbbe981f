"""Taking back what was earned."""

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.ledger import RefundPolicy
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import IdempotencyConflict
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books

UNLIMITED, WITHIN, PENDING = (
    RefundPolicy.unlimited,
    RefundPolicy.within_balance,
    RefundPolicy.only_pending,
)


def remaining(books: Books) -> dict[str, int]:
    lot = sql.lot.c
    rows = books.conn.execute(
        sa.select(lot.source, lot.part, sa.func.sum(lot.remaining)).group_by(lot.source, lot.part)
    )
    return {f"{source}/{part}": int(total) for source, part, total in rows}


def test_the_sources_own_lots_pay_first_and_of_them_the_same_part(books: Books) -> None:
    account = books.account()
    books.earn(account, 10, "order:1", expires_at=END_OF_JUNE)
    books.earn(account, 10, "order:2")
    books.earn(account, 10, "order:2", part="campaign:7")
    assert books.reverse(account, 4, "order:2", part="campaign:7").posted == 4
    assert remaining(books) == {
        "order:1/points": 10,
        "order:2/points": 10,
        "order:2/campaign:7": 6,
    }
    assert books.reverse(account, 12, "order:2").posted == 12
    assert remaining(books)["order:2/campaign:7"] == 4


@pytest.mark.parametrize(
    ("policy", "posted", "waived", "after"),
    [
        (WITHIN, 35, 65, (0, 0, 0, 0)),
        (UNLIMITED, 100, 0, (0, 0, 0, 65)),
        (PENDING, 0, 100, (20, 15, 0, 0)),
    ],
)
def test_the_policy_decides_about_points_that_were_spent(
    books: Books,
    policy: RefundPolicy,
    posted: int,
    waived: int,
    after: tuple[int, int, int, int],
) -> None:
    account = books.account()
    books.earn(account, 100, "order:1")
    books.redeem(account, 100)
    books.earn(account, 20, "order:2")
    books.earn(account, 15, "order:3", pending=True)
    done = books.reverse(account, 100, "order:1", policy=policy)
    assert (done.posted, done.waived, done.created) == (posted, waived, True)
    assert books.shown(account) == after
    assert books.balance(account).lifetime == 135 - posted


def test_only_pending_takes_the_pending_points_of_its_source_and_no_others(books: Books) -> None:
    account = books.account()
    books.earn(account, 30, "order:1")
    books.earn(account, 12, "order:1", available_from=NOW + DAY)
    books.earn(account, 50, "order:2", pending=True)
    done = books.reverse(account, 42, "order:1", policy=PENDING)
    assert (done.posted, done.waived) == (12, 30)
    assert books.shown(account) == (30, 50, 0, 0)


def test_a_reversal_that_forgave_is_repeated_without_taking_more(books: Books) -> None:
    account = books.account()
    books.earn(account, 100)
    books.redeem(account, 100)
    first = books.reverse(account, 100, key="refund")
    assert (first.posted, first.waived) == (0, 100)
    books.earn(account, 60, "order:2")
    again = books.reverse(account, 100, key="refund", now=NOW + DAY)
    assert (again.entry_id, again.posted, again.waived) == (first.entry_id, 0, 100)
    assert not again.created
    assert books.shown(account) == (60, 0, 0, 0)
    with pytest.raises(IdempotencyConflict):
        books.reverse(account, 100, key="refund", policy=UNLIMITED)


def test_a_part_that_was_forgiven_is_told_again_when_repeated(books: Books) -> None:
    account = books.account()
    books.earn(account, 100)
    books.redeem(account, 70)
    for created in (True, False):
        done = books.reverse(account, 100, key="refund")
        assert (done.posted, done.waived, done.created) == (30, 70, created)


@pytest.mark.parametrize("cuts", [[100], [50, 50], [10, 20, 30, 40], [1, 99]])
def test_what_expired_is_not_taken_again_from_others_in_any_cut(
    books: Books, cuts: list[int]
) -> None:
    account = books.account()
    books.earn(account, 100, "order:1", expires_at=END_OF_JUNE)
    books.redeem(account, 40)
    books.earn(account, 500, "order:2")
    done = [
        books.reverse(account, cut, "order:1", now=END_OF_JUNE + DAY, policy=UNLIMITED)
        for cut in cuts
    ]
    assert sum(one.posted for one in done) == 40
    assert sum(one.waived for one in done) == 60
    assert books.shown(account, END_OF_JUNE + DAY) == (460, 0, 0, 0)


def test_within_the_balance_counts_points_on_hold(books: Books) -> None:
    """Buy, hold the points, refund, let the hold go: the points must not stay."""
    account = books.account()
    books.earn(account, 100)
    hold = books.hold(account, 70)
    done = books.reverse(account, 100)
    assert (done.posted, done.waived) == (100, 0)
    assert books.shown(account) == (0, 0, 70, 70)
    assert books.balance(account).total == 0
    books.release(hold)
    assert books.shown(account) == (0, 0, 0, 0)


def test_points_on_hold_cover_a_reversal_only_once(books: Books) -> None:
    account = books.account()
    books.earn(account, 70, "order:1")
    books.earn(account, 70, "order:2")
    books.redeem(account, 70)
    books.hold(account, 70)
    assert books.reverse(account, 70, "order:1").posted == 70
    done = books.reverse(account, 70, "order:2")
    assert (done.posted, done.waived) == (0, 70)


def test_a_hold_that_is_captured_after_its_points_were_taken_back_leaves_debt(
    books: Books,
) -> None:
    account = books.account()
    books.earn(account, 100)
    hold = books.hold(account, 100)
    books.reverse(account, 100)
    books.capture(hold, 60)
    assert books.shown(account) == (0, 0, 0, 60)


def test_a_member_without_books_is_forgiven_or_owes(books: Books) -> None:
    account = books.account()
    done = books.reverse(account, 10)
    assert (done.posted, done.waived) == (0, 10)
    assert books.reverse(account, 10, policy=UNLIMITED).posted == 10
    assert books.shown(account) == (0, 0, 0, 10)


@pytest.mark.parametrize(
    ("policy", "posted", "waived", "debt"),
    [(WITHIN, 20, 80, 0), (PENDING, 0, 100, 0), (UNLIMITED, 100, 0, 80)],
)
def test_an_order_whose_spent_points_come_back_is_as_the_dashboard_tells_it(
    books: Books, policy: RefundPolicy, posted: int, waived: int, debt: int
) -> None:
    """The numbers behind the texts `example.refund_*` of the program's page."""
    account = books.account()
    books.earn(account, 100, "order:1")
    books.redeem(account, 80)
    back = books.reverse(account, 100, "order:1", policy=policy)
    assert (back.posted, back.waived) == (posted, waived)
    assert books.balance(account).debt == debt
