"""Orders made with codes of spent points: once, twice, by strangers, late, canceled, gone."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order, converge_page
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, read_and_book
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.rewards import redemptions, sightings, use_records
from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import order, paid, shopper
from tests.order_source import MemorySource
from tests.redemption_rows import again, make_ayse, make_redemption

AYSE, MALLORY = shopper(), shopper("U9", "mallory@example.com")


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


@pytest.fixture
def store(conn: Connection) -> StoreRef:
    return live_store(conn)


@pytest.fixture
def ayse(conn: Connection, store: StoreRef) -> int:
    return make_ayse(conn, store)


_minutes = itertools.count(1)


def look(conn: Connection, store: StoreRef, told: OrderSnapshot) -> Verdict:
    moment = NOW + timedelta(seconds=next(_minutes))
    return converge_order(conn, store, told, Look.read(moment), now=moment, secrets=KEYS).verdict


def bought(number: int = 1, *, name: str = "", **more: Any) -> OrderSnapshot:
    """An unpaid order of one line, with a voucher's discount where it tells a code or a name."""
    values: dict[str, Any] = {
        "id": f"O{number}",
        "number": str(number),
        "user": AYSE,
        "checkoutId": f"C{number}",
        "updated": next(_minutes),
    } | more
    if values.get("voucherCode") or name:
        values.setdefault("discounts", [{"type": "VOUCHER", "name": name or None}])
    return order(**values)


def points(conn: Connection, store: StoreRef, member: int) -> tuple[int, int, int]:
    """Points that can be spent, held, and owed."""
    view = ledger.balance(conn, Account(store.id, member, "points"), now=NOW)
    assert drifts_of(conn, store.id) == []
    return view.available, view.held, view.debt


def uses(conn: Connection, redemption: RedemptionRef) -> dict[str, tuple[str, str]]:
    rows = use_records.of_redemption(conn, redemption.id)
    return {number: (row.kind, row.state) for number, row in rows.items()}


def told(conn: Connection, kind: str) -> list[dict[str, Any]]:
    outbox = table(OutboxMessage)
    query = sa.select(outbox.c.data).where(outbox.c.kind == kind).order_by(outbox.c.id)
    return list(conn.execute(query).scalars())


def spending(conn: Connection, store: StoreRef) -> list[tuple[str, int]]:
    return [
        (row.kind, row.amount)
        for row in entries_of(conn, store)
        if row.source.startswith("redemption:")
    ]


@pytest.mark.parametrize("state", ["held", "issued", "attached"])
def test_an_unpaid_order_with_the_code_spends_the_points_once(
    conn: Connection, store: StoreRef, ayse: int, state: str
) -> None:
    made = make_redemption(conn, store, ayse, state=state, ending="released")
    for _ in range(3):
        look(conn, store, bought(voucherCode=made.code))
    now = again(conn, made)
    assert (now.state, now.order_id, now.ending) == ("consumed", "O1", "")
    assert now.fence > made.fence
    assert now.consumed_at is not None
    assert now.ended_at is not None
    [entry] = entries_of(conn, store)[1:]
    assert (entry.kind, entry.amount, entry.id) == ("redeem", -500, now.redeem_entry_id)
    assert (entry.source, entry.actor) == (f"redemption:{made.public_id}", "shopper")
    assert (entry.channel, entry.currency) == ("default-channel", "USD")
    assert entry.reason == {"code": "points_spent", "order": "1"}
    assert points(conn, store, ayse) == (0, 0, 0)
    assert uses(conn, made) == {"O1": ("first", "settled")}
    [message] = told(conn, "points_spent")
    assert message == {
        "redemption": made.public_id,
        "points": 500,
        "amount": "5",
        "currency": "USD",
        "order": "1",
    }


