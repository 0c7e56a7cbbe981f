"""What goes wrong with an order asks once for goodwill, and a person decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.adjustments.allowances import EVERYBODY, set_allowance
from saleor_loyalty_app.adjustments.budget import Allowance
from saleor_loyalty_app.adjustments.errors import OwnAccount
from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.decide_case import CaseDecided, CaseUnknown
from saleor_loyalty_app.flows.decide_goodwill import (
    GoodwillChoice,
)
from saleor_loyalty_app.flows.erase_member import erase_member, erase_user
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.flows.give_points import Agent, Decision, decide
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.errors import (
    GoodwillLimitReached,
    GoodwillOff,
    GoodwillOrderUnknown,
    GoodwillWorthless,
)
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.audited import drifts_of
from tests.factories import make_revision
from tests.integration.goodwill.goodwill_stage import (
    AYSE,
    CANCELLED,
    CHIEF,
    COMPLAINT,
    DAY,
    DECLINE,
    LATE,
    STAFF,
    bought,
    complain,
    decided,
    kind,
    opened,
    points,
    receive,
    sent,
    told,
    values_of,
)
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import fulfillment, paid, shopper


def test_a_late_delivery_asks_once_and_the_books_say_who_gave_why(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**LATE)))
    now = NOW + timedelta(days=4)
    receive(database, store, bought(), NOW)
    assert opened(database, store) == []
    for updated in (0, 1, 2):
        receive(database, store, sent(updated=5 * DAY + 1 + updated), now)
    [prompt] = opened(database, store)
    assert (prompt.signal, prompt.facts) == ("late_delivery", {"days": 4, "limit": 3})
    assert (prompt.points, prompt.order_number) == (200, "1")
    earned = points(database, store)
    done = decided(database, store, prompt, now=now)
    assert (done.state, done.given, done.decided_by) == ("given", 200, STAFF.actor)
    assert decided(database, store, prompt, now=now) == done, "twice is once"
    assert points(database, store) == earned + 200
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert (entry.kind, entry.actor) == ("adjust", STAFF.actor)
    facts = {"days": 4, "limit": 3}
    assert entry.reason == {"code": "goodwill", "why": "late_delivery", "order": "1", **facts}
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="tr"))
    [sentence] = why.sentences
    assert sentence.startswith("1 numaralı sipariş için telafi olarak 200 puan: ")
    assert sentence.endswith(": son ürün ödemeden 4 gün sonra yola çıktı; sınır 3 gün.")
    assert told(database, store) == [{"points": 200, "order": "1", "goodwill": "late_delivery"}]
    receive(database, store, sent(days=6), now + timedelta(days=2))
    assert opened(database, store) == [], "never twice for one order and signal"


@pytest.mark.parametrize(
    ("told_of", "signals"),
    [
        (lambda: sent(days=3), []),
        (lambda: bought(1, 9, status="CANCELED"), ["cancelled_line"]),
        (lambda: bought(1, 9, fulfillments=[fulfillment("REFUNDED", 8, L1=1)]), ["cancelled_line"]),
        (
            lambda: bought(
                1,
                9,
                fulfillments=[fulfillment("FULFILLED", 7, L1=1), fulfillment("RETURNED", 8, L1=1)],
            ),
            [],
        ),
    ],
    ids=["in time", "canceled", "paid back unsent", "returned"],
)
def test_what_counts_as_cancelled_by_the_store(
    database: Database, told_of: Callable[[], OrderSnapshot], signals: list[str]
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**LATE, **CANCELLED)))
    receive(database, store, bought(), NOW)
    receive(database, store, told_of(), NOW + timedelta(days=1))
    assert [one.signal for one in opened(database, store)] == signals


def test_shipping_is_given_back_in_points_and_what_has_no_worth_needs_a_number(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**CANCELLED)))
    for number, shipping in ((1, "5.50"), (2, "0")):
        charged = [paid(str(200 + float(shipping)) if shipping != "0" else 200)]
        values: dict[str, Any] = {"shipping": shipping, "transactions": charged}
        receive(database, store, bought(number, 1, **values), NOW)
        receive(database, store, bought(number, 9, status="CANCELED", **values), NOW)
    first, second = opened(database, store)
    assert (first.points, first.amount_milli) == (550, 5500), "100 points are worth 1 USD"
    assert second.points == 0
    with pytest.raises(GoodwillWorthless):
        decided(database, store, second)
    changed = decided(database, store, second, GoodwillChoice.change, points=70)
    assert (changed.given, changed.state) == (70, "given")


def test_nothing_is_watched_unless_the_program_says_so_nor_for_orders_of_nobody(
    database: Database,
) -> None:
    store = database.write(live_store)
    receive(database, store, bought(), NOW)
    receive(database, store, sent(), NOW + timedelta(days=4))
    assert opened(database, store) == []
    with pytest.raises(GoodwillOff):
        complain(database, store)
    database.write(lambda conn: make_revision(conn, store.id, kind(**COMPLAINT)))
    with pytest.raises(GoodwillOrderUnknown):
        complain(database, store, 77)
    assert complain(database, store).id == complain(database, store).id


def test_a_member_has_goodwill_so_often_only_and_declining_does_not_count(
    database: Database,
) -> None:
    document = kind(**COMPLAINT, limit={"times": 1, "days": 30})
    store = database.write(lambda conn: live_store(conn, document))
    for number in (1, 2, 3):
        receive(database, store, bought(number), NOW)
    first, second, third = (complain(database, store, number) for number in (1, 2, 3))
    assert decided(database, store, first, DECLINE).state == "declined"
    decided(database, store, second)
    with pytest.raises(GoodwillLimitReached):
        decided(database, store, third)
    later = NOW + timedelta(days=31)
    assert decided(database, store, third, now=later).state == "given"
    with pytest.raises(CaseDecided):
        decided(database, store, first)
    with pytest.raises(CaseUnknown):
        decided(database, store, Prompt(**{**values_of(third), "id": 10**9}))


def test_who_deletes_an_account_and_makes_it_anew_has_not_goodwill_anew(
    database: Database,
) -> None:
    document = kind(**COMPLAINT, limit={"times": 2, "days": 30})
    store = database.write(lambda conn: live_store(conn, document))
    again = shopper("U7", AYSE["email"])
    earlier = NOW - timedelta(days=20)
    for number, at in ((1, earlier), (2, NOW)):
        receive(database, store, bought(number), NOW)
        decided(database, store, complain(database, store, number, now=at), now=at)
    assert database.write(lambda conn: erase_user(conn, store, AYSE["id"], now=NOW))
    receive(database, store, bought(3, user=again, userEmail=again["email"]), NOW)
    third = complain(database, store, 3)
    with pytest.raises(GoodwillLimitReached):
        decided(database, store, third, now=NOW + timedelta(days=9))
    ended = decided(database, store, third, now=NOW + timedelta(days=11))
    assert ended.state == "given", "the first of two is longer ago than 30 days"
    kept = database.read(lambda conn: conn.execute(sa.select(table(BonusMemory))).all())
    assert "ayse" not in repr(kept)
    times = [row.ends_at for row in kept if row.deed.startswith("goodwill:")]
    assert sorted(times) == [earlier + timedelta(days=30), NOW + timedelta(days=30)]


def test_beyond_the_budget_another_approves_and_only_then_the_member_is_told(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    small = Allowance(100, 100)
    database.write(
        lambda conn: set_allowance(conn, store.id, EVERYBODY, small, actor="user:1", now=NOW)
    )
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    for decision, state in ((Decision.refuse, "open"), (Decision.approve, "given")):
        waits = decided(database, store, prompt)
        assert (waits.state, told(database, store)) == ("waiting", [])
        assert database.read(lambda conn: drifts_of(conn, store.id)) == []
        database.write(
            lambda conn, what=decision, one=waits: decide(  # type: ignore[misc]
                conn, store, one.adjustment_id or 0, what, CHIEF, "", keys=KEYS, now=NOW
            )
        )
        assert database.read(lambda conn: prompts.by_id(conn, store.id, prompt.id)).state == state  # type: ignore[union-attr]
        assert database.read(lambda conn: drifts_of(conn, store.id)) == []
    assert [one["points"] for one in told(database, store)] == [150]
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert entry.reason == {"code": "goodwill", "why": "complaint", "order": "1"}
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="en"))
    assert why.sentences == ("150 points as a token of goodwill for order 1, after a complaint.",)


def test_nobody_gives_to_themselves(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    with pytest.raises(OwnAccount):
        decided(database, store, prompt, agent=Agent(AYSE["id"], AYSE["email"]))


def test_erasing_a_member_takes_what_was_written_and_what_waits(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    none = Allowance(0, 0)
    database.write(
        lambda conn: set_allowance(conn, store.id, EVERYBODY, none, actor="user:1", now=NOW)
    )
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    assert decided(database, store, prompt).state == "waiting"
    database.write(lambda conn: erase_member(conn, store, prompt.member_id, now=NOW))
    left = database.read(lambda conn: prompts.by_id(conn, store.id, prompt.id))
    assert left is not None
    assert (left.state, left.note, left.given) == ("declined", "", 0)
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []
