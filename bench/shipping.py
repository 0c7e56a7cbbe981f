"""Questions for shipping methods over HTTP, against @saleor/app-sdk on Node.

Both verify the signature and answer; ours also looks up the checkout's offers and the shopper's
membership, and decides. The SDK answers one fixed method without looking anything up.
"""

import contextlib
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench import history
from bench.figures import Figure, interleaved, ratio
from bench.http_load import write_requests
from bench.in_process import welcome
from bench.over_http import PATIENCE, Result, serving, started
from bench.scene import API_URL, APP_ID, CUSTOMERS, NOW, prepare
from bench.servers import Server
from bench.signing import Signer
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.handlers.shipping import SHIPPING_METHODS

GROUP = "question for shipping methods, over HTTP with signature"
CONNECTIONS = (1, 16)
PEER = Path(__file__).parent / "peer_app_sdk"
MOUNTS = ("next", "fetch")
TIMES_PEER = 1.0
P99_MS = 10.0
#: Checkouts that have their offers already; each asks again and again.
STEADY = 200
#: Nothing answers more than this a second.
REQUESTS_PER_SECOND = 4000
EVENT = "shipping_list_methods_for_checkout"


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    signer = Signer()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loyalty-bench-")))
        sender = Sender(signer, folder)
        ports = {
            kind: stack.enter_context(_ours(url, signer))
            for kind, url in (
                ("PostgreSQL", server.database("bench_shipping")),
                ("SQLite", f"sqlite:///{folder / 'shipping.sqlite3'}"),
            )
        }
        peers = {mount: stack.enter_context(started(_peer(mount, signer), {})) for mount in MOUNTS}
        for port in ports.values():
            sender.first(16, port, 1.0)
            sender.steady(16, port, 1.0)
        for port in peers.values():
            sender.steady(16, port, 1.0)
        cases: dict[str, Callable[[float], Result]] = {}
        for lanes in CONNECTIONS:
            for mount, port in peers.items():
                cases[f"{mount} {lanes}"] = partial(sender.steady, lanes, port)
            for kind, port in ports.items():
                cases[f"{kind} {lanes}"] = partial(sender.steady, lanes, port)
                cases[f"{kind}-first {lanes}"] = partial(sender.first, lanes, port)
        found = interleaved(cases, seconds, rounds, tell)
        yield from _figures(found)
        history.render(folder, history.PAGES)
        for kind, port in ports.items():
            most = statistics.median(one["per_second"] for one in found[f"{kind} 16"])
            tell(f"half load: {kind}")
            calm = [sender.steady(16, port, seconds, most / 2) for _ in range(rounds)]
            yield _half_load(f"{kind}, 16 connections, half load", calm)
        url = server.database("bench_shipping_import")
        with _ours(url, signer) as port:
            sender.steady(16, port, 1.0)
            tell("half load beside an import: PostgreSQL")
            with _importing(url, folder):
                most = statistics.median(one["per_second"] for one in found["PostgreSQL 16"])
                busy = [sender.steady(16, port, seconds, most / 2) for _ in range(rounds)]
        yield _half_load("PostgreSQL, 16 connections, half load, beside an import", busy)


class Sender:
    """Signs questions and has them sent by a process of its own."""

    def __init__(self, signer: Signer, folder: Path) -> None:
        self._signer = signer
        self._file = folder / "questions"
        self._numbers = itertools.count(STEADY)
        self._known = [self._request(number) for number in range(STEADY)]

    def steady(self, connections: int, port: int, seconds: float, rate: float = 0.0) -> Result:
        """Checkouts that were answered before."""
        asked = itertools.cycle(self._known)
        return self._send(
            itertools.islice(asked, int(seconds * REQUESTS_PER_SECOND)),
            connections, port, seconds, rate,
        )  # fmt: skip

    def first(self, connections: int, port: int, seconds: float) -> Result:
        """Checkouts that were never seen: each answer stores its offers before."""
        new = (self._request(next(self._numbers)) for _ in range(int(seconds * 800)))
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
        command = [sys.executable, "-m", "bench.http_load", str(self._file)]
        done = subprocess.run(
            [*command, str(connections), str(seconds), str(rate), str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: Result = json.loads(done.stdout)
        if set(found["statuses"]) != {"200"}:
            raise RuntimeError(f"answers: {found['statuses']}")
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


def _peer(mount: str, signer: Signer) -> list[str]:
    """The command that serves the SDK; installs it from its lock file the first time."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise RuntimeError("the peer needs Node: install nodejs and npm")
    if not (PEER / "node_modules").is_dir():
        subprocess.run(
            [npm, "ci", "--legacy-peer-deps", "--no-audit", "--no-fund"],
            cwd=PEER,
            check=True,
            capture_output=True,
        )
    return [node, str(PEER / "server.mjs"), mount, API_URL, json.dumps(signer.jwks)]


@contextlib.contextmanager
def _importing(url: str, folder: Path) -> Iterator[None]:
    """Imports the rendered past again and again meanwhile."""
    ended = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        while not ended.is_set():
            command = [sys.executable, "-m", "bench.history", url, str(folder)]
            running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            running[-1].wait()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        if running:
            running[-1].terminate()
        worker.join(PATIENCE)


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