def test_an_order_is_looked_at_once_for_the_same_state(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    snapshot = bought(voucherCode=made.code)
    assert look(conn, store, snapshot) is Verdict.book
    assert look(conn, store, snapshot) is Verdict.unchanged
    assert spending(conn, store) == [("redeem", -500)]


def test_a_snapshot_that_is_not_booked_spends_nothing(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    torn = bought(voucherCode=made.code, totalCharged={"amount": 7, "currency": "USD"})
    assert (
        converge_order(conn, store, torn, Look.webhook(NOW), now=NOW, secrets=KEYS).verdict
        is Verdict.torn
    )
    newer = bought(2, checkoutId="C2", id="O1")
    look(conn, store, newer)
    stale = bought(voucherCode=made.code, updated=-5)
    assert (
        converge_order(conn, store, stale, Look.webhook(NOW), now=NOW, secrets=KEYS).verdict
        is Verdict.not_newer
    )
    assert spending(conn, store) == []
    assert again(conn, made).state == "attached"


def test_a_draft_uses_nothing_until_it_is_an_order(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, checkout_id=None, order_id="O1")
    look(conn, store, bought(voucherCode=made.code, checkoutId=None, status="DRAFT"))
    assert again(conn, made).state == "attached"
    look(conn, store, bought(voucherCode=made.code, checkoutId=None, status="UNFULFILLED"))
    assert again(conn, made).state == "consumed"


def test_a_draft_that_is_completed_without_the_code_lets_the_points_go(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, checkout_id=None, order_id="O1")
    look(conn, store, bought(checkoutId=None))
    assert again(conn, made).ending == "released"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"voucherCode": "SUMMER"},
        {"discounts": [{"type": "ORDER_PROMOTION", "name": "Ten"}]},
    ],
    ids=["no code", "another code", "a promotion"],
)
def test_an_order_of_the_checkout_without_the_code_ends_the_redemption(
    conn: Connection, store: StoreRef, ayse: int, more: dict[str, Any]
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(**more))
    now = again(conn, made)
    assert (now.state, now.ending) == ("attached", "released")
    assert now.reason == {"code": "completed_without", "order": "1"}
    assert now.due_at is not None
    assert now.due_at < made.deadline
    assert points(conn, store, ayse) == (0, 500, 0)


def test_a_code_that_was_taken_off_during_the_completion_is_not_used(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, discounts=[]))
    assert again(conn, made).ending == "released"
    assert uses(conn, made) == {}


@pytest.mark.parametrize("by", ["name", "checkout", "metadata", "sighting"])
def test_a_discount_without_a_code_is_traced(
    conn: Connection, store: StoreRef, ayse: int, by: str
) -> None:
    made = make_redemption(conn, store, ayse, checkout_id="C1" if by == "checkout" else None)
    more: dict[str, Any] = {"discounts": [{"type": "VOUCHER", "name": "Renamed by staff"}]}
    if by == "name":
        more = {"name": voucher_name(made.public_id)}
    elif by == "metadata":
        more |= {"redemption": made.public_id}
    elif by == "sighting":
        sightings.note(conn, store.id, made.id, "C1", user_id="U1", foreign=False, now=NOW)
    look(conn, store, bought(**more))
    now = again(conn, made)
    assert (now.state, now.order_id, now.checkout_id) == ("consumed", "O1", "C1")


def test_another_stores_order_uses_nothing(conn: Connection, store: StoreRef, ayse: int) -> None:
    made = make_redemption(conn, store, ayse)
    other = live_store(conn)
    look(conn, other, bought(voucherCode=made.code))
    assert again(conn, made).state == "attached"


def test_a_second_order_of_the_owner_is_a_case_and_takes_nothing(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(1, voucherCode=made.code))
    look(conn, store, bought(2, name=voucher_name(made.public_id)))
    assert uses(conn, made) == {"O1": ("first", "settled"), "O2": ("second", "open")}
    assert spending(conn, store) == [("redeem", -500)]
    assert use_records.count_open(conn, store.id) == 1


def test_when_one_of_two_orders_is_canceled_the_points_pay_the_other(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(1, voucherCode=made.code))
    look(conn, store, bought(2, voucherCode=made.code))
    look(conn, store, bought(1, voucherCode=made.code, status="CANCELED"))
    assert uses(conn, made) == {"O1": ("second", "settled"), "O2": ("first", "settled")}
    assert (again(conn, made).state, again(conn, made).order_id) == ("consumed", "O2")
    assert points(conn, store, ayse) == (0, 0, 0)
    look(conn, store, bought(2, voucherCode=made.code, status="CANCELED"))
    assert points(conn, store, ayse) == (500, 0, 0)


def test_a_strangers_order_spends_the_hold_and_is_a_case_and_the_owners_takes_its_place(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(2, voucherCode=made.code, user=MALLORY))
    assert uses(conn, made) == {"O2": ("first", "open")}
    assert again(conn, made).order_id == "O2"
    look(conn, store, bought(1, voucherCode=made.code))
    assert uses(conn, made) == {"O2": ("foreign", "open"), "O1": ("first", "settled")}
    assert again(conn, made).order_id == "O1"
    assert spending(conn, store) == [("redeem", -500)]
    assert points(conn, store, ayse) == (0, 0, 0)


