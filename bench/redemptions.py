"""Spending points: holds in the database, the race for points for one, the whole over HTTP."""

import base64
import contextlib
import itertools
import random
import statistics
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench import whole_redemption
from bench.figures import Figure, interleaved, percentile
from bench.scene import LONG_AGO, NOW, Scene, prepare
from bench.servers import Server
from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.redemption_work import Bench
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.process import share_interpreter
from saleor_loyalty_app.rewards.errors import SpendingRefused
from saleor_loyalty_app.rewards.instruments.carts import Carts
from saleor_loyalty_app.rewards.instruments.port import Instrument, Place
from saleor_loyalty_app.rewards.instruments.voucher import VOUCHER, VoucherInstrument
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import OnCheckout, SpendRequest
from saleor_loyalty_app.saleor.checkout_snapshot import Cart, CartAnswer
from saleor_loyalty_app.stores.refs import StoreRef

GROUP = "redemption in the database"
CLIENTS = 8
MEMBERS = 50
#: Each member's points lie in so many lots of so many points …
LOTS = 40
LOT = 100
#: … of which at most so many are held at once: enough for all clients at one member.
SPREAD = LOTS // CLIENTS
P99_MS = 25.0
WISHES, CHECKOUTS = 64, 4
RACE_POOL = 16
RACE_POINTS = 500
DONE = "succeeded"

Result = dict[str, float]


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    share_interpreter()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="loyalty-bench-"))
        urls = {
            "PostgreSQL": server.database("bench_redemptions"),
            "SQLite": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
        }
        holds: dict[str, Callable[[float], Result]] = {}
        races: dict[str, Callable[[float], float]] = {}
        for kind, url in urls.items():
            database = open_database(url, pool_size=RACE_POOL)
            stack.enter_context(contextlib.closing(database))
            tell(f"{kind}: filling the books")
            scene = prepare(database)
            accounts = [add_member(database, scene, number) for number in range(MEMBERS)]
            holds[kind] = partial(hold_and_release, database, accounts)
            racers = itertools.count(MEMBERS)
            races[kind] = partial(_race, database, scene, racers)
        yield from _hold_figures(interleaved(holds, seconds, rounds, tell))
        yield from _race_figures(interleaved(races, seconds, rounds, tell))
    yield from whole_redemption.measure(server, rounds, seconds, tell)


def add_member(
    database: Database, scene: Scene, number: int, *, lots: int = LOTS, lot: int = LOT
) -> Account:
    """A member whose points lie in so many lots, each with an expiry of its own."""

    def fill(conn: Connection) -> Account:
        members = table(Member)
        member_id = conn.execute(
            sa.insert(members)
            .values(
                store_id=scene.store.id,
                user_id=global_id("User", number),
                state="active",
                spending_blocked=False,
                earning_blocked=False,
                codes_blocked=False,
                bucket=1,
                hold_out=False,
                enrolled_at=LONG_AGO,
                first_enrolled_at=LONG_AGO,
                created_at=LONG_AGO,
            )
            .returning(members.c.id)
        ).scalar_one()
        account = Account(scene.store.id, member_id, "points")
        for place in range(lots):
            key = f"gift:{number}-{place}"
            ledger.adjust(
                conn,
                account,
                lot,
                Cause(key, "main", "bench"),
                key=key,
                now=NOW,
                effective_at=NOW,
                expires_at=NOW + timedelta(days=30 + place),
            )
        return account

    return database.write(fill)


