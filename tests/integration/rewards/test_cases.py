"""Staff decide of orders that used a code beyond its points."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.decide_case import (
    Case,
    CaseDecided,
    CaseUnknown,
    ChoiceNotPossible,
    count_open,
    decide,
    open_cases,
)
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.messages import outbox
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import event, order, shopper, transaction
from tests.redemption_rows import again, give_points, make_ayse, make_redemption, release

AYSE, MALLORY = shopper(), shopper("U9", "mallory@example.com")
STAFF = "user:S1"


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


class Shop:
    """One member, one redemption, and orders that use its code."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.store: StoreRef = live_store(conn)
        self.ayse = make_ayse(conn, self.store)
        self.made: RedemptionRef = make_redemption(conn, self.store, self.ayse)
        self.steps = 0

    def sell(
        self, number: int, *, status: str = "UNFULFILLED", refunded: int = 0, **by: Any
    ) -> None:
        self.steps += 1
        at = NOW + timedelta(seconds=self.steps)
        payment = transaction(event("CHARGE_SUCCESS", 100, 1))
        if refunded:
            payment = transaction(
                event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", refunded, 5)
            )
        values: dict[str, Any] = {"user": AYSE} | by
        told = order(
            id=f"O{number}",
            number=str(number),
            checkoutId=f"C{number}",
            voucherCode=self.made.code,
            discounts=[{"type": "VOUCHER", "name": voucher_name(self.made.public_id)}],
            status=status,
            transactions=[payment],
            updated=self.steps,
            **values,
        )
        converge_order(self.conn, self.store, told, Look.read(at), now=at, secrets=KEYS)

    def case(self) -> Case:
        [case] = open_cases(self.conn, self.store.id, first=10)
        return case

    def decide(self, case: Case, decision: str) -> Case:
        return decide(self.conn, self.store, case.id, decision, STAFF, NOW + timedelta(hours=1))

    def points(self) -> tuple[int, int]:
        """Points that are spendable or owed; what orders earned is pending and not counted."""
        assert drifts_of(self.conn, self.store.id) == []
        account = Account(self.store.id, self.ayse, "points")
        view = ledger.balance(self.conn, account, now=NOW)
        return view.available, view.debt


@pytest.fixture
def shop(conn: Connection) -> Shop:
    return Shop(conn)


def spend_earnings(shop: Shop) -> None:
    """What the orders earned goes away, so that a charge finds nothing."""
    account = Account(shop.store.id, shop.ayse, "points")
    left = ledger.balance(shop.conn, account, now=NOW)
    ledger.adjust(
        shop.conn,
        account,
        -(left.available + left.pending),
        ledger.Cause("staff:1", "points", "test"),
        key="away",
        now=NOW,
        effective_at=NOW,
    )


def test_a_second_use_is_shown_with_what_a_charge_would_take(shop: Shop) -> None:
    shop.sell(1)
    assert open_cases(shop.conn, shop.store.id, first=10) == []
    shop.sell(2)
    case = shop.case()
    assert (case.kind, case.order_id, case.order_number) == ("second", "O2", "2")
    assert (case.choices, case.points) == (("charge", "dismiss"), 500)
    assert (case.redemption, case.member_id) == (shop.made.public_id, shop.ayse)
    assert (case.by_stranger, case.state, case.currency) == (False, "open", "USD")
    assert count_open(shop.conn, shop.store.id) == 1
    assert open_cases(shop.conn, shop.store.id, first=10, after=case.id) == []


def test_a_charge_leaves_debt_once_and_is_told(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2)
    spend_earnings(shop)
    give_points(shop.conn, shop.store, shop.ayse, 200)
    case = shop.case()
    for _ in range(2):
        charged = shop.decide(case, "charge")
        assert (charged.state, charged.decided_by, charged.choices) == ("charged", STAFF, ())
        assert shop.points() == (0, 300)
    entry = entries_of(shop.conn, shop.store)[-1]
    assert (entry.kind, entry.amount, entry.actor) == ("redeem", -500, STAFF)
    assert entry.reason == {"code": "points_charged", "order": "2"}
    kinds = Counter(row.kind for row in outbox.waiting(shop.conn, shop.store.id, limit=10))
    assert kinds["points_spent"] == 2
    assert count_open(shop.conn, shop.store.id) == 0
    with pytest.raises(CaseDecided):
        shop.decide(case, "dismiss")


