"""What one process does in a race of two for the rewards that deeds bring."""

from dataclasses import dataclass
from datetime import datetime
from threading import Barrier

from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows import wake_deeds
from saleor_loyalty_app.flows.give_bonus import give_bonus
from saleor_loyalty_app.flows.take_event import take_back, take_event
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS

#: Deeds of each kind.
ROUNDS = 3


@dataclass(frozen=True)
class Ground:
    """What both processes race for.

    `closed` and `open`: the store while spending is off, and on. `owner`: whose deeds they are.
    `user`: their account. `key`: of the system that reports visits.
    """

    closed: StoreRef
    open: StoreRef
    owner: int
    user: str
    key: int


def run(url: str, ground: Ground, first: bool, together: Barrier, now: datetime) -> None:
    """The same deeds as the other process at the same time, then removals, then what waited."""
    database = open_database(url, pool_size=1)
    try:
        for number in range(ROUNDS):
            together.wait(60)
            _celebrate(database, ground.open, ground, f"birthday:{number}", now)
            together.wait(60)
            _visit(database, ground, number, now)
            together.wait(60)
            _celebrate(database, ground.closed, ground, f"waiting:{number}", now)
        at_once, wake_deeds.MOST = wake_deeds.MOST, 1
        for number in range(ROUNDS):
            together.wait(60)
            # One takes a visit back while the other gives what waits longest; then the other way.
            if first is (number % 2 == 0):
                wake_deeds.wake_deeds(database, ground.open, clock=lambda: now)
            else:
                _remove(database, ground, number, now)
        wake_deeds.MOST = at_once
        together.wait(60)
        wake_deeds.wake_deeds(database, ground.open, clock=lambda: now)
    finally:
        database.close()


def _celebrate(
    database: Database, store: StoreRef, ground: Ground, key: str, now: datetime
) -> None:
    deed = DeedFacts(trigger="birthday", on="", at=now, key=key)
    database.write(lambda conn: give_bonus(conn, store, ground.owner, deed, keys=KEYS, now=now))


def _visit(database: Database, ground: Ground, number: int, now: datetime) -> None:
    event = Incoming("visit", f"v-{number}", "user_id", ground.user, None, {})
    # Spending is off for every third: it waits, until one wakes it while the other removes it.
    store = ground.closed if number % 3 == 0 else ground.open
    database.write(lambda conn: take_event(conn, store, event, key_id=ground.key, now=now))


def _remove(database: Database, ground: Ground, number: int, now: datetime) -> None:
    reference = f"v-{number}"
    database.write(
        lambda conn: take_back(conn, ground.open, "visit", reference, key_id=ground.key, now=now)
    )
