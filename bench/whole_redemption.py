"""Whole redemptions over HTTP: the served app before a store in a box, both processes.

Our own share of one is the time of the whole answer less what the app waited for Saleor meanwhile,
by its own figures: requests go one after the other, so that what grew is the one request's.
"""

import contextlib
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.figures import Figure, percentile
from bench.over_http import free_port
from bench.scene import NOW
from bench.servers import Server
from demo import past, processes, story
from demo.setup import ROOT, Places, prepare
from demo.staff import Counter
from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.stores.repository import all_stores

GROUP = "whole redemption, over HTTP, before a store in a box"
SHOPPER = "ayse@example.com"
CHANNEL = "default-channel"
PRODUCT, QUANTITY = "linen-shirt", 2
#: So many in each round; those before are for warming up.
REDEMPTIONS, WARMING = 30, 5
P95_MS = 15.0
POINTS_OF_SHOPPER = 1_000_000
_WAITED = re.compile(rb"^loyalty_saleor_seconds_sum\{[^}]*\} (\S+)$", re.MULTILINE)

_SHELF = """query ($channel: String!) {
  products(first: 50, channel: $channel) { edges { node { slug variants { id } } } }
}"""
_CHECKOUT = """mutation ($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) {
    checkout { id user { id } shippingMethods { id } } errors { message }
  }
}"""
_DELIVERY = """mutation ($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { id } errors { message }
  }
}"""
_ADDRESS = {
    "firstName": "Ayşe", "lastName": "Yılmaz", "streetAddress1": "1 Market Street",
    "city": "San Francisco", "countryArea": "CA", "postalCode": "94105", "country": "US",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """One redemption: milliseconds of the whole answer, and of them our own; its status."""

    whole: float
    own: float
    status: int


@dataclass(frozen=True, slots=True)
class Stage(Places):
    """Where the store and the app are; the books are in PostgreSQL, and nobody counts requests."""

    database_url: str

    def environment(self) -> dict[str, str]:
        """See `Places`."""
        return Places.environment(self) | {
            "LOYALTY_DATABASE_URL": self.database_url,
            "LOYALTY_SPENDING_LIMIT": "off",
            "LOYALTY_READING_LIMIT": "off",
            "LOYALTY_LOG_LEVEL": "WARNING",
        }


def measure(
    server: Server, rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Redeems again and again and gives the figures."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        places = prepare(Path(folder), app_port=free_port(), store_port=free_port())
        url = server.database("bench_whole_redemption")
        stage = Stage(places.folder, places.app_port, places.store_port, url)
        tell("the store and the app start, the program is published")
        with _open(stage), Shopping(stage) as shopping:
            shopping.redeem(WARMING)
            found: list[list[Share]] = []
            for number in range(rounds):
                tell(f"round {number + 1} of {rounds}: {REDEMPTIONS} redemptions")
                found.append(shopping.redeem(REDEMPTIONS))
    yield from figures(found)


def figures(found: list[list[Share]]) -> Iterator[Figure]:
    """The figures of some rounds."""
    own = [percentile([one.own for one in shares], 0.95) for shares in found]
    shares = [one for round_of in found for one in round_of]
    yield Figure(
        GROUP,
        "our own share, beside Saleor's calls",
        statistics.median(own),
        "ms p95",
        peer=f"{P95_MS:.0f} ms",
        ratio=statistics.median(own) / P95_MS,
        target=1.0,
        at_most=True,
        rounds=own,
        notes={"p50": statistics.median(one.own for one in shares)},
    )
    whole = [percentile([one.whole for one in shares], 0.95) for shares in found]
    yield Figure(
        GROUP,
        "the whole answer",
        statistics.median(whole),
        "ms p95",
        rounds=whole,
        notes={"p50": statistics.median(one.whole for one in shares)},
    )
    late = sum(one.status == 202 for one in shares)
    yield Figure(
        GROUP,
        "answered before the discount was there (202)",
        late,
        f"of {len(shares)}",
        peer="none",
        ratio=late,
        target=0.0,
        at_most=True,
    )


class Shopping:
    """A shopper with points, who makes checkouts and spends points on each."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._counter = Counter(stage.store_url)
        self._app = httpx.Client(base_url=stage.app_url, timeout=60, trust_env=False)
        self._number = 0
        token = self._counter.sign_in(SHOPPER)
        shelf = self._counter.ask(_SHELF, {"channel": CHANNEL}, token)
        self._variant = next(
            edge["node"]["variants"][0]["id"]
            for edge in shelf["products"]["edges"]
            if edge["node"]["slug"] == PRODUCT
        )
        self._terms = self._spending()

    def __enter__(self) -> "Shopping":
        made = self._checkout(self._counter.sign_in(SHOPPER))
        give(self._stage.database_url, made["user"]["id"])
        return self

    def __exit__(self, *_failure: object) -> None:
        self._app.close()
        self._counter.__exit__(None, None, None)

    def redeem(self, times: int) -> list[Share]:
        """So many redemptions, each on a checkout of its own.

        Raises:
            RuntimeError: one was refused.
        """
        token = self._counter.sign_in(SHOPPER)
        checkouts = [self._checkout(token)["id"] for _ in range(times)]
        # The token lives for minutes, and making checkouts takes its time.
        token = self._counter.sign_in(SHOPPER)
        return [self._redeem(checkout, token) for checkout in checkouts]

    def _redeem(self, checkout: str, token: str) -> Share:
        self._number += 1
        waited = self._waited()
        began = time.perf_counter()
        answer = self._app.post(
            "/api/storefront/v1/redemptions",
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": f"bench-{self._number}",
            },
            json={"checkout_id": checkout, "points": self._terms["minimum_points"]},
        )
        whole = (time.perf_counter() - began) * 1000
        if answer.status_code not in (201, 202):
            raise RuntimeError(f"not redeemed: {answer.status_code} {answer.text[:500]}")
        return Share(whole, whole - (self._waited() - waited) * 1000, answer.status_code)

    def _waited(self) -> float:
        """Seconds for which the app has waited for the store so far."""
        return waited_in(self._app.get("/metrics").content)

    def _spending(self) -> Mapping[str, Any]:
        answer = self._app.get(
            "/api/storefront/v1/program",
            params={"store": f"127.0.0.1:{self._stage.store_port}", "channel": CHANNEL},
        )
        terms: Mapping[str, Any] = answer.json()["channels"][0]["spending"]
        return terms

    def _checkout(self, token: str) -> dict[str, Any]:
        wanted = {
            "channel": CHANNEL,
            "email": SHOPPER,
            "lines": [{"variantId": self._variant, "quantity": QUANTITY}],
            "shippingAddress": _ADDRESS,
            "billingAddress": _ADDRESS,
        }
        made: dict[str, Any] = self._counter.ask(_CHECKOUT, {"input": wanted}, token)[
            "checkoutCreate"
        ]["checkout"]
        chosen = {"id": made["id"], "method": made["shippingMethods"][0]["id"]}
        self._counter.ask(_DELIVERY, chosen, token)
        return made


def waited_in(exposition: bytes) -> float:
    """The seconds of all requests to Saleor, in a page of /metrics."""
    return sum(float(found) for found in _WAITED.findall(exposition))


def give(database_url: str, user_id: str) -> None:
    """Points for the shopper, who becomes a member with them."""
    with contextlib.closing(open_database(database_url)) as database:
        store = database.read(all_stores)[0]

        def fill(conn: Any) -> None:
            member = members.member_by_user(conn, store.id, user_id)
            if member is None:
                raise RuntimeError("the shopper's past did not make a member")
            account = Account(store.id, member.id, "points")
            cause = Cause("bench", "main", "bench")
            now = system_clock()
            ledger.adjust(
                conn, account, POINTS_OF_SHOPPER, cause, key="bench", now=now, effective_at=NOW
            )

        database.write(fill)


@contextlib.contextmanager
def _open(stage: Stage) -> Iterator[None]:
    """The store with its past, the app's web process, and its worker until all is set up."""
    started: list[processes.Process] = []
    ours = [sys.executable, "-m", "saleor_loyalty_app"]

    def start(name: str, command: list[str]) -> processes.Process:
        output = stage.folder / f"{name}.log"
        began = processes.start(
            name, command, environment=stage.environment(), folder=ROOT, output=output
        )
        started.append(began)
        return began

    past.begin(stage)
    try:
        store = start(
            "store",
            [
                *(sys.executable, "-m", "sandbox", "--host", "127.0.0.1"),
                *("--port", str(stage.store_port), "--clock-file", str(stage.clock_file)),
            ],
        )
        processes.wait_until_up(store, f"{stage.store_url}/_control/state")
        past.relive(stage)
        migrated = start("migrate", [*ours, "migrate"]).process.wait(processes.START_SECONDS)
        if migrated:
            raise RuntimeError("the database could not be migrated")
        app = start("app", [*ours, "serve", "--no-work", "--port", str(stage.app_port)])
        worker = start("worker", [*ours, "worker"])
        processes.wait_until_up(app, f"{stage.app_url}/ready")
        story.install(stage)
        story.publish(stage)
        processes.stop([worker])
        yield
    finally:
        processes.stop(started)
