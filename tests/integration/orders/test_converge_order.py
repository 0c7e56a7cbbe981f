"""One order, looked at again and again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import Outcome, converge_order
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.orders.models import OrderRefresh, OrderUnit
from saleor_loyalty_app.orders.repository import mark_gone
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from tests.factories import make_revision, make_store
from tests.order_books import KEYS, NOW, books_of, entries_of, live_store, order_row, program
from tests.order_samples import (
    START,
    at,
    event,
    fulfillment,
    line,
    money,
    order,
    paid,
    shopper,
    transaction,
)

AYSE = shopper()
_refreshes, _units = table(OrderRefresh), table(OrderUnit)


def webhook(conn: Connection, store: StoreRef, told: OrderSnapshot, minutes: float = 0) -> Outcome:
    moment = NOW + timedelta(minutes=minutes)
    return converge_order(conn, store, told, Look.webhook(moment), now=moment, secrets=KEYS)


def read(conn: Connection, store: StoreRef, told: OrderSnapshot, minutes: float = 2) -> Outcome:
    moment = NOW + timedelta(minutes=minutes)
    return converge_order(conn, store, told, Look.read(moment), now=moment, secrets=KEYS)


def refunded(*cuts: int, updated: float = 5, **more: Any) -> OrderSnapshot:
    events = [event("REFUND_SUCCESS", cut, 10 + n) for n, cut in enumerate(cuts)]
    told = transaction(event("CHARGE_SUCCESS", 100, 1), *events)
    return order(transactions=[told], user=AYSE, updated=updated, **more)


PAID = order(transactions=[paid()], user=AYSE)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def test_a_paid_order_books_its_points_for_its_customer(conn: Connection) -> None:
    store = live_store(conn)
    outcome = webhook(conn, store, PAID)
    assert outcome.posted == {("points", "points"): 1000}
    [entry] = entries_of(conn, store)
    assert (entry.kind, entry.amount, entry.source) == ("earn", 1000, "order:O1")
    assert entry.idempotency_key == "order:O1:points:points:1"
    assert entry.effective_at == START + timedelta(minutes=1)
    assert (entry.channel, entry.currency, entry.rule_ids) == ("default-channel", "USD", ["base"])
    assert entry.reason["code"] == "order_earned"
    assert entry.revision_id == order_row(conn, store, "O1").revision_id
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_points_expire_at_the_end_of_a_month_counted_from_the_payment(conn: Connection) -> None:
    store = live_store(conn, timezone="Europe/Istanbul")
    webhook(conn, store, PAID)
    [(_, _, available, expires)] = books_of(conn, store).lots
    assert (available, expires) == ("None", "2027-11-30 20:59:59+00:00")


def test_a_store_whose_time_zone_nobody_knows_has_its_orders_booked(conn: Connection) -> None:
    made = live_store(conn, timezone="Mars/Olympus")
    store = store_by_id(conn, made.id)
    assert store is not None
    assert webhook(conn, store, PAID).posted == {("points", "points"): 1000}
    [(_, _, _, expires)] = books_of(conn, store).lots
    assert expires == "2027-11-30 23:59:59+00:00"


def test_the_same_news_again_changes_nothing(conn: Connection) -> None:
    store = live_store(conn)
    assert webhook(conn, store, PAID).posted
    assert webhook(conn, store, PAID, 1).verdict is Verdict.not_newer
    assert read(conn, store, PAID).verdict is Verdict.unchanged
    assert len(entries_of(conn, store)) == 1


def test_an_event_has_the_order_read_again_soon_but_not_later_than_five_minutes(
    conn: Connection,
) -> None:
    store = live_store(conn)
    due = []
    for minutes in (0, 0.5, 1.2, 2, 3, 3.9, 4.5, 4.9):
        webhook(conn, store, PAID, minutes)
        due.append(conn.execute(sa.select(_refreshes.c.due_at)).scalar_one())
    after = [round((moment - NOW) / timedelta(minutes=1), 1) for moment in due]
    assert after == [1.0, 1.5, 2.2, 3.0, 4.0, 4.9, 5.0, 5.0]
    assert read(conn, store, PAID, 6).verdict is Verdict.unchanged
    assert refresh.due_orders(conn, store.id, now=NOW + timedelta(days=1), limit=9) == []


def test_a_read_that_an_event_overtook_leaves_the_order_due(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID, 3)
    assert read(conn, store, refunded(50), 2).verdict is Verdict.overtaken
    assert refresh.due_orders(conn, store.id, now=NOW + timedelta(minutes=9), limit=9) == ["O1"]


def test_a_webhook_of_the_same_instant_waits_for_the_read(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    expired = order(transactions=[paid()], user=AYSE, status="EXPIRED")
    assert webhook(conn, store, expired, 1).verdict is Verdict.not_newer
    assert read(conn, store, expired, 3).posted == {("points", "points"): -1000}


def test_a_torn_read_is_tried_again_ever_later_until_it_is_saleors_truth(conn: Connection) -> None:
    store = live_store(conn)
    torn = order(transactions=[paid()], user=AYSE, totalCharged=money(99))
    verdicts, waits = [], []
    for minutes in (1, 3, 9):
        verdicts.append(read(conn, store, torn, minutes).verdict)
        row = conn.execute(sa.select(_refreshes)).one_or_none()
        waits.append(row and (row.due_at - NOW) / timedelta(minutes=1) - minutes)
    assert verdicts == [Verdict.torn, Verdict.torn, Verdict.book]
    assert waits == [1, 2, None]
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_different_tears_never_count_as_truth(conn: Connection) -> None:
    store = live_store(conn)
    for minutes in range(1, 8):
        torn = order(transactions=[paid()], user=AYSE, totalCharged=money(minutes))
        assert read(conn, store, torn, minutes).verdict is Verdict.torn
    assert books_of(conn, store).balances == {}


def test_a_lagging_read_is_repeated(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, refunded(40, updated=9))
    assert read(conn, store, PAID, 2).verdict is Verdict.lagging
    assert refresh.due_orders(conn, store.id, now=NOW + timedelta(minutes=9), limit=9) == ["O1"]
    assert books_of(conn, store).balances == {("U1", "points"): 600}


def test_refunds_in_cuts_end_exactly(conn: Connection) -> None:
    store = live_store(conn)
    steps = [PAID, refunded(33), refunded(33, 33, updated=6), refunded(33, 33, 34, updated=7)]
    posted = [webhook(conn, store, told).posted[("points", "points")] for told in steps]
    assert posted == [1000, -330, -330, -340]
    keys = [entry.idempotency_key for entry in entries_of(conn, store)]
    assert keys == [f"order:O1:points:points:{n}" for n in (1, 2, 3, 4)]
    assert [entry.reason.get("why") for entry in entries_of(conn, store)][1:] == ["refunded"] * 3


def test_a_refund_after_a_return_is_told_as_a_refund(conn: Connection) -> None:
    store = live_store(conn)
    back: dict[str, Any] = {"fulfillments": [fulfillment("RETURNED", 3, L1=1)]}
    goods = line(quantity=2)
    webhook(conn, store, order(goods, transactions=[paid()], user=AYSE))
    webhook(conn, store, order(goods, transactions=[paid()], user=AYSE, updated=4, **back))
    webhook(conn, store, refunded(50, lines=[goods], **back))
    webhook(conn, store, refunded(50, 20, lines=[goods], updated=6, **back))
    reasons = [entry.reason.get("why") for entry in entries_of(conn, store)]
    assert reasons == [None, "returned", "refunded"]


def test_an_order_that_staff_edit_after_its_payment_keeps_the_points_of_what_is_left(
    conn: Connection,
) -> None:
    document = program(earn_on_shipping=True)
    bonus = {
        "id": "large",
        "scope": "order",
        "when": {"type": "order_value", "limits": [{"currency": "USD", "min": "1000"}]},
        "then": {"type": "points_per_order", "points": 500},
    }
    document["earning"]["rules"].append(bonus)
    store = live_store(conn, document)
    small, large = line("L1", 1, "100"), line("L2", 1, "900")

    def look(*lines: Any, back: int, updated: int) -> Outcome:
        events = [event("CHARGE_SUCCESS", 1020, 1)]
        events += [event("REFUND_SUCCESS", back, updated)] if back else []
        return webhook(
            conn,
            store,
            order(
                *lines,
                shipping="20",
                transactions=[transaction(*events)],
                user=AYSE,
                updated=updated,
                status="UNCONFIRMED",
            ),
        )

    book = ("points", "points")
    assert look(small, large, back=0, updated=1).posted[book] == 10_200 + 500
    # 900 go back with the line that was worth them; 50 of the 500 and shipping's 200 stay.
    assert look(small, back=900, updated=2).posted[book] == -(9000 + 450)
    assert look(line("L1", 1, "50"), back=950, updated=3).posted[book] == -(500 + 25)
    assert [entry.reason.get("why") for entry in entries_of(conn, store)] == [
        None,
        "changed",
        "changed",
    ]
    assert look(line("L1", 1, "50"), back=1020, updated=4).posted[book] == -(500 + 25 + 200)
    assert books_of(conn, store).balances == {}


def test_an_order_that_goes_to_staff_says_so(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    staff = AYSE | {"isStaff": True}
    webhook(conn, store, order(transactions=[paid()], user=staff, updated=5))
    assert [entry.reason.get("why") for entry in entries_of(conn, store)] == [None, "owner"]


def test_an_entry_names_every_rule_that_had_a_hand_in_it(conn: Connection) -> None:
    document = program()
    double = {"id": "double", "then": {"type": "multiplier", "factor": "2"}}
    document["earning"]["rules"].append(double)
    store = live_store(conn, document)
    webhook(conn, store, PAID)
    webhook(conn, store, refunded(50))
    earned, reduced = entries_of(conn, store)
    assert (earned.amount, earned.rule_ids) == (2000, ["base", "double"])
    assert (reduced.amount, reduced.rule_ids) == (-1000, ["base", "double"])
    assert earned.reason["planned"] == {"base": "2000"}


def test_a_refund_that_failed_gives_the_points_back(conn: Connection) -> None:
    store = live_store(conn)
    for told in (PAID, refunded(50), order(transactions=[paid()], user=AYSE, updated=9)):
        webhook(conn, store, told)
    assert [entry.amount for entry in entries_of(conn, store)] == [1000, -500, 500]
    assert entries_of(conn, store)[2].reason["code"] == "order_restored"


def test_what_was_forgiven_is_not_asked_again_from_later_earnings(conn: Connection) -> None:
    store = live_store(conn, program(availability={"after": "payment", "days": 0}))
    member = webhook(conn, store, PAID).member_id
    assert member is not None
    account = Account(store.id, member, "points")
    spending = Cause(source="redemption:1", part="points", actor="shopper:U1")
    ledger.redeem(conn, account, 800, spending, key="r1", now=NOW)
    webhook(conn, store, refunded(100))
    unit = conn.execute(sa.select(_units)).one()
    assert (unit.booked, unit.waived) == (800, 800)
    second = order(transactions=[paid(minutes=20)], user=AYSE, id="O2", number="2", updated=30)
    assert webhook(conn, store, second).posted == {("points", "points"): 1000}
    assert read(conn, store, refunded(100, updated=40), 50).posted == {}
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_what_was_forgiven_is_not_given_twice_when_the_refund_fails(conn: Connection) -> None:
    store = live_store(conn, program(availability={"after": "payment", "days": 0}))
    member = webhook(conn, store, PAID).member_id
    assert member is not None
    spending = Cause(source="redemption:1", part="points", actor="shopper:U1")
    ledger.redeem(conn, Account(store.id, member, "points"), 800, spending, key="r1", now=NOW)
    webhook(conn, store, refunded(100))
    back = order(transactions=[paid()], user=AYSE, updated=9)
    assert webhook(conn, store, back).posted == {("points", "points"): 200}
    unit = conn.execute(sa.select(_units)).one()
    assert (unit.booked, unit.waived) == (1000, 0)


def test_points_wait_for_the_fulfillment_and_a_return_does_not_make_them_wait_again(
    conn: Connection,
) -> None:
    store = live_store(conn)
    bought: dict[str, Any] = {"transactions": [paid()], "user": AYSE}
    webhook(conn, store, order(line(quantity=2), **bought))
    sent = fulfillment("FULFILLED", 60, L1=2)
    webhook(conn, store, order(line(quantity=2), updated=60, fulfillments=[sent], **bought))
    [(_, _, available, _)] = books_of(conn, store).lots
    assert available == str(START + timedelta(minutes=60, days=14))
    left, back = fulfillment("FULFILLED", 60, L1=1), fulfillment("RETURNED", 90, L1=1)
    webhook(conn, store, order(line(quantity=2), updated=90, fulfillments=[left, back], **bought))
    assert books_of(conn, store).lots == {
        ("U1", "points", available, "2027-11-30 23:59:59+00:00"): 500
    }


def test_an_order_seen_for_the_first_time_when_all_is_done_books_the_same(
    conn: Connection,
) -> None:
    store = live_store(conn)
    left, back = fulfillment("FULFILLED", 60, L1=1), fulfillment("RETURNED", 90, L1=1)
    told = order(
        line(quantity=2), transactions=[paid()], user=AYSE, updated=90, fulfillments=[left, back]
    )
    read(conn, store, told)
    assert books_of(conn, store).lots == {
        (
            "U1",
            "points",
            str(START + timedelta(minutes=60, days=14)),
            "2027-11-30 23:59:59+00:00",
        ): 500
    }


def test_the_rule_of_the_day_decides_also_for_what_is_seen_later(conn: Connection) -> None:
    store = live_store(conn)
    richer = program()
    richer["currencies"][0]["earn_rate"]["points"] = 50
    make_revision(conn, store.id, richer, effective_from=START + timedelta(minutes=10))
    assert webhook(conn, store, PAID).posted == {("points", "points"): 1000}
    later = order(transactions=[paid(minutes=30)], user=AYSE, id="O2", number="2", created=at(20))
    assert webhook(conn, store, later).posted == {("points", "points"): 5000}


def test_orders_from_before_the_program_earn_nothing(conn: Connection) -> None:
    store = live_store(conn)
    old = order(
        transactions=[paid()], user=AYSE, created=datetime(2025, 12, 31, tzinfo=UTC).isoformat()
    )
    assert webhook(conn, store, old).posted == {}
    assert order_row(conn, store, "O1").plan["none"] == "not_live"
    silent = make_store(conn)
    assert webhook(conn, silent, PAID).posted == {}


def test_with_earning_switched_off_points_wait_but_reductions_do_not(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    off = _switched(store, on=False)
    second = order(transactions=[paid()], user=AYSE, id="O2", number="2")
    outcome = webhook(conn, off, second)
    assert (outcome.posted, outcome.deferred) == ({}, True)
    assert webhook(conn, off, refunded(100)).posted == {("points", "points"): -1000}
    assert read(conn, off, second, 5).posted == {}
    assert refresh.wish_deferred(conn, store.id, now=NOW, limit=9) == 1
    assert refresh.wish_deferred(conn, store.id, now=NOW, limit=9) == 0
    assert read(conn, store, second, 6).posted == {("points", "points"): 1000}
    assert not order_row(conn, store, "O2").deferred
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_what_is_not_there_any_more_keeps_its_books(conn: Connection) -> None:
    store = live_store(conn)
    webhook(conn, store, PAID)
    assert not mark_gone(conn, store.id, "O1", looked_at=NOW - timedelta(seconds=1), now=NOW)
    assert mark_gone(conn, store.id, "O1", looked_at=NOW, now=NOW)
    row = order_row(conn, store, "O1")
    assert (row.gone_at, row.open) == (NOW, False)
    assert books_of(conn, store).balances == {("U1", "points"): 1000}
    read(conn, store, PAID, 9)
    assert order_row(conn, store, "O1").gone_at is None


def test_stores_do_not_mix_even_with_equal_ids(conn: Connection) -> None:
    one, other = live_store(conn), live_store(conn)
    webhook(conn, one, PAID)
    webhook(conn, other, PAID)
    webhook(conn, other, refunded(100))
    assert books_of(conn, one).balances == {("U1", "points"): 1000}
    assert books_of(conn, other).balances == {}


def _switched(store: StoreRef, *, on: bool) -> StoreRef:
    return replace(store, earning_on=on)