def test_a_code_that_is_used_up_is_to_be_taken_off_everywhere_else(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, checkout_id="C1")
    sightings.note(conn, store.id, made.id, "C3", user_id=None, foreign=False, now=NOW)
    sightings.note(conn, store.id, made.id, "C2", user_id="U9", foreign=True, now=NOW)
    look(conn, store, bought(2, voucherCode=made.code, user=MALLORY))
    due = {one.checkout_id: one for one in sightings.due(conn, store.id, _later(), 10)}
    assert {"C1", "C3"} <= set(due)
    assert all(one.foreign_checkout for one in due.values())


def test_a_guest_under_the_members_own_address_is_the_owner(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, user=None, userEmail=" AYSE@example.com"))
    assert uses(conn, made) == {"O1": ("first", "settled")}
    other = make_redemption(conn, store, ayse, checkout_id="C2")
    look(conn, store, bought(2, voucherCode=other.code, user=None, userEmail="x@example.com"))
    assert uses(conn, other) == {"O2": ("first", "open")}


def test_a_guests_order_that_becomes_the_owners_is_no_case_any_more(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, user=None, userEmail="x@example.com"))
    look(conn, store, bought(voucherCode=made.code))
    assert uses(conn, made) == {"O1": ("first", "settled")}
    look(conn, store, bought(voucherCode=made.code, user=MALLORY))
    assert uses(conn, made) == {"O1": ("first", "settled")}


def test_two_redemptions_of_one_order_are_told_apart(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    bound = make_redemption(conn, store, ayse)
    bearer = make_redemption(conn, store, ayse, checkout_id=None, state="issued")
    look(conn, store, bought(voucherCode=bearer.code, redemption=bound.public_id))
    assert again(conn, bearer).state == "consumed"
    assert again(conn, bound).ending == "released"


def test_an_unpaid_order_that_is_gone_gives_its_points_back(database: Database) -> None:
    def begin(conn: Connection) -> tuple[StoreRef, int, RedemptionRef, RedemptionRef]:
        store = live_store(conn)
        ayse = make_ayse(conn, store)
        unpaid = make_redemption(conn, store, ayse)
        kept = make_redemption(conn, store, ayse, checkout_id="C2")
        look(conn, store, bought(1, voucherCode=unpaid.code))
        look(conn, store, bought(2, voucherCode=kept.code, transactions=[paid()]))
        return store, ayse, unpaid, kept

    store, ayse, unpaid, kept = database.write(begin)
    for _ in range(2):
        read_and_book(
            database,
            store,
            MemorySource(),
            ["O1", "O2"],
            clock=_later,
            secrets=KEYS,
            report=RefreshReport(),
        )
    ended = database.read(lambda conn: (again(conn, unpaid), again(conn, kept)))
    assert [one.state for one in ended] == ["restored", "consumed"]
    assert database.read(lambda conn: points(conn, store, ayse))[0] == 500
    reason = database.read(lambda conn: entries_of(conn, store))[-1].reason
    assert reason == {"code": "points_restored", "order": "1", "why": "order_gone"}


def test_a_page_of_orders_is_booked_like_each_order_by_itself(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    first = make_redemption(conn, store, ayse, checkout_id="C1")
    other = make_redemption(conn, store, ayse, checkout_id="C2")
    page = [bought(1, voucherCode=first.code), bought(2, voucherCode=other.code), bought(3)]
    converge_page(conn, store, page, Look.read(NOW), now=NOW, secrets=KEYS)
    assert [again(conn, one).order_id for one in (first, other)] == ["O1", "O2"]


def test_a_race_ends_alike_whatever_arrives_first(conn: Connection) -> None:
    for arrival in itertools.permutations(range(4)):
        store = live_store(conn)
        made = make_redemption(conn, store, make_ayse(conn, store))
        events = [
            bought(1, voucherCode=made.code, updated=10),
            bought(1, voucherCode=made.code, transactions=[paid()], updated=20),
            bought(2, name=voucher_name(made.public_id), updated=10),
            bought(2, name=voucher_name(made.public_id), transactions=[paid()], updated=20),
        ]
        for step, number in enumerate(arrival):
            moment = NOW + timedelta(seconds=step)
            converge_order(
                conn, store, events[number], Look.webhook(moment), now=moment, secrets=KEYS
            )
        assert sorted(uses(conn, made).values()) == [("first", "settled"), ("second", "open")]
        assert spending(conn, store) == [("redeem", -500)]
        rows = entries_of(conn, store)
        assert sum(row.amount for row in rows if row.source.startswith("order:")) == 2000


def test_the_redemption_of_an_order_is_found_again_by_it(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, checkout_id=None, state="issued")
    look(conn, store, bought(voucherCode=made.code))
    assert [one.id for one in redemptions.on_order(conn, store.id, "O1")] == [made.id]


def _later() -> datetime:
    return NOW + timedelta(days=1)
