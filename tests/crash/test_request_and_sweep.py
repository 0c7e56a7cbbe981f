"""A request and the sweep are at one redemption at the same time: no step is done twice."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from time import sleep

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.rewards.redemptions import LEASE
from tests.crash.conftest import NewScene
from tests.crash.spending_scene import PROGRAM_WITH_SPENDING, SETTINGS, Ear, Spending
from tests.crash.spending_story import check_store
from tests.ports import free_port

pytestmark = [pytest.mark.crash, pytest.mark.timeout(1200)]

#: What a redemption asks of the store on its way, and on its way back.
THERE = (
    "VoucherCreate",
    "VoucherOpen",
    "SpendingCheckout",
    "CheckoutAddPromoCode",
    "DeliveryOptionsCalculate",
    "PrivateMetadataUpdate",
)
BACK = ("CheckoutRemovePromoCode", "OrdersWithCode", "VoucherUpdate")
#: So long a request goes on by itself: its lease alone tells it to stop.
PATIENCE = timedelta(days=1)
#: In a storm all leases run out whenever the store did so many things …
OPERATIONS_A_LEASE = 4
#: … but only so often: on a busy machine that is less than one release takes, and where it went on
#: for ever, whoever is at a redemption would be followed by the next before anything is settled.
LEASES = 20
#: What must not be heard of.
TROUBLES = ("Traceback", "redemption_fault", "schedule_failed", "store_work_failed")
_messages = table(OutboxMessage)


class Shop(Spending):
    """Processes of the app at one store: on PostgreSQL two that serve and a worker."""

    def __init__(self, new_scene: NewScene, kind: str) -> None:
        scene = new_scene(kind, program=PROGRAM_WITH_SPENDING, settings=SETTINGS, patience=PATIENCE)
        scene.serve()
        scene.open_for_business()
        self.ports = [scene.app_port]
        if kind == "postgresql":
            self.ports.append(free_port())
            scene.serve(port=self.ports[1])
            scene.begin("worker")
            scene.until_up(self.ports[1])
        super().__init__(scene)
        self.account: Account = self.give()

    def points(self) -> tuple[int, int]:
        """What may be spent, and what is held."""
        now = self.scene.now()
        view = self.scene.database.read(lambda conn: ledger.balance(conn, self.account, now=now))
        return view.available, view.held

    def told(self) -> list[str]:
        """What the shopper is to be told, sorted."""
        query = sa.select(_messages.c.kind)
        return sorted(self.scene.database.read(lambda conn: conn.execute(query).scalars().all()))

    def check(self) -> None:
        """Store and books agree, and nobody complained."""
        self.until_settled()
        check_store(self)
        self.scene.check()
        output = self.scene.output()
        for trouble in TROUBLES:
            assert trouble not in output, output[output.index(trouble) - 500 :][:3000]


@contextmanager
def kept_waiting(ear: Ear, operation: str, *, heard: bool) -> Iterator[threading.Event]:
    """The first such operation waits: before it is done, or (`heard`) before its answer.

    Gives what is set once it waits; it goes on when the context ends.
    """
    waits, goes_on = threading.Event(), threading.Event()

    def hold(asked: str) -> None:
        if asked == operation and not waits.is_set():
            waits.set()
            assert goes_on.wait(120)

    ear.before, ear.after = (_nothing, hold) if heard else (hold, _nothing)
    try:
        yield waits
    finally:
        ear.before = ear.after = _nothing
        goes_on.set()


@contextmanager
def hurried(shop: Shop) -> Iterator[None]:
    """Leases run out while there is work: as often as the store does something, up to a bound."""
    over = threading.Event()

    def let_leases_run_out() -> None:
        seen, left = sum(shop.ear.done.values()), LEASES
        while left and not over.wait(0.4):
            done = sum(shop.ear.done.values())
            if done >= seen + OPERATIONS_A_LEASE:
                seen, left = done, left - 1
                shop.scene.move(LEASE + timedelta(seconds=1))

    hurrying = threading.Thread(target=let_leases_run_out)
    hurrying.start()
    try:
        yield
    finally:
        over.set()
        hurrying.join()


def _nothing(_operation: str) -> None:
    """Nothing happens."""


def assert_once(shop: Shop, since: dict[str, int], slow: str, names: tuple[str, ...]) -> None:
    """Each of the operations was done once since then; the slow one perhaps by both."""
    for name in names:
        done = shop.ear.done[name] - since.get(name, 0)
        assert 1 <= done <= (2 if name == slow else 1), (name, done, slow)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, new_scene: NewScene) -> Shop:
    """A shop on each database."""
    return Shop(new_scene, request.param)


def test_the_sweep_takes_a_slow_request_over_and_each_step_is_done_once(shop: Shop) -> None:
    before = shop.points()[0]
    cases = list(itertools.product(THERE, (False, True)))
    for slow, heard in cases:
        key = f"{slow}-{heard}"
        since, cart = dict(shop.ear.done), shop.cart()
        with ThreadPoolExecutor(1) as client:
            with kept_waiting(shop.ear, slow, heard=heard) as waits:
                answer = client.submit(partial(shop.redeem, cart, key=key))
                assert waits.wait(60), key
                shop.scene.move(LEASE + timedelta(seconds=1))
                shop.until(key, "attached")
            assert answer.result().status_code in (201, 202), answer.result().text
        made = shop.until(key, "attached")
        assert shop.code_on(cart) == made.code
        assert shop.ear.done["VoucherCreate"] - since.get("VoucherCreate", 0) == 1
        assert_once(shop, since, slow, ("VoucherOpen", "CheckoutAddPromoCode"))
    assert shop.points() == (before - 500 * len(cases), 500 * len(cases))
    assert shop.told() == ["points_held"] * len(cases)
    shop.check()


def test_the_sweep_takes_a_slow_release_over_and_points_return_once(shop: Shop) -> None:
    before = shop.points()
    cases = list(itertools.product(BACK, (False, True)))
    for slow, heard in cases:
        key = f"{slow}-{heard}"
        cart = shop.cart()
        made = shop.redeemed(cart, key=key)
        since = dict(shop.ear.done)
        with ThreadPoolExecutor(1) as client:
            with kept_waiting(shop.ear, slow, heard=heard) as waits:
                path = f"redemptions/{made.public_id}"
                answer = client.submit(partial(shop.shopper, "DELETE", path))
                assert waits.wait(60), key
                shop.scene.move(LEASE + timedelta(seconds=1))
                shop.until(key, "released")
            assert answer.result().status_code in (200, 202), answer.result().text
        assert shop.code_on(cart) is None
        assert_once(shop, since, slow, ("CheckoutRemovePromoCode", "VoucherUpdate"))
    assert shop.points() == before
    assert shop.told() == sorted(["points_held", "points_returned"] * len(cases))
    shop.check()


def test_requests_and_sweeps_in_a_storm_do_each_redemption_once(shop: Shop) -> None:
    """The store is slow at random, leases run out all the time, and every wish is sent twice."""
    before, random = shop.points()[0], Random(7)
    lock = threading.Lock()

    def dawdle(_operation: str) -> None:
        with lock:
            seconds = random.choice((0, 0, 0.1, 0.3))
        sleep(seconds)

    shop.ear.before = shop.ear.after = dawdle
    carts = {f"storm-{number}": shop.cart() for number in range(6)}
    with hurried(shop):
        with ThreadPoolExecutor(12) as clients:
            sent = [
                clients.submit(partial(shop.redeem, cart, key=key))
                for key, cart in carts.items()
                for _ in range(2)
            ]
            answers: list[httpx.Response] = [one.result() for one in sent]
        assert {answer.status_code for answer in answers} <= {201, 202}, [
            answer.text for answer in answers
        ]
    made = [shop.until(key, "attached") for key in carts]
    with hurried(shop):
        with ThreadPoolExecutor(6) as clients:
            undone = [
                clients.submit(partial(shop.shopper, "DELETE", f"redemptions/{one.public_id}"))
                for one in made[:3]
                for _ in range(2)
            ]
            assert {one.result().status_code for one in undone} <= {200, 202}
        for one in made[:3]:
            shop.until(one.request_key.rpartition(":")[2], "released")
    shop.ear.before = shop.ear.after = _nothing
    assert shop.ear.done["VoucherCreate"] == len(carts)
    assert shop.points() == (before - 3 * 500, 3 * 500)
    assert shop.told() == sorted(["points_held"] * 6 + ["points_returned"] * 3)
    shop.check()
