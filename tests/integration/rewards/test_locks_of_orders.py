"""An order locks redemptions, then members, then accounts in one order, then what all draw from.

Each test holds what the order wants first, and finds free what it wants later.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.models import Campaign
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk
from saleor_loyalty_app.flows.converge_order import converge_order, converge_page
from saleor_loyalty_app.flows.known_member import lock_member
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.rewards import redemptions, sightings
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_channel, make_member
from tests.lock_probe import wait_until_it_waits
from tests.order_books import KEYS, NOW, live_store
from tests.order_samples import START, order, paid, shopper
from tests.redemption_rows import make_redemption

BALANCE, CAMPAIGN = table(Balance), table(Campaign)
LATER = NOW + timedelta(minutes=1)
ANN, BOB, GUEST = (shopper(f"U{n}", f"{n}@example.com") for n in ("ann", "bob", "guest"))

Hold = Callable[[Connection], object]


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with closing(open_database(postgres_url, pool_size=4)) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


def joined(database: Database, store: StoreRef, *people: dict[str, Any]) -> list[int]:
    """Members with accounts, in the order of their ids."""

    def make(conn: Connection) -> list[int]:
        made = [make_member(conn, store.id, user_id=one["id"]) for one in people]
        for one in made:
            lock_member(conn, store, one)
        return made

    return database.write(make)


def account(member: int) -> sa.Select[Any]:
    return sa.select(BALANCE).where(BALANCE.c.member_id == member)


def held(member: int) -> Hold:
    return lambda conn: conn.execute(account(member).with_for_update()).one()


def bought(user: dict[str, Any] | None, number: int = 1, **more: Any) -> OrderSnapshot:
    values = {"id": f"O{number}", "number": str(number), "checkoutId": f"C{number}"} | more
    return order(user=user, transactions=[paid()], **values)


def book(database: Database, store: StoreRef, *told: OrderSnapshot) -> int:
    """Books orders, as a webhook or as a page; gives how often it was begun."""
    tries = list[int]()

    def work(conn: Connection) -> None:
        tries.append(1)
        if len(told) == 1:
            converge_order(conn, store, told[0], Look.webhook(LATER), now=LATER, secrets=KEYS)
        else:
            converge_page(conn, store, told, Look.read(LATER), now=LATER, secrets=KEYS)

    database.write(work)
    return len(tries)


def assert_free_while_it_waits(
    database: Database,
    store: StoreRef,
    told: list[OrderSnapshot],
    holds: Hold,
    *free: sa.Select[Any],
) -> None:
    """Orders wait for what a request holds, who takes the rest meanwhile; then all ends well."""
    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        holds(request)
        booking = others.submit(book, database, store, *told)
        try:
            wait_until_it_waits(database, booking, request)
            for one in free:
                assert request.execute(one.with_for_update(nowait=True)).all()
        finally:
            request.rollback()
        assert booking.result() == 1
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []


def redemption_of(database: Database, store: StoreRef, member: int, **values: Any) -> RedemptionRef:
    return database.write(lambda conn: make_redemption(conn, store, member, **values))


@pytest.mark.timeout(120)
def test_who_used_a_code_and_who_bought_are_locked_in_one_order(
    database: Database, store: StoreRef
) -> None:
    """The account of who spends is wanted first, and comes last."""
    buyer, spender = joined(database, store, BOB, ANN)
    made = redemption_of(database, store, spender, user_id=ANN["id"], checkout_id=None)
    told = bought(BOB, voucherCode=made.code, discounts=[{"type": "VOUCHER", "name": None}])
    assert_free_while_it_waits(database, store, [told], held(buyer), account(spender))


@pytest.mark.timeout(120)
def test_the_next_owner_is_locked_with_the_one_whose_points_come_back(
    database: Database, store: StoreRef
) -> None:
    buyer, spender = joined(database, store, BOB, ANN)
    made = redemption_of(database, store, spender, user_id=ANN["id"])
    used: dict[str, Any] = {
        "voucherCode": made.code,
        "discounts": [{"type": "VOUCHER", "name": None}],
    }
    book(database, store, bought(ANN, **used))
    told = bought(BOB, status="CANCELED", updated=9, **used)
    assert_free_while_it_waits(database, store, [told], held(buyer), account(spender))


@pytest.mark.timeout(120)
def test_a_guest_who_joins_and_the_one_whose_order_it_was_are_locked_in_one_order(
    database: Database, store: StoreRef
) -> None:
    """The guest and the new owner become one before the order is handed over by the first."""
    [first] = joined(database, store, ANN)
    book(database, store, bought(ANN))
    book(database, store, bought(None, 2, userEmail=GUEST["email"]))
    with database.engine.connect() as conn:
        guest = conn.execute(
            sa.text("SELECT id FROM member WHERE store_id = :store AND state = 'guest'"),
            {"store": store.id},
        ).scalar_one()
    told = bought(GUEST, updated=9)
    assert_free_while_it_waits(database, store, [told], held(first), account(guest))
    owner = database.read(lambda conn: member_by_user(conn, store.id, GUEST["id"]))
    assert owner is not None
    points = database.read(lambda conn: conn.execute(account(owner.id)).one())
    assert points.lots == 2000


@pytest.mark.timeout(120)
def test_who_may_be_merged_is_locked_before_their_account(
    database: Database, store: StoreRef
) -> None:
    """A request holds who it is for, then wants the account."""
    book(database, store, bought(None, 2, userEmail=GUEST["email"]))
    [member] = joined(database, store, GUEST)
    told = [bought(GUEST), bought(ANN, 3)]

    def holds(conn: Connection) -> None:
        assert member_by_user(conn, store.id, GUEST["id"], lock=True) is not None

    assert_free_while_it_waits(database, store, told, holds, account(member))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [1, 2])
def test_a_code_that_is_seen_late_is_locked_before_accounts(
    database: Database, store: StoreRef, number: int
) -> None:
    """It is seen on a checkout while its order waits for an account; its driver wants that."""
    first, last = joined(database, store, ANN, BOB)
    known = redemption_of(database, store, first, user_id=ANN["id"])
    late = redemption_of(database, store, last, user_id=BOB["id"], checkout_id=None)
    orders = [bought(ANN), bought(BOB, 2)][:number]

    def seen(conn: Connection) -> None:
        sightings.note(conn, store.id, late.id, "C1", user_id=ANN["id"], foreign=False, now=NOW)

    engine = database.engine
    with ThreadPoolExecutor(1) as others, engine.connect() as request, engine.connect() as driver:
        held(first)(request)
        booking = others.submit(book, database, store, *orders)
        try:
            wait_until_it_waits(database, booking, request)
            database.write(seen)
            redemptions.lock(driver, store.id, [late.id])
            request.rollback()
            wait_until_it_waits(database, booking, driver)
            for one in (first, last):
                driver.execute(account(one).with_for_update(nowait=True)).one()
        finally:
            request.rollback()
            driver.rollback()
        assert booking.result() == 1
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []
    assert database.read(lambda conn: redemptions.by_id(conn, store.id, known.id)) is not None


def started(database: Database, store: StoreRef, kind: str, **values: Any) -> int:
    """A campaign that runs; gives its id."""
    said = {
        "kind": kind,
        "name": kind,
        "texts": {"en": {"title": kind}},
        "starts_at": (START - timedelta(days=2)).isoformat(),
        "ends_at": (START + timedelta(days=2)).isoformat(),
    }
    before = START - timedelta(days=1)

    def start(conn: Connection) -> int:
        terms = check.read(said | values)
        made = campaign_desk.create_campaign(conn, store, terms, actor="user:1", now=before)
        return campaign_desk.schedule_campaign(
            conn, store, made.public_id, version=1, actor="user:1", now=before
        ).id

    return database.write(start)


CHANNEL = {"channel": "default-channel", "currency": "USD", "value": "10"}
COUPONS = {"sharing": "after_order", "after_order": {"valid_days": 30}}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("budget", [None, {"points": 5000, "when_reached": "reduce"}])
def test_campaigns_are_locked_in_one_order(
    database: Database, store: StoreRef, number: int, budget: dict[str, Any] | None
) -> None:
    """The points of the second are drawn first, and the coupon of the first comes last."""
    joined(database, store, ANN, BOB)
    database.write(lambda conn: make_channel(conn, store.id))
    coupons = started(database, store, "amount", channels=[CHANNEL], codes=COUPONS)
    times = started(database, store, "points", times="2", budget=budget)
    told = [bought(ANN), bought(BOB, 2)][:number]
    one, other = (sa.select(CAMPAIGN).where(CAMPAIGN.c.id == each) for each in (coupons, times))

    def holds(conn: Connection) -> None:
        conn.execute(one.with_for_update()).one()

    assert_free_while_it_waits(database, store, told, holds, other)
