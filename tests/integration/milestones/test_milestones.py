"""Lines of points, orders and spending are passed once, whatever comes back and in any order."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.member_desk import Blocks, set_blocks
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.sweep_milestones import is_due, milestones_page
from saleor_loyalty_app.flows.sweep_tiers import has_work, tiers_page
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages.outbox import waiting
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_revision
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import event, order, paid, shopper, transaction

ROOT = Path(__file__).parents[3]
AYSE, CAN = shopper(), shopper("VXNlcjoy", "can@example.com")
LATER = NOW + timedelta(days=1)
_members = table(Member)


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    """An empty SQLite database, for many short histories."""
    opened = open_database(sqlite_url, synchronous="NORMAL")
    yield opened
    opened.close()


def line(rule_id: str, kind: str, least: int, points: int = 500, **more: Any) -> dict[str, Any]:
    """A rule that gives points at a line, of spending in USD."""
    at = {"min": least}
    if kind == "spend":
        at = {"limits": [{"currency": "USD", "min": str(least)}]}  # type: ignore[dict-item]
    return {
        "id": rule_id,
        "trigger": "milestone",
        "milestone": {"line": {"type": kind} | at} | more,
        "then": {"type": "points", "points": points},
    }


def lined(*rules: dict[str, Any]) -> dict[str, Any]:
    document = program()
    return document | {"earning": {"rules": [*document["earning"]["rules"], *rules]}}


def receive(database: Database, store: StoreRef, told: OrderSnapshot, moment: datetime) -> None:
    database.write(
        lambda conn: converge_order(
            conn, store, told, Look.webhook(moment), now=moment, secrets=KEYS
        )
    )


def settle(database: Database, store: StoreRef, now: datetime = NOW) -> None:
    """All that the tasks have to do until then."""
    for _ in range(50):
        database.write(lambda conn: tiers_page(conn, store, now=now))
        database.write(lambda conn: milestones_page(conn, store, now=now))
        more = database.write(
            lambda conn: settle_milestones(conn, store, limit=3, keys=KEYS, now=now)
        )
        if not more and not database.read(
            lambda conn: has_work(conn, store, now=now) or is_due(conn, store, now=now)
        ):
            return
    raise AssertionError("the tasks never come to an end")


def bought(number: int, updated: float = 1, **more: Any) -> OrderSnapshot:
    """An order of 100 USD, paid so many minutes after 20 November; it brings 1000 points."""
    values: dict[str, Any] = {
        "id": f"O{number}",
        "number": str(number),
        "user": AYSE,
        "transactions": [paid(minutes=updated)],
        "updated": updated,
    }
    return order(**(values | more))


def refunded(number: int, updated: float, **more: Any) -> OrderSnapshot:
    back = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 100, updated))
    return bought(number, updated, transactions=[back], **more)


def points(database: Database, store: StoreRef, user: dict[str, Any] = AYSE) -> int:
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((user["id"], "points"), 0)


def states(database: Database, store: StoreRef) -> dict[tuple[str, str], int]:
    return database.read(lambda conn: passed.counts(conn, store.id))


def member_of(database: Database, store: StoreRef, user: dict[str, Any] = AYSE) -> int:
    query = sa.select(_members.c.id).where(_members.c.user_id == user["id"])
    return database.read(lambda conn: int(conn.execute(query).scalar_one()))


def test_one_order_passes_several_lines_and_each_gives_once_and_is_told(
    database: Database,
) -> None:
    lines = lined(
        line("ten", "points", 1000), line("first", "orders", 1, 30), line("big", "spend", 100, 7)
    )
    store = database.write(lambda conn: live_store(conn, lines))
    settle(database, store)
    receive(database, store, bought(1), NOW)
    settle(database, store)
    assert points(database, store) == 1000 + 500 + 30 + 7
    told = database.read(lambda conn: waiting(conn, store.id, limit=50))
    given = [row.data for row in told if row.kind == "bonus_given"]
    assert sorted(one["points"] for one in given) == [7, 30, 500]
    assert {one["bonus"] for one in given} == {"milestone"}


def test_the_perk_stays_after_a_refund_and_does_not_come_again_when_the_line_is_passed_anew(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, lined(line("two", "orders", 2))))
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
    settle(database, store)
    assert points(database, store) == 2000 + 500
    receive(database, store, refunded(2, 10), NOW + timedelta(minutes=1))
    settle(database, store)
    assert points(database, store) == 1000 + 500
    receive(database, store, bought(3, 20), NOW + timedelta(minutes=2))
    settle(database, store)
    assert points(database, store) == 2000 + 500
    assert states(database, store) == {("two", "given"): 1}


def test_a_perk_that_is_not_kept_goes_with_a_refund_below_the_line_and_stays_gone(
    database: Database,
) -> None:
    rule = line("two", "spend", 200, keep=False)
    store = database.write(lambda conn: live_store(conn, lined(rule)))
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
    settle(database, store)
    assert points(database, store) == 2500
    receive(database, store, refunded(2, 10), NOW + timedelta(minutes=1))
    settle(database, store)
    assert points(database, store) == 1000
    receive(database, store, bought(3, 20), NOW + timedelta(minutes=2))
    settle(database, store)
    assert points(database, store) == 2000
    assert states(database, store) == {("two", "taken"): 1}


@pytest.mark.parametrize("retroactive", [False, True])
def test_lines_passed_before_they_came_into_force_give_only_where_the_owner_says_so(
    database: Database, retroactive: bool
) -> None:
    store = database.write(live_store)
    for number, user in ((1, AYSE), (2, AYSE), (3, CAN)):
        receive(database, store, bought(number, user=user), NOW)
    settle(database, store)
    rule = line("two", "orders", 2, retroactive=retroactive)
    database.write(lambda conn: make_revision(conn, store.id, lined(rule), effective_from=LATER))
    settle(database, store, LATER)
    assert points(database, store) == 2000 + (500 if retroactive else 0)
    assert points(database, store, CAN) == 1000, "one order is not two"
    receive(database, store, bought(4, 4530, user=CAN), LATER + timedelta(hours=1))
    receive(database, store, bought(5, 4530), LATER + timedelta(hours=1))
    settle(database, store, LATER + timedelta(hours=1))
    assert points(database, store, CAN) == 2000 + 500, "passed after it came into force"
    assert points(database, store) == 3000 + (500 if retroactive else 0)
    back = refunded(1, 4540)
    receive(database, store, back, LATER + timedelta(hours=2))
    receive(database, store, refunded(2, 4541), LATER + timedelta(hours=2))
    receive(database, store, bought(6, 4550), LATER + timedelta(hours=3))
    settle(database, store, LATER + timedelta(hours=3))
    assert points(database, store) == 2000 + (500 if retroactive else 0)


def test_the_past_counts_once_the_owner_says_so_and_a_moved_line_gives_to_nobody_twice(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, lined(line("some", "orders", 1))))
    receive(database, store, bought(1), NOW)
    settle(database, store)
    assert points(database, store) == 1500
    higher = lined(line("some", "orders", 2), line("new", "spend", 50, 20))
    database.write(lambda conn: make_revision(conn, store.id, higher, effective_from=LATER))
    settle(database, store, LATER)
    receive(database, store, bought(2, 4530), LATER)
    settle(database, store, LATER)
    assert points(database, store) == 2500, "had the perk of the rule; spent 50 before"
    past = lined(line("some", "orders", 2), line("new", "spend", 50, 20, retroactive=True))
    third = LATER + timedelta(days=1)
    database.write(lambda conn: make_revision(conn, store.id, past, effective_from=third))
    settle(database, store, third)
    assert points(database, store) == 2520


def test_points_of_milestones_do_not_lead_to_the_next_line(database: Database) -> None:
    chained = lined(line("one", "points", 1000, 600), line("two", "points", 1500, 50))
    store = database.write(lambda conn: live_store(conn, chained))
    receive(database, store, bought(1), NOW)
    settle(database, store)
    assert points(database, store) == 1600


def test_an_account_made_again_is_not_given_the_same_milestone(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, lined(line("first", "orders", 1))))
    receive(database, store, bought(1), NOW)
    settle(database, store)
    member = member_of(database, store)
    database.write(lambda conn: erase_member(conn, store, member, now=NOW, account_stays=False))
    again = shopper("VXNlcjo5", AYSE["email"])
    receive(database, store, bought(2, 10, user=again), NOW + timedelta(hours=1))
    settle(database, store, NOW + timedelta(hours=1))
    assert points(database, store, again) == 1000


def test_merged_members_pass_a_line_together_and_keep_what_one_of_them_had(
    database: Database,
) -> None:
    rules = lined(line("three", "points", 3000, 40), line("one", "orders", 1, 5))
    store = database.write(lambda conn: live_store(conn, rules))
    for number, user in ((1, AYSE), (2, AYSE), (3, CAN)):
        receive(database, store, bought(number, user=user), NOW)
    settle(database, store)
    ayse, can = member_of(database, store), member_of(database, store, CAN)
    agent = Agent("U9", "staff@example.com")
    database.write(lambda conn: merge_members(conn, store, can, ayse, agent, keys=KEYS, now=LATER))
    settle(database, store, LATER)
    assert points(database, store) == 3000 + 5 + 5 + 40


#: A history costs as much as three examples of other properties; shrinking would cost minutes.
@settings(
    max_examples=max(8, settings().max_examples // 3),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["buy", "refund", "work"])),
        min_size=3,
        max_size=14,
    )
)
def test_nothing_is_given_twice_in_any_order_of_facts(
    embedded: Database, steps: list[tuple[int, str]]
) -> None:
    lines = lined(
        line("two", "orders", 2, 10), line("spent", "spend", 150, 100), line("p", "points", 2500, 1)
    )
    store = embedded.write(lambda conn: live_store(conn, lines))
    gone: set[int] = set()
    now = NOW
    for at, (number, what) in enumerate(steps, start=1):
        now = NOW + timedelta(minutes=at)
        if what == "work":
            settle(embedded, store, now)
        elif what == "refund":
            gone.add(number)
            receive(embedded, store, refunded(number, at), now)
        elif number not in gone:
            receive(embedded, store, bought(number, at), now)
    settle(embedded, store, now)
    settle(embedded, store, now + timedelta(hours=1))
    earned = points(embedded, store) % 1000
    assert earned in (0, 10, 100, 110, 101, 111), "each perk at most once"


def test_two_processes_that_pass_the_same_lines_give_each_once(postgres_url: str) -> None:
    database = open_database(postgres_url)
    rules = (line(f"n{least}", "orders", least, 10**5) for least in (1, 3, 5, 7, 9))
    document = lined(*rules, line("spent", "spend", 400, 10**5))
    store = database.write(lambda conn: live_store(conn, document))
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.integration.milestones.milestone_worker",
                postgres_url,
                str(store.id),
                first,
                "5",
            ],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in ("1", "11")
    ]
    for worker in workers:
        _, trouble = worker.communicate(timeout=240)
        assert worker.returncode == 0, trouble
    settle(database, store)
    assert points(database, store) == 10 * 1000 + 6 * 10**5
    database.close()


def test_who_passes_a_line_while_blocked_gets_the_perk_once_the_block_ends(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, lined(line("first", "orders", 1))))
    settle(database, store)
    receive(database, store, bought(1), NOW)
    owner = member_of(database, store)

    def block(*, earning: bool) -> None:
        wanted = Blocks(spending=False, earning=earning, codes=False)
        database.write(
            lambda conn: set_blocks(conn, store, owner, wanted, "A case", actor="user:1", now=NOW)
        )

    block(earning=True)
    settle(database, store)
    assert points(database, store) == 1000
    block(earning=False)
    settle(database, store, LATER)
    assert points(database, store) == 1000 + 500
