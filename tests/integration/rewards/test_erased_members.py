"""Points that were set aside when their member was erased go nowhere when they come back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import metadata, table
from saleor_loyalty_app.flows.decide_case import count_open
from saleor_loyalty_app.flows.erase_member import erase_member, erase_user
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores.models import StaffAction
from tests.claim_stage import book, buy
from tests.order_books import KEYS, entries_of
from tests.redemption_stage import OTHER, SHOPPER, Stage


def test_points_of_an_erased_member_are_written_off_when_their_time_is_over(stage: Stage) -> None:
    made = stage.spend(stage.cart())
    stage.database.write(
        lambda conn: erase_member(conn, stage.store, stage.members[SHOPPER], now=stage.now)
    )
    assert stage.points() == (0, 500)
    stage.sweep(timedelta(hours=1))
    assert stage.read(made).state == "expired"
    assert stage.points() == (0, 0)
    assert "points_returned" not in stage.told()


#: What names users for hours or days only, so that a cart that is paid meanwhile stays as it was.
PASSING = {"inbox_message", "shipping_offer", "shipping_ask", "access_pass"}


def naming(stage: Stage, text: str) -> set[str]:
    """The columns of the whole database in which a text stands."""
    with stage.database.engine.connect() as conn:
        return {
            f"{one.name}.{column.name}"
            for one in metadata.sorted_tables
            if one.name not in PASSING
            for column in one.columns
            for (value,) in conn.execute(sa.select(sa.cast(column, sa.Text)).select_from(one))
            if text in (value or "")
        }


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Somebody spent points on an order, has some on a cart, and took some off another."""
    used = stage.cart()
    stage.spend(used, 300)
    buy(stage, used)
    stage.release(stage.spend(stage.cart(), 200))
    stage.sweep()
    stage.spend(stage.cart(), 100)
    action = {"store_id": stage.store.id, "kind": "program_left", "subject": "member:1"}
    named = f"shopper:{stage.users[SHOPPER]}"
    stage.database.write(
        lambda conn: conn.execute(
            sa.insert(table(StaffAction)).values(**action, actor=named, at=stage.now)
        )
    )
    return stage


@pytest.mark.parametrize("by_saleor", [True, False])
def test_nothing_names_the_user_of_an_erased_member(busy: Stage, by_saleor: bool) -> None:
    user, member = busy.users[SHOPPER], busy.members[SHOPPER]
    before = {"member.user_id", "redemption.user_id", "redemption.actor", "redemption.reason"}
    assert before | {"redemption_sighting.user_id", "staff_action.actor"} <= naming(busy, user)
    if by_saleor:
        busy.database.write(lambda conn: erase_user(conn, busy.store, user, now=busy.now))
    else:
        busy.database.write(lambda conn: erase_member(conn, busy.store, member, now=busy.now))
    assert naming(busy, user) == set()


def test_an_order_with_a_code_of_somebody_who_was_erased_is_no_case(busy: Stage) -> None:
    cart = busy.cart()
    made = busy.spend(cart, 200)
    member = busy.members[SHOPPER]
    busy.charge(cart)
    busy.database.write(lambda conn: erase_member(conn, busy.store, member, now=busy.now))
    book(busy, busy.complete(cart))
    assert busy.database.read(lambda conn: count_open(conn, busy.store.id)) == 0
    assert busy.read(made).state == "consumed"


def test_the_account_that_somebody_with_two_gave_up_is_named_no_more(busy: Stage) -> None:
    loser, winner = busy.members[SHOPPER], busy.members[OTHER]
    user = busy.users[SHOPPER]

    def merge(conn: sa.Connection) -> None:
        agent = Agent("U9", "staff@example.com")
        merge_members(conn, busy.store, loser, winner, agent, keys=KEYS, now=busy.now)
        assert erase_user(conn, busy.store, user, now=busy.now)

    busy.database.write(merge)
    assert naming(busy, user) == set()
    owned = sa.select(table(Redemption).c.user_id).distinct()
    with busy.database.engine.connect() as conn:
        assert list(conn.execute(owned).scalars()) == [busy.users[OTHER]]


def test_the_books_name_no_user_at_all(busy: Stage) -> None:
    entries = busy.database.read(lambda conn: entries_of(conn, busy.store))
    assert "shopper" in {one.actor for one in entries}
    assert busy.users[SHOPPER] not in str(entries)
