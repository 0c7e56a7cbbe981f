"""From a webhook's body to booked points, in this process, against hordak and the ceiling."""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench import ceiling
from bench.figures import Figure, interleaved, ratio
from bench.scene import CUSTOMERS, NOW, SECRETS, Scene, prepare
from bench.servers import Server
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.orders import ORDERS
from saleor_loyalty_app.process import share_interpreter

GROUP = "webhook to booked points, in process"
THREADS = (1, 16)
HORDAK_THREADS = (1, 4, 16)
#: More bodies than anything books in a second.
BODIES_PER_SECOND = 3000
TIMES_HORDAK = 2.0
SHARE_OF_CEILING = 0.35


class Orders:
    """Bodies of orders that were never seen before."""

    def __init__(self, scene: Scene) -> None:
        self._bodies = scene.bodies(CUSTOMERS)

    def take(self, number: int) -> list[bytes]:
        """The next so many."""
        return list(itertools.islice(self._bodies, number))


def welcome(database: Database, scene: Scene) -> None:
    """Sends every customer's first order, so that all are members."""
    for body in itertools.islice(scene.bodies(), CUSTOMERS):
        receive(database, ORDERS, scene.store, body, now=NOW, secrets=SECRETS)


def booked_per_second(
    database: Database, scene: Scene, orders: Orders, threads: int, seconds: float
) -> float:
    """Webhooks a second that so many threads book together.

    Raises:
        RuntimeError: not all were accepted.
    """
    waiting = iter(orders.take(int(seconds * BODIES_PER_SECOND)))
    done = [0] * threads
    refused: list[Outcome] = []
    start = threading.Barrier(threads + 1)
    end = threading.Event()

    def work(thread: int) -> None:
        start.wait()
        for body in waiting:
            outcome = receive(database, ORDERS, scene.store, body, now=NOW, secrets=SECRETS)
            if outcome is not Outcome.accepted:
                refused.append(outcome)
            done[thread] += 1
            if end.is_set():
                return

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    end.wait(seconds)
    end.set()
    for worker in workers:
        worker.join()
    elapsed = time.perf_counter() - began
    if refused or elapsed < seconds:
        raise RuntimeError(f"not accepted: {refused[:3]}, or too few bodies")
    return sum(done) / elapsed


def hordak_per_second(server: Server, threads: int, seconds: float) -> float:
    """Transfers a second of the peer, in its own process and database."""
    url = server.database("bench_hordak")
    done = subprocess.run(
        [sys.executable, "-m", "bench.peer_hordak", url, str(threads), str(seconds)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: float = json.loads(done.stdout.splitlines()[-1])["per_second"]
    return found


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    share_interpreter()
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        url = server.database("bench")
        postgres = open_database(url, pool_size=max(THREADS))
        sqlite = open_database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        try:
            scenes = {"postgresql": prepare(postgres), "sqlite": prepare(sqlite)}
            welcome(postgres, scenes["postgresql"])
            welcome(sqlite, scenes["sqlite"])
            script = ceiling.of(postgres, scenes["postgresql"])
            orders = {name: Orders(scene) for name, scene in scenes.items()}
            cases: dict[str, Callable[[float], float]] = {}
            for threads in THREADS:
                cases[f"ceiling {threads}"] = partial(ceiling.run, server, url, script, threads)
                for name, database in (("postgresql", postgres), ("sqlite", sqlite)):
                    cases[f"{name} {threads}"] = partial(
                        booked_per_second, database, scenes[name], orders[name], threads
                    )
            for threads in HORDAK_THREADS:
                cases[f"hordak {threads}"] = partial(hordak_per_second, server, threads)
            yield from _figures(interleaved(cases, seconds, rounds, tell))
        finally:
            postgres.close()
            sqlite.close()


def _figures(found: dict[str, list[float]]) -> Iterator[Figure]:
    hordak = [max(found[f"hordak {n}"][i] for n in HORDAK_THREADS) for i in range(_rounds(found))]
    for name, values in found.items():
        kind, _, threads = name.partition(" ")
        label = f"{kind}, {threads} {'thread' if threads == '1' else 'threads'}"
        figure = Figure(GROUP, label, statistics.median(values), "per s", rounds=values)
        if kind not in ("postgresql", "sqlite"):
            yield figure
            continue
        yield _against(figure, "hordak's best", hordak, TIMES_HORDAK)
        if kind == "postgresql":
            peer = f"pgbench, {threads}"
            yield _against(figure, peer, found[f"ceiling {threads}"], SHARE_OF_CEILING)


def _against(figure: Figure, peer: str, theirs: list[float], target: float) -> Figure:
    return Figure(
        figure.group,
        figure.name,
        figure.value,
        figure.unit,
        peer=peer,
        ratio=ratio(list(figure.rounds), theirs),
        target=target,
        rounds=figure.rounds,
    )


def _rounds(found: dict[str, list[float]]) -> int:
    return min(map(len, found.values()))
