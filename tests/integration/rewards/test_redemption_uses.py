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
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.preview_refund import preview_refund
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, read_and_book
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.rewards import redemptions, sightings, use_records
from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_member
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import event, fulfillment, line, order, paid, shopper, transaction
from tests.order_source import MemorySource
from tests.redemption_rows import again, make_ayse, make_redemption, release

AYSE, MALLORY = shopper(), shopper("U9", "mallory@example.com")
_members = table(Member)


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
    assert (entry.source, entry.actor) == (f"redemption:{made.public_id}", "shopper:U1")
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


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_an_order_that_ends_gives_all_points_back(
    conn: Connection, store: StoreRef, ayse: int, status: str
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code))
    for _ in range(2):
        look(conn, store, bought(voucherCode=made.code, status=status))
    now = again(conn, made)
    assert (now.state, now.restored, now.restorings) == ("restored", 500, 1)
    assert points(conn, store, ayse) == (500, 0, 0)
    last = entries_of(conn, store)[-1]
    assert last.idempotency_key == f"redemption:{made.public_id}:restore:1"
    assert last.refers_to == now.redeem_entry_id
    assert last.reason == {"code": "points_restored", "order": "1", "why": status.lower()}
    [message] = told(conn, "points_restored")
    assert message["points"] == 500


def test_an_order_that_was_canceled_before_it_was_seen_spends_and_gives_back(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert again(conn, made).state == "restored"
    assert points(conn, store, ayse) == (500, 0, 0)


def test_refunds_in_cuts_give_back_the_floor_of_the_exact_share(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, points=100)

    def refunded(*cuts: int) -> OrderSnapshot:
        events = [event("REFUND_SUCCESS", cut, 10 + n) for n, cut in enumerate(cuts)]
        payment = transaction(event("CHARGE_SUCCESS", 99, 1), *events)
        return bought_of(line(gross="99"), made, transactions=[payment])

    back = []
    for cuts in ((), (33,), (33, 33), (33, 33, 32), (33, 33, 32, 1)):
        look(conn, store, refunded(*cuts))
        back.append(again(conn, made).restored)
    assert back == [0, 33, 66, 98, 100]
    assert again(conn, made).restorings == 4


def test_a_returned_unit_gives_back_its_share(conn: Connection, store: StoreRef, ayse: int) -> None:
    made = make_redemption(conn, store, ayse, points=100)
    lines = (line("L1", 2, "60"), line("L2", 1, "30"))
    look(conn, store, bought_of(*lines, made))
    back = [fulfillment("RETURNED", 9, L1=1)]
    look(conn, store, bought_of(*lines, made, fulfillments=back))
    assert again(conn, made).restored == 33
    assert entries_of(conn, store)[-1].reason["why"] == "returned"


@pytest.mark.parametrize(("came_back", "restored"), [("PEN", 0), ("MUG", 500)])
def test_the_points_of_a_free_product_come_back_with_it_and_with_nothing_else(
    conn: Connection, store: StoreRef, ayse: int, came_back: str, restored: int
) -> None:
    terms = {"reward": "mug", "kind": "free_product", "variant": "SKU-MUG"}
    made = make_redemption(conn, store, ayse, terms=terms)
    lines = (line("MUG", 1, "0"), line("PEN", 1, "10"))
    look(conn, store, bought_of(*lines, made))
    back = bought_of(
        *lines, made, fulfillments=[fulfillment("RETURNED", 9, None, **{came_back: 1})]
    )
    units = {came_back: 1}
    before = preview_refund(conn, store, bought_of(*lines, made), units, now=NOW)
    look(conn, store, back)
    assert (before.restores, again(conn, made).restored) == (restored, restored)
    look(conn, store, bought_of(*lines, made, status="CANCELED"))
    assert points(conn, store, ayse) == (500, 0, 0)


def test_what_came_back_stays_when_a_refund_is_taken_back(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    look(conn, store, bought(voucherCode=made.code, status="UNFULFILLED"))
    assert again(conn, made).restored == 500
    assert points(conn, store, ayse) == (500, 0, 0)


def test_a_code_used_after_the_points_went_back_is_a_case_and_charges_nothing(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    release(conn, made)
    look(conn, store, bought(voucherCode=made.code))
    assert uses(conn, made) == {"O1": ("late", "open")}
    assert again(conn, made).state == "released"
    assert points(conn, store, ayse) == (500, 0, 0)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert uses(conn, made) == {"O1": ("late", "settled")}
    assert points(conn, store, ayse) == (500, 0, 0)


def test_a_use_after_all_points_were_restored_is_late(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(1, voucherCode=made.code, status="CANCELED"))
    look(conn, store, bought(2, voucherCode=made.code))
    assert uses(conn, made)["O2"] == ("late", "open")
    assert points(conn, store, ayse) == (500, 0, 0)


def test_points_of_a_merged_member_are_spent_and_restored_by_the_one_that_is_left(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    heir = make_member(conn, store.id, user_id="U2")

    def merge(now: datetime) -> None:
        ledger.merge_accounts(
            conn,
            store.id,
            ayse,
            heir,
            cause=ledger.Cause(f"member:{ayse}", "points", "test"),
            key=f"merge:{ayse}",
            now=now,
        )
        conn.execute(
            sa.update(_members).where(_members.c.id == ayse).values(merged_into=heir, user_id=None)
        )

    merge(NOW)
    look(conn, store, bought(voucherCode=made.code, user=shopper("U2", "heir@example.com")))
    assert uses(conn, made) == {"O1": ("first", "settled")}
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert points(conn, store, heir) == (500, 0, 0)
    assert points(conn, store, ayse) == (0, 0, 0)


def test_an_erased_member_gets_nothing_back(conn: Connection, store: StoreRef, ayse: int) -> None:
    made = make_redemption(conn, store, ayse)
    erase_member(conn, store, ayse, now=NOW)
    look(conn, store, bought(voucherCode=made.code, user=None, userEmail="ayse@example.com"))
    assert again(conn, made).state == "consumed"
    look(conn, store, bought(voucherCode=made.code, user=None, status="CANCELED"))
    assert points(conn, store, ayse) == (0, 0, 0)
    assert told(conn, "points_spent") == []


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


def bought_of(*parts: Any, **more: Any) -> OrderSnapshot:
    """An order of some lines with the code of a redemption, which comes last."""
    *lines, made = parts
    values: dict[str, Any] = {
        "voucherCode": made.code,
        "discounts": [{"type": "VOUCHER", "name": voucher_name(made.public_id)}],
        "user": AYSE,
        "checkoutId": "C1",
        "updated": next(_minutes),
    }
    return order(*lines, **(values | more))


def _later() -> datetime:
    return NOW + timedelta(days=1)
