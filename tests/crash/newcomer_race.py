"""What one process does in a race of two to take the same shoppers in."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Barrier

from sqlalchemy import Connection

from saleor_loyalty_app.api.storefront.bonuses_page import keep_answer
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.join_member import customer_seen, take_in
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS

#: Shoppers of each kind of race.
ROUNDS = 4
#: Both take them in and keep an answer; one is told of their account by an event meanwhile.
KINDS = ("deeds", "event")


@dataclass(frozen=True)
class Shopper:
    """Somebody whom the books do not know, but for the points of a guest with their address."""

    user: str
    email: str


def shoppers(kind: str) -> list[Shopper]:
    """Those of one kind of race."""
    names = [f"{kind}-{number}" for number in range(ROUNDS)]
    return [Shopper(f"User:{name}", f"{name}@example.com") for name in names]


def run(url: str, store: StoreRef, first: bool, together: Barrier, now: datetime) -> None:
    """The same shoppers as the other process at the same time."""
    database = open_database(url, pool_size=1)
    try:
        for kind in KINDS:
            for one in shoppers(kind):
                together.wait(60)
                deed = _hear if kind == "event" and first else _answer
                database.write(partial(deed, store=store, one=one, now=now))
    finally:
        database.close()


def _answer(conn: Connection, store: StoreRef, one: Shopper, now: datetime) -> None:
    person = Person(one.user, one.email, confirmed=True, as_of=now)
    joined = take_in(conn, store, person, keys=KEYS, now=now)
    assert joined is not None
    keep_answer(conn, store, joined.member, "size", "small", KEYS, now)


def _hear(conn: Connection, store: StoreRef, one: Shopper, now: datetime) -> None:
    user = UserSnapshot(id=one.user, email=one.email, is_confirmed=True, updated_at=now)
    assert customer_seen(conn, store, user, keys=KEYS, now=now) is not None
