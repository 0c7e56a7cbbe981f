"""Whoever is being erased is not made anew by what comes in at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_page
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.join_member import customer_seen, take_in
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.service import member_for_guest, member_for_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.lock_probe import wait_until_it_waits
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import order, paid, shopper

USER, EMAIL = "VXNlcjox", "ayse@example.com"


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with closing(open_database(postgres_url, pool_size=3)) as opened:
        yield opened


def by_order(conn: Connection, store: StoreRef) -> None:
    told = order(user=shopper(USER, EMAIL), userEmail=EMAIL, transactions=[paid()])
    converge_page(conn, store, [told], Look.read(NOW), now=NOW, secrets=KEYS)


def by_guest_order(conn: Connection, store: StoreRef) -> None:
    told = order(user=None, userEmail=EMAIL, transactions=[paid()])
    converge_page(conn, store, [told], Look.read(NOW), now=NOW, secrets=KEYS)


def by_event(conn: Connection, store: StoreRef) -> None:
    user = UserSnapshot(id=USER, email=EMAIL, is_confirmed=True, is_staff=False)
    customer_seen(conn, store, user, keys=KEYS, now=NOW)


def by_visit(conn: Connection, store: StoreRef) -> None:
    take_in(conn, store, Person(USER, EMAIL, confirmed=True), keys=KEYS, now=NOW)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("come", [by_order, by_guest_order, by_event, by_visit])
def test_an_erasure_that_is_under_way_is_waited_for(
    database: Database, come: Callable[[Connection, StoreRef], None]
) -> None:
    def make(conn: Connection) -> tuple[StoreRef, int]:
        store = live_store(conn, program())
        if come is by_guest_order:
            guest = member_for_guest(conn, store.id, EMAIL, Enrollment(), keys=KEYS, now=NOW)
            return store, guest.id
        person = Person(USER, EMAIL, confirmed=True)
        known = member_for_user(conn, store.id, person, Enrollment(), keys=KEYS, now=NOW)
        return store, known.member.id

    store, member_id = database.write(make)
    with ThreadPoolExecutor(1) as others, database.engine.connect() as request:
        erase_member(request, store, member_id, keys=KEYS, now=NOW)
        coming = others.submit(database.write, lambda conn: come(conn, store))
        try:
            wait_until_it_waits(database, coming, request)
            request.commit()
        finally:
            request.rollback()
            coming.result()
    states = sa.select(table(Member).c.state)
    assert database.read(lambda conn: list(conn.execute(states).scalars())) == ["erased"]
