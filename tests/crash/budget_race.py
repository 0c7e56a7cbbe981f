"""What one process does in a race of two for a budget that only one of them can have."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Barrier

from saleor_loyalty_app.adjustments.errors import DayLimitReached
from saleor_loyalty_app.adjustments.reasons import Reason
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.decide_goodwill import (
    GoodwillChoice,
    GoodwillDecision,
    decide_goodwill,
)
from saleor_loyalty_app.flows.give_points import Agent, GiveRequest, PartnerSystem, give
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import bought, receive
from tests.order_books import KEYS, NOW
from tests.order_samples import shopper

#: Long enough for a machine that has much to do.
PATIENCE = 60


@dataclass(frozen=True)
class Orders:
    """A campaign runs in the store: each order is another member's."""

    store: StoreRef

    def take(self, database: Database, side: int, number: int) -> None:
        """One order is booked."""
        buyer = shopper(f"U{side}-{number}", f"buyer{side}-{number}@example.com")
        told = bought(side * 100 + number, user=buyer, userEmail=buyer["email"])
        receive(database, self.store, told, NOW)


@dataclass(frozen=True)
class Clicks:
    """A staff member works in two windows: gives points, and accepts suggested goodwill.

    Each round is another person's, so that there is a budget to be exceeded in each.

    `members` and `prompts`: by window, so that nothing but the budget stands between them.
    `both`: who is given points in both windows by the same wish.
    """

    store: StoreRef
    members: Sequence[int]
    prompts: Sequence[Sequence[int]]
    both: int

    def take(self, database: Database, side: int, number: int) -> None:
        """A wish of this window, one of both, and a prompt that is accepted: in turn the first."""
        agent = Agent(f"staff-{number}", f"staff{number}@example.com")
        accept = partial(
            decide_goodwill,
            store=self.store,
            prompt_id=self.prompts[side][number],
            decision=GoodwillDecision(GoodwillChoice.accept, "Sorry"),
            agent=agent,
            keys=KEYS,
            now=NOW,
        )
        if number % 2:
            database.write(accept)
        for member, key in ((self.members[side], f"{side}-{number}"), (self.both, f"b-{number}")):
            wish = GiveRequest(member, 100, Reason.goodwill, "Sorry", agent, key)
            database.write(partial(give, store=self.store, request=wish, keys=KEYS, now=NOW))
        if not number % 2:
            database.write(accept)


@dataclass(frozen=True)
class Tills:
    """Two registers of a shop with one API key; each has its own customer, and one comes to both.

    Each purchase gives 100 points; every second one is a return, which takes 50.
    """

    store: StoreRef
    key: int
    members: Sequence[int]
    both: int

    def take(self, database: Database, side: int, number: int) -> None:
        """One purchase or return at this register, and one that both report."""
        points = -50 if number % 2 else 100
        system = PartnerSystem(self.key)
        for member, key in ((self.members[side], f"{side}-{number}"), (self.both, f"b-{number}")):
            wish = GiveRequest(member, points, Reason.shop_purchase, "Receipt", system, key)
            with suppress(DayLimitReached):
                database.write(partial(give, store=self.store, request=wish, keys=KEYS, now=NOW))


Race = Orders | Clicks | Tills


def run(url: str, race: Race, side: int, rounds: int, together: Barrier) -> None:
    """One side of a race, each round at the same moment as the other."""
    database = open_database(url, pool_size=1)
    try:
        for number in range(rounds):
            together.wait(PATIENCE)
            race.take(database, side, number)
    finally:
        database.close()
