"""Questions for shipping methods over HTTP, against @saleor/app-sdk on Node.

Both verify the signature and answer; ours also looks up the checkout's offers and the shopper's
membership, and decides. The SDK answers one fixed method without looking anything up.
"""

import contextlib
import itertools
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench import history
from bench.figures import Figure, interleaved, ratio
from bench.http_load import write_requests
from bench.in_process import welcome
from bench.over_http import PATIENCE, Result, load, serving, started
from bench.scene import API_URL, APP_ID, CUSTOMERS, NOW, prepare
from bench.servers import Server
from bench.signing import Signer
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.handlers.shipping import SHIPPING_METHODS
from saleor_loyalty_app.orders.models import HistoryImport
from saleor_loyalty_app.saleor.order_reader import FIRST_PAGE

GROUP = "question for shipping methods, over HTTP with signature"
CONNECTIONS = (1, 16)
PEER = Path(__file__).parent / "peer_app_sdk"
MOUNTS = ("next", "fetch")
#: What both are to answer to the questions.
OFFERED = ("Free shipping", "Express for members")
OFFERED_BY_PEER = ("Free shipping",)
TIMES_PEER = 1.0
P99_MS = 10.0
#: Checkouts that have their offers already; each asks again and again.
STEADY = 200
#: Nothing answers more than this a second …
REQUESTS_PER_SECOND = 6000
#: … and nothing stores more first offers; signing takes long.
FIRST_PER_SECOND = 1200
#: Before anything is measured, every process works for so long.
WARM_SECONDS = 2.0
#: No import counts more orders a second, and nothing takes longer around a measurement.
ORDERS_PER_SECOND = 500
SECONDS_AROUND = 2.0
EVENT = "shipping_list_methods_for_checkout"


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    tell("installing the peer")
    peer = peer_command()
    signer = Signer()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loyalty-bench-")))
        sender = Sender(signer, folder)
        urls = {
            "PostgreSQL": server.database("bench_shipping"),
            "SQLite": f"sqlite:///{folder / 'shipping.sqlite3'}",
        }
        tell("filling the books")
        ports = {kind: stack.enter_context(_ours(url, signer)) for kind, url in urls.items()}
        told = [API_URL, json.dumps(signer.jwks)]
        peers = {mount: stack.enter_context(started([*peer, mount, *told], {})) for mount in MOUNTS}
        tell("warming up")
        for port in ports.values():
            sender.check(port, OFFERED)
            sender.first(max(CONNECTIONS), port, WARM_SECONDS)
            sender.steady(max(CONNECTIONS), port, WARM_SECONDS)
        for port in peers.values():
            sender.check(port, OFFERED_BY_PEER)
            sender.steady(max(CONNECTIONS), port, WARM_SECONDS)
        cases: dict[str, Callable[[float], Result]] = {}
        for lanes in CONNECTIONS:
            for mount, port in peers.items():
                cases[f"{mount} {lanes}"] = partial(sender.steady, lanes, port)
            for kind, port in ports.items():
                cases[f"{kind} {lanes}"] = partial(sender.steady, lanes, port)
                cases[f"{kind}-first {lanes}"] = partial(sender.first, lanes, port)
        found = interleaved(cases, seconds, rounds, tell)
        yield from _figures(found)
        halves = {
            kind: statistics.median(one["per_second"] for one in found[f"{kind} 16"]) / 2
            for kind in ports
        }
        for kind, port in ports.items():
            tell(f"half load: {kind}")
            calm = [sender.steady(16, port, seconds, halves[kind]) for _ in range(rounds)]
            yield _half_load(f"{kind}, 16 connections, half load", calm)
        tell("rendering the past")
        history.render(folder, pages_for(rounds, seconds), first=CUSTOMERS)
        busy: list[Result] = []
        with importing(urls["PostgreSQL"], folder) as is_importing:
            for number in range(rounds):
                tell(f"half load beside an import: round {number + 1} of {rounds}")
                busy.append(sender.steady(16, ports["PostgreSQL"], seconds, halves["PostgreSQL"]))
                if not is_importing():
                    raise RuntimeError("the import ended before the measurement did")
        yield _half_load("PostgreSQL, 16 connections, half load, beside an import", busy)


class PeerMissing(RuntimeError):
    """There is nothing to measure against."""


