"""Who deletes an account and makes it anew has no first order again, nor what comes once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_address, erase_user
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import shopper

AGAIN = shopper("U7", AYSE["email"])
THIRD = shopper("U8", AYSE["email"])
CAN = shopper("U9", "can@example.com")
_memory = table(BonusMemory)


def rule(name: str, points: int, **more: Any) -> dict[str, Any]:
    then = {"type": "points_per_order", "points": points}
    return {"id": name, "scope": "order", "then": then} | more


ONCE = {"caps": {"per_member": {"times": 1, "period": "ever"}}}
RULES = [
    rule("first", 1, when={"type": "nth_order", "max": 1}),
    rule("third", 20, when={"type": "nth_order", "min": 3, "max": 3}),
    rule("new", 300, when={"type": "member_orders", "max": 0}),
    rule("once", 4000, **ONCE),
    {
        "id": "birthday",
        "trigger": "birthday",
        "then": {"type": "points", "points": 50_000},
        **ONCE,
    },
]
NEWCOMER, NOT_NEW = 4301, 0


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, program() | {"earning": {"rules": RULES}}))


def buy(database: Database, store: StoreRef, told: OrderSnapshot, user: dict[str, Any]) -> int:
    """What an order brings to its owner, in points."""
    before = points(database, store, user)
    receive(database, store, told, NOW)
    return points(database, store, user) - before


def points(database: Database, store: StoreRef, user: dict[str, Any]) -> int:
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((user["id"], "points"), 0)


def order_of(number: int, user: dict[str, Any], **more: Any) -> OrderSnapshot:
    return bought(number, user=user, userEmail=user["email"], **more)


def delete(database: Database, store: StoreRef, user: dict[str, Any], now: datetime = NOW) -> None:
    assert database.write(lambda conn: erase_user(conn, store, user["id"], now=now))


def test_a_new_account_of_the_same_address_goes_on_where_the_old_one_ended(
    database: Database, store: StoreRef
) -> None:
    assert buy(database, store, order_of(1, AYSE), AYSE) == NEWCOMER
    delete(database, store, AYSE)
    assert buy(database, store, order_of(2, AGAIN), AGAIN) == NOT_NEW
    delete(database, store, AGAIN)
    assert buy(database, store, order_of(3, THIRD), THIRD) == 20
    assert buy(database, store, order_of(4, CAN), CAN) == NEWCOMER
    kept = database.read(lambda conn: conn.execute(sa.select(_memory)).all())
    assert {(row.deed, row.points, row.times) for row in kept} == {
        ("orders", 0, 2),
        ("cap:once", 4000, 1),
    }
    assert "ayse" not in repr(kept)


def test_a_deed_that_is_capped_for_ever_is_not_given_to_the_next_account(
    database: Database, store: StoreRef
) -> None:
    def celebrate(year: int, user: dict[str, Any]) -> int:
        def write(conn: sa.Connection) -> int:
            member = member_by_user(conn, store.id, user["id"])
            assert member is not None
            deed = DeedFacts("birthday", "", NOW, f"birthday:{year}")
            return award_deed(conn, store, member.id, deed, now=NOW).total()

        return database.write(write)

    receive(database, store, order_of(1, AYSE), NOW)
    assert celebrate(2026, AYSE) == 50_000
    delete(database, store, AYSE)
    receive(database, store, order_of(2, AGAIN), NOW)
    assert celebrate(2027, AGAIN) == 0


MONTHLY = {"caps": {"per_member": {"points": 5000, "times": 2, "period": "month"}}}


def test_a_cap_of_a_month_goes_on_with_the_next_account_and_begins_anew_with_the_month(
    database: Database,
) -> None:
    rules = [rule("monthly", 4000, **MONTHLY)]
    store = database.write(lambda conn: live_store(conn, program() | {"earning": {"rules": rules}}))
    assert buy(database, store, order_of(1, AYSE), AYSE) == 4000
    delete(database, store, AYSE)
    assert buy(database, store, order_of(2, AGAIN), AGAIN) == 1000
    delete(database, store, AGAIN)
    assert buy(database, store, order_of(3, THIRD), THIRD) == 0
    assert buy(database, store, order_of(4, CAN), CAN) == 4000
    kept = database.read(lambda conn: conn.execute(sa.select(_memory)).all())
    capped = [row for row in kept if row.deed != "orders"]
    assert [(row.deed, row.points, row.times) for row in capped] == [
        ("cap:monthly:month:2026-11-01", 5000, 2)
    ]
    assert {row.ends_at.date() for row in capped} == {date(2027, 1, 1)}
    later = NOW + timedelta(days=14)
    told = order_of(5, THIRD, created=later.isoformat())
    before = points(database, store, THIRD)
    receive(database, store, told, later)
    assert points(database, store, THIRD) - before == 4000


def test_what_is_remembered_ends_and_is_found_under_a_secret_that_was_replaced(
    database: Database, store: StoreRef
) -> None:
    receive(database, store, order_of(1, AYSE), NOW)
    delete(database, store, AYSE, NOW - timedelta(days=800))
    assert buy(database, store, order_of(2, AGAIN), AGAIN) == NEWCOMER, "24 months are over"
    delete(database, store, AGAIN)

    rotated = EmailKeys((b"a new secret", *KEYS.secrets))
    told = order_of(3, THIRD)
    database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(NOW), now=NOW, secrets=rotated)
    )
    assert points(database, store, THIRD) == NOT_NEW


def test_a_guest_who_is_forgotten_gets_what_comes_once_no_second_time(
    database: Database, store: StoreRef
) -> None:
    def guest(number: int) -> OrderSnapshot:
        return bought(number, user=None, userEmail="guest@example.com")

    receive(database, store, guest(1), NOW)
    books = database.read(lambda conn: books_of(conn, store))
    assert books.balances == {("guest", "points"): 4300}
    database.write(lambda conn: erase_address(conn, store, "guest@example.com", keys=KEYS, now=NOW))
    receive(database, store, guest(2), NOW)
    books = database.read(lambda conn: books_of(conn, store))
    assert not any(books.balances.values())


def merge(database: Database, store: StoreRef, user: dict[str, Any], into: dict[str, Any]) -> None:
    """Staff see that two accounts are one person's."""

    def write(conn: sa.Connection) -> None:
        loser, winner = (member_by_user(conn, store.id, one["id"]) for one in (user, into))
        assert loser is not None
        assert winner is not None
        staff = Agent("U99", "staff@example.com")
        merge_members(conn, store, loser.id, winner.id, staff, keys=KEYS, now=NOW)

    database.write(write)


@pytest.mark.parametrize("first_to_go", [CAN, AYSE])
def test_who_had_two_accounts_and_gives_up_both_is_remembered_once(
    database: Database, store: StoreRef, first_to_go: dict[str, Any]
) -> None:
    """By either address they come back as who they are, with what they had until then."""
    receive(database, store, order_of(1, AYSE), NOW)
    receive(database, store, order_of(2, CAN), NOW)
    merge(database, store, CAN, AYSE)
    delete(database, store, first_to_go)
    if first_to_go is CAN:
        receive(database, store, order_of(3, AYSE), NOW)
        delete(database, store, AYSE)
    had = {"orders": 3 if first_to_go is CAN else 2, "cap:once": 2}

    def kept(conn: sa.Connection) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for row in conn.execute(sa.select(_memory).where(_memory.c.ends_at > NOW)):
            if row.times and not row.deed.startswith("of:"):
                found.setdefault(row.address_key, {})[row.deed] = row.times
        return found

    assert list(database.read(kept).values()) == [had, had]
