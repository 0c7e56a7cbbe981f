"""A page that gives rewards waits for accounts before it holds what all others want, too.

A request holds its member's account and then draws the stock. Whoever holds the stock and waits for
an account would keep everybody waiting who wants the reward, and the two of them each other.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import birthdays, waiting
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.celebrate import celebrate_page
from saleor_loyalty_app.flows.converge_order import converge_page
from saleor_loyalty_app.flows.give_bonus import give_waiting
from saleor_loyalty_app.flows.known_member import lock_member
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.reward_tiers import give_rewards
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.milestones.passed import Note
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.models import RewardStock
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import TierReward
from tests.claim_stage import item_of
from tests.deed_stage import BASE, TIERS, at_line, on
from tests.factories import LONG_AGO, make_member
from tests.lock_probe import wait_until_it_waits
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import order, paid, shopper

USERS = ("VXNlcjox", "VXNlcjoy")
STOCK = table(RewardStock)


def gives(rule_id: str, reward: str) -> dict[str, object]:
    """A rule on orders."""
    then = {"type": "issue_reward", "reward": reward}
    return {"id": rule_id, "scope": "order", "then": then}


DOCUMENT = program() | {
    "earning": {
        "rules": [
            BASE,
            gives("bought", "reward"),
            on("birthday", "party"),
            on("account_confirmed", "joined"),
            on("tier_reached", "level", on=["silver"]),
            at_line(1, "line"),
        ]
    },
    "rewards": {"items": [item_of("amount", amount="10", stock=10)]},
    "tiers": TIERS,
    "bonuses": {"birthdays": {"asked": True}},
}


def of_tiers(conn: Connection, store: StoreRef) -> object:
    return give_rewards(conn, store, limit=20, keys=KEYS, now=NOW)


def of_milestones(conn: Connection, store: StoreRef) -> object:
    return settle_milestones(conn, store, limit=20, keys=KEYS, now=NOW)


def of_waiting(conn: Connection, store: StoreRef) -> object:
    return give_waiting(conn, store, limit=20, keys=KEYS, now=NOW)


def of_birthdays(conn: Connection, store: StoreRef) -> object:
    return celebrate_page(conn, store, "birthday", keys=KEYS, now=NOW)


def of_orders(conn: Connection, store: StoreRef) -> object:
    look = Look.read(NOW)
    return converge_page(conn, store, bought(), look, now=NOW, secrets=KEYS)


def bought() -> list[OrderSnapshot]:
    """An order of each member, the first one's first."""
    people = [shopper(user, f"{number}@example.com") for number, user in enumerate(USERS)]
    return [
        order(id=f"O{number}", number=str(number), user=one, transactions=[paid()])
        for number, one in enumerate(people)
    ]


def furnish(conn: Connection) -> StoreRef:
    """A store with two members to whom every page has something to give, the first one first."""
    store = live_store(conn, DOCUMENT)
    deed = DeedFacts("account_confirmed", "", NOW, "account_confirmed")
    for user in USERS:
        member = make_member(conn, store.id, user_id=user)
        # An account that is there: one that is made would name its member.
        lock_member(conn, store, member)
        reached = {"member_id": member, "tier": "silver", "store_id": store.id, "at": NOW}
        conn.execute(sa.insert(table(TierReward)), reached | {"points": 0, "waiting": True})
        passed.note(conn, store.id, [Note(member, "line", "orders", "1", "waiting")], now=NOW)
        waiting.note(conn, store.id, member, deed)
        day = Birthday(NOW.month, NOW.day)
        birthdays.tell_birthday(conn, store.id, member, day, now=LONG_AGO)
    claims.draw_stock(conn, store.id, "reward", 10)
    return store


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with closing(open_database(postgres_url, pool_size=3)) as opened:
        yield opened


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", [of_tiers, of_milestones, of_waiting, of_birthdays, of_orders])
def test_a_page_that_waits_for_an_account_keeps_nobody_from_the_stock(
    database: Database, page: Callable[[Connection, StoreRef], object]
) -> None:
    store, tries = database.write(furnish), list[int]()

    def work(conn: Connection) -> None:
        tries.append(1)
        page(conn, store)

    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        member = member_by_user(request, store.id, USERS[1])
        assert member is not None
        lock_member(request, store, member.id)
        giving = others.submit(database.write, work)
        try:
            wait_until_it_waits(database, giving, request)
            # As whatever is booked does, which names the member.
            assert member_by_user(request, store.id, USERS[1], lock=True) is not None
            request.execute(sa.select(STOCK).with_for_update(nowait=True))
            assert claims.draw_stock(request, store.id, "reward", 10)
            request.commit()
        finally:
            request.rollback()
            giving.result()
    assert tries == [1]
    assert database.read(lambda conn: claims.drawn(conn, store.id)) == {"reward": 4}


