"""Members come into segments and leave them as their orders, the days and the rules change."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.sweep_segments import next_page, segments_page, write_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.segments import looks, repository
from saleor_loyalty_app.segments.models import SegmentLook, SegmentMember
from saleor_loyalty_app.segments.standing import member_in
from saleor_loyalty_app.segments.sweeps import sweep_of
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member, make_revision
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import event, line, order, paid, shopper, transaction

AYSE, CAN = shopper(), shopper("VXNlcjoy", "can@example.com")
SHOES = {
    "id": "C2",
    "slug": "sneakers",
    "ancestors": {"edges": [{"node": {"id": "C1", "slug": "shoes"}}]},
}
_rows = table(SegmentMember)


def segment(segment_id: str, **rule: Any) -> dict[str, Any]:
    return {"id": segment_id, "names": {"en": segment_id.title()}, "rule": rule}


def with_segments(*segments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return program() | {"segments": list(segments)} | more


SPENT = segment("spent", type="spend", currency="USD", min="150")


def receive(database: Database, store: StoreRef, told: OrderSnapshot, now: datetime = NOW) -> None:
    database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
    )


def settle(database: Database, store: StoreRef, now: datetime = NOW) -> None:
    """All that the tasks have to do until then."""
    for _ in range(50):
        more = database.write(lambda conn: tiers_page(conn, store, now=now))
        if not (segments_page(database, store, now=now) or more):
            return
    raise AssertionError("the tasks never come to an end")


def members(database: Database, store: StoreRef) -> dict[str, list[int]]:
    rows = database.read(
        lambda conn: conn.execute(
            sa.select(_rows.c.segment, _rows.c.member_id)
            .where(_rows.c.store_id == store.id)
            .order_by(_rows.c.segment, _rows.c.member_id)
        ).all()
    )
    found: dict[str, list[int]] = {}
    for name, member_id in rows:
        found.setdefault(name, []).append(member_id)
    return found


def owner(database: Database, store: StoreRef, number: int = 1) -> int:
    query = sa.text("SELECT member_id FROM order_state WHERE store_id=:s AND number=:n")
    return database.read(
        lambda conn: int(conn.execute(query, {"s": store.id, "n": str(number)}).scalar_one())
    )


def bought(number: int, *lines: dict[str, Any], **more: Any) -> OrderSnapshot:
    values: dict[str, Any] = {"id": f"O{number}", "number": str(number), "user": AYSE}
    total = sum(int(one["totalPrice"]["gross"]["amount"]) for one in lines) or 100
    values |= {"transactions": [paid(total)], "updated": number}
    return order(*lines, **(values | more))


def test_an_order_brings_a_member_in_with_the_numbers_and_a_refund_takes_them_out(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, with_segments(SPENT)))
    other = database.write(lambda conn: live_store(conn, with_segments(SPENT)))
    settle(database, store)
    settle(database, other)
    receive(database, store, bought(1))
    settle(database, store)
    assert members(database, store) == {}
    receive(database, store, bought(2))
    settle(database, store)
    ayse = owner(database, store)
    assert members(database, store) == {"spent": [ayse]}
    assert members(database, other) == {}
    assert database.read(lambda conn: member_in(conn, store.id, ayse)) == {"spent"}
    assert database.read(lambda conn: member_in(conn, other.id, ayse)) == set()
    why = database.read(lambda conn: repository.rows_of(conn, store.id, ayse))["spent"]
    assert (why.since, why.why) == (NOW, [{"type": "spend", "number": "200", "holds": True}])
    back = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 100, 9))
    receive(database, store, bought(2, transactions=[back], updated=9), NOW + timedelta(minutes=9))
    settle(database, store, NOW + timedelta(minutes=9))
    assert members(database, store) == {}


def test_the_days_alone_move_members_once_everybody_is_looked_at_again(
    database: Database,
) -> None:
    asleep = segment("asleep", type="recency", min=60)
    fresh = segment("fresh", type="orders", min=1, days=30)
    store = database.write(lambda conn: live_store(conn, with_segments(asleep, fresh)))
    receive(database, store, bought(1))
    settle(database, store)
    ayse = owner(database, store)
    assert members(database, store) == {"fresh": [ayse]}
    settle(database, store, NOW + timedelta(days=29))
    assert members(database, store) == {}
    settle(database, store, NOW + timedelta(days=59))
    assert members(database, store) == {"asleep": [ayse]}


def test_buyers_are_cut_into_fifths_and_equal_ones_share_the_lowest(database: Database) -> None:
    best = segment("best", type="rfm", score="monetary", currency="USD", min=5)
    often = segment("often", type="rfm", score="frequency", min=2)
    late = segment("late", type="rfm", score="recency", min=5)
    store = database.write(lambda conn: live_store(conn, with_segments(best, often, late)))
    for number in range(1, 11):
        buyer = shopper(f"U{number}", f"u{number}@example.com")
        sold = order(
            line(gross=str(number * 10)),
            id=f"O{number}", number=str(number), user=buyer, updated=number,
            transactions=[paid(number * 10, number)],
        )  # fmt: skip
        receive(database, store, sold)
    settle(database, store)
    last_two = [owner(database, store, number) for number in (9, 10)]
    assert members(database, store) == {"best": sorted(last_two), "late": sorted(last_two)}


def test_share_of_a_category_counts_those_below_it_and_what_was_kept(database: Database) -> None:
    runners = segment(
        "runners", type="category_share", category="shoes", currency="USD", min=60, days=365
    )
    store = database.write(lambda conn: live_store(conn, with_segments(runners)))
    receive(
        database, store, bought(1, line("L1", gross="60", category=SHOES), line("L2", gross="40"))
    )
    receive(database, store, bought(2, line("L3", gross="50"), user=CAN))
    settle(database, store)
    ayse = owner(database, store)
    assert members(database, store) == {"runners": [ayse]}
    receive(database, store, bought(3, line("L4", gross="1")))
    settle(database, store)
    assert members(database, store) == {}


def test_who_a_member_is_counts_language_country_consent_and_joining(database: Database) -> None:
    turks = segment(
        "turks",
        type="all",
        of=[
            {"type": "country", "codes": ["TR"]},
            {"type": "consent", "channel": "email"},
            {"type": "not", "of": {"type": "language", "codes": ["de"]}},
            {"type": "joined", "start": "2026-01-01"},
            {"type": "member_since", "max": 30},
        ],
    )
    store = database.write(lambda conn: live_store(conn, with_segments(turks)))
    receive(database, store, bought(1, shippingAddress={"country": {"code": "TR"}}))
    settle(database, store)
    ayse = owner(database, store)
    assert members(database, store) == {}
    database.write(
        lambda conn: consents.grant(
            conn, store.id, ayse, consents.Channel.email, source="test", text_version="1", now=NOW
        )
    )
    settle(database, store, NOW + timedelta(days=1))
    assert members(database, store) == {"turks": [ayse]}
    database.write(
        lambda conn: consents.withdraw(
            conn, store.id, ayse, consents.Channel.email, source="test", now=NOW
        )
    )
    settle(database, store, NOW + timedelta(days=2))
    assert members(database, store) == {}


def test_changed_rules_are_met_by_everybody_and_segments_that_are_gone_are_emptied(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, with_segments(SPENT)))
    for number in (1, 2):
        receive(database, store, bought(number))
    settle(database, store)
    ayse = owner(database, store)
    lower = segment("spent", type="spend", currency="USD", min="500")
    buyers = segment("buyers", type="orders", min=2)
    begun = NOW + timedelta(minutes=1)
    database.write(
        lambda conn: make_revision(
            conn, store.id, with_segments(lower, buyers), effective_from=begun
        )
    )
    settle(database, store, begun)
    assert members(database, store) == {"buyers": [ayse]}
    ended = NOW + timedelta(minutes=2)
    database.write(lambda conn: make_revision(conn, store.id, program(), effective_from=ended))
    settle(database, store, ended)
    assert members(database, store) == {}


def test_control_groups_erased_and_strangers_are_in_no_segment(database: Database) -> None:
    anybody = segment("anybody", type="member_since", min=0)
    store = database.write(lambda conn: live_store(conn, with_segments(anybody)))
    control = database.write(lambda conn: make_member(conn, store.id, hold_out=True))
    left = database.write(lambda conn: make_member(conn, store.id, state="left"))
    mine = database.write(lambda conn: make_member(conn, store.id))
    settle(database, store)
    assert members(database, store) == {"anybody": [mine]}
    assert not {control, left} & set(members(database, store)["anybody"])
    database.write(lambda conn: erase_member(conn, store, mine, now=NOW))
    settle(database, store)
    assert members(database, store) == {}


def test_a_page_that_was_read_before_another_was_written_changes_nothing(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, with_segments(SPENT)))
    settle(database, store)
    for number in (1, 2):
        receive(database, store, bought(number))
    database.write(lambda conn: tiers_page(conn, store, now=NOW))
    stale = database.read(lambda conn: next_page(conn, store, now=NOW))
    assert stale is not None
    settle(database, store)
    before = members(database, store)
    assert len(before["spent"]) == 1
    assert database.write(lambda conn: write_page(conn, store, stale, now=NOW)) is False  # type: ignore[arg-type]
    assert members(database, store) == before


def test_orders_earn_by_the_segment_of_their_day_and_keep_it_through_refunds(
    database: Database,
) -> None:
    document = with_segments(SPENT)
    document["earning"]["rules"].append(
        {
            "id": "double",
            "when": {"type": "segment", "segments": ["spent"]},
            "then": {"type": "multiplier", "factor": "2"},
        }
    )
    store = database.write(lambda conn: live_store(conn, document))
    for number in (1, 2):
        receive(database, store, bought(number))
        settle(database, store)
    receive(database, store, bought(3))
    settle(database, store)

    def points() -> int:
        books = database.read(lambda conn: books_of(conn, store))
        return books.balances[AYSE["id"], "points"]

    assert points() == 1000 + 1000 + 2000
    for number in (1, 2):
        back = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 100, 9))
        again = bought(number, transactions=[back], updated=9)
        receive(database, store, again, NOW + timedelta(minutes=9))
    settle(database, store, NOW + timedelta(minutes=9))
    assert members(database, store) == {}
    assert points() == 2000, "the plan of the third order was frozen while they were in"


def test_stores_without_segments_ask_for_no_looks(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn))
    receive(database, store, bought(1))
    settle(database, store)
    asked = database.read(
        lambda conn: conn.execute(
            sa.select(sa.func.count()).select_from(table(SegmentLook))
        ).scalar_one()
    )
    assert (asked, database.read(lambda conn: sweep_of(conn, store.id))) == (0, None)
    assert database.read(lambda conn: looks.stores_waiting(conn)) == set()
