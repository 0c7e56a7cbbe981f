"""A store in use: a program in force, customers who bought, points of last month, what waits."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from demo import past, processes, story
from demo.past import Purchase
from demo.setup import Places, prepare
from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ShiftedClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.inbox.models import DeadLetter
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.rewards.models import Redemption, RedemptionUse
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import all_stores
from tests.e2e.conftest import World, start_app, start_store, up
from tests.factories import make_revision
from tests.ports import free_port
from tests.program_samples import document_of
from tests.redemption_stage import RATES

AYSE, JOHN = "ayse@example.com", "john@example.com"
#: What was bought: half of it long enough ago for its points to be spent.
BOUGHT = (
    Purchase(25, AYSE, (("linen-shirt", 6), ("wool-scarf", 2))),
    Purchase(24, JOHN, (("espresso-beans", 2),)),
    Purchase(3, AYSE, (("black-tea", 2), ("ceramic-cup", 1))),
)
CHANNEL, CURRENCY = "default-channel", "USD"
#: The two start beside each other, which on a busy machine takes a while.
SLOW_SECONDS = 300.0


@contextmanager
def furnished_world(folder: Path) -> Iterator[World]:
    """The store with its past and the app, until they are no more needed.

    100 points are worth a dollar, and were so before anybody bought. John has more than he bought.
    """
    places = prepare(folder, app_port=free_port(), store_port=free_port())
    started: list[processes.Process] = []
    try:
        past.begin(places)
        started += [start_store(places), start_app(places)]
        processes.wait_until_up(started[1], f"{places.app_url}/ready", seconds=SLOW_SECONDS)
        running = up(places, started)
        story.install(places)
        _write(places, _put_in_force)
        past.relive(places, BOUGHT)
        _until_booked(places)
        _write(places, _furnish)
        yield running
    finally:
        processes.stop(started)


def _until_booked(places: Places) -> None:
    """Waits for the app, which is told of the orders while they are made."""
    database = open_database(places.environment()["LOYALTY_DATABASE_URL"], pool_size=1)
    orders = table(OrderState)
    booked = sa.select(sa.func.count()).where(orders.c.plan.is_not(None))
    end = time.monotonic() + SLOW_SECONDS
    try:
        while database.read(lambda conn: conn.execute(booked).scalar_one()) < len(BOUGHT):
            assert time.monotonic() < end, "the orders were not booked"
            time.sleep(0.2)
    finally:
        database.close()


def _write(places: Places, what: Callable[[Connection, StoreRef, datetime], None]) -> None:
    database = open_database(places.environment()["LOYALTY_DATABASE_URL"], pool_size=1)
    now = ShiftedClock(places.clock_file)()
    try:
        database.write(lambda conn: what(conn, all_stores(conn)[0], now))
    finally:
        database.close()


def _put_in_force(conn: Connection, store: StoreRef, now: datetime) -> None:
    make_revision(conn, store.id, document_of(currencies=RATES), number=1)


def _furnish(conn: Connection, store: StoreRef, now: datetime) -> None:
    members, identities = table(Member), table(MemberIdentity)
    member = conn.execute(
        sa.select(members.c.id, members.c.user_id)
        .join(identities, identities.c.member_id == members.c.id)
        .where(members.c.store_id == store.id, identities.c.email == JOHN)
    ).one()
    _last_month(conn, Account(store.id, member.id, "points"), now)
    _second_use(conn, store, member, now)
    _not_understood(conn, store, member, now)


def _last_month(conn: Connection, account: Account, now: datetime) -> None:
    """Points that were earned before the orders, and some of them spent."""
    cause = Cause("opening", "points", "app", channel=CHANNEL, currency=CURRENCY)
    for days in range(45, 30, -1):
        at = now - timedelta(days=days)
        ledger.earn(
            conn, account, 40 + 7 * (days % 5), cause, key=f"old:{days}", now=at, effective_at=at,
            available_from=at, expires_at=None,
        )  # fmt: skip


def _second_use(conn: Connection, store: StoreRef, member: Any, now: datetime) -> None:
    """A code that its owner used once more, which waits for a decision."""
    at = now - timedelta(days=33)
    hold = ledger.place_hold(
        conn, Account(store.id, member.id, "points"), 250, key="hold", source="redemption:old",
        deadline=now, now=at,
    )  # fmt: skip
    cause = Cause("redemption:old", "points", "app", channel=CHANNEL, currency=CURRENCY)
    spent = ledger.capture_hold(conn, store.id, hold.hold_id, 250, cause, key="spent", now=at)
    redemption = conn.execute(
        sa.insert(table(Redemption))
        .values(
            store_id=store.id, public_id="rd_old", member_id=member.id, user_id=member.user_id,
            instrument="voucher", unit="points", points=250, amount="5.00", order_id="T3JkZXI6MQ==",
            request_key="old", request_hash="h", actor="shopper:1", state="consumed", ending="",
            hold_id=hold.hold_id, redeem_entry_id=spent.entry_id, restored=0, restorings=0,
            code="OLD", deadline=now, fence=0, attempts=0, created_at=at, consumed_at=at,
            channel=CHANNEL, currency=CURRENCY,
        )
        .returning(table(Redemption).c.id)
    ).scalar_one()  # fmt: skip
    conn.execute(
        sa.insert(table(RedemptionUse)).values(
            store_id=store.id, redemption_id=redemption, order_id="T3JkZXI6OTk=",
            order_number="99", kind="second", by_stranger=False, state="open", seen_at=now,
            decided_by="", kept="1", restored=0, restorings=0,
        )
    )  # fmt: skip


def _not_understood(conn: Connection, store: StoreRef, member: Any, now: datetime) -> None:
    """A webhook that failed once and can be understood now."""
    body = {
        "__typename": "CustomerUpdated",
        "recipient": {"id": store.app_id},
        "user": {"id": member.user_id, "email": JOHN, "isConfirmed": True},
    }
    conn.execute(
        sa.insert(table(DeadLetter)).values(
            store_id=store.id, handler="customers", event="CustomerUpdated", body_hash="1",
            body=json.dumps(body).encode(), reason="handler_failed", place="", received_at=now,
        )
    )  # fmt: skip
