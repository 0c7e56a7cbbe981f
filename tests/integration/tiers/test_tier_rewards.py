"""What a level gives to who reaches it comes once: to a person, and not while they may not earn."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.member_desk import Blocks, Wanted, set_blocks, set_state
from saleor_loyalty_app.flows.sweep_tiers import has_work, rewards_page, tiers_page
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import TierReward
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import shopper

AGAIN = shopper("VXNlcjo3", AYSE["email"])
ENTRY = 50
_rewards = table(TierReward)


def tiered() -> dict[str, Any]:
    """The usual program, 10 points for 1 USD, with a tier from 150 USD that brings 50."""
    limits = [{"currency": "USD", "min": "150"}]
    gold = {"id": "gold", "names": {"en": "Gold"}, "entry_points": ENTRY}
    level = gold | {"requirements": {"spend": {"limits": limits}}}
    return program() | {"tiers": {"enabled": True, "levels": [level]}}


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, tiered()))


def look(database: Database, store: StoreRef, now: datetime) -> None:
    while database.write(lambda conn: tiers_page(conn, store, now=now)):
        pass


def settle(database: Database, store: StoreRef, now: datetime) -> None:
    """All that the tasks have to do until then."""
    look(database, store, now)
    while database.write(lambda conn: rewards_page(conn, store, keys=KEYS, now=now)):
        pass
    # What a reward brings is looked at, too.
    look(database, store, now)
    assert not database.read(lambda conn: has_work(conn, store, now=now))


def buy_twice(database: Database, store: StoreRef, first: int, user: dict[str, Any]) -> None:
    """Two orders of 100 USD, that bring 1000 points each, and the tier."""
    for number in (first, first + 1):
        receive(database, store, bought(number, user=user, userEmail=user["email"]), NOW)


def points(database: Database, store: StoreRef, user: dict[str, Any]) -> int:
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((user["id"], "points"), 0)


def test_an_account_that_is_deleted_and_made_again_gets_no_entry_points_again(
    database: Database, store: StoreRef
) -> None:
    buy_twice(database, store, 1, AYSE)
    settle(database, store, NOW)
    assert points(database, store, AYSE) == 2000 + ENTRY
    database.write(lambda conn: erase_user(conn, store, AYSE["id"], now=NOW))

    buy_twice(database, store, 3, AGAIN)
    settle(database, store, NOW)

    assert points(database, store, AGAIN) == 2000
    can = shopper("VXNlcjo4", "can@example.com")
    buy_twice(database, store, 5, can)
    settle(database, store, NOW)
    assert points(database, store, can) == 2000 + ENTRY


@pytest.mark.parametrize("rest", ["blocked", "paused"])
def test_entry_points_wait_while_their_member_may_not_earn(
    database: Database, store: StoreRef, rest: str
) -> None:
    buy_twice(database, store, 1, AYSE)
    look(database, store, NOW)
    owner = database.read(lambda conn: member_by_user(conn, store.id, AYSE["id"]))
    assert owner is not None
    query = sa.update(_rewards).where(_rewards.c.member_id == owner.id)
    database.write(lambda conn: conn.execute(query.values(at=NOW + timedelta(hours=1))))

    def stop(on: bool, now: datetime) -> None:
        def write(conn: sa.Connection) -> None:
            if rest == "blocked":
                wanted = Blocks(spending=False, earning=on, codes=False)
                set_blocks(conn, store, owner.id, wanted, "Why", actor="user:1", now=now)
            else:
                state: Wanted = "paused" if on else "active"
                set_state(conn, store, owner.id, state, actor="user:1", now=now)

        database.write(write)

    stop(True, NOW)
    settle(database, store, NOW + timedelta(hours=2))
    assert points(database, store, AYSE) == 2000
    stop(False, NOW + timedelta(days=1))
    settle(database, store, NOW + timedelta(days=1))
    settle(database, store, NOW + timedelta(days=2))
    assert points(database, store, AYSE) == 2000 + ENTRY