class Sender:
    """Signs questions and has them sent by a process of its own."""

    def __init__(self, signer: Signer, folder: Path) -> None:
        self._signer = signer
        self._file = folder / "questions"
        self._numbers = itertools.count(STEADY)
        self._known = [self._request(number) for number in range(STEADY)]

    def check(self, port: int, names: Sequence[str]) -> None:
        """Asks once as Saleor does, for a checkout that is known.

        Raises:
            RuntimeError: the answer does not offer the methods of these names.
        """
        body = json.dumps(question(0)).encode()
        answer = httpx.post(
            f"http://127.0.0.1:{port}{SHIPPING_METHODS.path}",
            content=body,
            headers={
                "Content-Type": "application/json",
                "Saleor-Event": EVENT,
                "Saleor-Api-Url": API_URL,
                "Saleor-Signature": self._signer.signature(body),
            },
            timeout=PATIENCE,
            trust_env=False,
        )
        if answer.status_code != 200 or [one["name"] for one in answer.json()] != list(names):
            raise RuntimeError(f"not what is to be offered: {answer.status_code} {answer.text}")

    def steady(self, connections: int, port: int, seconds: float, rate: float = 0.0) -> Result:
        """Checkouts that were answered before; at most `rate` a second, 0 = as many as can be."""
        asked = itertools.islice(itertools.cycle(self._known), int(seconds * REQUESTS_PER_SECOND))
        return self._send(asked, connections, port, seconds, rate)

    def first(self, connections: int, port: int, seconds: float) -> Result:
        """Checkouts that were never seen: each answer stores its offers before."""
        new = (self._request(next(self._numbers)) for _ in range(int(seconds * FIRST_PER_SECOND)))
        return self._send(new, connections, port, seconds, 0.0)

    def _request(self, number: int) -> bytes:
        body = json.dumps(question(number)).encode()
        return self._signer.request(SHIPPING_METHODS.path, API_URL, body, event=EVENT)

    def _send(
        self,
        requests: Iterator[bytes],
        connections: int,
        port: int,
        seconds: float,
        rate: float,
    ) -> Result:
        write_requests(self._file, list(requests))
        found = load(self._file, connections, seconds, rate, [port])
        if found["seconds"] < seconds:
            raise RuntimeError("there were too few questions")
        return found


def question(number: int) -> dict[str, Any]:
    """What Saleor asks about a member's checkout of two lines, above the threshold."""
    made = NOW - timedelta(minutes=5)
    ref = {
        "id": f"Q2hlY2tvdXQ6{number:012d}",
        "user": {"id": f"VXNlcjo{number % CUSTOMERS}"},
        "channel": {"slug": "default-channel", "currencyCode": "USD"},
        "shippingAddress": {"country": {"code": "US"}},
        "languageCode": "EN",
    }
    return {
        "__typename": "ShippingListMethodsForCheckout",
        "issuedAt": NOW.isoformat(),
        "version": "3.23.28",
        "issuingPrincipal": None,
        "recipient": {"id": APP_ID},
        "checkoutRef": ref,
        "checkout": {
            **ref,
            "created": made.isoformat(),
            "updatedAt": (made + timedelta(minutes=1)).isoformat(),
            "voucherCode": None,
            "voucher": None,
            "discount": _money("0"),
            "lines": [_line(f"{number}-1", 2, "45.00"), _line(f"{number}-2", 1, "75.00")],
        },
        "shippingMethods": [
            _method("U2hpcHBpbmdNZXRob2Q6MQ==", "Standard", "9.90"),
            _method("U2hpcHBpbmdNZXRob2Q6Mg==", "Express", "19.90"),
            _method("U2hpcHBpbmdNZXRob2Q6Mw==", "Next day", "29.90"),
        ],
    }


@contextlib.contextmanager
def _ours(url: str, signer: Signer) -> Iterator[int]:
    with contextlib.closing(open_database(url)) as database:
        scene = prepare(database, signer.jwks)
        welcome(database, scene)
    with serving(url) as port:
        yield port


