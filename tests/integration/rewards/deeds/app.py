"""What the app does: asked by shoppers and staff, or by its schedules. Every method is one deed."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import decide_case
from saleor_loyalty_app.flows.foreign_checkouts import clean_checkouts
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.flows.used_vouchers import delete_used_vouchers
from saleor_loyalty_app.orders.models import OrderRefresh
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.sightings import sightings
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, PATIENCE, SHOPPER, Stage

_redemption, _refresh = redemptions.redemptions.c, table(OrderRefresh).c


class Deliver(Protocol):
    """Brings what waits."""

    def deliver_all(self) -> None: ...


@dataclass
class App:
    """The flows of one store. Redemptions are named by numbers that wrap around."""

    stage: Stage
    requests: list[SpendRequest] = field(default_factory=list)

    def all(self) -> list[RedemptionRef]:
        """All redemptions, the oldest first."""
        store = self.stage.store.id

        def read(conn: Connection) -> list[RedemptionRef]:
            return [
                one
                for member in self.stage.members.values()
                for one in redemptions.of_member(conn, store, member, first=1000)
            ]

        return sorted(self.stage.database.read(read), key=lambda one: one.id)

    def pick(self, number: int) -> RedemptionRef | None:
        """One of the redemptions, if there are any; -1 is the latest."""
        known = self.all()
        return known[number % len(known)] if known else None

    def of_cart(self, cart: str) -> RedemptionRef | None:
        """The latest redemption that is bound to a cart."""
        return next((one for one in reversed(self.all()) if one.checkout_id == cart), None)

    def redeem(self, cart: str, points: int, email: str) -> RedemptionRef:
        """A shopper spends points on a cart."""
        return self._spend(self.stage.request(cart, points, email=email))

    def redeem_again(self, number: int) -> RedemptionRef | None:
        """The same request comes once more."""
        if not self.requests:
            return None
        return self._spend(self.requests[number % len(self.requests)])

    def hand_out(self, points: int, email: str) -> RedemptionRef:
        """Staff have a code made that is not bound to a cart."""
        return self._spend(self.stage.request(Bearer("default-channel"), points, email=email))

    def release(self, known: RedemptionRef, who: str) -> RedemptionRef:
        """The owner (`own`), another member (`other`) or staff wants the points back."""
        users = self.stage.users
        owner = next(email for email, user in users.items() if user == known.user_id)
        if who == "other":
            owner = OTHER if owner == SHOPPER else SHOPPER
        return self.stage.spender.release(
            self.stage.store,
            known.public_id,
            user_id=None if who == "staff" else users[owner],
            actor="user:staff" if who == "staff" else f"shopper:{users[owner]}",
        )

    def sweep(self) -> None:
        """What is due is driven, as the schedule does."""
        self.stage.sweep(rounds=3)

    def clean(self) -> None:
        """Codes are taken off checkouts where they do not belong."""
        carts = self.stage.driver.bench.carts
        clean_checkouts(
            self.stage.database, self.stage.store, carts, clock=self.stage.box.clock.now
        )

    def book(self) -> None:
        """Orders that are due are read and booked."""
        self.stage.book_orders()

    def reconcile(self) -> None:
        """Orders that changed are read and booked."""
        stage = self.stage
        reconcile_changes(
            stage.database, stage.store, stage.source, clock=stage.box.clock.now, secrets=KEYS
        )

    def look_daily(self) -> None:
        """All open orders are read and booked."""
        stage = self.stage
        daily_pass(
            stage.database,
            stage.store,
            stage.source,
            clock=stage.box.clock.now,
            secrets=KEYS,
            force=True,
        )

    def delete_vouchers(self) -> None:
        """Vouchers that ended long ago are deleted."""
        access = self.stage.driver.bench.access
        delete_used_vouchers(access, self.stage.store, clock=self.stage.box.clock.now)

    def decide(self, number: int, decision: str) -> None:
        """Staff decide one of the open cases."""
        stage = self.stage
        cases = stage.database.read(
            lambda conn: decide_case.open_cases(conn, stage.store.id, first=20)
        )
        if cases:
            chosen = cases[number % len(cases)].id
            stage.database.write(
                lambda conn: decide_case.decide(
                    conn, stage.store, chosen, decision, "user:staff", stage.now
                )
            )

    def switch(self, *, on: bool) -> None:
        """Spending is switched off or on."""
        self.stage.store = replace(self.stage.store, spending_on=on)

    def next_due(self) -> datetime | None:
        """When any of the schedules has something to do next."""
        columns = (_redemption, sightings.c, _refresh)

        def read(conn: Connection) -> list[datetime]:
            queries = (
                sa.select(sa.func.min(one.due_at, type_=one.due_at.type)).where(
                    one.store_id == self.stage.store.id
                )
                for one in columns
            )
            found = (conn.execute(query).scalar_one() for query in queries)
            return [one for one in found if one is not None]

        return min(self.stage.database.read(read), default=None)

    def work(self) -> None:
        """All schedules run once."""
        self.book()
        self.sweep()
        self.clean()

    def work_off(self, post: Deliver, *, most: int = 150) -> None:
        """Time passes until nothing is due any more; the post arrives on the way."""
        for _ in range(most):
            post.deliver_all()
            self.work()
            post.deliver_all()
            due_at = self.next_due()
            if due_at is None:
                return
            self.stage.box.clock.advance(max(due_at - self.stage.now, timedelta(seconds=1)))
        raise AssertionError(f"still due: {[(r.state, r.ending, r.due_at) for r in self.all()]}")

    def _spend(self, request: SpendRequest) -> RedemptionRef:
        self.requests.append(request)
        return self.stage.spender.spend(self.stage.store, request, patience=PATIENCE)
