"""What one process does in a race of two for what caps and budgets leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier

from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.decide_goodwill import give_automatic
from saleor_loyalty_app.flows.take_event import take_event
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import KEYS, NOW
from tests.order_samples import shopper


@dataclass(frozen=True)
class Ground:
    """What both processes race for.

    `owner`: the member of `store` whose caps are drawn. `key`: of the system that reports visits.
    `prompts`: what went wrong with orders of theirs, to be made up for by the app itself.
    `doubled`: a store with a campaign on points. `numbered`: one whose rules count orders.
    """

    store: StoreRef
    owner: int
    key: int
    prompts: Sequence[int]
    doubled: StoreRef
    numbered: StoreRef


def run(url: str, ground: Ground, numbers: range, together: Barrier, now: datetime) -> None:
    """Each kind of draw, one after the other, at the same time as the other process."""
    database = open_database(url, pool_size=1)
    try:
        for number in numbers:
            together.wait(120)
            receive(database, ground.store, bought(number), now)
            together.wait(120)
            _celebrate(database, ground, number, now)
            together.wait(120)
            _visit(database, ground, number)
            together.wait(120)
            _make_up(database, ground, number, now)
            together.wait(120)
            receive(database, ground.numbered, bought(number), now)
            together.wait(120)
            # Of another member each, so that nothing but the budget stands between them.
            buyer = shopper(f"U{number}-buyer", f"buyer{number}@example.com")
            receive(database, ground.doubled, bought(number, user=buyer), now)
    finally:
        database.close()


def _celebrate(database: Database, ground: Ground, number: int, now: datetime) -> None:
    deed = DeedFacts(trigger="birthday", on="", at=now, key=f"birthday:{number}")
    database.write(lambda conn: award_deed(conn, ground.store, ground.owner, deed, now=now))


def _visit(database: Database, ground: Ground, number: int) -> None:
    event = Incoming("visit", f"v-{number}", "user_id", AYSE["id"], None, {})
    database.write(lambda conn: take_event(conn, ground.store, event, key_id=ground.key, now=NOW))


def _make_up(database: Database, ground: Ground, number: int, now: datetime) -> None:
    prompt = ground.prompts[number]
    database.write(lambda conn: give_automatic(conn, ground.store, prompt, keys=KEYS, now=now))
