"""Perks of members who became one fall with a refund, each with the deed that gave it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_revision
from tests.integration.milestones.test_milestones import (
    AYSE,
    CAN,
    LATER,
    bought,
    line,
    lined,
    member_of,
    points,
    receive,
    refunded,
    settle,
    states,
)
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import START, shopper

STAFF = Agent("U9", "staff@example.com")


def merge(database: Database, store: StoreRef) -> None:
    ayse, can = member_of(database, store), member_of(database, store, CAN)
    database.write(lambda conn: merge_members(conn, store, can, ayse, STAFF, keys=KEYS, now=LATER))


def check_audit(database: Database, store: StoreRef, now: datetime) -> None:
    assert database.read(lambda conn: drifts_of(conn, store.id, now=now)) == []


@pytest.mark.parametrize("orders_of_ayse", [0, 1], ids=["one-passed", "both-passed"])
@pytest.mark.parametrize("merged_while_waiting", [False, True])
def test_what_was_passed_before_a_merge_is_taken_back_after_it(
    database: Database, orders_of_ayse: int, merged_while_waiting: bool
) -> None:
    rule = line("first", "orders", 1, 40, keep=False)
    store = database.write(lambda conn: live_store(conn, lined(rule)))
    settle(database, store, NOW)
    receive(database, store, bought(1), NOW)
    receive(database, store, bought(2, user=CAN), NOW)
    if not orders_of_ayse:
        receive(database, store, refunded(1, 10), NOW)
    if merged_while_waiting:
        look_only(database, store)
    else:
        settle(database, store, NOW)
    merge(database, store)
    settle(database, store, LATER)
    perks = 40 * (1 + (orders_of_ayse and not merged_while_waiting))
    assert (
        points(database, store) + points(database, store, CAN)
        == 1000 * (1 + orders_of_ayse) + perks
    )
    check_audit(database, store, LATER + timedelta(minutes=5))
    last = LATER + timedelta(hours=1)
    for number, user in ((1, AYSE), (2, CAN)):
        receive(database, store, refunded(number, 4600 + number, user=user), last)
    settle(database, store, last)
    assert points(database, store) + points(database, store, CAN) == 0
    # Who waited beside another had that one's perk, and none of their own.
    left = {"taken", "nothing"} if orders_of_ayse and merged_while_waiting else {"taken"}
    assert {state for _, state in states(database, store)} == left
    check_audit(database, store, last + timedelta(minutes=5))
    receive(database, store, bought(3, 4700), last)
    settle(database, store, last)
    assert points(database, store) + points(database, store, CAN) == 1000, "never again"
    check_audit(database, store, last + timedelta(minutes=5))


def look_only(database: Database, store: StoreRef, now: datetime = NOW) -> None:
    """Lines are found to be passed; nothing is given yet."""
    for _ in range(9):
        database.write(lambda conn: tiers_page(conn, store, now=now))
        database.write(lambda conn: milestones_page(conn, store, now=now))


def test_who_is_taken_in_by_another_enrollment_is_met_without_news(database: Database) -> None:
    """A guest takes part where everybody does."""
    store = database.write(live_store)
    guest: dict[str, Any] = {"user": None, "userEmail": "guest@example.com"}
    receive(database, store, bought(1, **guest), NOW)
    settle(database, store, NOW)
    lines = lined(line("first", "orders", 1, 40, retroactive=True))
    strict = lines | {"settings": program(enrollment="opt_in")["settings"]}
    for hours, document, expected in ((0, strict, 1000), (1, lines, 1040)):
        at = LATER + timedelta(hours=hours)
        database.write(
            lambda conn, at=at, document=document: make_revision(  # type: ignore[misc]
                conn, store.id, document, effective_from=at
            )
        )
        settle(database, store, at)
        balances = database.read(lambda conn: books_of(conn, store)).balances
        assert balances == {("guest", "points"): expected}
        check_audit(database, store, at + timedelta(minutes=5))


EVE = shopper("VXNlcjoz", "eve@example.com")
LINED = lined(line("first", "orders", 1, 40, keep=False))


def absorb(database: Database, store: StoreRef, loser: Any, winner: Any) -> None:
    gone, stays = member_of(database, store, loser), member_of(database, store, winner)
    database.write(
        lambda conn: merge_members(conn, store, gone, stays, STAFF, keys=KEYS, now=LATER)
    )


def in_all(database: Database, store: StoreRef) -> int:
    return sum(points(database, store, user) for user in (AYSE, CAN, EVE))


def take_back(database: Database, store: StoreRef, *orders: tuple[int, Any]) -> None:
    """The orders are refunded as a whole, and nothing is left of anything."""
    last = LATER + timedelta(hours=1)
    for number, user in orders:
        receive(database, store, refunded(number, 4600 + number, user=user), last)
    settle(database, store, last)
    assert in_all(database, store) == 0
    check_audit(database, store, last + timedelta(minutes=5))


def test_a_perk_that_waited_falls_also_where_the_other_had_passed_before_the_line(
    database: Database,
) -> None:
    store = database.write(live_store)
    receive(database, store, bought(1), NOW)
    settle(database, store, NOW)
    database.write(lambda conn: make_revision(conn, store.id, LINED, effective_from=LATER))
    settle(database, store, LATER)
    assert states(database, store) == {("first", "before"): 1}
    at = LATER + timedelta(minutes=50)
    receive(database, store, bought(2, (at - START) / timedelta(minutes=1), user=CAN), at)
    look_only(database, store, at)
    assert states(database, store) == {("first", "before"): 1, ("first", "waiting"): 1}
    absorb(database, store, CAN, AYSE)
    settle(database, store, at)
    assert in_all(database, store) == 2040
    take_back(database, store, (1, AYSE), (2, CAN))


def test_of_several_perks_of_one_person_each_falls(database: Database) -> None:
    """The one that waited through a merge was decided for somebody who has no note."""
    store = database.write(lambda conn: live_store(conn, LINED))
    settle(database, store, NOW)
    receive(database, store, bought(1), NOW)
    receive(database, store, refunded(1, 10), NOW)
    receive(database, store, bought(2, user=CAN), NOW)
    look_only(database, store, NOW)
    absorb(database, store, CAN, AYSE)
    settle(database, store, NOW)
    receive(database, store, bought(3, user=EVE), NOW)
    settle(database, store, NOW)
    absorb(database, store, AYSE, EVE)
    settle(database, store, LATER)
    assert in_all(database, store) == 2 * (1000 + 40)
    take_back(database, store, (2, CAN), (3, EVE))


def test_two_perks_that_waited_through_a_merge_are_one_and_fall_as_one(database: Database) -> None:
    """Also where the first that is given was noted for who is gone."""
    store = database.write(lambda conn: live_store(conn, LINED))
    settle(database, store, NOW)
    receive(database, store, bought(1), NOW)
    receive(database, store, bought(2, user=CAN), NOW)
    look_only(database, store)
    absorb(database, store, AYSE, CAN)
    settle(database, store, LATER)
    assert in_all(database, store) == 2 * 1000 + 40
    take_back(database, store, (1, AYSE), (2, CAN))