def peer_command() -> list[str]:
    """The command that serves the SDK; installs it from its lock file where that is not done.

    Raises:
        PeerMissing: there is no Node, or npm could not install it.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise PeerMissing(
            "The peer of the shipping figure needs Node 20 or later: install nodejs and npm."
        )
    wanted = (PEER / "package-lock.json").read_bytes()
    mark = PEER / "node_modules" / ".installed-lock.json"
    if not mark.exists() or mark.read_bytes() != wanted:
        done = subprocess.run(
            [npm, "ci", "--legacy-peer-deps", "--no-audit", "--no-fund"],
            cwd=PEER,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise PeerMissing(f"npm could not install the peer of the shipping figure: {said[-1]}")
        mark.write_bytes(wanted)
    return [node, str(PEER / "server.mjs")]


def pages_for(rounds: int, seconds: float) -> int:
    """Pages of a past whose import takes longer than so many measurements."""
    orders = rounds * (seconds + SECONDS_AROUND) * ORDERS_PER_SECOND
    return math.ceil(orders / FIRST_PAGE)


@contextlib.contextmanager
def importing(url: str, folder: Path) -> Iterator[Callable[[], bool]]:
    """Imports the rendered past meanwhile, page after page; gives whether it still does.

    Raises:
        RuntimeError: it does not begin.
    """
    command = [sys.executable, "-m", "bench.history", url, str(folder)]
    with tempfile.TemporaryFile() as output, contextlib.closing(open_database(url)) as database:
        process = subprocess.Popen(command, stdout=output, stderr=output)

        def is_running() -> bool:
            return process.poll() is None

        try:
            end = time.monotonic() + PATIENCE
            while not database.read(_imported) and is_running() and time.monotonic() < end:
                time.sleep(0.05)
            if not is_running():
                output.seek(0)
                raise RuntimeError(f"no import: {output.read().decode(errors='replace')[-2000:]}")
            yield is_running
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _imported(conn: Connection) -> int:
    counted = sa.func.coalesce(sa.func.sum(table(HistoryImport).c.orders_counted), 0)
    found: int = conn.execute(sa.select(counted)).scalar_one()
    return found


def _figures(found: dict[str, list[Result]]) -> Iterator[Figure]:
    for name, results in found.items():
        kind, lanes = name.split()
        values = [one["per_second"] for one in results]
        best = [
            max(found[f"{mount} {lanes}"][number]["per_second"] for mount in MOUNTS)
            for number in range(len(results))
        ]
        figure = Figure(
            GROUP,
            f"{_LABELS.get(kind, kind)}, {lanes} connection{'' if lanes == '1' else 's'}",
            statistics.median(values),
            "per s",
            rounds=values,
            notes=_latencies(results),
        )
        if kind in MOUNTS or kind.endswith("-first"):
            yield figure
        else:
            yield Figure(
                **{
                    **vars(figure),
                    "peer": "app-sdk's best mount",
                    "ratio": ratio(values, best),
                    "target": TIMES_PEER,
                }
            )


_LABELS = {
    "next": "app-sdk, Node requests",
    "fetch": "app-sdk, web requests",
    "PostgreSQL-first": "PostgreSQL, first offers",
    "SQLite-first": "SQLite, first offers",
}


def _half_load(name: str, results: Sequence[Result]) -> Figure:
    p99 = [one["p99"] for one in results]
    return Figure(
        GROUP,
        name,
        statistics.median(p99),
        "ms p99",
        peer=f"{P99_MS:.0f} ms",
        ratio=statistics.median(p99) / P99_MS,
        target=1.0,
        at_most=True,
        rounds=p99,
        notes={"p50": statistics.median(one["p50"] for one in results)},
    )


def _latencies(results: Sequence[Result]) -> dict[str, float]:
    return {key: statistics.median(one[key] for one in results) for key in ("p50", "p99")}


def _line(number: str, quantity: int, price: str) -> dict[str, Any]:
    both = {"net": _money(price), "gross": _money(price)}
    return {
        "id": f"Q2hlY2tvdXRMaW5l{number}",
        "quantity": quantity,
        "isGift": False,
        "priceOverrideReason": None,
        "undiscountedUnitPrice": _money(price),
        "undiscountedTotalPrice": _money(str(float(price) * quantity)),
        "variant": {"pricing": {"price": both, "priceUndiscounted": both}},
    }


def _method(method_id: str, name: str, price: str) -> dict[str, Any]:
    return {
        "id": method_id,
        "name": name,
        "price": _money(price),
        "minimumDeliveryDays": 1,
        "maximumDeliveryDays": 3,
    }


def _money(amount: str) -> dict[str, Any]:
    return {"amount": float(amount), "currency": "USD"}