def test_a_charge_comes_back_with_its_order_in_any_cut(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2, refunded=10)
    spend_earnings(shop)
    case = shop.case()
    assert case.points == 450
    shop.decide(case, "charge")
    assert shop.points() == (0, 450)
    shop.sell(2, refunded=43)
    assert shop.points() == (0, 285)
    shop.sell(2, refunded=43)
    shop.sell(2, refunded=43, status="CANCELED")
    shop.sell(2, refunded=43, status="CANCELED")
    assert shop.points() == (0, 0)
    assert again(shop.conn, shop.made).state == "consumed"


def test_a_victim_gets_the_points_back_with_one_click(shop: Shop) -> None:
    shop.sell(1, user=MALLORY)
    case = shop.case()
    assert (case.kind, case.choices, case.points) == ("first", ("restore", "dismiss"), 500)
    with pytest.raises(ChoiceNotPossible) as refused:
        shop.decide(case, "charge")
    assert refused.value.detail == {"choices": ["restore", "dismiss"]}
    for _ in range(2):
        assert shop.decide(case, "restore").state == "restored"
        assert shop.points() == (500, 0)
    assert again(shop.conn, shop.made).restored == 500
    entry = entries_of(shop.conn, shop.store)[-1]
    assert entry.reason == {"code": "points_restored", "order": "1", "why": "foreign_use"}
    shop.sell(1, user=MALLORY, status="CANCELED")
    assert shop.points() == (500, 0)


def test_what_a_refund_gave_back_is_not_given_back_again(shop: Shop) -> None:
    shop.sell(1, user=MALLORY)
    shop.sell(1, user=MALLORY, refunded=40)
    assert shop.points() == (200, 0)
    case = shop.case()
    assert case.points == 300
    shop.decide(case, "restore")
    assert shop.points() == (500, 0)


def test_the_owners_use_after_a_restoring_is_late_and_may_be_charged(shop: Shop) -> None:
    shop.sell(1, user=MALLORY)
    shop.decide(shop.case(), "restore")
    shop.sell(2)
    case = shop.case()
    assert (case.kind, case.order_id, case.choices) == ("late", "O2", ("charge", "dismiss"))
    shop.decide(case, "charge")
    assert shop.points()[1] == 0
    assert again(shop.conn, shop.made).restored == 500


def test_a_strangers_further_use_can_only_be_dismissed(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2, user=MALLORY)
    case = shop.case()
    assert (case.kind, case.choices, case.points) == ("foreign", ("dismiss",), 0)
    for decision in ("charge", "restore", "burn", ""):
        with pytest.raises(ChoiceNotPossible):
            shop.decide(case, decision)
    assert shop.decide(case, "dismiss").state == "dismissed"
    assert shop.points() == (0, 0)


def test_a_dismissed_second_use_takes_nothing_and_does_not_come_again(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2)
    shop.decide(shop.case(), "dismiss")
    shop.sell(2, refunded=10)
    assert count_open(shop.conn, shop.store.id) == 0
    shop.sell(1, status="CANCELED")
    assert again(shop.conn, shop.made).restored == 500


def test_a_late_use_is_charged_by_staff_only(shop: Shop) -> None:
    release(shop.conn, shop.made)
    shop.sell(1)
    assert shop.points() == (500, 0)
    shop.decide(shop.case(), "charge")
    assert shop.points() == (0, 0)
    shop.sell(1, status="CANCELED")
    assert shop.points() == (500, 0)


def test_of_an_erased_member_nothing_is_taken_and_nothing_given(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2)
    erase_member(shop.conn, shop.store, shop.ayse, now=NOW)
    case = shop.case()
    assert (case.choices, case.points) == (("dismiss",), 0)
    with pytest.raises(ChoiceNotPossible):
        shop.decide(case, "charge")
    shop.decide(case, "dismiss")


def test_cases_of_other_stores_and_without_a_question_are_refused(shop: Shop) -> None:
    shop.sell(1)
    shop.sell(2)
    case = shop.case()
    other = live_store(shop.conn)
    for store, number in ((other, case.id), (shop.store, 10**12)):
        with pytest.raises(CaseUnknown):
            decide(shop.conn, store, number, "dismiss", STAFF, NOW)
    with pytest.raises(CaseDecided):
        decide(shop.conn, shop.store, case.id - 1, "dismiss", STAFF, NOW)