@pytest.mark.timeout(120)
def test_a_page_of_orders_that_waits_for_a_new_member_keeps_nobody_from_the_stock(
    database: Database,
) -> None:
    store = database.write(furnish)
    newcomer = shopper("VXNlcjo5", "new@example.com")
    orders = [bought()[0], order(id="O9", number="9", user=newcomer, transactions=[paid()])]
    person = Person("VXNlcjo5", "new@example.com", True)
    tries = list[int]()

    def work(conn: Connection) -> None:
        tries.append(1)
        converge_page(conn, store, orders, Look.read(NOW), now=NOW, secrets=KEYS)

    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        enrollment = Enrollment(automatic=True)
        member_for_user(request, store.id, person, enrollment, keys=KEYS, now=NOW)
        giving = others.submit(database.write, work)
        try:
            wait_until_it_waits(database, giving, request)
            request.execute(sa.select(STOCK).with_for_update(nowait=True))
            request.commit()
        finally:
            request.rollback()
            giving.result()
    assert tries == [1]


APPLE, PEAR = ({"type": "issue_reward", "reward": name} for name in ("apple", "pear"))
TWO = [item_of("amount", amount="10", stock=10, id=name) for name in ("apple", "pear")]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [1, 2])
def test_stocks_are_taken_in_one_order_whatever_that_of_the_rules(
    database: Database, number: int
) -> None:
    """The page waits for the first stock, and does not hold the second one meanwhile."""
    rules = [BASE, gives("first", "pear"), gives("second", "apple")]
    document = DOCUMENT | {"earning": {"rules": rules}, "rewards": {"items": TWO}}

    def make(conn: Connection) -> StoreRef:
        store = live_store(conn, document)
        for one in TWO:
            claims.draw_stock(conn, store.id, one["id"], 10)
        return store

    store = database.write(make)

    def work(conn: Connection) -> None:
        converge_page(conn, store, bought()[:number], Look.read(NOW), now=NOW, secrets=KEYS)

    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        apple = sa.select(STOCK).where(STOCK.c.reward_id == "apple")
        pear = sa.select(STOCK).where(STOCK.c.reward_id == "pear")
        request.execute(apple.with_for_update())
        giving = others.submit(database.write, work)
        try:
            wait_until_it_waits(database, giving, request)
            request.execute(pear.with_for_update(nowait=True))
        finally:
            request.rollback()
            giving.result()
    drawn = database.read(lambda conn: claims.drawn(conn, store.id))
    assert drawn == {"apple": 1 + number, "pear": 1 + number}


@pytest.mark.timeout(120)
def test_a_page_of_deeds_takes_stocks_in_one_order(database: Database) -> None:
    """The first member's deed gives the one that comes last."""
    rules = [
        BASE,
        on("account_confirmed", "joined", then=PEAR),
        on("birthday", "party", then=APPLE),
    ]
    document = DOCUMENT | {"earning": {"rules": rules}, "rewards": {"items": TWO}}

    def make(conn: Connection) -> StoreRef:
        store = live_store(conn, document)
        for one, trigger in zip(USERS, ("account_confirmed", "birthday"), strict=True):
            member = make_member(conn, store.id, user_id=one)
            lock_member(conn, store, member)
            waiting.note(conn, store.id, member, DeedFacts(trigger, "", NOW, trigger))
        for item in TWO:
            claims.draw_stock(conn, store.id, item["id"], 10)
        return store

    store = database.write(make)
    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        apple = sa.select(STOCK).where(STOCK.c.reward_id == "apple")
        pear = sa.select(STOCK).where(STOCK.c.reward_id == "pear")
        request.execute(apple.with_for_update())
        giving = others.submit(database.write, lambda conn: of_waiting(conn, store))
        try:
            wait_until_it_waits(database, giving, request)
            request.execute(pear.with_for_update(nowait=True))
        finally:
            request.rollback()
            giving.result()
    assert database.read(lambda conn: claims.drawn(conn, store.id)) == {"apple": 2, "pear": 2}
