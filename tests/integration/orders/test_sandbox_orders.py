"""Whatever happens to orders and to the webhooks about them, reading ends in the same books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import httpx
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.reconcile import daily_pass, reconcile_changes
from saleor_loyalty_app.flows.refresh_orders import refresh_due_orders
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.event import OrderEvent, UserEvent, parse
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.stores.refs import StoreRef
from sandbox import Emitted, InstalledApp, Sandbox
from sandbox.box import id_of
from sandbox.events.render import to_body
from tests.live.documents import CONFIRM
from tests.order_books import KEYS, books_of, live_store
from tests.order_source import ReadOrders
from tests.sandbox_network import Network
from tests.sandbox_shop import People, Refused

#: What the app is registered for.
ORDER_EVENTS = ("ORDER_CREATED", "ORDER_UPDATED", "ORDER_CONFIRMED")
USER_EVENTS = ("CUSTOMER_CREATED", "CUSTOMER_UPDATED", "ACCOUNT_CONFIRMED")
ACCOUNTS = ("ayse@example.com", "john@example.com", "maria@example.com", "new@example.com")
GUESTS = ("lara@example.com", "mert@example.com")
GOODS = ("black-tea", "linen-shirt", "ceramic-cup", "gift-card")


@dataclass
class Follower:
    """An app that follows one store: what it is told, and what it reads."""

    database: Database
    box: Sandbox
    app: InstalledApp
    store: StoreRef
    source: ReadOrders

    @classmethod
    def of(
        cls, database: Database, box: Sandbox, app: InstalledApp, http: httpx.Client
    ) -> "Follower":
        client = SaleorClient(http, now=box.clock.now)
        source = ReadOrders(OrderReader(client), Endpoint(box.store.api_url, app.token))
        store = database.write(lambda conn: live_store(conn, app_id="T1VSLUFQUA=="))
        return cls(database, box, app, store, source)

    def hear(self, emitted: Emitted, *, torn: bool = False) -> None:
        """A webhook arrives; its payload shows the store as it is now."""
        self.box.clock.advance(timedelta(milliseconds=50))
        now = self.box.clock.now()
        of_user = emitted.event in USER_EVENTS
        document = documents.load("subscriptions/customers" if of_user else "subscriptions/orders")
        payload = self.box.render(emitted, document, self.app, torn=torn)
        if payload is None:
            return
        body = to_body(payload)
        if of_user:
            user = parse(body, UserEvent).user
            if user is not None:
                self.database.write(
                    lambda conn: customer_seen(conn, self.store, user, keys=KEYS, now=now)
                )
            return
        order = parse(body, OrderEvent).order
        if order is not None:
            self.database.write(
                lambda conn: converge_order(
                    conn, self.store, order, Look.webhook(now), now=now, secrets=KEYS
                )
            )

    def read(self) -> int:
        """Reads what is due, what changed and what is open; gives how many looks changed books."""
        clock, secrets = self.box.clock.now, KEYS
        self.box.clock.advance(timedelta(minutes=6))
        arguments = (self.database, self.store, self.source)
        due = refresh_due_orders(*arguments, clock=clock, secrets=secrets)
        changes = reconcile_changes(*arguments, clock=clock, secrets=secrets)
        opened = daily_pass(*arguments, clock=clock, secrets=secrets, force=True)
        assert opened is not None
        return due.booked + changes.orders.booked + opened.orders.booked

    def books(self) -> Mapping[str, object]:
        """Balances, bookings, and what is spendable when; what is spendable already is alike."""
        now = str(self.box.clock.now())
        told = self.database.read(lambda conn: books_of(conn, self.store))
        lots: dict[object, int] = {}
        for (owner, unit, available, expires), points in told.lots.items():
            when = "now" if available != "None" and available <= now else available
            key = (owner, unit, when, expires)
            lots[key] = lots.get(key, 0) + points
        return {"balances": dict(told.balances), "orders": dict(told.orders), "lots": lots}


@dataclass
class Mischief:
    """What happens to webhooks on the way: some come twice, late, mixed up, torn, or never."""

    chance: Random
    waiting: list[Emitted] = field(default_factory=list)

    def pass_on(self, new: Sequence[Emitted], follower: Follower) -> None:
        """Queues what is new, and delivers some of what waits."""
        for emitted in new:
            if emitted.event in USER_EVENTS or self.chance.random() < 0.7:
                self.waiting += [emitted] * self.chance.choice((1, 1, 2))
        self.chance.shuffle(self.waiting)
        for _ in range(self.chance.randint(0, len(self.waiting))):
            follower.hear(self.waiting.pop(), torn=self.chance.random() < 0.3)

    def give_up(self, follower: Follower) -> None:
        """News of people arrives at last; the rest of the waiting events is lost."""
        for emitted in self.waiting:
            if emitted.event in USER_EVENTS:
                follower.hear(emitted)
        self.waiting.clear()


shares = st.sampled_from([Decimal(n) / 100 for n in (1, 33, 50, 99, 100)])
several = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("pay"), several, shares),
    st.tuples(st.just("mark_paid"), several),
    st.tuples(st.just("fulfill"), several, st.integers(1, 3)),
    st.tuples(st.just("give_back"), several, several),
    st.tuples(st.just("refund"), several, shares, several),
    st.tuples(st.just("charge_back"), several, shares, several),
    st.tuples(st.just("grant"), several, shares),
    st.tuples(st.just("confirm"), several),
    st.tuples(st.just("cancel"), several),
    st.tuples(st.just("give_to"), several, st.sampled_from([*ACCOUNTS, *GUESTS])),
)
carts = st.dictionaries(st.sampled_from(GOODS), st.integers(1, 3), min_size=1, max_size=3)
purchases = st.one_of(
    st.tuples(st.just("buy"), carts, st.sampled_from(ACCOUNTS), st.just(True), shares),
    st.tuples(st.just("buy"), carts, st.sampled_from(GUESTS), st.just(False), shares),
    st.tuples(st.just("buy"), carts, st.sampled_from(ACCOUNTS), st.just(True), st.just(Decimal(0))),
)
others = st.sampled_from([("expire",), ("know",), ("days",)])
stories = st.tuples(
    purchases, st.lists(st.one_of(purchases, steps, steps, steps, others), max_size=12)
).map(lambda parts: [parts[0], *parts[1]])


#: What happens, and with what.
Step = tuple[Any, ...]


def tell(people: People, step: Step) -> None:
    """One step of a story; what the store refuses does not happen."""
    what, *how = step
    if what == "buy":
        goods, email, account, pay = how
        people.buy(goods, email=email, account=account, pay=pay)
    elif what == "expire":
        people.expire()
    elif what == "days":
        people.box.clock.advance(timedelta(days=9))
    elif what == "know":
        people.ask(CONFIRM, {"id": id_of(people.box.user("new@example.com"))})
    else:
        which, *rest = how
        getattr(people, what)(people.orders[which % len(people.orders)], *rest)


#: A story costs a second: half as many as usual, and no shrinking, which would cost minutes.
@settings(
    max_examples=settings().max_examples // 2,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    story=stories,
    chance=st.randoms(use_true_random=False),
    confirmed=st.booleans(),
    channel=st.sampled_from(["default-channel", "channel-tr"]),
)
def test_disturbed_and_undisturbed_runs_end_in_the_same_books(
    database: Database,
    story: list[Step],
    chance: Random,
    confirmed: bool,
    channel: str,
) -> None:
    box = Sandbox()
    people = People(box, channel)
    for place in box.store.channels.values():
        place.automatically_confirm_all_new_orders = confirmed
        place.expire_orders_after = 60
        place.allow_unpaid_orders = True
    app = people.install()
    box.take_emitted()
    network = Network(box)
    with network.client() as http:
        calm = Follower.of(database, box, app, http)
        shaken = Follower.of(database, box, app, http)
        mischief = Mischief(chance)
        for step in story:
            box.clock.advance(timedelta(seconds=90))
            try:
                tell(people, step)
            except Refused as refusal:
                note(f"{step}: {refusal}")
                continue
            note(f"{step}")
            news = [
                emitted
                for emitted in box.take_emitted()
                if emitted.event in (*ORDER_EVENTS, *USER_EVENTS)
            ]
            for emitted in news:
                calm.hear(emitted)
            mischief.pass_on(news, shaken)
        mischief.give_up(shaken)
        calm.read()
        shaken.read()
        assert shaken.books() == calm.books()
        assert (calm.read(), shaken.read()) == (0, 0)
        people.buy({"black-tea": 1}, email="ayse@example.com")
        for emitted in box.take_emitted():
            if emitted.event in ORDER_EVENTS:
                calm.hear(emitted)
        earned = calm.books()
        assert calm.read() == 0
        assert calm.books() == earned
        assert shaken.read() <= 1
        assert shaken.books() == earned
