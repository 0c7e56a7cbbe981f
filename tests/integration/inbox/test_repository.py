"""Rows of what arrived: once each, read in pages, forgotten in time, never those of others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.inbox import retention
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(make_store)


def delivery(store: StoreRef, clock: ManualClock, body: bytes = b"{}") -> Delivery:
    return Delivery(store.id, "orders", "OrderUpdated", body, clock())


def accept(database: Database, store: StoreRef, what: Delivery) -> int | None:
    return database.write(lambda conn: inbox.accept(conn, what, app_id=store.app_id))


def test_a_delivery_is_accepted_once_and_then_known(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    first = delivery(store, clock)
    assert not database.read(lambda conn: inbox.is_known(conn, first))
    assert accept(database, store, first) is not None
    assert accept(database, store, replace(first, received_at=clock() + timedelta(1))) is None
    assert database.read(lambda conn: inbox.is_known(conn, first))


@pytest.mark.parametrize(
    "changed", [{"handler": "customers"}, {"body": b"{ }"}], ids=["handler", "body"]
)
def test_what_differs_is_another_delivery(
    changed: dict[str, object], database: Database, store: StoreRef, clock: ManualClock
) -> None:
    first = delivery(store, clock)
    assert accept(database, store, first) is not None
    assert accept(database, store, replace(first, **changed)) is not None  # type: ignore[arg-type]


def test_a_store_that_is_not_there_accepts_nothing(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    nowhere = replace(delivery(store, clock), store_id=store.id + 1)
    assert accept(database, store, nowhere) is None
    other_app = database.write(
        lambda conn: inbox.accept(conn, delivery(store, clock), app_id="another")
    )
    assert other_app is None


def test_messages_come_in_pages_since_a_time_and_of_one_store(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    other = database.write(make_store)
    accept(database, other, delivery(other, clock))
    began = clock()
    for number in range(7):
        clock.advance(timedelta(minutes=1))
        accept(database, store, delivery(store, clock, str(number).encode()))
    seen: list[bytes] = []
    after = 0
    while page := database.read(
        lambda conn, after=after: inbox.messages(  # type: ignore[misc]
            conn,
            store_id=store.id,
            since=began + timedelta(minutes=3),
            after_id=after,
            limit=2,
        )
    ):
        assert len(page) <= 2
        seen += [letter.delivery.body for letter in page]
        after = page[-1].id
    assert seen == [b"2", b"3", b"4", b"5", b"6"]


def test_recent_messages_are_those_of_the_handlers_asked_for_newest_first(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    for handler in ("a", "b", "c"):
        accept(database, store, replace(delivery(store, clock), handler=handler))
        clock.advance(timedelta(hours=1))
    found = database.read(
        lambda conn: inbox.recent(
            conn, store.id, ["a", "c"], since=clock() - timedelta(hours=3), limit=9
        )
    )
    assert [letter.delivery.handler for letter in found] == ["c", "a"]
    late = database.read(
        lambda conn: inbox.recent(conn, store.id, ["a", "c"], since=clock() - timedelta(hours=2))
    )
    assert [letter.delivery.handler for letter in late] == ["c"]


def test_bodies_are_emptied_after_their_time_and_still_tell_repetitions(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    old = delivery(store, clock, b"old")
    identity = accept(database, store, old)
    clock.advance(timedelta(days=10))
    accept(database, store, delivery(store, clock, b"young"))
    clock.advance(timedelta(days=4, seconds=1))
    assert database.write(lambda conn: retention.empty_bodies(conn, now=clock())) == 1
    assert database.write(lambda conn: retention.empty_bodies(conn, now=clock())) == 0
    assert identity is not None
    assert database.read(lambda conn: inbox.message(conn, identity)) is None
    assert accept(database, store, old) is None
    left = database.read(
        lambda conn: conn.exec_driver_sql("SELECT body FROM inbox_message ORDER BY id").all()
    )
    assert [bytes(row[0]) for row in left] == [b"", b"young"]


def test_retention_works_in_pages(database: Database, store: StoreRef, clock: ManualClock) -> None:
    for number in range(5):
        accept(database, store, delivery(store, clock, str(number).encode()))
    clock.advance(timedelta(days=91))
    emptied = [
        database.write(lambda conn: retention.empty_bodies(conn, now=clock(), limit=2))
        for _ in range(4)
    ]
    assert emptied == [2, 2, 1, 0]
    accept(database, store, delivery(store, clock, b"new"))
    deleted = [
        database.write(lambda conn: retention.delete_old_rows(conn, now=clock(), limit=2))
        for _ in range(4)
    ]
    assert deleted == [2, 2, 1, 0]
    left = database.read(lambda conn: conn.exec_driver_sql("SELECT body FROM inbox_message").all())
    assert [bytes(row[0]) for row in left] == [b"new"]


def test_dead_letters_are_kept_once_with_the_latest_reason_and_go_after_their_time(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    broken = delivery(store, clock, b"{")

    def keep(reason: str) -> None:
        database.write(
            lambda conn: inbox.keep_dead_letter(conn, broken, reason=reason, place="x" * 999)
        )

    keep("not_json")
    [letter] = database.read(inbox.dead_letters)
    database.write(lambda conn: inbox.mark_replayed(conn, letter.id, clock()))
    assert database.read(inbox.dead_letters) == []
    assert [one.id for one in database.read(lambda conn: inbox.dead_letters(conn, ids=[letter.id]))]
    keep("too_deep")
    [again] = database.read(inbox.dead_letters)
    assert (again.id, again.reason, again.delivery.body) == (letter.id, "too_deep", b"{")
    clock.advance(timedelta(days=30))
    assert database.write(lambda conn: retention.delete_dead_letters(conn, now=clock())) == 0
    clock.advance(timedelta(seconds=1))
    assert database.write(lambda conn: retention.delete_dead_letters(conn, now=clock())) == 1
    assert database.read(inbox.dead_letters) == []


def test_a_forgotten_store_leaves_nothing_and_others_keep_all(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    other = database.write(make_store)
    for one in (store, other):
        accept(database, one, delivery(one, clock))
        database.write(
            lambda conn, one=one: inbox.keep_dead_letter(  # type: ignore[misc]
                conn, delivery(one, clock, b"{"), reason="not_json"
            )
        )
    assert database.write(lambda conn: retention.forget_store(conn, store.id)) == 2
    left = database.read(inbox.dead_letters)
    assert [letter.delivery.store_id for letter in left] == [other.id]