def global_id(kind: str, key: object) -> str:
    """An id as Saleor writes it."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def hold_and_release(
    database: Database, accounts: Sequence[Account], seconds: float, *, clients: int = CLIENTS
) -> Result:
    """Clients that set points of somebody aside and give them back, each in its transaction.

    Raises:
        RuntimeError: not everything came back.
    """
    before = _available(database, accounts)
    spent: list[list[float]] = [[] for _ in range(clients)]
    numbers, end = itertools.count(), threading.Event()
    start = threading.Barrier(clients + 1)
    run = f"{time.perf_counter_ns()}"

    def work(client: int) -> None:
        chosen = random.Random(client)
        start.wait()
        while not end.is_set():
            account, key = chosen.choice(accounts), f"bench:{run}:{next(numbers)}"
            points = chosen.randint(1, SPREAD * LOT)
            began = time.perf_counter()
            hold = database.write(partial(_hold, account=account, points=points, key=key))
            database.write(partial(_release, account=account, hold_id=hold))
            spent[client].append((time.perf_counter() - began) * 1000)

    with ThreadPoolExecutor(clients) as threads:
        working = [threads.submit(work, client) for client in range(clients)]
        start.wait()
        began = time.perf_counter()
        end.wait(seconds)
        end.set()
        for one in working:
            one.result()
    elapsed = time.perf_counter() - began
    if _available(database, accounts) != before:
        raise RuntimeError("points that were held did not come back")
    all_of_them = [milliseconds for one in spent for milliseconds in one]
    return {
        "per_second": len(all_of_them) / elapsed,
        "p50": percentile(all_of_them, 0.50),
        "p99": percentile(all_of_them, 0.99),
    }


def _hold(conn: Connection, *, account: Account, points: int, key: str) -> int:
    now = system_clock()
    return ledger.place_hold(
        conn, account, points, key=key, source=key, deadline=now + timedelta(hours=1), now=now
    ).hold_id


def _release(conn: Connection, *, account: Account, hold_id: int) -> None:
    ledger.release_hold(conn, account.store_id, hold_id, now=system_clock())


def _available(database: Database, accounts: Sequence[Account]) -> int:
    now = system_clock()
    return database.read(
        lambda conn: sum(ledger.balance(conn, one, now=now).available for one in accounts)
    )


@dataclass(frozen=True, slots=True)
class KnownCarts(Carts):
    """Carts that are known without asking: one of so many goods, without a code, of its user."""

    def read_with_user(self, store: StoreRef, place: Place, user_id: str) -> CartAnswer:
        """The cart of whoever asks."""
        cart = Cart(
            id=place.id,
            user_id=user_id,
            channel_id="",
            channel="default-channel",
            currency="USD",
            code=None,
            subtotal=Decimal(100),
            goods=Decimal(100),
            shipping=Decimal(0),
            lines=(),
            gifts=0,
            delivery=None,
            delivery_valid=True,
            money=False,
        )
        return CartAnswer(cart, user_active=True)


class Undriven(Driver):
    """Leaves redemptions as they were made: the rest of a redemption is the network's."""

    def __init__(self, database: Database) -> None:
        nobody: Any = None
        carts = KnownCarts(nobody, system_clock)
        instruments: dict[str, Instrument] = {VOUCHER: VoucherInstrument(nobody, carts)}
        self._bench = Bench(database, system_clock, nobody, carts, instruments)

    def work(
        self, store: StoreRef, held: RedemptionRef, *, until: datetime | None = None
    ) -> RedemptionRef:
        """Nothing."""
        return held


def race(database: Database, scene: Scene, number: int, *, wishes: int = WISHES) -> float:
    """So many wishes at one instant for the points that are enough for one; gives the seconds.

    Each goes through the app's own `Spender`, but for what it asks Saleor.

    Raises:
        RuntimeError: not exactly one succeeded, or the books say otherwise.
    """
    account = add_member(database, scene, number, lots=SPREAD, lot=RACE_POINTS // SPREAD)
    spender, user = Spender(Undriven(database), system_clock), global_id("User", number)
    carts = [global_id("Checkout", uuid.uuid4()) for _ in range(CHECKOUTS)]
    start = threading.Barrier(wishes + 1)

    def wish(turn: int) -> str:
        target = OnCheckout(carts[turn % CHECKOUTS])
        request = SpendRequest(user, f"shopper:{user}", target, RACE_POINTS, f"wish {turn}")
        start.wait()
        try:
            spender.spend(scene.store, request, patience=timedelta(seconds=30))
        except SpendingRefused as refused:
            return refused.code
        return DONE

    with ThreadPoolExecutor(wishes) as threads:
        asked = [threads.submit(wish, turn) for turn in range(wishes)]
        start.wait()
        began = time.perf_counter()
        answers = Counter(one.result() for one in asked)
        elapsed = time.perf_counter() - began
    view = database.read(lambda conn: ledger.balance(conn, account, now=system_clock()))
    if (answers[DONE], view.available, view.held) != (1, 0, RACE_POINTS):
        raise RuntimeError(f"{dict(answers)}; {view.available} left, {view.held} held")
    return elapsed


def _race(database: Database, scene: Scene, numbers: Iterator[int], _seconds: float) -> float:
    return race(database, scene, next(numbers))


def _hold_figures(found: dict[str, list[Result]]) -> Iterator[Figure]:
    for kind, results in found.items():
        p99 = [one["p99"] for one in results]
        yield Figure(
            GROUP,
            f"hold + release, {CLIENTS} clients, {kind}",
            statistics.median(p99),
            "ms p99",
            peer=f"{P99_MS:.0f} ms",
            ratio=statistics.median(p99) / P99_MS,
            target=1.0,
            at_most=True,
            rounds=p99,
            notes={
                "p50": statistics.median(one["p50"] for one in results),
                "per s:": statistics.median(one["per_second"] for one in results),
            },
        )


def _race_figures(found: dict[str, list[float]]) -> Iterator[Figure]:
    for kind, seconds in found.items():
        yield Figure(
            GROUP,
            f"{WISHES} wishes for points for one, {CHECKOUTS} checkouts, {kind}",
            statistics.median(seconds),
            "s until all are answered",
            peer="exactly one",
            ratio=1.0,
            target=1.0,
            rounds=seconds,
        )
